// The tables of lock and condition functions, and lock debugging as one more table: it wraps the
// functions that were set (or none) and checks who holds what before it passes a call on.
// Invariant: `locks` is what everybody calls; with debugging it is kDebugLocks, and `inner_locks`
// holds what the program set.
#include "src/util/threads.h"

#include <sys/time.h>

#include "src/util/log.h"
#include "src/util/memory.h"
#include "trace/probe.h"

namespace {

constinit evthread_lock_callbacks locks{};
constinit evthread_lock_callbacks inner_locks{};
constinit evthread_condition_callbacks conditions{};
constinit bool debugging = false;

using evglass::trace::Category;
using evglass::trace::now_ticks;

/// 0 where recording began meanwhile: then the beginning is not known.
std::uint64_t ticks_since(std::uint64_t begin) {
    const std::uint64_t now = begin == 0 ? 0 : now_ticks();
    return now > begin ? now - begin : 0;
}

// ---- lock debugging ----------------------------------------------------------------------------

constexpr unsigned kDebugSignature = 0xdeb0b10c;

/// A lock that knows its holder. `holder` and `count` are written by the holder alone.
struct DebugLock {
    unsigned signature = kDebugSignature;
    unsigned type = 0;
    unsigned long holder = 0;
    int count = 0;          ///< how often the holder took it
    void* inner = nullptr;  ///< the program's own lock; null where no functions are set
};

DebugLock* debug_lock(void* lock) {
    auto* debug = static_cast<DebugLock*>(lock);
    if (debug == nullptr || debug->signature != kDebugSignature)
        event_errx(EVENT_ERR_ABORT_, "lock %p was freed, or made before lock debugging was on",
                   lock);
    return debug;
}

void debug_check_held(const DebugLock* lock) {
    if (lock->count <= 0)
        event_errx(EVENT_ERR_ABORT_, "lock %p is given back, but nobody holds it",
                   static_cast<const void*>(lock));
    if (lock->holder != evthread_get_id())
        event_errx(EVENT_ERR_ABORT_, "lock %p is given back by thread %lu, but thread %lu holds it",
                   static_cast<const void*>(lock), evthread_get_id(), lock->holder);
}

void debug_mark_locked(DebugLock* lock) {
    ++lock->count;
    if (lock->count > 1 && (lock->type & EVTHREAD_LOCKTYPE_RECURSIVE) == 0)
        event_errx(EVENT_ERR_ABORT_, "lock %p is not recursive, but its holder took it again",
                   static_cast<void*>(lock));
    if (lock->count > 1 && lock->holder != evthread_get_id())
        event_errx(EVENT_ERR_ABORT_, "lock %p was given to thread %lu, but thread %lu holds it",
                   static_cast<void*>(lock), evthread_get_id(), lock->holder);
    lock->holder = evthread_get_id();
}

void debug_mark_unlocked(DebugLock* lock) {
    debug_check_held(lock);
    if (--lock->count == 0) lock->holder = 0;
}

void* debug_alloc(unsigned type) {
    mm_ptr<DebugLock> lock(mm_new<DebugLock>());
    if (!lock) return nullptr;
    lock->type = type;
    if (inner_locks.alloc != nullptr) {
        // Always recursive inside, so that taking a plain lock twice is told and not a deadlock.
        lock->inner = inner_locks.alloc(type | EVTHREAD_LOCKTYPE_RECURSIVE);
        if (lock->inner == nullptr) return nullptr;
    }
    return lock.release();
}

void debug_free(void* lock, unsigned type) {
    DebugLock* debug = debug_lock(lock);
    if (debug->count != 0) event_errx(EVENT_ERR_ABORT_, "lock %p is freed while it is held", lock);
    if (debug->type != type)
        event_errx(EVENT_ERR_ABORT_, "lock %p is of type %u, but is freed as %u", lock, debug->type,
                   type);
    if (debug->inner != nullptr) inner_locks.free(debug->inner, type | EVTHREAD_LOCKTYPE_RECURSIVE);
    debug->signature = 0;
    mm_delete(debug);
}

int debug_take(unsigned mode, void* lock) {
    DebugLock* debug = debug_lock(lock);
    if (debug->inner != nullptr) {
        if (const int r = inner_locks.lock(mode, debug->inner); r != 0) return r;
    }
    if ((mode & EVTHREAD_TRY) != 0 && debug->count > 0 &&
        (debug->type & EVTHREAD_LOCKTYPE_RECURSIVE) == 0) {
        // A plain lock that this thread holds can't be had, though the inner one could be taken.
        if (debug->inner != nullptr) inner_locks.unlock(0, debug->inner);
        return 1;
    }
    debug_mark_locked(debug);
    return 0;
}

int debug_give(unsigned mode, void* lock) {
    DebugLock* debug = debug_lock(lock);
    debug_mark_unlocked(debug);
    return debug->inner != nullptr ? inner_locks.unlock(mode, debug->inner) : 0;
}

int wait_untold(void* cond, void* lock, const timeval* timeout) {
    if (!debugging) return conditions.wait_condition(cond, lock, timeout);
    DebugLock* debug = debug_lock(lock);
    debug_mark_unlocked(debug);
    const int result = conditions.wait_condition(cond, debug->inner, timeout);
    debug_mark_locked(debug);
    return result;
}

int wait(void* cond, void* lock, const timeval* timeout) {
    if (cond == nullptr) return -1;
    const std::uint64_t begin = evglass::trace::enabled(Category::lock) ? now_ticks() : 0;
    TRACE(cond_wait, .cond = cond, .lock = lock);
    const int result = wait_untold(cond, lock, timeout);
    TRACE(cond_woken, .cond = cond, .lock = lock, .waited = ticks_since(begin), .result = result);
    return result;
}

void tell_waiters(void* cond, int all) {
    if (cond == nullptr) return;
    TRACE(cond_signal, .cond = cond, .all = static_cast<std::uint32_t>(all));
    conditions.signal_condition(cond, all);
}

/// Takes a lock and says how long that took. Only a thread that finds it held looks at the clock.
void take_and_tell(void* lock) {
    std::uint64_t waited = 0;
    if (locks.lock(EVTHREAD_TRY, lock) != 0) {
        TRACE(lock_wait, .lock = lock);
        const std::uint64_t begin = now_ticks();
        locks.lock(0, lock);
        waited = ticks_since(begin);
    }
    TRACE(lock_take, .lock = lock, .waited = waited);
}

bool same(const evthread_lock_callbacks& a, const evthread_lock_callbacks& b) {
    return a.lock_api_version == b.lock_api_version &&
           a.supported_locktypes == b.supported_locktypes && a.alloc == b.alloc &&
           a.free == b.free && a.lock == b.lock && a.unlock == b.unlock;
}

bool same(const evthread_condition_callbacks& a, const evthread_condition_callbacks& b) {
    return a.condition_api_version == b.condition_api_version &&
           a.alloc_condition == b.alloc_condition && a.free_condition == b.free_condition &&
           a.signal_condition == b.signal_condition && a.wait_condition == b.wait_condition;
}

}  // namespace

