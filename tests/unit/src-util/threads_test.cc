// src/util/threads and src/pthreads: locks as the program sets them, and lock debugging.
// The tables are set once for a process, so each scenario runs in a process of its own.
// A child ends with status 0 where all is well, and by abort where a lock is misused.
#include "src/util/threads.h"

#include <gtest/gtest.h>
#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <event2/event.h>

#include "tests/support/failing_memory.h"

namespace {

/// In a child process: a failed check ends it with a status that is not 0.
#define CHECK_CHILD(condition)                                           \
    do {                                                                 \
        if (!(condition)) {                                              \
            std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            std::_Exit(9);                                               \
        }                                                                \
    } while (false)
#define IN_CHILD(body) EXPECT_EXIT((body(), std::_Exit(0)), testing::ExitedWithCode(0), "")

void without_functions() {
    CHECK_CHILD(!evthread_enabled() && !evthread_have_id());
    CHECK_CHILD(evthread_get_id() == 1);
    CHECK_CHILD(evthread_alloc_lock(0) == nullptr);
    evlock_lock(nullptr);
    evlock_unlock(nullptr);
    CHECK_CHILD(evlock_try(nullptr));
    evlock_assert_held(nullptr);
    CHECK_CHILD(evthread_alloc_cond() == nullptr);
    evthread_cond_signal(nullptr);
    evthread_cond_broadcast(nullptr);
    CHECK_CHILD(evthread_cond_wait(nullptr, nullptr) == -1);
    evthread_free_cond(nullptr);
    evthread_free_lock(nullptr, 0);
}
TEST(ThreadsDeathTest, WithoutFunctionsNothingIsLocked) {
    IN_CHILD(without_functions);
}

void* some_alloc(unsigned) {
    return nullptr;
}
void some_free(void*, unsigned) {}
int some_lock(unsigned, void*) {
    return 0;
}

void table_rules() {
    event_set_log_callback([](int, const char*) {});
    evthread_lock_callbacks table{2, 0, some_alloc, some_free, some_lock, some_lock};
    CHECK_CHILD(evthread_set_lock_callbacks(&table) == -1);  // a version that is not known
    table.lock_api_version = EVTHREAD_LOCK_API_VERSION;
    table.unlock = nullptr;
    CHECK_CHILD(evthread_set_lock_callbacks(&table) == -1);
    CHECK_CHILD(!evthread_enabled());
    table.unlock = some_lock;
    CHECK_CHILD(evthread_set_lock_callbacks(&table) == 0);
    CHECK_CHILD(evthread_set_lock_callbacks(&table) == 0);  // the same again
    CHECK_CHILD(evthread_use_pthreads() == -1);             // others
    CHECK_CHILD(evthread_set_lock_callbacks(nullptr) == 0);
    CHECK_CHILD(!evthread_enabled());
    CHECK_CHILD(evthread_use_pthreads() == 0);
    CHECK_CHILD(evthread_use_pthreads() == 0);
    CHECK_CHILD(evthread_enabled() && evthread_have_id());
    evthread_condition_callbacks conditions{};
    CHECK_CHILD(evthread_set_condition_callbacks(&conditions) == -1);
    CHECK_CHILD(evthread_set_condition_callbacks(nullptr) == 0);
    CHECK_CHILD(evthread_set_condition_callbacks(&conditions) == -1);
}
TEST(ThreadsDeathTest, TablesAreCheckedAndSetOnce) {
    IN_CHILD(table_rules);
}

void pthread_locks() {
    CHECK_CHILD(evthread_use_pthreads() == 0);
    void* lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
    CHECK_CHILD(lock != nullptr);
    const unsigned long main_id = evthread_get_id();
    {
        const ScopedLock outer(lock);
        ScopedLock inner(lock);
        std::thread([&] {
            CHECK_CHILD(evthread_get_id() != main_id);
            CHECK_CHILD(!evlock_try(lock));
        }).join();
        inner.unlock();
        inner.unlock();
    }
    std::thread([&] {
        CHECK_CHILD(evlock_try(lock));
        evlock_unlock(lock);
    }).join();
    evthread_free_lock(lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    evglass::test::FailingMemory memory;
    memory.fail_at(1, true);
    CHECK_CHILD(evthread_alloc_lock(0) == nullptr);
    CHECK_CHILD(evthread_alloc_cond() == nullptr);
}
// Shows T112: a thread has one id.
TEST(ThreadsDeathTest, PthreadLocks) {
    IN_CHILD(pthread_locks);
}

/// With lock debugging or without: a wait gives the lock back and takes it again.
void conditions(bool debug) {
    CHECK_CHILD(evthread_use_pthreads() == 0);
    if (debug) evthread_enable_lock_debuging();
    void* lock = evthread_alloc_lock(0);
    void* cond = evthread_alloc_cond();
    evlock_lock(lock);
    const auto start = std::chrono::steady_clock::now();
    const timeval tv{0, 30000};
    CHECK_CHILD(evthread_cond_wait_timed(cond, lock, &tv) == 1);
    CHECK_CHILD(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(30));
    evlock_assert_held(lock);
    bool ready = false;
    std::thread other([&] {
        const ScopedLock hold(lock);
        ready = true;
        evthread_cond_broadcast(cond);
    });
    const timeval longest{std::numeric_limits<time_t>::max(), 999999};
    while (!ready) CHECK_CHILD(evthread_cond_wait_timed(cond, lock, &longest) == 0);
    evlock_unlock(lock);
    other.join();
    std::thread([&] {
        const ScopedLock hold(lock);
        ready = false;
        evthread_cond_signal(cond);
    }).join();
    CHECK_CHILD(!ready);
    evthread_free_cond(cond);
    evthread_free_lock(lock, 0);
}
// Shows T113: what waiting on a condition says.
TEST(ThreadsDeathTest, PthreadConditions) {
    EXPECT_EXIT((conditions(false), std::_Exit(0)), testing::ExitedWithCode(0), "");
    EXPECT_EXIT((conditions(true), std::_Exit(0)), testing::ExitedWithCode(0), "");
}

// ---- lock debugging
// --------------------------------------------------------------------------------

void* debug_lock(unsigned type) {
    evthread_use_pthreads();
    evthread_enable_lock_debugging();
    return evthread_alloc_lock(type);
}
#define EXPECT_ABORT(statement, message) \
    EXPECT_EXIT(statement, testing::KilledBySignal(SIGABRT), message)

TEST(LockDebuggingDeathTest, RightUsePasses) {
    auto right = [] {
        void* lock = debug_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        evlock_lock(lock);
        evlock_lock(lock);
        evlock_assert_held(lock);
        evlock_unlock(lock);
        evlock_unlock(lock);
        evthread_free_lock(lock, EVTHREAD_LOCKTYPE_RECURSIVE);
        void* plain = evthread_alloc_lock(0);
        CHECK_CHILD(evlock_try(plain));
        CHECK_CHILD(!evlock_try(plain));  // held by this very thread
        evlock_unlock(plain);
        evthread_free_lock(plain, 0);
        evglass::test::FailingMemory memory;
        memory.fail_at(2);  // the inner lock
        CHECK_CHILD(evthread_alloc_lock(0) == nullptr);
        CHECK_CHILD(memory.live() == 0);
    };
    IN_CHILD(right);
}

// Shows T114: giving back what is not held ends the program.
TEST(LockDebuggingDeathTest, GivingBackWhatNobodyHolds) {
    EXPECT_ABORT(evlock_unlock(debug_lock(0)), "nobody holds it");
}

TEST(LockDebuggingDeathTest, GivingBackWhatAnotherThreadHolds) {
    auto wrong = [] {
        void* lock = debug_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        evlock_lock(lock);
        std::thread([lock] { evlock_unlock(lock); }).join();
    };
    EXPECT_ABORT(wrong(), "but thread [0-9]+ holds it");
}

// Shows T115: taking a plain lock twice ends the program.
TEST(LockDebuggingDeathTest, TakingAPlainLockTwice) {
    auto wrong = [] {
        void* lock = debug_lock(0);
        evlock_lock(lock);
        evlock_lock(lock);
    };
    EXPECT_ABORT(wrong(), "not recursive");
}

TEST(LockDebuggingDeathTest, FreeingAHeldLockOrTheWrongType) {
    auto held = [] {
        void* lock = debug_lock(0);
        evlock_lock(lock);
        evthread_free_lock(lock, 0);
    };
    EXPECT_ABORT(held(), "freed while it is held");
    EXPECT_ABORT(evthread_free_lock(debug_lock(0), EVTHREAD_LOCKTYPE_RECURSIVE), "is of type 0");
}

TEST(LockDebuggingDeathTest, AssertHeld) {
    EXPECT_ABORT(evlock_assert_held(debug_lock(0)), "must be held");
}

TEST(LockDebuggingDeathTest, WorksWithoutLockFunctions) {
    auto wrong = [] {
        evthread_enable_lock_debugging();
        void* lock = evthread_alloc_lock(0);
        evlock_lock(lock);
        evlock_lock(lock);
    };
    EXPECT_ABORT(wrong(), "not recursive");
}

}  // namespace
