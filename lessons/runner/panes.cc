// The panes of a stop. Each is one small function from a Moment to lines.
#include "lessons/runner/panes.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lessons/runner/markdown.h"
#include "lessons/runner/panes_buffer.h"
#include "lessons/runner/source.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

using trace::Base;
using trace::Event;
using trace::Model;

using Lines = std::vector<std::string>;
constexpr int kSignal = 0x08;  // EV_SIGNAL, of <event2/event.h>

/// A pane's name in front of its first line, the others below it.
std::string labelled(std::string_view name, const Lines& lines, int width) {
    constexpr int kLabel = 9;
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string label(i == 0 ? name : "");
        const int blanks = std::max(1, kLabel - cells(label));  // a Chinese character is two wide
        const std::string line = fmt::format(
            "  {}{}{}", label, std::string(static_cast<std::size_t>(blanks), ' '), lines[i]);
        out += fit(line, width) + "\n";
    }
    return out;
}

std::string_view enum_name(const Moment& at, const char* type, int value) {
    return at.run().timeline().reader().enum_name(type, static_cast<std::uint64_t>(value));
}

std::string milliseconds(std::int64_t usec) {
    return fmt::format("{:.6g} ms", static_cast<double>(usec) / 1000.0);
}

template <class Range>
std::string labels(const Model& model, const Range& events) {
    std::vector<std::string> names;
    for (const trace::Address address : events) names.push_back(label(model, address));
    return names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", "));
}

std::string alias_and_name(const Model& model, const Event& event) {
    const std::string alias = trace::Names(model).event(event.address);
    return event.name.empty() ? alias : fmt::format("{} {}", alias, trace::safe(event.name));
}

std::string event_line(const Model& model, const Event& event, const Labels& words) {
    std::string about(words("no fd"));
    if ((event.events & kSignal) != 0)
        about = fmt::format("sig {}", event.fd);
    else if (event.fd >= 0)
        about = fmt::format("fd {}", event.fd);
    return fmt::format("{:<14} {:<11} {:<6} {:<12} {}", alias_and_name(model, event),
                       trace::state_name(event.state()), about, trace::what_text(event.events),
                       trace::evlist_text(event.flags));
}

Lines events_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    std::vector<const Event*> events;
    for (const auto& [address, event] : model.events())
        if (event.alive) events.push_back(&event);
    std::sort(events.begin(), events.end(),
              [](const Event* a, const Event* b) { return a->ordinal < b->ordinal; });
    Lines lines;
    for (const Event* event : events) lines.push_back(event_line(model, *event, words));
    if (lines.empty()) lines.emplace_back(words("none yet"));
    return lines;
}

Lines event_pane(const Moment& at, std::string_view argument, const Labels& words) {
    const Event* event = at.event(argument);
    if (event == nullptr) return {words("{}: not known yet", argument)};
    const Model& model = at.model();
    Lines lines = {event_line(model, *event, words)};
    if (event->fires != 0) lines.push_back(words("callbacks so far: {}", event->fires));
    return lines;
}

Lines heap_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    const Base* base = model.current_base();
    if (base == nullptr || base->heap.empty()) return {std::string(words("empty"))};
    const auto now = at.run().clock_usec(*at.record());
    Lines lines;
    for (std::size_t i = 0; i < base->heap.size(); ++i) {
        const trace::HeapItem& item = base->heap[i];
        const std::string when = now ? words("due in {}", milliseconds(item.deadline - *now))
                                     : words("due at {}", milliseconds(item.deadline));
        lines.push_back(fmt::format("[{}] {:<14}{}", i, label(model, item.event), when));
    }
    return lines;
}

Lines active_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    const Base* base = model.current_base();
    if (base == nullptr || base->active.empty()) return {std::string(words("no queues yet"))};
    Lines lines;
    for (std::size_t p = 0; p < base->active.size(); ++p)
        lines.push_back(words("priority {}: {}", p, labels(model, base->active[p])));
    if (!base->later.empty()) lines.push_back(words("later: {}", labels(model, base->later)));
    return lines;
}

Lines io_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    const Base* base = model.current_base();
    Lines lines;
    if (base != nullptr)
        for (const auto& [fd, slot] : base->io) {
            if (slot.events.empty()) continue;
            const auto watched = base->interest.find(fd);
            lines.push_back(
                words("fd {}: {}   readers {} writers {}   {} watches {}", fd,
                      labels(model, slot.events), slot.nread, slot.nwrite, base->backend,
                      watched == base->interest.end() ? "-" : trace::what_text(watched->second)));
        }
    if (lines.empty()) lines.emplace_back(words("no fd has events"));
    return lines;
}

Lines signals_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    const Base* base = model.current_base();
    Lines lines;
    if (base != nullptr)
        for (const auto& [signal, list] : base->signals)
            if (!list.empty()) lines.push_back(words("signal {}: {}", signal, labels(model, list)));
    if (lines.empty()) lines.emplace_back(words("no signal has events"));
    return lines;
}

