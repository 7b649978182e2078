// Lesson 21: fork. Parent and child after a fork have two copies of the base,
// and ONE epoll object in the kernel. Two acts; in both the child deletes an
// event of its copy, and the parent then waits for a byte on that very event:
//   shared     the child just deletes it
//   separate   the child calls event_reinit first
// The child is not traced into this trace: look at what the parent can see.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace {

int letters = 0;

void on_letter(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) ++letters;
}

void on_signal(evutil_socket_t, short, void*) {}

/// What the child does: it deletes `letter`, of its own copy of everything, and
/// is gone.
bool child_deletes(event_base* base, event* letter, bool reinit) {
    const pid_t child = fork();
    if (child == 0) {
        if (reinit && event_reinit(base) != 0) _exit(2);
        event_del(letter);
        _exit(0);
    }
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
}

int act(const char* name, bool reinit) {
    evglass_mark(name);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    event_base* base = event_base_new();
    event* letter = event_new(base, ends[0], EV_READ | EV_PERSIST, on_letter, nullptr);
    event* signal = evsignal_new(base, SIGUSR1, on_signal, nullptr);
    evglass_name_event(letter, reinit ? "letter2" : "letter1");
    evglass_name_event(signal, reinit ? "signal2" : "signal1");
    event_add(letter, nullptr);
    event_add(signal, nullptr);

    letters = 0;
    if (!child_deletes(base, letter, reinit)) return -1;
    evglass_mark("child is gone");
    if (write(ends[1], "!", 1) != 1) return -1;
    event_base_loop(base, EVLOOP_NONBLOCK);
    const int got = letters;
    std::printf("%s: the parent's callback ran: %d\n", name, got);

    evglass_mark("parent reinits");
    event_reinit(base);
    event_base_loop(base, EVLOOP_NONBLOCK);
    std::printf("%s: and after its own event_reinit: %d\n", name, letters);
    event_free(letter);
    event_free(signal);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
    return got;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    const int shared = act("shared", false);
    const int separate = act("separate", true);
    return shared == 0 && separate == 1 ? 0 : 1;
}
