// evthread_use_pthreads: locks, conditions and thread ids from the pthread library.
// A library of its own, so that programs of one thread need not link it. Timed waits use the
// monotonic clock: setting the wall clock neither ends them early nor stretches them.
// Read next: src/util/threads.cc (who calls these functions).
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

#include <cerrno>
#include <limits>

#include <event2/thread.h>

#include "src/util/memory.h"

namespace {

// ---- locks
// ---------------------------------------------------------------------------------------

bool init_mutex(pthread_mutex_t* mutex, unsigned type) {
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes) != 0) return false;
    const bool recursive = (type & EVTHREAD_LOCKTYPE_RECURSIVE) != 0;
    pthread_mutexattr_settype(&attributes,
                              recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_DEFAULT);
    const int error = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return error == 0;
}

void* evthread_posix_lock_alloc(unsigned type) {
    mm_ptr<pthread_mutex_t> mutex(mm_new<pthread_mutex_t>());
    if (!mutex || !init_mutex(mutex.get(), type)) return nullptr;
    return mutex.release();
}

void evthread_posix_lock_free(void* lock, unsigned) {
    auto* mutex = static_cast<pthread_mutex_t*>(lock);
    pthread_mutex_destroy(mutex);
    mm_free(mutex);
}

int evthread_posix_lock(unsigned mode, void* lock) {
    auto* mutex = static_cast<pthread_mutex_t*>(lock);
    const int error =
        (mode & EVTHREAD_TRY) != 0 ? pthread_mutex_trylock(mutex) : pthread_mutex_lock(mutex);
    if (error == EBUSY) return 1;
    return error == 0 ? 0 : -1;
}

int evthread_posix_unlock(unsigned, void* lock) {
    return pthread_mutex_unlock(static_cast<pthread_mutex_t*>(lock)) == 0 ? 0 : -1;
}

unsigned long evthread_posix_get_id() {
    static_assert(sizeof(pthread_t) == sizeof(unsigned long));
    return static_cast<unsigned long>(pthread_self());
}

// ---- conditions
// -----------------------------------------------------------------------------------

bool init_cond(pthread_cond_t* cond) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    const bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                    pthread_cond_init(cond, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return ok;
}

void* evthread_posix_cond_alloc(unsigned) {
    mm_ptr<pthread_cond_t> cond(mm_new<pthread_cond_t>());
    if (!cond || !init_cond(cond.get())) return nullptr;
    return cond.release();
}

void evthread_posix_cond_free(void* condition) {
    auto* cond = static_cast<pthread_cond_t*>(condition);
    pthread_cond_destroy(cond);
    mm_free(cond);
}

int evthread_posix_cond_signal(void* condition, int broadcast) {
    auto* cond = static_cast<pthread_cond_t*>(condition);
    const int error = broadcast != 0 ? pthread_cond_broadcast(cond) : pthread_cond_signal(cond);
    return error == 0 ? 0 : -1;
}

/// The time after a duration, on the monotonic clock. A duration beyond all time is cut.
bool deadline_after(const timeval& duration, timespec& deadline) {
    if (clock_gettime(CLOCK_MONOTONIC, &deadline) != 0) return false;
    const long nsec = deadline.tv_nsec + (duration.tv_usec % 1000000) * 1000L;
    const time_t carry = duration.tv_usec / 1000000 + nsec / 1000000000L;
    if (__builtin_add_overflow(deadline.tv_sec, duration.tv_sec, &deadline.tv_sec) ||
        __builtin_add_overflow(deadline.tv_sec, carry, &deadline.tv_sec)) {
        deadline.tv_sec = std::numeric_limits<time_t>::max();
    }
    deadline.tv_nsec = nsec % 1000000000L;
    return true;
}

int evthread_posix_cond_wait(void* condition, void* lock, const timeval* timeout) {
    auto* cond = static_cast<pthread_cond_t*>(condition);
    auto* mutex = static_cast<pthread_mutex_t*>(lock);
    if (timeout == nullptr) return pthread_cond_wait(cond, mutex) == 0 ? 0 : -1;
    timespec deadline{};
    if (!deadline_after(*timeout, deadline)) return -1;
    const int error = pthread_cond_timedwait(cond, mutex, &deadline);
    if (error == ETIMEDOUT) return 1;
    return error == 0 ? 0 : -1;
}

}  // namespace

int evthread_use_pthreads() {
    const evthread_lock_callbacks locks{EVTHREAD_LOCK_API_VERSION, EVTHREAD_LOCKTYPE_RECURSIVE,
                                        evthread_posix_lock_alloc, evthread_posix_lock_free,
                                        evthread_posix_lock,       evthread_posix_unlock};
    const evthread_condition_callbacks conditions{
        EVTHREAD_CONDITION_API_VERSION, evthread_posix_cond_alloc, evthread_posix_cond_free,
        evthread_posix_cond_signal, evthread_posix_cond_wait};
    if (evthread_set_lock_callbacks(&locks) != 0) return -1;
    if (evthread_set_condition_callbacks(&conditions) != 0) return -1;
    evthread_set_id_callback(evthread_posix_get_id);
    return 0;
}
