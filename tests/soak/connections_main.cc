// `make soak`: many connections at once, and very many one after the other, all echoed byte for
// byte; in the end no descriptor is left and memory is back to where it was.
//
//   soak-connections [AT-ONCE [IN-TOTAL]]     usually 9000 and 240000
//
// Server and clients are bufferevents of one loop, on the loopback. A client sends a text of its
// own in two pieces, checks the echo, and closes with a reset, so that no port waits. Clients begin
// at the end of a turn, when what was freed is closed, and never more than the kernel's accept
// queue holds: a connection that fails was lost by us. Bounded by an alarm.
//
// What stays grown (maps, queues, arrays) has grown after a first run of the same size. Three
// things are compared after the third run with the most after the first two, and none may be 1 %
// more: what the library has asked for and not given back (to the byte, by
// event_set_mem_functions), what the C library has lent out, and the process's own resident pages
// after what can be given back was.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/watch.h>
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
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr unsigned kSeconds = 600;
constexpr rlim_t kDescriptors = 20000;
constexpr int kBacklog = 4096;
constexpr long kMostQueued = 1000;  ///< begun and not accepted yet: far below the backlog
constexpr long kSpare = 500;        ///< descriptors of connections whose end is on its way
constexpr timeval kIdle{60, 0};     ///< a reset that the kernel drops is noticed so

/// What the library has allocated and not freed.
std::size_t bytes_in_use = 0;

void* counted_malloc(std::size_t size) {
    void* memory = std::malloc(size);
    bytes_in_use += malloc_usable_size(memory);
    return memory;
}
void* counted_realloc(void* memory, std::size_t size) {
    const std::size_t before = malloc_usable_size(memory);
    void* moved = std::realloc(memory, size);
    if (moved != nullptr) bytes_in_use += malloc_usable_size(moved) - before;
    return moved;
}
void counted_free(void* memory) {
    bytes_in_use -= malloc_usable_size(memory);
    std::free(memory);
}

struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(evconnlistener* listener) const { evconnlistener_free(listener); }
    void operator()(evwatch* watcher) const { evwatch_free(watcher); }
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
    long failed = 0;
    long accepted = 0;
    long served = 0;                 ///< connections that the server has
    long most_served = 0;            ///< the most that it had at once
    long idle_ends = 0;              ///< those whose end the kernel didn't tell
    long rests = 0;                  ///< how often the listener could not accept
    bool full = false;               ///< the server had all of them at once
    std::vector<Client*> waiting{};  ///< until then they hold back the second half

    long alive() const { return started - done; }
    /// Both sides have closed everything.
    void end_if_done() const {
        if (done == total && served == 0) event_base_loopbreak(base);
    }
    bool may_start() const {
        return started < total && alive() < at_once && started - accepted < kMostQueued &&
               alive() + served < 2 * at_once + kSpare;
    }
};

struct Client {
    Soak& soak;
    bufferevent* bev;
    std::string text;
    bool second_sent = false;
};

std::string text_of(long number) {
    std::string text;
    for (long i = 0; i < 20 + number % 200; ++i)
        text += static_cast<char>('!' + (number * 7 + i * 13) % 90);
    return text;
}

void finish(Client* raw, bool good) {
    const std::unique_ptr<Client> client(raw);  // until now its callbacks had it
    Soak& soak = client->soak;
    const linger reset{1, 0};
    setsockopt(bufferevent_getfd(client->bev), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    bufferevent_free(client->bev);
    ++soak.done;
    if (!good) ++soak.failed;
    soak.end_if_done();
}

void send_second_half(Client* client) {
    const std::size_t half = client->text.size() / 2;
    bufferevent_write(client->bev, client->text.data() + half, client->text.size() - half);
}

/// When the server has as many as there should be at once, those who waited go on.
void one_more_is_accepted(Soak& soak) {
    if (++soak.accepted < soak.at_once || soak.full) return;
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
    if ((what & BEV_EVENT_CONNECTED) != 0) return;
    finish(client, false);
}

void start_client(Soak& soak) {
    bufferevent* bev = bufferevent_socket_new(soak.base, -1, BEV_OPT_CLOSE_ON_FREE);
    auto client = std::make_unique<Client>(Client{soak, bev, text_of(soak.started++)});
    bufferevent_setcb(bev, on_echo, nullptr, on_client_event, client.get());
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, client->text.data(), client->text.size() / 2);
    const int begun = bufferevent_socket_connect(
        bev, reinterpret_cast<const sockaddr*>(&soak.address), sizeof soak.address);
    static_cast<void>(client.release());  // its callbacks have it now
    if (begun < 0) bufferevent_trigger_event(bev, BEV_EVENT_ERROR, BEV_TRIG_DEFER_CALLBACKS);
}

/// The end of a turn: as many new clients as there is room for.
void before_waiting(evwatch*, const evwatch_prepare_cb_info*, void* arg) noexcept {
    auto& soak = *static_cast<Soak*>(arg);
    while (soak.may_start()) start_client(soak);
}

