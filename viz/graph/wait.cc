// The picture of one wait: select, poll or epoll_wait, called by the program itself or by the loop.
// Each descriptor that is told of it is a row: what it was asked for, and what it is ready for. Of
// a loop's wait those are told that are ready. It needs no event_base. Read next:
// src/util/program_calls.cc (who tells the rows).
#include <map>

#include <fmt/format.h>

#include "trace/text.h"
#include "trace/text_fields.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;

constexpr std::size_t kRows = 40;

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

std::string who(std::int64_t fd, const std::map<std::int64_t, std::string>& names) {
    const auto name = names.find(fd);
    return name == names.end() ? fmt::format("{}", fd) : fmt::format("{}  {}", fd, name->second);
}

// What the program's own call was given, entry by entry.
Html row_of(const rec::wait_entry& entry, const Call& call, const std::string& name) {
    const bool ready = entry.got.value != 0;
    const bool kept = call.name == "epoll_wait";  // the kernel has kept what was asked
    return Html::row({cell(name, ready),
                      cell(kept ? "(the kernel knows)" : mask_text(entry.asked.value), ready),
                      cell(mask_text(entry.got.value), ready)});
}

std::string event_text(const Scene& scene, trace::Address address) {
    const trace::Event* event = scene.model.event(address);
    const std::string name = event == nullptr ? "" : " " + trace::safe(event->name);
    return scene.names.event(address) + (name == " " ? "" : name);
}

// What the library makes of its call, fd by fd. An fd without a name of its own has its event's.
Html row_of(const rec::backend_ready& entry, const Scene& scene, std::string name) {
    const auto slot = scene.base.io.find(entry.fd);
    if (name == std::to_string(entry.fd) && slot != scene.base.io.end() &&
        !slot->second.events.empty())
        name += "  of " + event_text(scene, slot->second.events.front());
    const auto asked = scene.base.interest.find(entry.fd);
    const bool known = asked != scene.base.interest.end();
    return Html::row({cell(name, true), cell(known ? trace::what_text(asked->second) : "-", true),
                      cell(trace::what_text(entry.what), true)});
}

Html head() {
    Html row;
    for (const char* name : {"descriptor", "asked for", "ready for"})
        row += Html::text(name).bold().cell({{"ALIGN", "left"}, {"BGCOLOR", style::kPale}});
    return Html::row({row});
}

Html line_over_all(const std::string& text) {
    return Html::row({Html::text(text).cell({{"COLSPAN", "3"}, {"ALIGN", "left"}})});
}

}  // namespace

std::string wait_dot(const Scene& scene) {
    Call call;
    std::map<std::int64_t, std::string> names;
    Html rows = head();
    std::vector<Html> shown;
    for (const trace::Record* record : scene.records) {
        if (take<rec::sys_poll>(*record, "poll", call) ||
            take<rec::sys_select>(*record, "select", call) ||
            take<rec::sys_epoll_wait>(*record, "epoll_wait", call))
            continue;
        if (const auto* name = record->as<rec::fd_name>()) names[name->fd] = name->label.view();
        if (const auto* entry = record->as<rec::wait_entry>())
            shown.push_back(row_of(*entry, call, who(entry->fd, names)));
        else if (const auto* ready = record->as<rec::backend_ready>())
            shown.push_back(row_of(*ready, scene, who(ready->fd, names)));
    }
    for (std::size_t i = 0; i < shown.size() && i < kRows; ++i) rows += shown[i];
    if (shown.size() > kRows) rows += line_over_all(fmt::format("+ {} more", shown.size() - kRows));
    if (shown.empty())
        rows += line_over_all(call.result > 0 ? "no descriptor is told of" : "none is ready");
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
