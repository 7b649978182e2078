// The picture of one wait: select, poll or epoll_wait, called by the program itself or by the loop.
// Each descriptor that is told of it is a row: what it was asked for, and what it is ready for.
// It needs no event_base. Read next: src/util/program_calls.cc (who tells the rows).
#include <map>

#include <fmt/format.h>

#include "trace/text_fields.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;

/// What the call was given and what it returned.
struct Call {
    std::string name, given;
    std::int64_t result = 0;
};

std::string limit_text(std::int64_t usec) {
    return usec < 0 ? "for ever" : fmt::format("{} at most", duration_of_us(usec));
}
std::string limit_of(const rec::sys_select& wait) {
    return limit_text(wait.timeout.value);
}
template <class R>
std::string limit_of(const R& wait) {
    return limit_text(wait.timeout < 0 ? -1 : std::int64_t{wait.timeout} * 1000);
}

template <class R>
bool take(const trace::Record& record, const char* name, Call& call) {
    const R* wait = record.as<R>();
    if (wait == nullptr) return false;
    call = {name, limit_of(*wait), wait->result};
    return true;
}

std::string mask_text(std::uint32_t bits) {
    return bits == 0 ? "-" : trace::flags_text("epollmask", bits, nullptr);
}

Html cell(const std::string& text, bool ready) {
    const Html shown = Html::text(text);
    return (ready ? shown.bold() : shown)
        .cell({{"ALIGN", "left"},
               {"BGCOLOR", ready ? style::of(trace::EventState::active).fill : "white"}});
}

Html head() {
    Html row;
    for (const char* name : {"descriptor", "asked for", "ready for"})
        row += Html::text(name).bold().cell({{"ALIGN", "left"}, {"BGCOLOR", style::kPale}});
    return Html::row({row});
}

}  // namespace

std::string wait_dot(const Scene& scene) {
    Call call;
    std::map<std::int64_t, std::string> names;
    Html rows = head();
    std::size_t told = 0;
    for (const trace::Record* record : scene.records) {
        if (take<rec::sys_poll>(*record, "poll", call) ||
            take<rec::sys_select>(*record, "select", call) ||
            take<rec::sys_epoll_wait>(*record, "epoll_wait", call))
            continue;
        if (const auto* name = record->as<rec::fd_name>()) names[name->fd] = name->label.view();
        const auto* entry = record->as<rec::wait_entry>();
        if (entry == nullptr) continue;
        ++told;
        const bool ready = entry->got.value != 0;
        const std::string who = names.contains(entry->fd)
                                    ? fmt::format("{}  {}", entry->fd, names[entry->fd])
                                    : fmt::format("{}", entry->fd);
        const bool kept = call.name == "epoll_wait";  // the kernel has kept what was asked
        rows += Html::row({cell(who, ready),
                           cell(kept ? "(the kernel knows)" : mask_text(entry->asked.value), ready),
                           cell(mask_text(entry->got.value), ready)});
    }
    if (told == 0)
        rows += Html::row({Html::text("no descriptor is told of").cell({{"COLSPAN", "3"}})});
    Dot dot(title(scene, fmt::format("one wait: {}", call.name)));
    dot.node("call", Html::text(fmt::format("{}, {}", call.name, call.given)));
    dot.node("entries", rows.table({{"BORDER", "0"},
                                    {"CELLBORDER", "1"},
                                    {"COLOR", style::kLine},
                                    {"CELLSPACING", "0"},
                                    {"CELLPADDING", "4"}}));
    dot.node("result", Html::text(fmt::format("returns {}", call.result)));
    dot.edge("call", "entries");
    dot.edge("entries", "result");
    return dot.str();
}

}  // namespace evglass::viz::graph
