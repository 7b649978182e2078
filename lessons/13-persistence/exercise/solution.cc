// The solution of lesson 13's exercise: the event stays, each byte sets its timeout anew, and the
// first timeout ends it.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

struct Talk {
    event* line = nullptr;
    event* speaker = nullptr;
    int theirs = -1, left = 0;
};

void on_line(evutil_socket_t fd, short what, void* argument) {
    char byte;
    if ((what & EV_TIMEOUT) != 0) event_del(static_cast<Talk*>(argument)->line);
    if ((what & EV_READ) != 0 && read(fd, &byte, 1) == 1) std::printf("heard one\n");
}

/// Says a byte each 30 ms, so many times.
void on_speaker(evutil_socket_t, short, void* argument) {
    Talk& talk = *static_cast<Talk*>(argument);
    const timeval thirty{0, 30000};
    if (write(talk.theirs, "!", 1) == 1 && --talk.left > 0) event_add(talk.speaker, &thirty);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    evglass_use_virtual_clock(1);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) return 1;
    event_base* base = event_base_new();
    Talk talk;
    talk.theirs = ends[1];
    talk.left = std::stoi(argv[1]);
    const timeval silence{0, std::stoi(argv[2]) * 1000}, now{0, 0};
    talk.speaker = event_new(base, -1, 0, on_speaker, &talk);
    talk.line = event_new(base, ends[0], EV_READ | EV_PERSIST, on_line, &talk);
    evglass_name_event(talk.line, "line");
    event_add(talk.line, &silence);
    event_add(talk.speaker, &now);
    event_base_dispatch(base);
    event_free(talk.line);
    event_free(talk.speaker);
    event_base_free(base);
    return 0;
}
