// The picture of bufferevents: each with its two directions, the buffer of each as a level between
// its watermarks, why a direction rests, and what its buckets hold. A filter stands above what it
// works on, a pair side by side. Or the one alone that is asked for, with those it works with.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "viz/graph/buffer_parts.h"
#include "viz/graph/card.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr int kLevelWidth = 160;
constexpr std::uint64_t kUnboundedScale = 16384;  // of a level without a high watermark

Html faint(const std::string& text) {
    return Html::text(text, 90).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}});
}
Html left(const Html& inside) {
    return inside.cell({{"ALIGN", "left"}});
}
Html line(const Html& inside) {
    return Html::row({left(inside)});
}

Html strip(std::uint64_t value, std::uint64_t scale, const std::string& fill) {
    const double share =
        scale == 0 ? 0 : std::min(1.0, static_cast<double>(value) / static_cast<double>(scale));
    const int full = value == 0 ? 0 : std::max(3, static_cast<int>(share * kLevelWidth));
    const auto cell = [](int width, const std::string& ground) {
        return width <= 0 ? Html()
                          : Html::text(" ").cell({{"BGCOLOR", ground},
                                                  {"WIDTH", std::to_string(width)},
                                                  {"HEIGHT", "12"},
                                                  {"BORDER", "1"}});
    };
    return Html::row({cell(full, fill) + cell(kLevelWidth - full, "white")})
        .table({{"BORDER", "0"},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "0"},
                {"CELLPADDING", "0"},
                {"COLOR", style::kLine}});
}

std::string marks_text(const trace::Direction& dir) {
    if (dir.low == 0 && dir.high == 0) return "no watermarks";
    return fmt::format("low {}, high {}", size_text(dir.low),
                       dir.high == 0 ? std::string("none") : size_text(dir.high));
}

std::string bits_text(std::string_view type, int bits) {
    std::string out;
    if (const trace::EnumInfo* info = trace::find_enum(type))
        for (const trace::EnumValue& value : info->values)
            if ((static_cast<std::uint64_t>(bits) & value.number) != 0)
                out += (out.empty() ? "" : ", ") + std::string(value.name);
    return out;
}

constexpr std::size_t kInARow = 3;

class BuffereventPicture {
 public:
    explicit BuffereventPicture(const Scene& scene)
        : scene_(scene),
          chosen_(choose(scene)),
          dot_(title(scene, counted(chosen_.size(), "bufferevent")),
               {{"ranksep", "0.5"}, {"nodesep", "0.4"}}) {}

    std::string draw() {
        const std::size_t all = chosen_.size();
        keep_the_busy();
        for (const trace::Bufferevent* bev : chosen_) one(*bev);
        groups();
        in_rows();
        if (all == 0)
            dot_.node("none", Html::text("no bufferevent is known at this record (a quiet one "
                                         "tells itself when it is used next)",
                                         120));
        if (all > kShown) {
            dot_.node("more", Html::text(fmt::format("+ {} more", all - kShown))
                                  .font({{"COLOR", style::kFaint}}));
            dot_.edge(id(chosen_.back()->address), "more", {{"style", "invis"}});
        }
        return dot_.str();
    }

 private:
    using Chosen = std::vector<const trace::Bufferevent*>;

    std::string id(trace::Address bev) const { return scene_.names.bufferevent(bev); }

    /// Does a chain of "works on" lead from one to the other? Bounded: a trace may be damaged.
    static bool leads_to(const trace::Model& model, trace::Address from, trace::Address to) {
        for (int steps = 0; from != 0 && steps < 16; ++steps) {
            if (from == to) return true;
            const trace::Bufferevent* bev = model.bufferevent(from);
            from = bev != nullptr ? bev->other : 0;
        }
        return false;
    }

    /// All, or the one that is asked for with what stands above it and below.
    static Chosen choose(const Scene& scene) {
        Chosen chosen;
        for (const auto& [address, bev] : scene.model.bufferevents())
            if (scene.object == 0 || leads_to(scene.model, address, scene.object) ||
                leads_to(scene.model, scene.object, address))
                chosen.push_back(&bev);
        sort_by_name(chosen);
        return chosen;
    }

