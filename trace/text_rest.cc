// Sentences of what stands beside the queues: backends' changes, common timeouts, once events,
// finalizers, watchers, locks. Read first: text_sentence.cc.
#include <fmt/format.h>

#include "trace/text_teller.h"

namespace evglass::trace {

namespace {

/// One line for each record type, as in text_sentence.cc.
struct RestTeller : Teller {
    std::string queue(Address base, std::uint32_t number) const {
        const Base* b = model.base(base);
        return b != nullptr && number < b->common.size()
                   ? fmt::format("common queue {} ({})", number,
                                 usec_text(b->common[number].duration))
                   : fmt::format("common queue {}", number);
    }
    static std::string of(std::uint32_t place, std::uint32_t length) {
        return fmt::format("place {} of {}", place, length);
    }
    static std::string left(std::uint32_t length) { return fmt::format("{} left", length); }
    std::string ticks(std::uint64_t n) const {
        const double ns =
            trace.ticks_per_ns() > 0 ? static_cast<double>(n) / trace.ticks_per_ns() : 0;
        return duration_text(ns < 9e18 ? static_cast<std::int64_t>(ns) : INT64_MAX);
    }
    std::string lock(Address a) const { return names.lock(a); }
    std::string cond(Address a) const {
        for (const auto& [address, b] : model.bases())
            if (a != 0 && b.cond == a) return "the condition of " + names.base(address);
        return "condition " + hex_text(a);
    }

