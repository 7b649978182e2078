// The public API as programs use it: linked with the shared libraries, from C99 and from C++. The
// header_*.c files beside this one each include one header alone; that they compile is the test.
// Read next: use_from_c.c (the program in C99).
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <gtest/gtest.h>

#include "tests/api/use_from_c.h"

namespace {

TEST(Api, FromC) {
    EXPECT_EQ(use_events_from_c(), 0) << "line of use_from_c.c";
}
TEST(Api, OldFunctionsFromC) {
    EXPECT_EQ(use_old_events_from_c(), 0) << "line of use_from_c.c";
}

TEST(Api, LocksAndMemoryWorkAcrossTheTwoLibraries) {
    EXPECT_EXIT(
        {
            static int allocations = 0;
            event_set_mem_functions(
                [](std::size_t size) {
                    ++allocations;
                    return malloc(size);
                },
                realloc, free);
            // libevent_pthreads allocates its locks from libevent_core's functions.
            const bool ok = evthread_use_pthreads() == 0;
            const int before = allocations;
            event_base* base = event_base_new();
            const bool locked = allocations > before + 1;
            event_base_free(base);
            _exit(ok && locked ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
