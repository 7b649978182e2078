// Lesson 20: threads. One thread runs the loop, a helper thread talks to it. Four acts, each begins
// with a mark in the trace:
//   wake     the loop sleeps for ever; the helper makes an event active
//   self     the loop's own thread does the same, from a callback
//   late     the helper adds a timer that is due before the one the loop sleeps for
//   wait     the helper deletes an event while its callback runs
// The helper begins when the loop is asleep (or in the callback), so every run is the same. Time is
// virtual, but for the sleep that is for ever.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/thread.h>
#include <event2/watch.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>

namespace {

std::atomic<bool> about_to_sleep{false};

void note_sleep(evwatch*, const evwatch_prepare_cb_info* info, void*) {
    timeval timeout{};
    about_to_sleep = evwatch_prepare_get_timeout(info, &timeout) == 0 || timeout.tv_sec > 0;
}

bool sleeps(pid_t thread) {
    const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return false;
    char state = '?';
    const int found = std::fscanf(file, "%*d (%*[^)]) %c", &state);
    std::fclose(file);
    return found == 1 && state == 'S';
}

void say(evutil_socket_t, short, void*) {}

void activate(evutil_socket_t, short, void* other) {
    event_active(static_cast<event*>(other), EV_TIMEOUT, 1);
}

event* make(event_base* base, const char* name, event_callback_fn callback, void* arg = nullptr) {
    event* made = event_new(base, -1, EV_PERSIST, callback, arg);
    evglass_name_event(made, name);
    return made;
}

/// Runs the loop until something was called, and `work` in another thread once
/// the loop sleeps.
void with_helper(event_base* base, const std::function<void()>& work) {
    const auto loop_tid = static_cast<pid_t>(syscall(SYS_gettid));
    about_to_sleep = false;
    std::thread helper([&] {
        while (!about_to_sleep || !sleeps(loop_tid)) std::this_thread::yield();
        work();
    });
    event_base_loop(base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
    helper.join();
}

void wake_act(event_base* base, event* bell) {
    evglass_mark("wake");
    with_helper(base, [bell] { event_active(bell, EV_TIMEOUT, 1); });
}

void self_act(event_base* base, event* bell) {
    evglass_mark("self");
    event* ringer = make(base, "ringer", activate, bell);
    event_active(ringer, EV_TIMEOUT, 1);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_free(ringer);
}

void late_act(event_base* base) {
    evglass_mark("late");
    event* soon = make(base, "soon", say);
    with_helper(base, [soon] {
        const timeval at_once{0, 1000};
        event_add(soon, &at_once);
    });
    event_free(soon);
}

struct Meeting {
    std::atomic<bool> inside{false}, deleting{false}, deleted{false};
    bool was_deleted_inside = true;
};

void long_callback(evutil_socket_t, short, void* arg) {
    auto* meeting = static_cast<Meeting*>(arg);
    meeting->inside = true;
    while (!meeting->deleting) std::this_thread::yield();
    evglass_mark("callback ends");
    meeting->was_deleted_inside = meeting->deleted;
}

bool wait_act(event_base* base) {
    evglass_mark("wait");
    Meeting meeting;
    event* busy = make(base, "busy", long_callback, &meeting);
    event_active(busy, EV_TIMEOUT, 1);
    std::atomic<pid_t> helper_tid{0};
    std::thread helper([&] {
        while (!meeting.inside) std::this_thread::yield();
        helper_tid = static_cast<pid_t>(syscall(SYS_gettid));
        event_del(busy);
        meeting.deleted = true;
    });
    std::thread watcher([&] {
        while (helper_tid == 0 || !sleeps(helper_tid)) std::this_thread::yield();
        meeting.deleting = true;
    });
    event_base_loop(base, EVLOOP_NONBLOCK);
    helper.join();
    watcher.join();
    event_free(busy);
    return !meeting.was_deleted_inside;
}

}  // namespace

int main() {
    if (evthread_use_pthreads() != 0) return 1;
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    evwatch* watch = evwatch_prepare_new(base, note_sleep, nullptr);
    event* bell = make(base, "bell", say);
    wake_act(base, bell);
    self_act(base, bell);
    late_act(base);
    const bool waited = wait_act(base);
    std::printf("event_del waited for the callback: %s\n", waited ? "yes" : "no");
    event_free(bell);
    evwatch_free(watch);
    event_base_free(base);
    return waited ? 0 : 1;
}
