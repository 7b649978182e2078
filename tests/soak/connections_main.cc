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
#include <vector>

namespace {

constexpr unsigned kSeconds = 600;
constexpr rlim_t kDescriptors = 20000;
constexpr long kAtFirst = 500;

struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(evconnlistener* listener) const { evconnlistener_free(listener); }
};

struct Client;

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
    long connected = 0;
    long served = 0;                 ///< connections that the server has
    bool full = false;               ///< all were connected at once
    std::vector<Client*> waiting{};  ///< until then they hold back the second half
};

struct Client {
    Soak& soak;
    bufferevent* bev;
    std::string text;
    bool second_sent = false;
};

bool start_client(Soak& soak);

std::string text_of(long number) {
    std::string text;
    for (long i = 0; i < 20 + number % 200; ++i)
        text += static_cast<char>('!' + (number * 7 + i * 13) % 90);
    return text;
}

/// The client is gone; another one takes its place, and one of those that could not be begun.
void finish(Client* raw, bool good) {
    const std::unique_ptr<Client> client(raw);  // until now its callbacks had it
    Soak& soak = client->soak;
    const linger reset{1, 0};
    setsockopt(bufferevent_getfd(client->bev), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    bufferevent_free(client->bev);
    --soak.alive;
    ++soak.done;
    if (!good) ++soak.failed;
    for (int i = 0; i < 2 && soak.alive < soak.at_once && soak.started < soak.total; ++i) {
        if (!start_client(soak)) break;
    }
    if (soak.done == soak.total || soak.alive == 0) event_base_loopbreak(soak.base);
}

void send_second_half(Client* client) {
    const std::size_t half = client->text.size() / 2;
    bufferevent_write(client->bev, client->text.data() + half, client->text.size() - half);
}

/// Connections are begun one for each that is there, so that the kernel's queue never overflows;
/// when all are there, those who waited go on.
void one_more_is_connected(Soak& soak) {
    ++soak.connected;
    if (soak.full) return;
    if (soak.alive < soak.at_once && soak.started < soak.total)
        static_cast<void>(start_client(soak));
    if (soak.connected < soak.at_once) return;
    soak.full = true;
    for (Client* client : soak.waiting) send_second_half(client);
    soak.waiting.clear();
}

void on_echo(bufferevent* bev, void* arg) noexcept {
    auto* client = static_cast<Client*>(arg);
    evbuffer* input = bufferevent_get_input(bev);
    const std::size_t half = client->text.size() / 2;
    if (!client->second_sent && evbuffer_get_length(input) == half) {
        client->second_sent = true;
        if (client->soak.full) return send_second_half(client);
        client->soak.waiting.push_back(client);
        return;
    }
    if (evbuffer_get_length(input) < client->text.size()) return;
    const auto* bytes = reinterpret_cast<const char*>(evbuffer_pullup(input, -1));
    finish(client, std::string_view(bytes, evbuffer_get_length(input)) == client->text);
}

void on_client_event(bufferevent*, short what, void* arg) noexcept {
    auto* client = static_cast<Client*>(arg);
    if ((what & BEV_EVENT_CONNECTED) != 0) return one_more_is_connected(client->soak);
    finish(client, false);
}

/// False if there should be no more now: the server has yet to close some, and would run out of
/// descriptors.
bool start_client(Soak& soak) {
    if (soak.alive + soak.served >= 2 * soak.at_once + kAtFirst) return false;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bufferevent* bev = bufferevent_socket_new(soak.base, fd, BEV_OPT_CLOSE_ON_FREE);
    auto client = std::make_unique<Client>(Client{soak, bev, text_of(soak.started++)});
    soak.most_alive = std::max(soak.most_alive, ++soak.alive);
    bufferevent_setcb(bev, on_echo, nullptr, on_client_event, client.get());
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, client->text.data(), client->text.size() / 2);
    const int begun = bufferevent_socket_connect(
        bev, reinterpret_cast<const sockaddr*>(&soak.address), sizeof soak.address);
    static_cast<void>(client.release());  // its callbacks have it now
    if (begun < 0) bufferevent_trigger_event(bev, BEV_EVENT_ERROR, BEV_TRIG_DEFER_CALLBACKS);
    return true;
}

void on_server_read(bufferevent* bev, void*) noexcept {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}
void on_server_event(bufferevent* bev, short, void* arg) noexcept {
    auto& soak = *static_cast<Soak*>(arg);
    bufferevent_free(bev);
    --soak.served;
    if (soak.full && soak.alive < soak.at_once && soak.started < soak.total)
        static_cast<void>(start_client(soak));
}
void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void* soak) noexcept {
    bufferevent* bev =
        bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_server_read, nullptr, on_server_event, soak);
    bufferevent_enable(bev, EV_READ);
    ++static_cast<Soak*>(soak)->served;
}

int open_fds() {
    int n = 0;
    for (int fd = 0; fd < static_cast<int>(kDescriptors); ++fd)
        n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

/// Resident memory in KiB, after what can be given back was.
long resident_kib() {
    malloc_trim(0);
    long pages[2]{};
    const std::unique_ptr<FILE, int (*)(FILE*)> statm(std::fopen("/proc/self/statm", "r"),
                                                      std::fclose);
    if (!statm || std::fscanf(statm.get(), "%ld %ld", &pages[0], &pages[1]) != 2) return 0;
    return pages[1] * (sysconf(_SC_PAGESIZE) / 1024);
}

/// Runs `total` clients to their end; false if one failed.
bool run(Soak& soak, long total) {
    soak.total = total;
    soak.started = soak.done = soak.alive = soak.connected = 0;
    soak.full = false;
    while (soak.done < total) {
        const long room = std::min({kAtFirst, soak.at_once, total - soak.started});
        for (long i = 0; i < room; ++i) static_cast<void>(start_client(soak));
        event_base_dispatch(soak.base);
    }
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
        evconnlistener_new_bind(base.get(), on_accept, &soak, LEV_OPT_CLOSE_ON_FREE, 4096,
                                reinterpret_cast<sockaddr*>(&soak.address), sizeof soak.address));
    if (!listener) return std::perror("listen"), 1;
    socklen_t size = sizeof soak.address;
    getsockname(evconnlistener_get_fd(listener.get()), reinterpret_cast<sockaddr*>(&soak.address),
                &size);

    // Once to grow what stays grown: maps, queues, arrays of the base and of the C library.
    bool good = run(soak, 5 * soak.at_once);
    const int fds = open_fds();
    const long memory = resident_kib();
    good = run(soak, total) && good;
    const int fds_after = open_fds();
    const long memory_after = resident_kib();
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const long peak = used.ru_maxrss;
    std::printf(
        "%ld connections, %ld at once, %ld failed; descriptors %d then %d; KiB resident %ld then "
        "%ld, %ld at most\n",
        soak.done, soak.most_alive, soak.failed, fds, fds_after, memory, memory_after, peak);
    good = good && fds_after == fds && soak.most_alive == soak.at_once &&
           memory_after - memory <= peak / 100;
    return good ? 0 : 1;
}
