// Locks, conditions and thread ids, as evthread_set_lock_callbacks and its kin define them.
// Where a program set none, a lock is a null pointer and every function here does nothing at once.
// With evthread_enable_lock_debugging each lock checks who holds it.
// Read next: threads.cc, src/pthreads/evthread_pthread.cc (the functions most programs use).
#pragma once

#include <utility>

#include <event2/thread.h>

/// Whether lock functions are set (or lock debugging stands in for them).
bool evthread_enabled();
/// What evthread_set_id_callback was given.
[[gnu::visibility("hidden")]] extern unsigned long (*evthread_id_fn_)();
/// Whether it is known which thread runs.
inline bool evthread_have_id() {
    return evthread_id_fn_ != nullptr;
}
/// The running thread's number; 1 if nobody can tell.
inline unsigned long evthread_get_id() {
    return evthread_id_fn_ != nullptr ? evthread_id_fn_() : 1;
}

/// A lock that nobody holds. Null if there are no locks, or on failure: ask evthread_enabled().
/// `type`: 0 or EVTHREAD_LOCKTYPE_RECURSIVE.
[[nodiscard]] void* evthread_alloc_lock(unsigned type);
void evthread_free_lock(void* lock, unsigned type);

void evlock_lock_slow(void* lock);
void evlock_unlock_slow(void* lock);
// Inline, because most programs have one thread and no locks, and should not pay for calls.
inline void evlock_lock(void* lock) {
    if (lock != nullptr) evlock_lock_slow(lock);
}
inline void evlock_unlock(void* lock) {
    if (lock != nullptr) evlock_unlock_slow(lock);
}
/// Takes the lock if nobody else holds it. True if it was taken, and for a null lock.
[[nodiscard]] bool evlock_try(void* lock);
/// Where locks are debugged: aborts unless this thread holds the lock.
void evlock_assert_held(void* lock);

/// A condition. Null if there are none, or on failure.
[[nodiscard]] void* evthread_alloc_cond();
void evthread_free_cond(void* cond);
void evthread_cond_signal(void* cond);
void evthread_cond_broadcast(void* cond);
/// Waits with the lock given back meanwhile. 0 when woken, -1 on error and for a null condition.
int evthread_cond_wait(void* cond, void* lock);
/// The same for at most a duration: 1 when time ran out.
int evthread_cond_wait_timed(void* cond, void* lock, const timeval* timeout);

/// Holds a lock while it lives; `unlock` and `lock` open a gap, for a user's callback.
class ScopedLock {
 public:
    explicit ScopedLock(void* lock) : lock_(lock) { this->lock(); }
    ~ScopedLock() { unlock(); }
    ScopedLock(const ScopedLock&) = delete;
    ScopedLock& operator=(const ScopedLock&) = delete;

    void lock() {
        if (!std::exchange(held_, true)) evlock_lock(lock_);
    }
    void unlock() {
        if (std::exchange(held_, false)) evlock_unlock(lock_);
    }

 private:
    void* lock_;
    bool held_ = false;
};