    static void sort_by_name(Chosen& all) {
        std::ranges::sort(all, {}, [](const trace::Bufferevent* bev) { return bev->ordinal; });
    }

    /// Where there are too many: those that rest, run or hold bytes, before the others.
    void keep_the_busy() {
        if (chosen_.size() <= kShown) return;
        std::stable_partition(chosen_.begin(), chosen_.end(), [&](const trace::Bufferevent* bev) {
            const auto holds = [&](trace::Address a) {
                const trace::Buffer* buffer = scene_.model.buffer(a);
                return buffer != nullptr && buffer->length > 0;
            };
            return bev->calling != 0 || bev->read.suspended != 0 || bev->write.suspended != 0 ||
                   holds(bev->input) || holds(bev->output);
        });
        chosen_.resize(kShown);
        sort_by_name(chosen_);
    }

    /// Those that no line leads to stand in rows, not in one row as wide as they are many.
    void in_rows() {
        std::vector<std::string> alone;
        for (const trace::Bufferevent* bev : chosen_) {
            const bool below = std::ranges::any_of(
                chosen_, [&](const auto* above) { return above->other == bev->address; });
            if (bev->other == 0 && bev->group == 0 && !below) alone.push_back(id(bev->address));
        }
        for (std::size_t i = kInARow; i < alone.size(); ++i)
            dot_.edge(alone[i - kInARow], alone[i], {{"style", "invis"}});
    }

    bool is_shown(trace::Address address) const {
        return std::any_of(chosen_.begin(), chosen_.end(),
                           [&](const auto* bev) { return bev->address == address; });
    }

    void bucket(Html& rows, const trace::Bucket& b, bool write) {
        const std::int64_t held = write ? b.write_limit : b.read_limit;
        const std::int64_t maximum = write ? b.write_maximum : b.read_maximum;
        if (held == INT64_MAX) return;
        if (b.whole && maximum > 0)
            rows += line(strip(static_cast<std::uint64_t>(std::max<std::int64_t>(0, held)),
                               static_cast<std::uint64_t>(maximum), "#c9b26a"));
        rows += line(faint(b.whole ? fmt::format("bucket {} of {}, +{} each tick", held, maximum,
                                                 write ? b.write_rate : b.read_rate)
                                   : fmt::format("bucket {}; its rate was not told", held)));
    }

    Html direction(const trace::Bufferevent& bev, bool write) {
        const trace::Direction& dir = write ? bev.write : bev.read;
        const trace::Buffer* buffer = scene_.model.buffer(write ? bev.output : bev.input);
        Html rows = line(Html::text(write ? "output" : "input").bold() +
                         faint(buffer == nullptr ? std::string("  its buffer was not told of yet")
                                                 : "  " + scene_.names.buffer(buffer->address) +
                                                       "  " + size_text(buffer->length) + " in " +
                                                       counted(buffer->chains.size(), "chain")));
        if (buffer != nullptr)
            rows += line(
                strip(buffer->length, dir.high != 0 ? dir.high : kUnboundedScale,
                      dir.high != 0 && buffer->length >= dir.high ? style::kTrouble : "#7fb2e5"));
        rows += line(faint(marks_text(dir)));
        if (!dir.enabled)
            rows += line(faint("disabled"));
        else if (dir.suspended == 0)
            rows += line(faint("enabled"));
        if (dir.suspended != 0)
            rows += line(Html::text("rests: " + bits_text("bevsuspend", dir.suspended))
                             .font({{"COLOR", style::kTrouble}, {"POINT-SIZE", "10"}}));
        rows += line(faint(fmt::format("{} in {}, {}", size_text(dir.bytes),
                                       counted(dir.moves, "move"), counted(dir.calls, "call"))));
        if (const trace::Bucket* b = scene_.model.bucket(bev.address)) bucket(rows, *b, write);
        return rows.table(
            {{"BORDER", "0"}, {"CELLBORDER", "0"}, {"CELLSPACING", "0"}, {"CELLPADDING", "2"}});
    }

