// An echo server on plain events: what comes in goes out again.
// It shows the whole of a reactor program in one file: a listener, one read event for each client
// with an idle timeout, a write event that is pending only while there is something to write, a
// timer, and a SIGINT that ends the loop after a delay. No bufferevent yet: that is a later lesson.
// Read next: echo-clients.cc (who talks to it), lessons/11-one-turn (the same loop, step by step).
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace {

// ---- what the user may choose
// ------------------------------------------------------------------------

struct Options {
    int port = 0;           ///< 0: the kernel chooses one
    int idle_seconds = 10;  ///< a silent client is cut after that long
    int delay_seconds = 2;  ///< between SIGINT and the end
    bool stats = false;     ///< a line every second
    std::string backend;    ///< empty: the library's first choice
};

constexpr const char* kUsage =
    "usage: echo-server [--port N] [--idle SECONDS] [--delay SECONDS] [--backend NAME] [--stats]\n"
    "Echoes what TCP clients on 127.0.0.1 send. Port 0 (the default): the kernel chooses one, and\n"
    "the first line of output says which. SIGINT ends it after the delay; a second one at once.\n";

[[noreturn]] void refuse(const std::string& what) {
    std::fprintf(stderr, "echo-server: %s; see --help\n", what.c_str());
    std::exit(2);
}

int number(std::string_view option, const char* text, int least, int most) {
    int value = 0;
    const char* end = text != nullptr ? text + std::strlen(text) : nullptr;
    const auto [stopped, problem] = std::from_chars(text, end, value);
    if (text == nullptr || problem != std::errc() || stopped != end || value < least ||
        value > most)
        refuse(std::string(option) + " needs a number from " + std::to_string(least) + " to " +
               std::to_string(most));
    return value;
}

Options parse_options(char** argv) {
    Options options;
    for (++argv; *argv != nullptr; ++argv) {
        const std::string_view option = *argv;
        if (option == "--port")
            options.port = number(option, *++argv, 0, 65535);
        else if (option == "--idle")
            options.idle_seconds = number(option, *++argv, 1, 86400);
        else if (option == "--delay")
            options.delay_seconds = number(option, *++argv, 0, 3600);
        else if (option == "--backend" && argv[1] != nullptr)
            options.backend = *++argv;
        else if (option == "--stats")
            options.stats = true;
        else if (option == "--help")
            std::exit(std::fputs(kUsage, stdout) < 0 ? 1 : 0);
        else
            refuse("'" + std::string(option) + "' is not an option, or its value is missing");
    }
    return options;
}

// ---- owners: what the C API hands out is given back by itself
// ---------------------------------------------

struct Free {
    void operator()(event* e) const { event_free(e); }
    void operator()(event_base* b) const { event_base_free(b); }
    void operator()(event_config* c) const { event_config_free(c); }
    void operator()(evconnlistener* l) const { evconnlistener_free(l); }
};
using EventPtr = std::unique_ptr<event, Free>;
using BasePtr = std::unique_ptr<event_base, Free>;
using ListenerPtr = std::unique_ptr<evconnlistener, Free>;

// ---- the server
// ---------------------------------------------------------------------------------------------

class Server;

/// One connection. Its read event is pending unless too much waits to be written; its write event
/// is pending only while something does.
struct Client {
    Server& server;
    evutil_socket_t fd;
    std::string waiting;  ///< read and not yet written
    EventPtr on_readable, on_writable;

    Client(Server& s, evutil_socket_t f) : server(s), fd(f) {}
    ~Client() {
        // The events first: an fd must not be closed while somebody watches it.
        on_readable.reset();
        on_writable.reset();
        evutil_closesocket(fd);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
};

class Server {
 public:
    Server(event_base* base, const Options& options) : base_(base), options_(options) {}

    void start();
    void report() const;

 private:
    // The library calls these: `arg` is the server or the client. No exception may leave them.
    static void on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) noexcept;
    static void on_readable(evutil_socket_t, short what, void* arg) noexcept;
    static void on_writable(evutil_socket_t, short what, void* arg) noexcept;
    static void on_interrupt(evutil_socket_t, short, void* arg) noexcept;
    static void on_second(evutil_socket_t, short, void* arg) noexcept;

    void accept(evutil_socket_t fd);
    void read_from(Client& client);
    void write_to(Client& client);
    void watch(Client& client);
    void interrupt();
    void drop(Client& client) { clients_.erase(client.fd); }
    timeval idle() const { return {options_.idle_seconds, 0}; }
    EventPtr make(evutil_socket_t fd, short what, event_callback_fn callback, void* arg,
                  const std::string& name);

    // While this much waits to be written, nothing more is read from that client.
    static constexpr std::size_t kMostWaiting = 64 * 1024;

    event_base* base_;
    Options options_;
    ListenerPtr listener_;
    EventPtr interrupt_, second_;
    std::map<evutil_socket_t, std::unique_ptr<Client>> clients_;
    unsigned long accepted_ = 0, cut_ = 0, echoed_ = 0;
    bool ending_ = false;
};

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "echo-server: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

EventPtr Server::make(evutil_socket_t fd, short what, event_callback_fn callback, void* arg,
                      const std::string& name) {
    EventPtr made(event_new(base_, fd, what, callback, arg));
    if (!made) give_up("event_new");
    evglass_name_event(made.get(), name.c_str());
    return made;
}

void Server::start() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    listener_.reset(evconnlistener_new_bind(
        base_, on_accept, this, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
        -1, reinterpret_cast<sockaddr*>(&address), sizeof address));
    if (!listener_) give_up("listen on 127.0.0.1");

    interrupt_ = make(SIGINT, EV_SIGNAL | EV_PERSIST, on_interrupt, this, "interrupt");
    event_add(interrupt_.get(), nullptr);
    if (options_.stats) {
        const timeval second{1, 0};
        second_ = make(-1, EV_PERSIST, on_second, this, "stats");
        event_add(second_.get(), &second);
    }

    socklen_t size = sizeof address;
    getsockname(evconnlistener_get_fd(listener_.get()), reinterpret_cast<sockaddr*>(&address),
                &size);
    std::printf("listening on 127.0.0.1:%d (%s, pid %d)\n", ntohs(address.sin_port),
                event_base_get_method(base_), static_cast<int>(getpid()));
    std::fflush(stdout);
}

