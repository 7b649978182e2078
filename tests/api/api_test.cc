// The public API as programs use it: linked with the shared libraries, from C99 and from C++. The
// header_*.c files beside this one each include one header alone; that they compile is the test.
// Read next: use_from_c.c (the program in C99).
#include <dlfcn.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/api/use_from_c.h"

namespace {

// Shows T098: events and helpers, from a program that is linked with libevent_core alone.
TEST(Api, FromC) {
    EXPECT_EQ(use_events_from_c(), 0) << "line of use_from_c.c";
}
TEST(Api, OldFunctionsFromC) {
    EXPECT_EQ(use_old_events_from_c(), 0) << "line of use_from_c.c";
}

TEST(Api, T099_the_old_library_gives_what_the_core_gives) {
    const char* folder = std::getenv("EVGLASS_LIB");
    const std::string path =
        std::string(folder != nullptr ? folder : "build/lib") + "/libevent-2.1.so.7";
    void* library = dlopen(path.c_str(), RTLD_NOW);
    ASSERT_NE(library, nullptr) << dlerror();
    for (const char* name : {"event_base_new", "event_add", "evutil_strtoll", "evconnlistener_new"})
        EXPECT_NE(dlsym(library, name), nullptr) << name;
    EXPECT_EQ(dlsym(library, "event_base_new"), reinterpret_cast<void*>(&event_base_new))
        << "one copy in the process";
    dlclose(library);
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
