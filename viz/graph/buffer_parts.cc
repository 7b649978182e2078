// See buffer_parts.h.
#include "viz/graph/buffer_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/card.h"
#include "viz/graph/style.h"

namespace evglass::viz::graph {
namespace {

constexpr int kBarWidth = 150;
constexpr std::size_t kChainsShown = 6;
constexpr int kForeign =
    0x02 | 0x04 | 0x08 | 0x10;  // chainflags: memory that is not the buffer's own

Html faint(const std::string& text) {
    return Html::text(text, 80).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}});
}
Html left(const Html& inside) {
    return inside.cell({{"ALIGN", "left"}});
}

/// One part of the bar. What is there at all can be seen, however small its share.
Html part(std::uint64_t bytes, std::uint64_t size, const std::string& fill) {
    if (bytes == 0 || size == 0) return {};
    const double share = static_cast<double>(bytes) / static_cast<double>(size);
    const int width = std::clamp(static_cast<int>(share * kBarWidth), 4, kBarWidth);
    return Html::text(" ").cell(
        {{"BGCOLOR", fill}, {"WIDTH", std::to_string(width)}, {"HEIGHT", "16"}, {"BORDER", "1"}});
}

Html bar(const trace::Chain& chain) {
    constexpr const char* kUsed = "#7fb2e5";
    const Html parts = part(chain.misalign, chain.size, "#dddddd") +
                       part(chain.used, chain.size, kUsed) +
                       part(chain.room(), chain.size, "#ffffff");
    const Html cells = parts.empty() ? Html::text("no memory").cell() : parts;
    return Html::row({cells}).table({{"BORDER", "0"},
                                     {"CELLBORDER", "0"},
                                     {"CELLSPACING", "0"},
                                     {"CELLPADDING", "0"},
                                     {"COLOR", style::kLine}});
}

std::string flags_of(const trace::Chain& chain) {
    std::string out;
    const trace::EnumInfo* info = trace::find_enum("chainflags");
    if (info == nullptr) return out;
    for (const trace::EnumValue& value : info->values)
        if ((static_cast<std::uint64_t>(chain.flags) & value.number) != 0)
            out += (out.empty() ? "" : "|") + std::string(value.name);
    return out;
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
    const auto n = static_cast<double>(bytes);
    if (bytes < 10'000) return fmt::format("{} B", bytes);
    if (bytes < (10ULL << 20)) return fmt::format("{:.1f} KiB", n / 1024);
    return fmt::format("{:.1f} MiB", n / (1024 * 1024));
}

std::string ways_text(const trace::Buffer& buffer) {
    std::string out;
    for (std::size_t way = 0; way < trace::Buffer::kWays; ++way)
        if (buffer.entered[way] != 0)
            out += (out.empty() ? "" : ", ") + value_name("bytesfrom", way) + " " +
                   size_text(buffer.entered[way]);
    return out;
}

Html chain_box(const trace::Chain& chain, std::size_t index) {
    std::string memory = fmt::format("chain {}: {}", index, size_text(chain.size));
    const std::string flags = flags_of(chain);
    Html rows = Html::row({left(Html::text(memory).bold())}) + Html::row({left(bar(chain))}) +
                Html::row({left(faint(fmt::format("misalign {}  used {}  room {}", chain.misalign,
                                                  chain.used, chain.room())))});
    std::string last = flags;
    if (chain.how != 0)
        last += (last.empty() ? "" : ", ") +
                value_name("bytesfrom", static_cast<std::uint64_t>(chain.how));
    if (chain.refs > 1) last += fmt::format(", {} refs when last told", chain.refs);
    if (!last.empty()) rows += Html::row({left(faint(last))});
    return rows.table({{"BORDER", "1"},
                       {"COLOR", style::kLine},
                       {"BGCOLOR", style::kPale},
                       {"CELLBORDER", "0"},
                       {"CELLSPACING", "0"},
                       {"CELLPADDING", "3"},
                       {"STYLE", (chain.flags & kForeign) != 0 ? "dashed" : "solid"}});
}

Html buffer_head(const Scene& scene, const trace::Buffer& buffer, const std::string& role) {
    std::string name = scene.names.buffer(buffer.address);
    if (!role.empty()) name += "  " + role;
    Html rows = Html::row({left(Html::text(name).bold())}) +
                Html::row({left(Html::text(size_text(buffer.length) + " in " +
                                           counted(buffer.chains.size(), "chain")))});
    const auto line = [&](const std::string& text) {
        if (!text.empty()) rows += Html::row({left(faint(text))});
    };
    line(ways_text(buffer));
    if (buffer.moved_in != 0 || buffer.moved_out != 0)
        line(fmt::format("moved in {}, out {}: not copied", size_text(buffer.moved_in),
                         size_text(buffer.moved_out)));
    if (buffer.copied_within != 0) line("copied again within " + size_text(buffer.copied_within));
    if (buffer.drained != 0) line("drained " + size_text(buffer.drained));
    if (buffer.lent != 0) line("room lent out: " + size_text(buffer.lent));
    if (buffer.front_frozen || buffer.back_frozen)
        line(std::string("frozen: ") + (buffer.front_frozen ? "front " : "") +
             (buffer.back_frozen ? "end" : ""));
    if (!buffer.exact)
        rows += Html::row({left(Html::text("not exact: chains may be missing")
                                    .font({{"COLOR", style::kTrouble}, {"POINT-SIZE", "9"}}))});
    return rows.table({{"BORDER", "2"},
                       {"COLOR", style::kLine},
                       {"BGCOLOR", "white"},
                       {"CELLBORDER", "0"},
                       {"CELLSPACING", "0"},
                       {"CELLPADDING", "3"}});
}

void buffer_row(Dot& dot, const Scene& scene, const std::string& id, const trace::Buffer& buffer,
                const std::string& role) {
    dot.node(id, buffer_head(scene, buffer, role));
    std::string last = id;
    for (std::size_t i = 0; i < buffer.chains.size() && i < kChainsShown; ++i) {
        const std::string node = fmt::format("{}_{}", id, i);
        dot.node(node, chain_box(buffer.chains[i], i));
        dot.edge(last, node, {{"weight", "10"}});
        last = node;
    }
    if (buffer.chains.size() <= kChainsShown) return;
    const std::size_t hidden = buffer.chains.size() - kChainsShown;
    dot.node(id + "_more",
             Html::text(fmt::format("+ {} more", hidden)).font({{"COLOR", style::kFaint}}));
    dot.edge(last, id + "_more", {{"style", "dotted"}, {"arrowhead", "none"}, {"weight", "10"}});
}

}  // namespace evglass::viz::graph
