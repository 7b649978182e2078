// Lesson 25: what a bufferevent does for you. `server` echoes what `peer`, the plain other end of a
// socket pair, sends. Five acts, each begins with a mark in the trace:
//   hello     peer sends 5 bytes
//   large     peer sends 60000 bytes at once
//   full      server writes more than the socket takes; peer reads it later
//   deferred  two more: `lazy` has deferred callbacks, `eager` has not; both get data at once
//   bye       peer closes its end
// Time is virtual, so every run is the same and takes no time.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace {

void echo(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

void flushed(bufferevent*, void*) {}

void on_event(bufferevent* bev, short what, void*) {
    std::printf("event %#x\n", static_cast<unsigned>(what));
    if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0) bufferevent_free(bev);
}

/// A bufferevent and the plain fd of the other end.
struct Line {
    bufferevent* bev = nullptr;
    int peer = -1;

    Line(event_base* base, const std::string& name, int options) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
        peer = ends[1];
        bev = bufferevent_socket_new(base, ends[0], options | BEV_OPT_CLOSE_ON_FREE);
        evglass_name_event(&bev->ev_read, (name + ".read").c_str());
        evglass_name_event(&bev->ev_write, (name + ".write").c_str());
        bufferevent_setcb(bev, echo, flushed, on_event, nullptr);
        bufferevent_enable(bev, EV_READ);
    }
    bool send(const std::string& text) const {
        return write(peer, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }
    std::size_t receive() const {
        static std::array<char, 100'000> room;
        const ssize_t got = read(peer, room.data(), room.size());
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }
};

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

std::size_t full_act(event_base* base, const Line& server, std::size_t bytes) {
    evglass_mark("full");
    const std::vector<char> much(bytes, 'm');
    bufferevent_write(server.bev, much.data(), much.size());
    std::size_t got = 0;
    do {
        run(base);
        evglass_mark("peer reads");
        got += server.receive();
    } while (got < bytes);
    run(base);
    return got;
}

void deferred_act(event_base* base) {
    evglass_mark("deferred");
    Line lazy(base, "lazy", BEV_OPT_DEFER_CALLBACKS);
    Line eager(base, "eager", 0);
    if (!lazy.send("one") || !eager.send("two")) return;
    run(base);
    for (const Line* line : {&lazy, &eager}) {
        bufferevent_free(line->bev);
        close(line->peer);
    }
    run(base);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    Line server(base, "server", 0);

    evglass_mark("hello");
    if (!server.send("hello")) return 1;
    run(base);
    std::size_t received = server.receive();

    evglass_mark("large");
    if (!server.send(std::string(60'000, 'x'))) return 1;
    run(base);
    while (received < 60'005) {
        const std::size_t more = server.receive();
        received += more;
        run(base);
    }
    received += full_act(base, server, 150'000);
    deferred_act(base);

    evglass_mark("bye");
    close(server.peer);
    event_base_dispatch(base);
    event_base_free(base);
    std::printf("peer received %zu bytes\n", received);
    return received == 210'005 ? 0 : 1;
}
