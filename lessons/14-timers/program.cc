// Lesson 14: timers and the heap they stand in.
//   t10 ... t70   seven timers, added in a muddled order: watch them move
//   t20           is deleted from the middle; t60 gets an earlier deadline where it stands
//   one ... five  five timers with the same deadline: who is first?
// Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <initializer_list>
#include <string>

namespace {

constexpr timeval milliseconds(int n) {
    return {n / 1000, n % 1000 * 1000};
}

void on_timer(evutil_socket_t, short, void*) {}

/// Of the five equal ones: notes who runs when.
void on_equal(evutil_socket_t, short, void* name) {
    static std::string order;
    if (order.find(' ') == std::string::npos && !order.empty())
        std::printf("second: %s\n", static_cast<const char*>(name));
    order += (order.empty() ? "" : " ") + std::string(static_cast<const char*>(name));
    std::printf("order: %s\n", order.c_str());
}

event* timer(event_base* base, const char* name, int ms, event_callback_fn callback = on_timer) {
    event* made = event_new(base, -1, 0, callback, const_cast<char*>(name));
    evglass_name_event(made, name);
    const timeval wait = milliseconds(ms);
    event_add(made, &wait);
    return made;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();

    event* t40 = timer(base, "t40", 40);
    event* t70 = timer(base, "t70", 70);
    event* t30 = timer(base, "t30", 30);
    event* t60 = timer(base, "t60", 60);
    event* t50 = timer(base, "t50", 50);
    event* t20 = timer(base, "t20", 20);
    event* t10 = timer(base, "t10", 10);

    event_del(t20);
    const timeval five = milliseconds(5);
    event_add(t60, &five);
    event_base_loop(base, EVLOOP_ONCE);
    event_base_dispatch(base);

    evglass_mark("five-equal");
    event* equal[5] = {};
    int i = 0;
    for (const char* name : {"one", "two", "three", "four", "five"})
        equal[i++] = timer(base, name, 20, on_equal);
    event_base_dispatch(base);

    for (event* each : {t10, t20, t30, t40, t50, t60, t70}) event_free(each);
    for (event* each : equal) event_free(each);
    event_base_free(base);
    return 0;
}