Lines loop_pane(const Moment& at, std::string_view, const Labels& words) {
    const Model& model = at.model();
    const Base* base = model.current_base();
    if (base == nullptr) return {std::string(words("there is no event_base yet"))};
    std::string line =
        base->running ? words("turn {}, phase {}", base->turn, enum_name(at, "phase", base->phase))
                      : std::string(words("not running"));
    if (base->last_end != 0 && !base->running)
        line += words("; it returned {}, because: {}", base->last_result,
                      enum_name(at, "loopend", base->last_end));
    if (base->gotterm) line += words("; gotterm is set");
    if (base->break_) line += words("; break is set");
    Lines lines = {line};
    if (base->running && base->wait_why != 0) {
        const std::string wait = base->wait_timeout == trace::kNone
                                     ? std::string(words("for ever"))
                                     : milliseconds(base->wait_timeout);
        const std::string first = base->wait_event != 0 ? " " + label(model, base->wait_event) : "";
        lines.push_back(
            words("wait chosen: {} ({}{})", wait, enum_name(at, "waitwhy", base->wait_why), first));
    }
    return lines;
}

Lines base_pane(const Moment& at, std::string_view, const Labels& words) {
    const Base* base = at.model().current_base();
    if (base == nullptr) return {std::string(words("there is no event_base yet"))};
    Lines lines;
    for (const auto& [name, verdict] : base->tried)
        lines.push_back(
            words("tried {}: {}", trace::safe(name), enum_name(at, "verdict", verdict)));
    lines.push_back(
        words("B{}: backend {}, priorities {}", base->ordinal,
              base->backend.empty() ? std::string(words("not chosen")) : trace::safe(base->backend),
              base->active.size()));
    return lines;
}

Lines calls_pane(const Moment& at, std::string_view, const Labels& words) {
    const trace::Record* record = at.record();
    if (record == nullptr) return {};
    Lines lines;
    for (const std::string& function : at.model().call_stack(record->thread))
        lines.push_back(std::string(lines.size() * 2, ' ') + trace::safe(function));
    if (lines.empty()) lines.emplace_back(words("none of the functions that are followed"));
    return lines;
}

Lines syscalls_pane(const Moment& at, std::string_view, const Labels& words) {
    constexpr std::size_t kShown = 4;
    const auto& calls = at.model().syscalls();
    Lines lines;
    for (std::size_t i = calls.size() > kShown ? calls.size() - kShown : 0; i < calls.size(); ++i)
        lines.push_back(trace::safe(without_duration(calls[i].text)));
    if (lines.empty()) lines.emplace_back(words("none yet"));
    return lines;
}

struct Pane {
    std::string_view name;
    bool takes_event;
    Lines (*show)(const Moment&, std::string_view, const Labels&);
};
constexpr Pane kPanes[] = {
    {"base", false, base_pane},       {"loop", false, loop_pane},
    {"calls", false, calls_pane},     {"event", true, event_pane},
    {"events", false, events_pane},   {"heap", false, heap_pane},
    {"active", false, active_pane},   {"io", false, io_pane},
    {"signals", false, signals_pane}, {"syscalls", false, syscalls_pane},
    {"buffer", true, buffer_pane},    {"bev", true, bufferevent_pane},
    {"changes", false, changes_pane}, {"locks", false, locks_pane},
};

const Pane* find_pane(std::string_view name) {
    for (const Pane& pane : kPanes)
        if (pane.name == name) return &pane;
    return nullptr;
}

struct Asked {
    std::string_view name, argument;
};
Asked split(std::string_view pane) {
    const auto space = pane.find(' ');
    if (space == std::string_view::npos) return {pane, {}};
    return {pane.substr(0, space), pane.substr(space + 1)};
}

}  // namespace

std::string check_pane(std::string_view pane) {
    const auto [name, argument] = split(pane);
    if (name == "source" || name == "callback") return {};
    const Pane* found = find_pane(name);
    if (found == nullptr) {
        std::string known = "source, callback";
        for (const Pane& each : kPanes) known += fmt::format(", {}", each.name);
        return fmt::format("there is no pane '{}'; there are {}", name, known);
    }
    if (found->takes_event == argument.empty())
        return found->takes_event ? fmt::format("'{}' needs a name: event timer", name)
                                  : fmt::format("'{}' takes nothing after it", name);
    return {};
}

std::string show_pane(std::string_view pane, const Moment& moment, const std::string& root,
                      int width, const Labels& words) {
    const auto [name, argument] = split(pane);
    if (name == "source") return show_source(moment, root, width);
    if (name == "callback") return show_callback(moment, root, width);
    const Pane* found = find_pane(name);
    if (found == nullptr) return {};
    return labelled(words(found->name), found->show(moment, argument, words), width);
}

}  // namespace evglass::lessons
