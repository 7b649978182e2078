// The picture of a base's configuration: the table of backends, best first, with what became of
// each, and what the base was made with.
#include <fmt/format.h>

#include <cctype>

#include "viz/graph/base_facts.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

using trace::field::verdict;

// A backend that is only taken when it is asked for has another variable: EVENT_USE_..., say.
std::string disabled_because(std::string name) {
    if (name != "epoll" && name != "poll" && name != "select")
        return "passed over: nobody asked for it";
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return "passed over: EVENT_NO" + name + " is set";
}

std::string reason_of(const std::string& name, int value) {
    switch (static_cast<verdict>(value)) {
        case verdict::chosen:
            return "chosen: the first that is allowed and works";
        case verdict::avoided:
            return "passed over: event_config_avoid_method";
        case verdict::lacks_features:
            return "passed over: it lacks a feature that is required";
        case verdict::disabled:
            return disabled_because(name);
        case verdict::init_failed:
            return "passed over: it could not be started";
    }
    return "passed over";
}

Html backend_box(const std::string& name, int value, std::size_t place) {
    const bool chosen = static_cast<verdict>(value) == verdict::chosen;
    const style::StateStyle& look =
        style::of(chosen ? trace::EventState::running : trace::EventState::initialized);
    const Html head = Html::text(fmt::format("{}  {}", place, name)).bold();
    return (Html::row({head.cell({{"ALIGN", "left"}})}) +
            Html::row({Html::text(reason_of(name, value), 60)
                           .font({{"POINT-SIZE", "9"}})
                           .cell({{"ALIGN", "left"}})}))
        .table({{"BORDER", look.border},
                {"COLOR", look.line},
                {"BGCOLOR", look.fill},
                {"CELLBORDER", "0"},
                {"CELLSPACING", "0"},
                {"CELLPADDING", "4"},
                {"WIDTH", "260"}});
}

struct Flag {
    std::uint32_t bit;
    const char* name;
    const char* meaning;
};
// The public flags of event_config_set_flag.
constexpr Flag kFlags[] = {
    {0x01, "NOLOCK", "no lock: one thread alone may use the base"},
    {0x02, "IGNORE_ENV", "EVENT_... variables don't count"},
    {0x04, "STARTUP_IOCP", "of another system: no effect here"},
    {0x08, "NO_CACHE_TIME", "the time is asked anew each time"},
    {0x10, "EPOLL_USE_CHANGELIST", "changes of interest wait until the loop sleeps"},
    {0x20, "PRECISE_TIMER", "timeouts to the microsecond"},
};

Html settings(const Scene& scene) {
    const trace::Base& base = scene.base;
    Html rows = Html::row({Html::text("the base is made with")
                               .bold()
                               .cell({{"COLSPAN", "2"}, {"BGCOLOR", style::kPale}})});
    const auto add = [&](const std::string& name, const std::string& value) {
        rows += Html::row({Html::text(name).cell({{"ALIGN", "left"}}),
                           Html::text(value, 60).cell({{"ALIGN", "left"}})});
    };
    for (const Flag& flag : kFlags)
        if ((base.flags & flag.bit) != 0) add(flag.name, flag.meaning);
    if (base.flags == 0) add("flags", "none");
    const std::string features = features_text(base.features);
    add("features", features.empty() ? "none" : features);
    add("priorities", std::to_string(base.active.size()));
    for (const trace::CommonQueue& queue : base.common)
        add("common timeout",
            duration_of_us(queue.duration) + ", " + counted(queue.events.size(), "event"));
    add("lock", base.lock == 0 ? "none: no thread support, or NOLOCK"
                               : "yes: several threads may use the base");
    add("watchers", fmt::format("{} prepare, {} check", base.prepare.size(), base.check.size()));
    return rows.table({{"BORDER", "0"},
                       {"CELLBORDER", "1"},
                       {"COLOR", style::kLine},
                       {"CELLSPACING", "0"},
                       {"CELLPADDING", "4"}});
}

}  // namespace

std::string config_dot(const Scene& scene) {
    const trace::Base& base = scene.base;
    Dot dot(title(scene, "configuration of " + scene.names.base(base.address)),
            {{"ranksep", "0.3"}, {"nodesep", "0.5"}});
    dot.node("settings", settings(scene));
    if (base.tried.empty()) {
        dot.node("backends", Html::text("How its backend was chosen is not in the trace; it is " +
                                        (base.backend.empty() ? "not known" : base.backend) + "."));
        return dot.str();
    }
    for (std::size_t i = 0; i < base.tried.size(); ++i) {
        const std::string id = fmt::format("b{}", i);
        dot.node(id, backend_box(base.tried[i].first, base.tried[i].second, i + 1));
        if (i > 0) dot.labelled_edge(fmt::format("b{}", i - 1), id, Html::text("next"));
    }
    dot.edge(fmt::format("b{}", base.tried.size() - 1), "settings", {{"style", "dashed"}});
    return dot.str();
}

}  // namespace evglass::viz::graph