unsigned long (*evthread_id_fn_)() = nullptr;

// ---- the public functions ----------------------------------------------------------------------

int evthread_set_lock_callbacks(const evthread_lock_callbacks* cbs) {
    evthread_lock_callbacks& target = debugging ? inner_locks : locks;
    if (cbs == nullptr) {
        if (target.alloc != nullptr)
            event_warnx(
                "lock functions are forgotten: locks that they made can't be used any more");
        target = {};
        return 0;
    }
    if (target.alloc != nullptr) {
        if (same(target, *cbs)) return 0;
        event_warnx("lock functions are set already: they can't be changed");
        return -1;
    }
    if (cbs->lock_api_version != EVTHREAD_LOCK_API_VERSION || !cbs->alloc || !cbs->free ||
        !cbs->lock || !cbs->unlock)
        return -1;
    target = *cbs;
    return 0;
}

int evthread_set_condition_callbacks(const evthread_condition_callbacks* cbs) {
    if (cbs == nullptr) {
        if (conditions.alloc_condition != nullptr)
            event_warnx(
                "condition functions are forgotten: conditions that they made can't be used any "
                "more");
        conditions = {};
        return 0;
    }
    if (conditions.alloc_condition != nullptr) {
        if (same(conditions, *cbs)) return 0;
        event_warnx("condition functions are set already: they can't be changed");
        return -1;
    }
    if (cbs->condition_api_version != EVTHREAD_CONDITION_API_VERSION || !cbs->alloc_condition ||
        !cbs->free_condition || !cbs->signal_condition || !cbs->wait_condition)
        return -1;
    conditions = *cbs;
    return 0;
}