    std::string head_text(const trace::Bufferevent& bev) {
        std::string text = scene_.names.bufferevent(bev.address) + "  " +
                           value_name("bevkind", static_cast<std::uint64_t>(bev.kind));
        if (bev.fd >= 0) text += fmt::format("  fd {}", bev.fd);
        if (bev.connect != 0)
            text += "  " + value_name("bevconnect", static_cast<std::uint64_t>(bev.connect));
        if (bev.tls != 0)
            text += "  TLS " + value_name("bevtls", static_cast<std::uint64_t>(bev.tls));
        if (bev.released) text += fmt::format("  freed, {} refs left", bev.refs);
        return text;
    }

    void one(const trace::Bufferevent& bev) {
        Html rows = Html::row(
            {Html::text(head_text(bev), 80).bold().cell({{"COLSPAN", "2"}, {"ALIGN", "left"}})});
        rows += Html::row({direction(bev, false).cell({{"BORDER", "1"}}),
                           direction(bev, true).cell({{"BORDER", "1"}})});
        if (!bev.exact)
            rows += Html::row({Html::text("not exact: seen in passing, or records were lost")
                                   .font({{"COLOR", style::kTrouble}, {"POINT-SIZE", "9"}})
                                   .cell({{"COLSPAN", "2"}, {"ALIGN", "left"}})});
        dot_.node(id(bev.address), rows.table({{"BORDER", bev.calling != 0 ? "3" : "1"},
                                               {"COLOR", style::kLine},
                                               {"BGCOLOR", style::kPale},
                                               {"CELLBORDER", "0"},
                                               {"CELLSPACING", "0"},
                                               {"CELLPADDING", "3"}}));
        const trace::Bufferevent* other = scene_.model.bufferevent(bev.other);
        if (other == nullptr || !is_shown(other->address)) return;
        constexpr int kPair = static_cast<int>(trace::field::bevkind::pair);
        if (bev.kind != kPair)
            dot_.labelled_edge(id(bev.address), id(other->address), faint("works on"));
        else if (bev.ordinal < other->ordinal)
            dot_.edge(id(bev.address), id(other->address),
                      {{"dir", "both"}, {"constraint", "false"}});
    }

    /// A group is drawn with all bufferevents, or with one that is in it.
    bool has_member(trace::Address group) const {
        return scene_.object == 0 || std::any_of(chosen_.begin(), chosen_.end(),
                                                 [&](const auto* b) { return b->group == group; });
    }

    void groups() {
        for (const auto& [address, group] : scene_.model.rate_groups()) {
            if (!has_member(address)) continue;
            const std::string node = fmt::format("G{}", group.ordinal);
            Html rows = line(
                Html::text(fmt::format("G{}  {}", group.ordinal, counted(group.members, "member")))
                    .bold());
            if (const trace::Bucket* b = scene_.model.bucket(address)) {
                rows += line(faint("read"));
                bucket(rows, *b, false);
                rows += line(faint("write"));
                bucket(rows, *b, true);
            }
            if (group.read_rests || group.write_rests)
                rows += line(Html::text(std::string("members rest from ") +
                                        (group.read_rests ? "reading " : "") +
                                        (group.write_rests ? "writing" : ""))
                                 .font({{"COLOR", style::kTrouble}}));
            dot_.node(node, rows.table({{"BORDER", "1"},
                                        {"COLOR", style::kLine},
                                        {"CELLBORDER", "0"},
                                        {"CELLSPACING", "0"},
                                        {"CELLPADDING", "2"}}));
            for (const trace::Bufferevent* bev : chosen_)
                if (bev->group == address)
                    dot_.edge(node, id(bev->address), {{"style", "dashed"}, {"arrowhead", "none"}});
        }
    }

    const Scene& scene_;
    Chosen chosen_;
    Dot dot_;
};

}  // namespace

std::string bufferevent_dot(const Scene& scene) {
    return BuffereventPicture(scene).draw();
}

}  // namespace evglass::viz::graph
