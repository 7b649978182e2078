// Lesson 26: watermarks, timeouts, and who holds whom back. Four acts, each begins with a mark:
//   low      `meter` wants its callback at 4 bytes or more; peer sends 3, then 3
//   high     `greedy` has a high watermark of 64; peer sends 200, and the callback takes nothing
//   patient  `patient` has a read timeout of 50 ms; peer is silent
//   press    `server` echoes to a peer that never reads, and stops reading at 64 KiB of output
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

namespace {

constexpr std::size_t kMostWaiting = 64 * 1024;

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/// A bufferevent and the plain fd of the other end.
struct Line {
    bufferevent* bev = nullptr;
    int peer = -1;

    Line(event_base* base, const std::string& name, bufferevent_data_cb read,
         bufferevent_data_cb written, bufferevent_event_cb end) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
        peer = ends[1];
        bev = bufferevent_socket_new(base, ends[0], BEV_OPT_CLOSE_ON_FREE);
        evglass_name_event(&bev->ev_read, (name + ".read").c_str());
        evglass_name_event(&bev->ev_write, (name + ".write").c_str());
        bufferevent_setcb(bev, read, written, end, nullptr);
    }
    ~Line() {
        bufferevent_free(bev);
        close(peer);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void send(const std::string& text) const {
        const ssize_t sent = write(peer, text.data(), text.size());
        std::printf("peer: sent %zd of %zu\n", sent, text.size());
    }
};

void take_all(bufferevent* bev, void*) {
    evbuffer* input = bufferevent_get_input(bev);
    std::printf("got %zu bytes\n", evbuffer_get_length(input));
    evbuffer_drain(input, evbuffer_get_length(input));
}

void look_only(bufferevent*, void*) {}

void echo_with_care(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
    if (evbuffer_get_length(bufferevent_get_output(bev)) >= kMostWaiting)
        bufferevent_disable(bev, EV_READ);
}

void room_again(bufferevent* bev, void*) {
    bufferevent_enable(bev, EV_READ);
}

void on_event(bufferevent*, short what, void*) {
    std::printf("event %#x\n", static_cast<unsigned>(what));
}

void low_act(event_base* base) {
    evglass_mark("low");
    const Line meter(base, "meter", take_all, nullptr, on_event);
    bufferevent_setwatermark(meter.bev, EV_READ, 4, 0);
    bufferevent_enable(meter.bev, EV_READ);
    meter.send("abc");
    run(base);
    meter.send("def");
    run(base);
}

void high_act(event_base* base) {
    evglass_mark("high");
    const Line greedy(base, "greedy", look_only, nullptr, on_event);
    bufferevent_setwatermark(greedy.bev, EV_READ, 0, 64);
    bufferevent_enable(greedy.bev, EV_READ);
    greedy.send(std::string(200, 'g'));
    run(base);
    evglass_mark("take");
    evbuffer_drain(bufferevent_get_input(greedy.bev), 40);
    run(base);
}

void patient_act(event_base* base) {
    evglass_mark("patient");
    const Line patient(base, "patient", take_all, nullptr, on_event);
    const timeval silence{0, 50'000};
    bufferevent_set_timeouts(patient.bev, &silence, nullptr);
    bufferevent_enable(patient.bev, EV_READ);
    event_base_loop(base, EVLOOP_ONCE);
}

void press_act(event_base* base) {
    evglass_mark("press");
    const Line server(base, "server", echo_with_care, room_again, on_event);
    bufferevent_enable(server.bev, EV_READ);
    const std::string flood(100'000, 'f');
    for (int i = 0; i < 4; ++i) {
        server.send(flood);
        run(base);
    }
    evglass_mark("peer reads");
    std::array<char, 65536> room{};
    while (read(server.peer, room.data(), room.size()) > 0) run(base);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    for (const auto act : {low_act, high_act, patient_act, press_act}) {
        act(base);
        run(base);  // what was freed goes
    }
    event_base_free(base);
    return 0;
}
