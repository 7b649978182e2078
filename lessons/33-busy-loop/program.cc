// Lesson 33: a loop that never sleeps. A sender with an output of its own, on plain events. Each
// act begins with a mark:
//   eager    the write event is pending all the time; it is called, and has nothing to write
//   frugal   it is pending only while bytes wait that the socket did not take
// A timer of 50 ms stands for the rest of the program. Time is virtual: it only passes where the
// loop sleeps.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

namespace {

constexpr int kPatience = 20;  ///< calls that do nothing, until the program gives up

struct Sender {
    event_base* base = nullptr;
    event* writable = nullptr;
    int fd = -1;
    std::string output;  ///< what the socket has not taken yet
    bool only_on_need = false;
    int called_for_nothing = 0;
};

/// Gives the socket as much as it takes. False: it is full.
bool flush(Sender& sender) {
    while (!sender.output.empty()) {
        const ssize_t n = write(sender.fd, sender.output.data(), sender.output.size());
        if (n < 0) return false;
        sender.output.erase(0, static_cast<std::size_t>(n));
    }
    return true;
}

void on_writable(evutil_socket_t, short, void* arg) {
    auto& sender = *static_cast<Sender*>(arg);
    if (sender.output.empty() && ++sender.called_for_nothing == kPatience)
        event_base_loopbreak(sender.base);
    if (flush(sender) && sender.only_on_need) event_del(sender.writable);
}

void send_bytes(Sender& sender, std::size_t count) {
    sender.output.append(count, 'x');
    if (!flush(sender) && sender.only_on_need) event_add(sender.writable, nullptr);
}

/// The other end reads what is there.
void on_peer(evutil_socket_t fd, short, void* got) {
    static std::array<char, 65536> room;
    ssize_t n = 0;
    while ((n = read(fd, room.data(), room.size())) > 0) *static_cast<long*>(got) += n;
}

void on_beat(evutil_socket_t, short, void*) {}

void act(const char* name, bool only_on_need, std::size_t bytes) {
    evglass_mark(name);
    event_base* base = event_base_new();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
    Sender sender{base, nullptr, ends[0], {}, only_on_need, 0};
    sender.writable = event_new(base, ends[0], EV_WRITE | EV_PERSIST, on_writable, &sender);
    evglass_name_event(sender.writable, name);
    if (!only_on_need) event_add(sender.writable, nullptr);
    long got = 0;
    event* peer = event_new(base, ends[1], EV_READ, on_peer, &got);
    evglass_name_event(peer, "peer");
    event* beat = evtimer_new(base, on_beat, nullptr);
    evglass_name_event(beat, only_on_need ? "beat2" : "beat");
    const timeval soon{0, 50'000};
    event_add(beat, &soon);
    send_bytes(sender, bytes);
    while (static_cast<std::size_t>(got) < bytes) {
        event_add(peer, nullptr);
        event_base_loop(base, EVLOOP_ONCE);
    }
    evglass_mark("all sent");
    event_base_dispatch(base);
    std::printf("%s: %d\n", name, sender.called_for_nothing);
    for (event* each : {sender.writable, peer, beat}) event_free(each);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    act("eager", false, 5);
    act("frugal", true, 500'000);
    return 0;
}