    // ---- backends
    static std::string change(int before, int after) {
        return what_text(before) + " -> " + what_text(after);
    }
    std::string tell(const rec::io_lost& r) const {
        return fmt::format(
            "the kernel refuses to watch fd {} ({}): its events are made active once", r.fd.value,
            errno_text(r.error));
    }
    std::string tell(const rec::keyframe_lost& r) const {
        return fmt::format("keyframe: fd {} is lost to the backend", r.fd.value);
    }
    std::string tell(const rec::change_queued& r) const {
        return fmt::format("fd {}: {} waits in the changelist until the loop sleeps", r.fd.value,
                           change(r.before, r.after));
    }
    std::string tell(const rec::change_merged& r) const {
        return fmt::format("fd {}: another change joins the one in the changelist: {}{}",
                           r.fd.value, change(r.before, r.after),
                           r.before == r.after ? ", which is nothing at all" : "");
    }
    std::string tell(const rec::change_applied& r) const {
        const std::string what = fmt::format("fd {}: {}", r.fd.value, change(r.before, r.after));
        if (r.error.value != 0) return what + " is refused by the kernel: " + errno_text(r.error);
        return what + (r.before == r.after ? " cancelled out: no call of the kernel"
                                           : " has been told to the kernel");
    }
    std::string tell(const rec::keyframe_change& r) const {
        return fmt::format("keyframe: changelist: fd {} {}", r.fd.value, change(r.before, r.after));
    }
    std::string tell(const rec::uring_poll_add& r) const {
        return fmt::format("a poll request for fd {} {} is put into the ring", r.fd.value,
                           what_text(r.what));
    }
    std::string tell(const rec::uring_poll_remove& r) const {
        return fmt::format("the poll request for fd {} is to be taken back", r.fd.value);
    }
    std::string tell(const rec::uring_completion& r) const {
        const std::string text = fmt::format(
            "the ring completes the request for fd {}: {}", r.fd.value,
            r.result < 0 ? errno_text(-r.result) : fmt::format("poll mask {:#x}", r.result));
        return text + (r.current == 0 ? "; it was taken back meanwhile" : "");
    }
    std::string tell(const rec::uring_hot& r) const {
        return r.what.value == 0
                   ? fmt::format("fd {} is not ready any more: its next completion will tell",
                                 r.fd.value)
                   : fmt::format(
                         "fd {} is still ready ({}): level-triggered events hear of it again",
                         r.fd.value, what_text(r.what));
    }
    std::string tell(const rec::keyframe_uring& r) const {
        return fmt::format("keyframe: ring: fd {} wants {}, its request watches {}", r.fd.value,
                           what_text(r.wanted), what_text(r.armed));
    }
    // ---- common timeouts
    std::string tell(const rec::common_queue& r) const {
        return fmt::format(
            "{} is made in {}: events with this timeout wait in it, and {} stands "
            "for them in the heap",
            queue(r.base, r.queue), base(r.base), who(r.timer));
    }
    std::string tell(const rec::common_insert& r) const {
        return fmt::format("{} enters {}, {}{}", who(r.event), queue(r.base, r.queue),
                           of(r.length - r.behind, r.length),
                           r.behind == 0 ? ": no search, it is due last" : "");
    }
    std::string tell(const rec::common_remove& r) const {
        return fmt::format("{} leaves {}; {}", who(r.event), queue(r.base, r.queue),
                           left(r.length));
    }
    std::string tell(const rec::common_schedule& r) const {
        return fmt::format("the timer of {} will go off for its first event, {}",
                           queue(r.base, r.queue), who(r.event));
    }
    std::string tell(const rec::keyframe_common_queue& r) const {
        return fmt::format("keyframe: common queue {} is for {}, its timer is {}", r.queue,
                           usec_text(r.duration), who(r.timer));
    }
    std::string tell(const rec::keyframe_common& r) const {
        return fmt::format("keyframe: common queue {}[{}] is {}", r.queue, r.index, who(r.event));
    }
    // ---- once events and finalizers
    std::string tell(const rec::once_add& r) const {
        return fmt::format(
            "{} is a once event: the library keeps it, and frees it after its "
            "callback ({} of them now)",
            who(r.event), r.length);
    }
    std::string tell(const rec::once_remove& r) const {
        return fmt::format("{} was a once event and is about to be freed; {}", who(r.event),
                           left(r.length));
    }
    std::string tell(const rec::keyframe_once& r) const {
        return fmt::format("keyframe: once[{}] is {}", r.index, who(r.event));
    }
    std::string tell(const rec::keyframe_finalizer& r) const {
        return "keyframe: the next call of " + who(r.event) + " is its finalizer's";
    }
    // ---- watchers
    static std::string kind(field::watcherkind k) { return enum_text("watcherkind", k); }
    std::string tell(const rec::watcher_new& r) const {
        return fmt::format("{} watcher {} will be called just {} each sleep of {}", kind(r.kind),
                           names.watcher(r.watcher),
                           r.kind == field::watcherkind::prepare ? "before" : "after",
                           base(r.base));
    }
    std::string tell(const rec::watcher_free& r) const {
        return fmt::format("a {} watcher of {} is gone; {}", kind(r.kind), base(r.base),
                           left(r.length));
    }
    std::string tell(const rec::watcher_begin& r) const {
        return fmt::format("{} watcher {} is called, with the lock of {} held", kind(r.kind),
                           names.watcher(r.watcher), base(r.base));
    }
    std::string tell(const rec::watcher_end& r) const {
        return fmt::format("{} watcher {} returns", kind(r.kind), names.watcher(r.watcher));
    }
    std::string tell(const rec::keyframe_watcher& r) const {
        return fmt::format("keyframe: {} watcher [{}]", kind(r.kind), r.index);
    }
    // ---- locks
    std::string tell(const rec::base_lock& r) const {
        return fmt::format("{} is guarded by {}{}", base(r.base), lock(r.lock),
                           r.cond == 0 ? ", and has no condition" : "");
    }
    std::string tell(const rec::keyframe_lock& r) const {
        return "keyframe: " + base(r.base) +
               (r.lock == 0 ? " has no lock: it is for one thread" : " is guarded by a lock");
    }
    std::string tell(const rec::lock_new& r) const {
        return lock(r.lock) + " is made" +
               (r.recursive != 0 ? ": its holder may take it again" : "");
    }
    std::string tell(const rec::lock_free& r) const {
        return "the lock at " + hex_text(r.lock) + " is gone";
    }
    std::string tell(const rec::lock_wait& r) const {
        return lock(r.lock) + " is held by another thread: this one waits";
    }
    std::string tell(const rec::lock_take& r) const {
        const Lock* l = model.lock(r.lock);
        std::string text = lock(r.lock) + " is taken";
        if (l != nullptr && l->depth > 1) text += fmt::format(" again ({} times now)", l->depth);
        return r.waited == 0 ? text : text + " after a wait of " + ticks(r.waited);
    }
    std::string tell(const rec::lock_give& r) const {
        const Lock* l = model.lock(r.lock);
        return lock(r.lock) + (l != nullptr && l->depth > 0
                                   ? fmt::format(" is given back once; still held {}x", l->depth)
                                   : " is given back");
    }
    std::string tell(const rec::cond_wait& r) const {
        return "the thread gives " + lock(r.lock) + " up and sleeps on " + cond(r.cond);
    }
    std::string tell(const rec::cond_woken& r) const {
        constexpr int kTimedOut = 1;
        return fmt::format("the thread holds {} again, after {} on {}{}", lock(r.lock),
                           ticks(r.waited), cond(r.cond),
                           r.result == 0           ? ""
                           : r.result == kTimedOut ? ": time ran out"
                                                   : ": the wait failed");
    }
    std::string tell(const rec::cond_signal& r) const {
        return (r.all != 0 ? "all threads that sleep on " : "a thread that sleeps on ") +
               cond(r.cond) + (r.all != 0 ? " are told" : " is told");
    }
};

}  // namespace

std::string rest_sentence(const Teller& teller) {
    return sentence_of(RestTeller{teller});
}

}  // namespace evglass::trace
