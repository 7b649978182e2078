// Scenarios: what a program sets up before it makes a base: where messages go, how the process
// ends, whose memory is used, how threads are locked, debug mode.
// Each scenario is a process of its own, so nothing here has to be undone.
// Read next: config.cc.
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/thread.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void quiet(evutil_socket_t, short, void*) {}

/// Something that makes the library warn.
void provoke_a_warning() {
    struct event ev {};
    event_active(&ev, EV_READ, 1);
}

int messages;
const event_log_cb kCount = [](int severity, const char* text) {
    ++messages;
    say("severity %d, words %s", severity, yes_no(std::strlen(text) > 0));
};

/// Standard error into a pipe until the end of the scope.
class Stderr {
 public:
    Stderr() : saved_(dup(2)) {
        if (pipe(ends_) == 0) dup2(ends_[1], 2);
    }
    std::string taken() {
        dup2(saved_, 2);
        close(ends_[1]);
        char text[2000];
        const ssize_t n = read(ends_[0], text, sizeof text);
        return std::string(text, n > 0 ? static_cast<size_t>(n) : 0);
    }

 private:
    int ends_[2] = {-1, -1};
    int saved_;
};

// Lock functions that count.
int made, freed, held, most_held;
void* lock_alloc(unsigned) {
    auto* lock = static_cast<pthread_mutex_t*>(std::malloc(sizeof(pthread_mutex_t)));
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(lock, &recursive);
    ++made;
    return lock;
}
void lock_free(void* lock, unsigned) {
    ++freed;
    pthread_mutex_destroy(static_cast<pthread_mutex_t*>(lock));
    std::free(lock);
}
int lock_take(unsigned mode, void* lock) {
    auto* mutex = static_cast<pthread_mutex_t*>(lock);
    const int result =
        (mode & EVTHREAD_TRY) != 0 ? pthread_mutex_trylock(mutex) : pthread_mutex_lock(mutex);
    if (result == 0 && ++held > most_held) most_held = held;
    return result;
}
int lock_give(unsigned, void* lock) {
    --held;
    return pthread_mutex_unlock(static_cast<pthread_mutex_t*>(lock));
}
unsigned long who() {
    return 1;
}

const evthread_lock_callbacks kCounting{EVTHREAD_LOCK_API_VERSION,
                                        EVTHREAD_LOCKTYPE_RECURSIVE,
                                        lock_alloc,
                                        lock_free,
                                        lock_take,
                                        lock_give};

}  // namespace

SCENARIO(T102_messages_go_to_standard_error_without_a_callback) {
    event_set_log_callback(nullptr);
    Stderr error;
    provoke_a_warning();
    const std::string text = error.taken();
    say("a warning, on a line of its own: %s",
        yes_no(text.starts_with("[warn] ") && text.ends_with("\n")));
}

SCENARIO(T103_a_log_callback_takes_all_messages_until_null) {
    event_set_log_callback(kCount);
    Stderr error;
    provoke_a_warning();
    say("callback %d", messages);
    event_set_log_callback(nullptr);
    provoke_a_warning();
    say("callback %d, standard error %s", messages, yes_no(!error.taken().empty()));
}

SCENARIO(T105_the_fatal_callback_comes_first) {
    event_set_fatal_callback([](int error) {
        say("fatal %d", error);
        _exit(42);
    });
    const Base base = new_base();
    event_enable_debug_mode();
}

SCENARIO(T106_a_fatal_callback_that_returns_saves_nothing) {
    event_set_fatal_callback([](int error) { say("fatal %d", error); });
    const Base base = new_base();
    event_enable_debug_mode();
    say("not reached");
}

SCENARIO(setup_a_fatal_error_is_logged_as_an_error) {
    event_set_log_callback(kCount);
    event_set_fatal_callback([](int error) {
        say("fatal %d", error);
        std::fflush(stdout);
        _exit(1);
    });
    const Base base = new_base();
    event_enable_debug_mode();
}

SCENARIO(setup_debug_messages_only_on_request) {
    static bool any;
    event_set_log_callback([](int severity, const char*) { any = any || severity == 0; });
    {
        const Base base = new_base();
        Teller timer(base.get(), "timer", -1, 0);
        timer.add(1);
    }
    say("without: %s", yes_no(any));
    event_enable_debug_logging(EVENT_DBG_NONE);
    provoke_a_warning();
    say("none: %s", yes_no(any));
}

