// event_enable_debug_mode: remembers every event that was assigned, and ends the program, with a
// message that names the misuse, when an event is used that was not, or is assigned anew while
// pending. Off, each question costs one test.
// Invariant: the set holds exactly the events between event_assign and event_debug_unassign.
#include <event2/event.h>

#include <atomic>
#include <mutex>

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// A chained hash set of events, each with whether it is pending. Own, because it must live in the
/// memory that event_set_mem_functions gives, and must not throw.
struct DebugEntry {
    const event* ev;
    bool added;
    DebugEntry* next;
};

constexpr std::size_t kBuckets = 4096;
std::atomic<bool> too_late{false};
std::mutex mutex;
DebugEntry* buckets[kBuckets];

std::size_t bucket_of(const event* ev) {
    return (reinterpret_cast<std::uintptr_t>(ev) >> 4) % kBuckets;
}

/// The place where ev's entry is, or would be.
DebugEntry** find(const event* ev) {
    DebugEntry** place = &buckets[bucket_of(ev)];
    while (*place != nullptr && (*place)->ev != ev) place = &(*place)->next;
    return place;
}

[[noreturn]] void misuse(const char* what, const event* ev) {
    event_errx(EVENT_ERR_ABORT_, "%s: event %p (events: 0x%x, fd: %d, flags: 0x%x)", what,
               static_cast<const void*>(ev), static_cast<unsigned>(ev->ev_events),
               static_cast<int>(ev->ev_fd), static_cast<unsigned>(ev->ev_flags));
}

void note_added(const event* ev, bool added) {
    const std::lock_guard lock(mutex);
    DebugEntry* entry = *find(ev);
    if (entry == nullptr) misuse("noting a change of an event that was never assigned", ev);
    entry->added = added;
}

}  // namespace

constinit std::atomic<bool> event_debug_mode_on_{false};

void event_enable_debug_mode() {
    if (event_debug_mode_()) event_errx(1, "%s was called twice!", __func__);
    if (too_late) {
        event_errx(1, "%s must be called *before* creating any events or event_bases", __func__);
    }
    event_debug_mode_on_ = true;
}

void event_debug_mode_too_late_() {
    too_late.store(true, std::memory_order_relaxed);
}

void event_debug_note_setup_(const event* ev) {
    too_late.store(true, std::memory_order_relaxed);
    if (!event_debug_mode_()) return;
    const std::lock_guard lock(mutex);
    DebugEntry** place = find(ev);
    if (*place == nullptr) {
        *place = mm_new<DebugEntry>();
        if (*place == nullptr) event_err(1, "Out of memory in debugging code");
    }
    (*place)->ev = ev;
    (*place)->added = false;
}

void event_debug_note_teardown_(const event* ev) {
    if (!event_debug_mode_()) return;
    const std::lock_guard lock(mutex);
    DebugEntry** place = find(ev);
    DebugEntry* entry = *place;
    if (entry == nullptr) return;
    *place = entry->next;
    mm_delete(entry);
}

void event_debug_note_slow(const event* ev, bool added) {
    if ((ev->ev_flags & EVLIST_INTERNAL) == 0) note_added(ev, added);
}

void event_debug_assert_is_setup_slow(const event* ev) {
    if ((ev->ev_flags & EVLIST_INTERNAL) != 0) return;
    const std::lock_guard lock(mutex);
    if (*find(ev) == nullptr) misuse("called on a non-initialized event", ev);
}

void event_debug_assert_not_added_slow(const event* ev) {
    const std::lock_guard lock(mutex);
    const DebugEntry* entry = *find(ev);
    if (entry != nullptr && entry->added) misuse("called on an already added event", ev);
}