void Server::on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) noexcept {
    static_cast<Server*>(arg)->accept(fd);
}

void Server::accept(evutil_socket_t fd) {
    auto client = std::make_unique<Client>(*this, fd);
    const std::string name = "client " + std::to_string(++accepted_);
    client->on_readable = make(fd, EV_READ | EV_PERSIST, on_readable, client.get(), name);
    client->on_writable = make(fd, EV_WRITE | EV_PERSIST, on_writable, client.get(), name + " out");
    watch(*client);
    clients_[fd] = std::move(client);
}

void Server::on_readable(evutil_socket_t, short what, void* arg) noexcept {
    auto& client = *static_cast<Client*>(arg);
    if ((what & EV_TIMEOUT) != 0) {  // silent for too long
        ++client.server.cut_;
        return client.server.drop(client);
    }
    client.server.read_from(client);
}

void Server::read_from(Client& client) {
    char bytes[4096];
    const ssize_t got = ::read(client.fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop(client);
    client.waiting.append(bytes, static_cast<std::size_t>(got));
    write_to(client);  // most of the time the socket has room, and no write event is needed
}

void Server::on_writable(evutil_socket_t, short what, void* arg) noexcept {
    auto& client = *static_cast<Client*>(arg);
    if ((what & EV_TIMEOUT) != 0) {  // it does not take what it asked for
        ++client.server.cut_;
        return client.server.drop(client);
    }
    client.server.write_to(client);
}

void Server::write_to(Client& client) {
    // MSG_NOSIGNAL: a client that is gone must give EPIPE, not SIGPIPE.
    const ssize_t sent =
        ::send(client.fd, client.waiting.data(), client.waiting.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return drop(client);
    if (sent > 0) {
        echoed_ += static_cast<unsigned long>(sent);
        client.waiting.erase(0, static_cast<std::size_t>(sent));
    }
    watch(client);
}

/// Makes each event of a client pending exactly while there is a reason for it. Each call is made
/// only on a change: an event_add on a pending event would restart its timeout.
void Server::watch(Client& client) {
    const timeval timeout = idle();
    const auto want = [&](event* e, short what, bool wanted) {
        const bool pending = event_pending(e, what, nullptr) != 0;
        if (wanted && !pending) event_add(e, &timeout);
        if (!wanted && pending) event_del(e);
    };
    want(client.on_writable.get(), EV_WRITE, !client.waiting.empty());
    want(client.on_readable.get(), EV_READ, client.waiting.size() < kMostWaiting);
}

void Server::on_interrupt(evutil_socket_t, short, void* arg) noexcept {
    static_cast<Server*>(arg)->interrupt();
}

void Server::interrupt() {
    if (ending_) {
        event_base_loopbreak(base_);
        return;
    }
    ending_ = true;
    std::printf("interrupted: ending in %d s, still serving %zu clients\n", options_.delay_seconds,
                clients_.size());
    std::fflush(stdout);
    const timeval delay{options_.delay_seconds, 0};
    event_base_loopexit(base_, &delay);
}

void Server::on_second(evutil_socket_t, short, void* arg) noexcept {
    static_cast<Server*>(arg)->report();
}

void Server::report() const {
    std::printf("%zu clients; %lu accepted, %lu cut for silence, %lu bytes echoed\n",
                clients_.size(), accepted_, cut_, echoed_);
    std::fflush(stdout);
}

// ---- the base
// -----------------------------------------------------------------------------------------------

/// A base on the backend that was asked for: all the others are avoided.
BasePtr make_base(const std::string& backend) {
    const std::unique_ptr<event_config, Free> config(event_config_new());
    if (!config) give_up("event_config_new");
    std::string known;
    bool found = backend.empty();
    for (const char** each = event_get_supported_methods(); *each != nullptr; ++each) {
        known += std::string(known.empty() ? "" : ", ") + *each;
        if (backend == *each)
            found = true;
        else if (!backend.empty())
            event_config_avoid_method(config.get(), *each);
    }
    if (!found) refuse("there is no backend '" + backend + "'; there are " + known);
    BasePtr base(event_base_new_with_config(config.get()));
    if (!base) give_up("event_base_new_with_config");
    return base;
}

}  // namespace

int main(int, char** argv) {
    const Options options = parse_options(argv);
    const BasePtr base = make_base(options.backend);
    int result = 0;
    {
        Server server(base.get(), options);  // its events go before the base
        server.start();
        result = event_base_dispatch(base.get());
        server.report();
    }
    return result < 0 ? 1 : 0;
}
