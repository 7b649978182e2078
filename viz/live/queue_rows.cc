// See queue_rows.h. A group that is empty gets no rows; the queues that are empty share one.
#include "viz/live/queue_rows.h"

#include <fmt/format.h>

#include <deque>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using Rows = std::vector<QueueRow>;

void add_queue(Rows& rows, const Moment& moment, const std::string& title,
               const std::deque<trace::Address>& queue) {
    rows.push_back({"", title, plural(queue.size(), "event"), Style::title});
    int place = 1;
    for (const trace::Address address : queue) {
        const trace::Event* event = moment.model->event(address);
        QueueRow row{std::to_string(place++), event_label(moment, address), "", Style::active,
                     address};
        if (event != nullptr) {
            row.note = fmt::format("{}, waits {}", trace::what_text(event->res),
                                   since_text(moment, event->activated_ns));
            if (event->finalizer != 0) row.note += ", for its finalizer";
        }
        rows.push_back(row);
    }
}

void add_running(Rows& rows, const Moment& moment) {
    for (const trace::Address address : moment.base->callbacks) {
        const trace::Event* event = moment.model->event(address);
        QueueRow row{"now", event_label(moment, address), "", Style::running, address};
        if (event != nullptr) row.note = "runs " + since_text(moment, event->callback_began_ns);
        rows.push_back(row);
    }
}

void add_common(Rows& rows, const Moment& moment) {
    int number = 0;
    for (const trace::CommonQueue& queue : moment.base->common) {
        const std::string title =
            fmt::format("common {} ({})", number++, usec_text(queue.duration));
        const std::string timer = "timer " + event_label(moment, queue.timer);
        rows.push_back(
            {"", title, plural(queue.events.size(), "event") + ", " + timer, Style::title});
        int place = 1;
        for (const trace::HeapItem& item : queue.events)
            rows.push_back({std::to_string(place++), event_label(moment, item.event),
                            deadline_text(moment, item.deadline),
                            is_due(moment, item.deadline) ? Style::active : Style::pending,
                            item.event});
    }
}

void add_once(Rows& rows, const Moment& moment) {
    const auto& once = moment.base->once;
    if (once.empty()) return;
    rows.push_back(
        {"", "once", plural(once.size(), "event") + " of event_base_once", Style::title});
    for (const trace::Address address : once) {
        const trace::Event* event = moment.model->event(address);
        std::string note;
        if (event != nullptr && event->once_callback != 0 && moment.symbol)
            note = "calls " + trace::safe(moment.symbol(event->once_callback));
        rows.push_back({"", event_label(moment, address), note, Style::normal, address});
    }
}

void add_watchers(Rows& rows, const Moment& moment, const std::string& title,
                  const std::vector<trace::Watcher>& watchers) {
    if (watchers.empty()) return;
    rows.push_back({"", title, plural(watchers.size(), "watcher"), Style::title});
    int place = 1;
    for (const trace::Watcher& watcher : watchers) {
        const bool runs = watcher.address == moment.base->watcher_running;
        std::string note = moment.symbol ? trace::safe(moment.symbol(watcher.callback)) : "";
        if (runs) note = "runs now  " + note;
        rows.push_back({std::to_string(place++), fmt::format("W{}", watcher.ordinal), note,
                        runs ? Style::running : Style::normal, watcher.address});
    }
}

std::string holder_text(const Moment& moment, const trace::Lock& lock) {
    if (lock.depth == 0) return "free";
    std::string text = fmt::format("held by thread {}", lock.holder);
    if (lock.depth > 1) text += fmt::format(" {}x", lock.depth);
    text += " for " + since_text(moment, lock.taken_ns);
    if (!lock.taken_in.empty()) text += " in " + trace::safe(lock.taken_in);
    return text;
}

/// Locks of which anything was told: where the category `lock` isn't recorded, nothing is known.
void add_locks(Rows& rows, const Moment& moment) {
    const trace::Names names(*moment.model);
    bool first = true;
    for (const auto& [address, lock] : moment.model->locks()) {
        if (!lock.told || (lock.takes == 0 && lock.depth == 0 && lock.waiters.empty())) continue;
        if (first) rows.push_back({"", "locks", "as far as seen", Style::title});
        first = false;
        std::string note = holder_text(moment, lock);
        for (const trace::Lock::Waiter& waiter : lock.waiters)
            note += fmt::format("; thread {} {} {}", waiter.thread,
                                waiter.cond != 0 ? "sleeps" : "waits",
                                since_text(moment, waiter.since_ns));
        note += fmt::format("; taken {}", count_text(lock.takes));
        if (lock.contended != 0)
            note += fmt::format(", {} waits, longest {}", count_text(lock.contended),
                                short_duration(lock.longest_ns));
        rows.push_back({"", names.lock(address), note,
                        lock.waiters.empty() ? Style::normal : Style::warning, 0});
    }
}

}  // namespace

std::vector<QueueRow> queue_rows(const Moment& moment) {
    Rows rows;
    std::string empty;
    add_running(rows, moment);
    const auto add = [&](const std::string& title, const std::deque<trace::Address>& queue) {
        if (!queue.empty()) return add_queue(rows, moment, title, queue);
        empty += (empty.empty() ? "empty: " : ", ") + title;
    };
    int priority = 0;
    for (const auto& queue : moment.base->active)
        add(fmt::format("priority {}", priority++), queue);
    add("later", moment.base->later);
    if (!empty.empty()) rows.push_back({"", empty, "", Style::dim});
    add_common(rows, moment);
    add_once(rows, moment);
    add_watchers(rows, moment, "before the sleep", moment.base->prepare);
    add_watchers(rows, moment, "after the sleep", moment.base->check);
    add_locks(rows, moment);
    return rows;
}

}  // namespace evglass::viz
