// The picture of the buffers: each as a row, its head at the left, then its chains as bars of what
// is free in front, used, and room. Those with bytes come first; buffers of nobody's too.
// Or those alone that are asked for: "V3", or the two of "S2".
#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/buffer_parts.h"
#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

/// One is asked for by its own name, or by that of its bufferevent.
bool is_asked_for(const Scene& scene, const trace::Buffer& buffer) {
    return scene.object == 0 || scene.object == buffer.address ||
           scene.object == buffer.bufferevent;
}

/// Fullest first: that is what people look for.
std::vector<const trace::Buffer*> fullest_first(const Scene& scene) {
    std::vector<const trace::Buffer*> all;
    for (const auto& [address, buffer] : scene.model.buffers())
        if (is_asked_for(scene, buffer)) all.push_back(&buffer);
    std::sort(all.begin(), all.end(), [](const trace::Buffer* a, const trace::Buffer* b) {
        return a->length != b->length ? a->length > b->length : a->ordinal < b->ordinal;
    });
    return all;
}

std::string role_of(const Scene& scene, const trace::Buffer& buffer) {
    const trace::Bufferevent* bev = scene.model.bufferevent(buffer.bufferevent);
    if (bev == nullptr) return {};
    return (bev->input == buffer.address ? "input of " : "output of ") +
           scene.names.bufferevent(bev->address);
}

Html bar_legend() {
    return Html::row({Html::text("a bar is a chain's memory: grey is free in front, blue is used, "
                                 "white is room; dashed: not the buffer's own memory",
                                 140)
                          .font({{"COLOR", style::kFaint}})
                          .cell({{"ALIGN", "left"}})});
}

}  // namespace

std::string buffer_dot(const Scene& scene) {
    const auto all = fullest_first(scene);
    std::uint64_t bytes = 0;
    for (const trace::Buffer* buffer : all) bytes += buffer->length;
    Dot dot(title(scene, fmt::format("{}, {}", counted(all.size(), "buffer"), size_text(bytes)), "",
                  bar_legend()),
            {{"rankdir", "LR"}, {"ranksep", "0.3"}, {"nodesep", "0.2"}});
    std::vector<std::string> heads;
    for (std::size_t i = 0; i < all.size() && i < kShown; ++i) {
        const std::string id = fmt::format("v{}", all[i]->ordinal);
        buffer_row(dot, scene, id, *all[i], role_of(scene, *all[i]));
        heads.push_back(id);
    }
    if (all.size() > kShown) {
        dot.node("more", Html::text(fmt::format("+ {} more buffers", all.size() - kShown))
                             .font({{"COLOR", style::kFaint}}));
        heads.push_back("more");
    }
    if (all.empty())
        dot.node("none", Html::text("no buffer is known at this record (a quiet one tells itself "
                                    "when it is used next)",
                                    120));
    for (std::size_t i = 1; i < heads.size(); ++i)
        dot.edge(heads[i - 1], heads[i], {{"style", "invis"}, {"weight", "0"}});
    dot.same_rank(heads);
    return dot.str();
}

}  // namespace evglass::viz::graph
