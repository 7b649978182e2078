// Scenarios: what another thread may do to a base, and that the loop wakes up for it.
// Each other thread waits for the loop to run first, and is joined before the scenario ends.
// Read next: listener.cc.
#include <event2/thread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

/// Does a thread of this process sleep in the kernel?
bool sleeps(pid_t thread) {
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string id, name, state;
    return stat >> id >> name >> state && state == "S";
}

/// Runs the loop here while `action` is done by another thread, once the loop sleeps: an end that
/// is asked for before a loop begins is forgotten.
template <class Action>
void loop_while(event_base* base, Action action) {
    const pid_t here = gettid();
    std::jthread other([&] {
        for (int asleep = 0; asleep < 3; asleep = sleeps(here) ? asleep + 1 : 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
        action();
    });
    const long began = now_ms();
    loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
    other.join();
    say("in time: %s", yes_no(now_ms() - began < 3000));
}

void stop(Teller& t) {
    event_base_loopbreak(t.base());
}

}  // namespace

SCENARIO(T110_use_pthreads_returns_0) {
    say("use = %d", evthread_use_pthreads());
    say("again = %d", evthread_use_pthreads());
    const Base base = new_base();
    say("notifiable = %d", evthread_make_base_notifiable(base.get()));
}

SCENARIO(T122_break_from_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    loop_while(base.get(), [&] { event_base_loopbreak(base.get()); });
    say("got_break %d", event_base_got_break(base.get()));
}

SCENARIO(T122_exit_from_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    loop_while(base.get(), [&] { event_base_loopexit(base.get(), nullptr); });
    say("got_exit %d", event_base_got_exit(base.get()));
}

SCENARIO(T122_active_from_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    Teller user(base.get(), "user", -1, 0, stop);
    loop_while(base.get(), [&] { event_active(user.ev(), EV_READ, 1); });
}

SCENARIO(T122_a_timer_added_by_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, 0, stop);
    loop_while(base.get(), [&] { timer.add(1); });
}

SCENARIO(T122_an_earlier_timer_shortens_the_sleep) {
    evthread_use_pthreads();
    const Base base = new_base();
    Teller late(base.get(), "late", -1, 0), early(base.get(), "early", -1, 0, stop);
    late.add(10000);
    loop_while(base.get(), [&] { early.add(1); });
}

SCENARIO(T122_a_reader_added_by_another_thread) {
    evthread_use_pthreads();
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ, stop);
    ends.write_b("x");
    loop_while(base.get(), [&] { reader.add(); });
}

SCENARIO(T122_del_waits_for_the_callback) {
    evthread_use_pthreads();
    const Base base = new_base();
    static std::atomic<bool> inside;
    static bool left;  // no atomic: event_del must bring it along
    Teller slow(base.get(), "slow", -1, 0, [](Teller& t) {
        inside = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        left = true;
        event_base_loopbreak(t.base());
    });
    slow.add(0);
    std::jthread other([&] {
        while (!inside) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        slow.del();
        say("after del the callback has returned: %s", yes_no(left));
    });
    event_base_loop(base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    other.join();
}

SCENARIO(T126_nolock_base_works_with_threads_on) {
    evthread_use_pthreads();
    const Config config(event_config_new());
    event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
    const Base base(event_base_new_with_config(config.get()));
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(1);
    loop(base.get());
}
