// `make soak`: many connections at once, and very many one after the other, all echoed byte for
// byte; in the end no descriptor is left and memory is back to where it was.
//
//   soak-connections [AT-ONCE [IN-TOTAL]]     usually 9000 and 240000
//
// Server and clients are bufferevents of one loop, on the loopback. A client sends a text of its
// own in two pieces, checks the echo, and closes with a reset, so that no port waits. Bounded by an
// alarm.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr unsigned kSeconds = 600;
constexpr rlim_t kDescriptors = 20000;

struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(evconnlistener* listener) const { evconnlistener_free(listener); }
};

/// One run: `at_once` clients, each replaced when it is done, until `total` were there.
struct Soak {
    event_base* base = nullptr;
    sockaddr_in address{};
    long at_once = 9000;
    long total = 240000;
    long started = 0;
    long done = 0;
    long alive = 0;
    long most_alive = 0;
    long failed = 0;
};

struct Client {
    Soak& soak;
    bufferevent* bev;
    std::string text;
    bool second_sent = false;
};

void start_client(Soak& soak);

std::string text_of(long number) {
    std::string text;
    for (long i = 0; i < 20 + number % 200; ++i)
        text += static_cast<char>('!' + (number * 7 + i * 13) % 90);
    return text;
}

/// The client is gone; another one takes its place.
void finish(Client* raw, bool good) {
    const std::unique_ptr<Client> client(raw);  // until now its callbacks had it
    Soak& soak = client->soak;
    const linger reset{1, 0};
    setsockopt(bufferevent_getfd(client->bev), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    bufferevent_free(client->bev);
    --soak.alive;
    ++soak.done;
    if (!good) ++soak.failed;
    if (soak.started < soak.total) start_client(soak);
    if (soak.done == soak.total) event_base_loopbreak(soak.base);
}

void on_echo(bufferevent* bev, void* arg) noexcept {
    auto* client = static_cast<Client*>(arg);
    evbuffer* input = bufferevent_get_input(bev);
    const std::size_t half = client->text.size() / 2;
    if (!client->second_sent && evbuffer_get_length(input) == half) {
        client->second_sent = true;
        bufferevent_write(bev, client->text.data() + half, client->text.size() - half);
        return;
    }
    if (evbuffer_get_length(input) < client->text.size()) return;
    const auto* bytes = reinterpret_cast<const char*>(evbuffer_pullup(input, -1));
    finish(client, std::string_view(bytes, evbuffer_get_length(input)) == client->text);
}

void on_client_event(bufferevent*, short what, void* arg) noexcept {
    auto* client = static_cast<Client*>(arg);
    if ((what & BEV_EVENT_CONNECTED) == 0) finish(client, false);
}

void start_client(Soak& soak) {
    bufferevent* bev = bufferevent_socket_new(soak.base, -1, BEV_OPT_CLOSE_ON_FREE);
    auto client = std::make_unique<Client>(Client{soak, bev, text_of(soak.started++)});
    soak.most_alive = std::max(soak.most_alive, ++soak.alive);
    bufferevent_setcb(bev, on_echo, nullptr, on_client_event, client.get());
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, client->text.data(), client->text.size() / 2);
    const int begun = bufferevent_socket_connect(
        bev, reinterpret_cast<const sockaddr*>(&soak.address), sizeof soak.address);
    Client* raw = client.release();
    if (begun < 0) finish(raw, false);
}

void on_server_read(bufferevent* bev, void*) noexcept {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}
void on_server_event(bufferevent* bev, short, void*) noexcept {
    bufferevent_free(bev);
}
void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) noexcept {
    bufferevent* bev =
        bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_server_read, nullptr, on_server_event, nullptr);
    bufferevent_enable(bev, EV_READ);
}

int open_fds() {
    int n = 0;
    for (int fd = 0; fd < static_cast<int>(kDescriptors); ++fd)
        n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

/// Runs `total` clients to their end; false if one failed.
bool run(Soak& soak, long total) {
    soak.total = total;
    soak.started = soak.done = soak.alive = 0;
    for (long i = 0; i < std::min(soak.at_once, total); ++i) start_client(soak);
    event_base_dispatch(soak.base);
    // What was freed goes in the loop, and the server hears of the last resets.
    const timeval moment{0, 200000};
    event_base_loopexit(soak.base, &moment);
    event_base_dispatch(soak.base);
    return soak.failed == 0;
}

long number_of(const char* text, long usual) {
    if (text == nullptr) return usual;
    const std::string_view digits(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), usual);
    return usual;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    alarm(kSeconds);
    const rlimit limit{kDescriptors, kDescriptors};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return std::perror("setrlimit"), 1;
    const std::unique_ptr<event_base, Free> base(event_base_new());
    Soak soak;
    soak.base = base.get();
    soak.at_once = number_of(argc > 1 ? argv[1] : nullptr, soak.at_once);
    const long total = number_of(argc > 2 ? argv[2] : nullptr, soak.total);
    soak.address.sin_family = AF_INET;
    soak.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::unique_ptr<evconnlistener, Free> listener(
        evconnlistener_new_bind(base.get(), on_accept, nullptr, LEV_OPT_CLOSE_ON_FREE, 4096,
                                reinterpret_cast<sockaddr*>(&soak.address), sizeof soak.address));
    if (!listener) return std::perror("listen"), 1;
    socklen_t size = sizeof soak.address;
    getsockname(evconnlistener_get_fd(listener.get()), reinterpret_cast<sockaddr*>(&soak.address),
                &size);

    // Once to grow what stays grown: maps, queues, the base's arrays.
    bool good = run(soak, soak.at_once);
    const int fds = open_fds();
    const std::size_t memory = mallinfo2().uordblks;
    good = run(soak, total) && good;
    const int fds_after = open_fds();
    const std::size_t memory_after = mallinfo2().uordblks;
    std::printf(
        "%ld connections, %ld at once, %ld failed; descriptors %d then %d; memory %zu then %zu\n",
        soak.done, soak.most_alive, soak.failed, fds, fds_after, memory, memory_after);
    good = good && fds_after == fds && soak.most_alive == soak.at_once &&
           memory_after <= memory + memory / 100;
    return good ? 0 : 1;
}