void evthread_set_id_callback(unsigned long (*id_fn)(void)) {
    evthread_id_fn_ = id_fn;
}

void evthread_enable_lock_debugging() {
    if (debugging) return;
    inner_locks = locks;
    locks = {EVTHREAD_LOCK_API_VERSION,
             EVTHREAD_LOCKTYPE_RECURSIVE,
             debug_alloc,
             debug_free,
             debug_take,
             debug_give};
    debugging = true;
}

void evthread_enable_lock_debuging() {
    evthread_enable_lock_debugging();
}

// ---- what the library calls
// ----------------------------------------------------------------------

bool evthread_enabled() {
    return locks.alloc != nullptr;
}

void* evthread_alloc_lock(unsigned type) {
    void* lock = locks.alloc != nullptr ? locks.alloc(type) : nullptr;
    if (lock != nullptr) {
        TRACE(lock_new, .lock = lock,
              .recursive = (type & EVTHREAD_LOCKTYPE_RECURSIVE) != 0 ? 1U : 0U);
    }
    return lock;
}

void evthread_free_lock(void* lock, unsigned type) {
    if (lock == nullptr || locks.free == nullptr) return;
    TRACE(lock_free, .lock = lock);
    locks.free(lock, type);
}

void evlock_lock_slow(void* lock) {
    if (evglass::trace::enabled(Category::lock)) [[unlikely]] {
        take_and_tell(lock);
    } else {
        locks.lock(0, lock);
    }
}

void evlock_unlock_slow(void* lock) {
    TRACE(lock_give, .lock = lock);
    locks.unlock(0, lock);
}

bool evlock_try(void* lock) {
    if (lock == nullptr) return true;
    if (locks.lock(EVTHREAD_TRY, lock) != 0) return false;
    TRACE(lock_take, .lock = lock, .waited = 0);
    return true;
}

void evlock_assert_held(void* lock) {
    if (!debugging || lock == nullptr) return;
    const DebugLock* debug = debug_lock(lock);
    if (debug->count <= 0 || debug->holder != evthread_get_id())
        event_errx(EVENT_ERR_ABORT_, "lock %p must be held here by thread %lu, and is not", lock,
                   evthread_get_id());
}

void* evthread_alloc_cond() {
    return conditions.alloc_condition != nullptr ? conditions.alloc_condition(0) : nullptr;
}

void evthread_free_cond(void* cond) {
    if (cond != nullptr) conditions.free_condition(cond);
}

void evthread_cond_signal(void* cond) {
    tell_waiters(cond, 0);
}

void evthread_cond_broadcast(void* cond) {
    tell_waiters(cond, 1);
}

int evthread_cond_wait(void* cond, void* lock) {
    return wait(cond, lock, nullptr);
}

int evthread_cond_wait_timed(void* cond, void* lock, const timeval* timeout) {
    return wait(cond, lock, timeout);
}