void on_server_read(bufferevent* bev, void*) noexcept {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}
void on_server_event(bufferevent* bev, short what, void* arg) noexcept {
    auto& soak = *static_cast<Soak*>(arg);
    bufferevent_free(bev);
    --soak.served;
    if ((what & BEV_EVENT_TIMEOUT) != 0) ++soak.idle_ends;
    soak.end_if_done();
}
void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void* arg) noexcept {
    auto& soak = *static_cast<Soak*>(arg);
    bufferevent* bev =
        bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_server_read, nullptr, on_server_event, &soak);
    bufferevent_set_timeouts(bev, &kIdle, nullptr);
    bufferevent_enable(bev, EV_READ);
    soak.most_served = std::max(soak.most_served, ++soak.served);
    one_more_is_accepted(soak);
}
void on_accept_error(evconnlistener*, void* soak) noexcept {
    ++static_cast<Soak*>(soak)->rests;
}

int open_fds() {
    int n = 0;
    for (int fd = 0; fd < static_cast<int>(kDescriptors); ++fd)
        n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

/// The process's own resident pages in KiB: not those of files, which come as code is run.
long own_resident_kib() {
    const std::unique_ptr<FILE, int (*)(FILE*)> status(std::fopen("/proc/self/status", "r"),
                                                       std::fclose);
    long kib = 0;
    char line[128];
    while (status && std::fgets(line, sizeof line, status.get()) != nullptr) {
        const std::string_view text(line);
        if (!text.starts_with("RssAnon:")) continue;
        const std::size_t digit = text.find_first_of("0123456789");
        std::from_chars(line + std::min(digit, text.size()), line + text.size(), kib);
    }
    return kib;
}

/// What is in use when no client is there.
struct InUse {
    int descriptors;
    std::size_t library;  ///< bytes that the library has allocated
    std::size_t lent;     ///< bytes that malloc has lent out
    long resident;        ///< KiB
};

InUse in_use() {
    malloc_trim(0);
    const struct mallinfo2 info = mallinfo2();
    return {open_fds(), bytes_in_use, info.uordblks + info.hblkhd, own_resident_kib()};
}

InUse higher(const InUse& a, const InUse& b) {
    return {std::max(a.descriptors, b.descriptors), std::max(a.library, b.library),
            std::max(a.lent, b.lent), std::max(a.resident, b.resident)};
}

/// At most 1 % more than before.
template <class Number>
bool is_back(Number before, Number now) {
    return now <= before + before / 100;
}

/// Runs `total` clients to their end.
void run(Soak& soak, long total) {
    soak.total = total;
    soak.started = soak.done = soak.accepted = 0;
    soak.full = false;
    event_base_loop(soak.base, EVLOOP_NO_EXIT_ON_EMPTY);
    event_base_loop(soak.base, EVLOOP_NONBLOCK);  // what was freed last goes in the loop
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
    event_set_mem_functions(counted_malloc, counted_realloc, counted_free);
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
        evconnlistener_new_bind(base.get(), on_accept, &soak, LEV_OPT_CLOSE_ON_FREE, kBacklog,
                                reinterpret_cast<sockaddr*>(&soak.address), sizeof soak.address));
    if (!listener) return std::perror("listen"), 1;
    evconnlistener_set_error_cb(listener.get(), on_accept_error);
    const std::unique_ptr<evwatch, Free> watcher(
        evwatch_prepare_new(base.get(), before_waiting, &soak));
    socklen_t size = sizeof soak.address;
    getsockname(evconnlistener_get_fd(listener.get()), reinterpret_cast<sockaddr*>(&soak.address),
                &size);

    // What malloc can't give back differs by some pages from run to run; a leak grows in each. So
    // the last run is held against the higher of two before it.
    run(soak, total);
    const InUse first = in_use();
    run(soak, total);
    const InUse before = higher(first, in_use());
    run(soak, total);
    const InUse now = in_use();
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf(
        "%ld connections, %ld at once, %ld failed, %ld rests of the listener, %ld ends by timeout\n"
        "at most after two runs of the same size, and now: descriptors %d, %d; the library's bytes "
        "%zu, %zu; "
        "malloc's bytes %zu, %zu; KiB of its own resident %ld, %ld (%ld in all at the peak)\n",
        soak.done, soak.most_served, soak.failed, soak.rests, soak.idle_ends, before.descriptors,
        now.descriptors, before.library, now.library, before.lent, now.lent, before.resident,
        now.resident, used.ru_maxrss);
    const bool good = soak.failed == 0 && soak.most_served >= soak.at_once &&
                      now.descriptors == before.descriptors &&
                      is_back(before.library, now.library) && is_back(before.lent, now.lent) &&
                      is_back(before.resident, now.resident);
    return good ? 0 : 1;
}
