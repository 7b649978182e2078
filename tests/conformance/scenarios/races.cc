// Scenarios: two threads and one event: deletion against a running callback in each of its
// variants, the end of the last event, finalizers, activation of what runs.
// What is told does not depend on who is faster.
// Read next: helpers.cc.
#include <event2/thread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void sleep_ms(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::atomic<bool> inside, may_leave, has_left;

/// A callback that stays until it is let go, at most two seconds.
void stay(evutil_socket_t, short, void*) {
    inside = true;
    for (int i = 0; i < 2000 && !may_leave; ++i) sleep_ms(1);
    has_left = true;
}

/// Runs the loop in a thread while `action` meets the running callback of `events`.
template <class Action>
void meet(short events, Action action) {
    evthread_use_pthreads();
    const Base base = new_base();
    Event ev(event_new(base.get(), -1, events, stay, nullptr));
    event_active(ev.get(), EV_READ, 1);
    int result = -2;
    std::jthread loop_thread([&] { result = event_base_loop(base.get(), 0); });
    while (!inside) sleep_ms(1);
    action(ev);
    may_leave = true;
    loop_thread.join();
    say("loop = %d", result);
}

/// Deletes from this thread while another lets the callback go a little later.
template <class Del>
void delete_and_see(short events, Del del) {
    meet(events, [&](Event& ev) {
        std::jthread later([] {
            sleep_ms(20);
            may_leave = true;
        });
        const int result = del(ev.get());
        say("del = %d, waited %s", result, yes_no(has_left));
        later.join();
    });
}

}  // namespace

SCENARIO(races_del_waits) {
    delete_and_see(EV_PERSIST, event_del);
}
SCENARIO(races_del_block_waits) {
    delete_and_see(EV_PERSIST, event_del_block);
}
SCENARIO(races_del_noblock_does_not_wait) {
    delete_and_see(EV_PERSIST, event_del_noblock);
}
SCENARIO(races_del_of_a_finalizable_event_does_not_wait) {
    delete_and_see(EV_PERSIST | EV_FINALIZE, event_del);
}
SCENARIO(races_del_block_of_a_finalizable_event_waits) {
    delete_and_see(EV_PERSIST | EV_FINALIZE, event_del_block);
}

SCENARIO(races_finalize_while_the_callback_runs) {
    static std::atomic<bool> buried_too_early;
    meet(EV_PERSIST | EV_FINALIZE, [](Event& ev) {
        const auto last = [](event*, void*) { buried_too_early = !has_left; };
        say("finalize = %d", event_free_finalize(0, ev.release(), last));
    });
    say("after its callback: %s", yes_no(!buried_too_early));
}

SCENARIO(races_active_again_while_it_runs) {
    meet(EV_PERSIST, [](Event& ev) { event_active(ev.get(), EV_WRITE, 1); });
}

SCENARIO(races_the_last_timer_is_deleted_by_another_thread) {
    alarm(2);  // stock sleeps on
    evthread_use_pthreads();
    const Base base = new_base();
    Teller far(base.get(), "far", -1, 0);
    far.add(60000);
    std::atomic<bool> deleted{false};
    std::jthread other([&] {
        sleep_ms(20);
        far.del();
        deleted = true;
    });
    const long began = now_ms();
    loop(base.get());
    say("in time %s, deleted %s", yes_no(now_ms() - began < 5000), yes_no(deleted));
    other.join();
}

SCENARIO(races_the_last_reader_is_deleted_by_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    reader.add();
    std::jthread other([&] {
        sleep_ms(20);
        reader.del();
    });
    const long began = now_ms();
    loop(base.get());
    say("in time %s", yes_no(now_ms() - began < 5000));
    other.join();
}

SCENARIO(races_once_from_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    static std::atomic<int> calls;
    std::jthread other([&] {
        sleep_ms(10);
        for (int i = 0; i < 100; ++i) {
            event_base_once(
                base.get(), -1, EV_TIMEOUT,
                [](evutil_socket_t, short, void* arg) {
                    if (++calls == 100) event_base_loopbreak(static_cast<event_base*>(arg));
                },
                base.get(), nullptr);
        }
    });
    loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    other.join();
    say("calls %d", calls.load());
}

SCENARIO(races_four_threads_activate) {
    evthread_use_pthreads();
    const Base base = new_base();
    static std::atomic<int> calls, asked;
    Event ev(event_new(
        base.get(), -1, EV_PERSIST, [](evutil_socket_t, short, void*) { ++calls; }, nullptr));
    std::jthread threads[4];
    for (std::jthread& t : threads)
        t = std::jthread([&] {
            for (int i = 0; i < 1000; ++i) event_active(ev.get(), EV_READ, 1);
            if (++asked == 4) event_base_loopexit(base.get(), nullptr);
        });
    loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    for (std::jthread& t : threads) t.join();
    say("some calls %s, not more than asked %s", yes_no(calls > 0), yes_no(calls <= 4000));
}

SCENARIO(races_a_loop_in_each_of_three_threads) {
    evthread_use_pthreads();
    std::atomic<int> good{0};
    std::jthread threads[3];
    for (std::jthread& t : threads)
        t = std::jthread([&] {
            const Base base(event_base_new());
            const timeval tv = after(5);
            event_base_loopexit(base.get(), &tv);
            good += event_base_dispatch(base.get()) == 0 ? 1 : 0;
        });
    for (std::jthread& t : threads) t.join();
    say("good %d", good.load());
}

SCENARIO(races_with_lock_debugging) {
    evthread_enable_lock_debugging();
    evthread_use_pthreads();
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, [](Teller& t) { event_base_loopbreak(t.base()); });
    std::jthread other([&] {
        sleep_ms(10);
        event_active(user.ev(), EV_READ, 1);
    });
    loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    other.join();
}
