// The base's lock as scopes. Taking it passes the trace's stamp on: records of all threads that
// touch a base then stand in the order in which they held its lock (trace/probe.h).
// Never held while a user's callback runs.
#pragma once

#include "src/event/event_base.h"
#include "src/event/flavour.h"
#include "src/util/threads.h"

/// verify.cc: aborts where an invariant does not hold.
void event_base_assert_ok_nolock_(event_base* base);

CORE_BEGIN

inline void EVBASE_ACQUIRE_LOCK(event_base* base) {
    evlock_lock(base->th_base_lock);
    evglass::trace::clock_join(base->trace_stamp);
}
inline void EVBASE_RELEASE_LOCK(event_base* base) {
    evglass::trace::clock_publish(base->trace_stamp);
    evlock_unlock(base->th_base_lock);
}

/// In sanitizer builds every public function leaves a base behind whose invariants all hold; so
/// does the loop before it calls a user. Looking takes time in proportion to the base, so big ones
/// are left alone.
inline void verify_in_debug_build([[maybe_unused]] event_base* base) {
#if defined(EVGLASS_VERIFY) && EVGLASS_VERIFY
    constexpr int kMost = 1000;
    if (base->event_count <= kMost && base->io.nentries <= kMost) {
        event_base_assert_ok_nolock_(base);
    }
#endif
}

/// Holds the lock for a scope. A null base is allowed and locks nothing.
class BaseLock {
 public:
    explicit BaseLock(event_base* base) : base_(base) {
        if (base_ != nullptr) EVBASE_ACQUIRE_LOCK(base_);
    }
    [[gnu::always_inline]] ~BaseLock() {
        if (base_ == nullptr) return;
        verify_in_debug_build(base_);
        EVBASE_RELEASE_LOCK(base_);
    }
    BaseLock(const BaseLock&) = delete;
    BaseLock& operator=(const BaseLock&) = delete;

 private:
    event_base* base_;
};

/// Gives the lock up for a scope: around a user's callback.
class BaseUnlock {
 public:
    explicit BaseUnlock(event_base* base) : base_(base) {
        verify_in_debug_build(base_);
        EVBASE_RELEASE_LOCK(base_);
    }
    [[gnu::always_inline]] ~BaseUnlock() { EVBASE_ACQUIRE_LOCK(base_); }
    BaseUnlock(const BaseUnlock&) = delete;
    BaseUnlock& operator=(const BaseUnlock&) = delete;

 private:
    event_base* base_;
};

CORE_END

/// Is the caller the thread that runs the loop? True where there are no threads.
inline bool EVBASE_IN_THREAD(const event_base* base) {
    return !evthread_have_id() || base->th_owner_id == evthread_get_id();
}
/// Must another thread's loop be woken, because something changed that it can't see asleep?
inline bool EVBASE_NEED_NOTIFY(const event_base* base) {
    return !EVBASE_IN_THREAD(base) && base->running_loop;
}
