// The table of all lints, with the paragraph that explains each. See lints.h.
#include "trace/lints/lints.h"

#include <array>

namespace evglass::trace {
namespace {

constexpr std::array kLints{
    LintInfo{
        "slow-callback", "a callback took 50 ms or more",
        "A loop runs one callback at a time. While one of them computes, reads a file or waits "
        "for a lock, no other event of the base is served: timers are late and clients wait. "
        "Do the work in pieces, give it to a thread, or wait for it with an event.",
        slow_callback},
    LintInfo{
        "starved-priority", "an event stayed active for 10 turns, behind more urgent ones",
        "Each turn runs the most urgent priority that has an active event, and no other. If "
        "events of that priority become active in every turn, those below are never called. "
        "Give the busy events a lower priority (a higher number), or let them come less often.",
        starved_priority},
    LintInfo{"edge-not-drained", "an edge-triggered fd was left with bytes in it",
             "With EV_ET the kernel tells of new bytes once. A callback that stops reading before "
             "the fd says EAGAIN leaves bytes behind, and is not called for them again: the "
             "connection hangs until the peer sends more. Read until EAGAIN, or leave EV_ET out. "
             "(Only reads through the library are in a trace.)",
             edge_not_drained},
    LintInfo{"write-left-on", "EV_WRITE is on with nothing to write",
             "A socket is writable nearly always. An EV_WRITE event that stays pending while there "
             "is nothing to write is called in every turn, and the loop takes a whole processor to "
             "do nothing. Add it when a write says EAGAIN, and delete it when all is written.",
             write_left_on},
    LintInfo{"self-activating", "a callback made its own event active 10 times in a row",
             "event_active from an event's own callback puts it last into the queue that is being "
             "run: it is called again before the loop looks at its fds and timers. If it does so "
             "each time, nothing else is served. Work in pieces wants a timer of no length, or "
             "event_config_set_max_dispatch_interval.",
             self_activating},
    LintInfo{"gone-while-registered",
             "an event's memory went, or its fd was closed, before event_del",
             "The base keeps pointers to pending events, and the kernel keeps fds. Memory that is "
             "freed or initialised anew while its event is pending corrupts the base's queues. An "
             "fd that is closed first is silently forgotten by epoll, and its event never fires. "
             "Always event_del (or event_free), then close.",
             gone_while_registered},
    LintInfo{
        "stale-registration", "an fd's number was used anew while an old event waits for it",
        "The kernel gives the lowest free number to the next fd. An event that was not deleted "
        "when its fd was closed now waits for whatever got the number: it is called for a "
        "stranger's bytes, or never. Delete events before their fd is closed.",
        stale_registration},
    LintInfo{
        "add-del-churn", "an event was added and deleted 50 times without being called",
        "Each event_add and event_del of an fd costs a system call or a change that epoll must "
        "be told of. An event that is added and deleted for each message, and mostly never "
        "called, had better stay, with EV_PERSIST; or its work be tried first, and the event "
        "added only after EAGAIN.",
        add_del_churn},
    LintInfo{
        "timer-storm", "a thousand timers expired in one turn, or one expires all the time",
        "Timers that were set at one moment for one length expire together, and their "
        "callbacks hold the loop up: spread them. A timer that expires more often than once in "
        "a millisecond keeps the loop from sleeping: is its interval in the right unit?",
        timer_storm},
    LintInfo{"busy-loop", "the loop turns without sleeping, and nothing comes of it",
             "A hundred turns in a row that neither slept nor ran a callback: somebody polls with "
             "EVLOOP_NONBLOCK, or the backend reports something that no event takes up. Or a "
             "callback reads the end of its stream (0 bytes) again and again and doesn't delete "
             "its event: the end stays readable for ever.",
             busy_loop},
    LintInfo{
        "event-leak", "one place makes events and doesn't free them",
        "Twenty events or more that were made by the same line, have been used, are neither "
        "pending nor freed, and that line went on making new ones. Each takes memory until the "
        "process ends. event_free them, or add them again instead of making others.",
        event_leak},
    LintInfo{"fd-leak", "connections are open that no event watches any more",
             "Twenty fds or more that were accepted or connected, were watched by an event that is "
             "deleted, and were still open later (the kernel gives out the lowest free number, "
             "which proves it). Often a bufferevent was made without BEV_OPT_CLOSE_ON_FREE.",
             fd_leak},
};

}  // namespace

std::span<const LintInfo> lints() {
    return kLints;
}

int lint_index(std::string_view name) {
    for (std::size_t i = 0; i < kLints.size(); ++i)
        if (kLints[i].name == name) return static_cast<int>(i);
    return -1;
}

LintRun::LintRun(const LintSet& on, double ticks_per_ns) {
    model_.set_ticks_per_ns(ticks_per_ns);
    for (std::size_t i = 0; i < kLints.size(); ++i)
        if (on.on(i)) rows_.push_back({i, kLints[i].make(), {}});
}

void LintRun::see(const Record& record, const SiteInfo* site) {
    const std::uint64_t expected = model_.record() + 1;
    if (record.number > expected && model_.record() != 0) {
        lost_ += record.number - expected;
        model_.mark_loss();
        for (Row& row : rows_) row.lint->lose();
    }
    const Change change = model_.apply(record, site);
    const Seen seen{record, model_, change};
    for (Row& row : rows_) row.lint->see(seen, row.report);
}

std::vector<Finding> LintRun::findings(std::size_t lint) {
    for (Row& row : rows_) {
        if (row.index != lint) continue;
        row.lint->judge(model_, row.report);
        return row.report.findings();
    }
    return {};
}

}  // namespace evglass::trace
