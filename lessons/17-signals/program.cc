// Lesson 17: a signal becomes an event. Five acts, each begins with a mark in the trace:
//   asleep    the loop sleeps for ever; another thread sends SIGUSR1 to this one
//   three     one callback raises SIGUSR1 three times
//   order     one callback raises SIGUSR2 first and SIGUSR1 second
//   patience  a signal event with a timeout of 20 ms
//   bases     a second base adds a signal event, and the first base's signal comes
// Time is virtual. The thread waits until the loop is asleep, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/watch.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

namespace {

std::atomic<bool> about_to_sleep{false};

void note_sleep(evwatch*, const evwatch_prepare_cb_info*, void*) {
    about_to_sleep = true;
}

/// Is this thread asleep in the kernel? (Third field of its stat line.)
bool sleeps(pid_t thread) {
    const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return false;
    char state = '?';
    const int found = std::fscanf(file, "%*d (%*[^)]) %c", &state);
    std::fclose(file);
    return found == 1 && state == 'S';
}

void say(evutil_socket_t signal, short what, void* name) {
    std::printf("%s: signal %d, what %#x\n", static_cast<const char*>(name),
                static_cast<int>(signal), static_cast<unsigned>(what));
}

void raise_three(evutil_socket_t, short, void*) {
    for (int i = 0; i < 3; ++i) std::raise(SIGUSR1);
}

void raise_two(evutil_socket_t, short, void*) {
    std::raise(SIGUSR2);
    std::raise(SIGUSR1);
}

event* signal_event(event_base* base, int signal, char* name, const timeval* timeout = nullptr) {
    event* made = evsignal_new(base, signal, say, name);
    evglass_name_event(made, name);
    event_add(made, timeout);
    return made;
}

/// Runs one callback from the loop, and what it leads to.
void run_in_loop(event_base* base, event_callback_fn callback, const char* name) {
    event* once = event_new(base, -1, 0, callback, nullptr);
    evglass_name_event(once, name);
    event_active(once, EV_TIMEOUT, 1);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_free(once);
}

void asleep_act(event_base* base) {
    evglass_mark("asleep");
    evwatch* watch = evwatch_prepare_new(base, note_sleep, nullptr);
    const pthread_t loop_thread = pthread_self();
    const auto loop_tid = static_cast<pid_t>(syscall(SYS_gettid));
    std::thread other([&] {
        while (!about_to_sleep || !sleeps(loop_tid)) std::this_thread::yield();
        pthread_kill(loop_thread, SIGUSR1);
    });
    event_base_loop(base, EVLOOP_ONCE);
    other.join();
    evwatch_free(watch);
}

int patience_act(event_base* base) {
    evglass_mark("patience");
    static char name[] = "guard";
    const timeval patience{0, 20'000};
    event* guard = signal_event(base, SIGHUP, name, &patience);
    event_base_loop(base, EVLOOP_ONCE);
    const int pending = event_pending(guard, EV_SIGNAL, nullptr);
    std::printf("guard is pending: %d\n", pending);
    event_free(guard);
    return pending;
}

void bases_act(event_base* base) {
    evglass_mark("bases");
    static char name[] = "stranger";
    event_base* second = event_base_new();
    event* stranger = signal_event(second, SIGUSR2, name);
    std::raise(SIGUSR1);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_loop(second, EVLOOP_NONBLOCK);
    event_free(stranger);
    event_base_free(second);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    static char bell_name[] = "bell", gong_name[] = "gong";
    event* bell = signal_event(base, SIGUSR1, bell_name);
    asleep_act(base);

    evglass_mark("three");
    run_in_loop(base, raise_three, "raiser");

    evglass_mark("order");
    event* gong = signal_event(base, SIGUSR2, gong_name);
    run_in_loop(base, raise_two, "two");
    event_free(gong);

    const int pending = patience_act(base);
    bases_act(base);
    event_free(bell);
    event_base_free(base);
    return pending == 0 ? 0 : 1;
}
