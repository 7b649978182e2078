// Titles and the few words that all views share.
#include "viz/graph/scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "viz/graph/style.h"

namespace evglass::viz::graph {

const trace::SiteInfo* Scene::site(const trace::Record& record) const {
    if (sites == nullptr || record.site == 0 || record.site > sites->size()) return nullptr;
    return &(*sites)[record.site - 1];
}

Html title(const Scene& scene, const std::string& what, const std::string& doubt,
           const Html& rows) {
    const auto line = [](const Html& text) { return Html::row({text.cell({{"ALIGN", "left"}})}); };
    const auto warning = [&](const std::string& text) {
        return line(Html::text(text, 120).font({{"COLOR", style::kTrouble}}));
    };
    std::string where;
    if (!scene.program.empty()) where = clip(trace::safe(scene.program), 40) + "  \u00b7  ";
    where += fmt::format("record {}", scene.model.record());
    if (scene.base.ordinal != 0) where += fmt::format("  \u00b7  turn {}", scene.base.turn);
    if (!scene.moment.empty()) where += "  \u00b7  " + scene.moment;

    Html all = line(Html::text(what, 80).bold().font({{"POINT-SIZE", "15"}})) +
               line(Html::text(where, 140).font({{"COLOR", style::kFaint}}));
    if (!scene.base.exact)
        all += warning(
            "Not exact: records were lost and no keyframe followed yet. Events may be missing.");
    else if (scene.lost != 0)
        all +=
            warning(counted(scene.lost, "record") + " of this trace lost: counts may be too low.");
    if (!doubt.empty()) all += warning(doubt);
    return (all + rows)
        .table({{"BORDER", "0"}, {"CELLBORDER", "0"}, {"CELLSPACING", "0"}, {"CELLPADDING", "2"}});
}

std::string place_text(const Scene& scene, trace::Address code) {
    if (code == 0) return "not known";
    return scene.symbols != nullptr ? scene.symbols->find(code).text() : fmt::format("{:#x}", code);
}

std::string deadline_text(const Scene& scene, std::int64_t deadline_us) {
    if (deadline_us < 0) return "no deadline";
    if (scene.now_us < 0) return fmt::format("at {:.3f} s", static_cast<double>(deadline_us) / 1e6);
    const std::int64_t left = deadline_us - scene.now_us;
    if (left == 0) return "now";
    constexpr std::int64_t kFarAway = INT64_MAX / 1000;  // hostile numbers must not overflow
    if (left > kFarAway || left < -kFarAway) return "far away";
    return left > 0 ? "in " + trace::duration_text(left * 1000)
                    : trace::duration_text(-left * 1000) + " late";
}

std::string duration_of_us(std::int64_t us) {
    constexpr std::int64_t kMost = INT64_MAX / 1000;
    return trace::duration_text(std::clamp(us, -kMost, kMost) * 1000);
}

std::string signal_text(int number) {
    const char* name = sigabbrev_np(number);
    return name != nullptr ? "SIG" + std::string(name) : fmt::format("signal {}", number);
}

std::string value_name(std::string_view type, std::uint64_t number) {
    if (const trace::EnumInfo* info = trace::find_enum(type)) {
        for (const trace::EnumValue& value : info->values)
            if (value.number == number) return std::string(value.name);
    }
    return fmt::format("{} {}", type, number);
}

trace::Address base_of(const trace::Record& record) {
    const trace::RecordInfo* info = record.known ? trace::find_record(record.type) : nullptr;
    const bool names_one = info != nullptr && !info->fields.empty() &&
                           info->fields[0].type == "base" &&
                           record.fields.size() >= sizeof(trace::Address);
    trace::Address base = 0;
    if (names_one) std::memcpy(&base, record.fields.data(), sizeof base);
    return base;
}

std::optional<std::uint32_t> loop_thread(const Scene& scene) {
    for (const trace::Record* record : scene.records)
        if (record->as<trace::rec::loop_phase>() != nullptr &&
            base_of(*record) == scene.base.address)
            return record->thread;
    return {};
}

std::string counted(std::uint64_t n, std::string_view noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace evglass::viz::graph
