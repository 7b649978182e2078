// Exercise of lesson 30: the sample greets and hangs up, and its line
// "Connection closed." never runs. Let the client hang up first: the server
// greets, waits for the end of the stream, and says so. As it stands, it hangs
// up when the greeting is written.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr char kMessage[] = "Hello, World!\n";

void conn_writecb(bufferevent* bev, void*) {
    if (evbuffer_get_length(bufferevent_get_output(bev)) != 0) return;
    std::printf("flushed answer\n");
    bufferevent_free(bev);
}

void conn_eventcb(bufferevent* bev, short events, void*) {
    if ((events & BEV_EVENT_EOF) != 0) std::printf("Connection closed.\n");
    bufferevent_free(bev);
}

void greet(event_base* base, int fd) {
    bufferevent* bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, nullptr, conn_writecb, conn_eventcb, nullptr);
    bufferevent_enable(bev, EV_WRITE);
    bufferevent_disable(bev, EV_READ);
    bufferevent_write(bev, kMessage, sizeof kMessage - 1);
}

struct Guests {
    std::vector<int> peers;
};

/// The guests have had time to read: they hang up.
void all_leave(evutil_socket_t, short, void* arg) {
    int greeted = 0;
    for (const int peer : static_cast<Guests*>(arg)->peers) {
        char text[64];
        greeted += read(peer, text, sizeof text) == sizeof kMessage - 1;
        close(peer);
    }
    std::printf("greeted: %d\n", greeted);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int guests = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 2;
    event_base* base = event_base_new();
    Guests street;
    for (int i = 0; i < guests; ++i) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;
        greet(base, ends[0]);
        street.peers.push_back(ends[1]);
    }
    event* leaving = evtimer_new(base, all_leave, &street);
    const timeval later{1, 0};
    evtimer_add(leaving, &later);
    event_base_dispatch(base);
    event_free(leaving);
    event_base_free(base);
    return 0;
}