SCENARIO(T108_a_reallocation_of_nothing_is_an_allocation) {
    // An allocator that is strict: nothing but realloc makes memory where there was none.
    event_set_mem_functions([](size_t n) { return std::realloc(nullptr, n); },
                            [](void* old, size_t n) { return std::realloc(old, n); },
                            [](void* old) { std::free(old); });
    const Base base = new_base();
    static const timeval kLate{1000, 0};
    for (int i = 0; i < 300; ++i)
        event_base_once(base.get(), -1, EV_TIMEOUT, quiet, nullptr, &kLate);
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
}

SCENARIO(T111_locks_are_balanced_after_everything) {
    say("set = %d", evthread_set_lock_callbacks(&kCounting));
    evthread_set_id_callback(who);
    {
        const Base base = new_base(2);
        Teller timer(base.get(), "timer", -1, 0, [](Teller& t) {
            say("held in the callback %d", held);
            event_active(t.other->ev(), EV_READ, 1);
        });
        Teller user(base.get(), "user", -1, 0);
        timer.other = &user;
        timer.add(1);
        loop(base.get());
        say("held %d", held);
    }
    say("held %d", held);
}

SCENARIO(setup_lock_functions_can_be_set_once) {
    evthread_lock_callbacks other = kCounting;
    other.supported_locktypes = 0;
    evthread_lock_callbacks wrong = kCounting;
    wrong.lock_api_version = 77;
    say("wrong version = %d", evthread_set_lock_callbacks(&wrong));
    say("first = %d", evthread_set_lock_callbacks(&kCounting));
    say("same again = %d", evthread_set_lock_callbacks(&kCounting));
    say("another = %d", evthread_set_lock_callbacks(&other));
}

SCENARIO(setup_pthreads_twice) {
    say("%d", evthread_use_pthreads());
    say("%d", evthread_use_pthreads());
    const Base base = new_base();
    say("notifiable = %d", evthread_make_base_notifiable(base.get()));
    say("notifiable = %d", evthread_make_base_notifiable(base.get()));
    say("null = %d", evthread_make_base_notifiable(nullptr));
}

SCENARIO(setup_a_base_can_be_made_notifiable_without_locks) {
    const Base base = new_base();
    say("notifiable = %d", evthread_make_base_notifiable(base.get()));
    say("added %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get());
}

SCENARIO(T117_debug_mode_finds_an_assigned_pending_event) {
    event_set_fatal_callback([](int) {
        say("fatal");
        _exit(42);
    });
    event_enable_debug_mode();
    const Base base = new_base();
    struct event ev {};
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    const timeval tv = after(1000);
    event_add(&ev, &tv);
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    say("not reached");
}

SCENARIO(T119_debug_unassign_does_nothing_without_debug_mode) {
    const Base base = new_base();
    struct event ev {};
    event_assign(&ev, base.get(), -1, 0, quiet, nullptr);
    event_debug_unassign(&ev);
    say("initialized %d", event_initialized(&ev));
    event_active(&ev, EV_READ, 1);
    loop(base.get());
}

SCENARIO(setup_debug_mode_forgets_an_unassigned_event) {
    event_enable_debug_mode();
    const Base base = new_base();
    for (int i = 0; i < 3; ++i) {
        struct Assigned {
            struct event ev {};
            ~Assigned() {
                (event_del)(&ev);
                event_debug_unassign(&ev);
            }
        } one;
        event_assign(&one.ev, base.get(), -1, 0, quiet, nullptr);
        const timeval tv = after(0);
        event_add(&one.ev, &tv);
        loop(base.get());
    }
}

SCENARIO(T121_the_version_is_four_bytes) {
    const unsigned number = event_get_version_number();
    say("%u.%u.%u", number >> 24, number >> 16 & 0xff, number >> 8 & 0xff);
    say("text begins alike %s", yes_no(std::string(event_get_version())
                                           .starts_with(std::to_string(number >> 24) + "." +
                                                        std::to_string(number >> 16 & 0xff) + "." +
                                                        std::to_string(number >> 8 & 0xff))));
}

SCENARIO(setup_global_shutdown_twice) {
    {
        const Base base = new_base();
        loop(base.get());
    }
    libevent_global_shutdown();
    libevent_global_shutdown();
    say("done");
}

SCENARIO(setup_freeing_no_base_warns) {
    event_base_free(nullptr);
    say("done");
}
