// Exercise of lesson 16: `pump` is more urgent than `letter`, and always ready.
// Let `letter` be called at least once for every three calls of `pump`. As it
// stands, it starves until `pump` is done.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct Both {
    event* pump = nullptr;
    event* letter = nullptr;
    int left = 0;  // how often the pump is still to be called
    int waited = 0,
        worst = 0;  // calls of the pump since the letter was called last
};

/// Always ready: its socket can be written to.
void on_pump(evutil_socket_t, short, void* arg) {
    auto* both = static_cast<Both*>(arg);
    if (++both->waited > both->worst) both->worst = both->waited;
    if (--both->left == 0) {
        event_del(both->pump);
        event_del(both->letter);
        return;
    }
}

/// Always ready too: it reads nothing.
void on_letter(evutil_socket_t, short, void* arg) {
    auto* both = static_cast<Both*>(arg);
    both->waited = 0;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    event_base_priority_init(base, 2);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;

    Both both;
    both.left = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 9;
    both.pump = event_new(base, ends[0], EV_WRITE | EV_PERSIST, on_pump, &both);
    both.letter = event_new(base, ends[1], EV_READ | EV_PERSIST, on_letter, &both);
    evglass_name_event(both.pump, "pump");
    evglass_name_event(both.letter, "letter");
    event_priority_set(both.pump, 0);
    event_priority_set(both.letter, 1);
    event_add(both.pump, nullptr);
    event_add(both.letter, nullptr);
    if (write(ends[0], "!", 1) != 1) return 1;
    event_base_dispatch(base);

    std::printf("worst wait: %d\n", both.worst);
    event_free(both.pump);
    event_free(both.letter);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
