// The server of the story is the whole of what seed programs of select, poll and epoll try to be:
// non-blocking, every client answered, none leaked, and no message is taken for a string.
#include "lessons/lab/steps.h"

#include <event2/evglass.h>
#include <sys/un.h>

#include <algorithm>
#include <map>

#include "lessons/lab/calls.h"
#include "lessons/lab/descriptor.h"

namespace lab {
namespace {

constexpr std::size_t kAtOnce = 100;  ///< bytes that the server reads in one call

class EchoServer final : public Handler {
 public:
    explicit EchoServer(Mechanism& mechanism) : mechanism_(mechanism) {}

    std::string start() {
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        sockaddr_un any{};
        any.sun_family = AF_UNIX;  // the kernel chooses a name
        const auto* address = reinterpret_cast<const sockaddr*>(&any);
        if (::bind(listener_.get(), address, sizeof any.sun_family) != 0) give_up("bind");
        if (::listen(listener_.get(), SOMAXCONN) != 0) give_up("listen");
        name(listener_.get(), "listener");
        return mechanism_.add(listener_.get(), kRead) ? "" : mechanism_.refusal();
    }
    /// Until nothing is ready: the last look finds that out.
    void serve() {
        while (mechanism_.turn(*this, false) > 0) {
        }
    }
    int listener() const { return listener_.get(); }

    void on_ready(int fd, int) override {
        if (fd == listener_.get())
            accept_all();
        else
            echo(fd);
    }

 private:
    static void name(int fd, const std::string& name) {
        evglass_mark(("name " + std::to_string(fd) + " " + name).c_str());
    }
    void accept_all() {
        for (;;) {
            const int fd = told::accept4(listener_.get(), SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            name(fd, "client " + std::to_string(++accepted_));
            if (!mechanism_.add(fd, kRead)) told::close(fd);
        }
    }
    void echo(int fd) {
        char bytes[kAtOnce];
        for (;;) {
            const ssize_t got = told::read(fd, bytes, sizeof bytes);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (got <= 0) return drop(fd);  // its last words were read before: nothing is lost
            // Two small answers always fit; a real server keeps what does not (see `slow`).
            if (told::write(fd, bytes, static_cast<std::size_t>(got)) != got) return drop(fd);
            // An edge tells once for all that came before: a short read says that no byte is left,
            // but not whether the client left behind its last one. Only EAGAIN or 0 end this.
            if (!mechanism_.edge()) return;
        }
    }
    void drop(int fd) {
        mechanism_.remove(fd);
        told::close(fd);
    }

    Mechanism& mechanism_;
    Descriptor listener_;
    int accepted_ = 0;
};

/// The clients' side: its calls are not told.
class Clients {
 public:
    explicit Clients(int listener) : listener_(listener) {}
    void connect(int i) {
        sockaddr_un address{};
        socklen_t size = sizeof address;
        auto* to = reinterpret_cast<sockaddr*>(&address);
        ::getsockname(listener_, to, &size);
        clients_[i].reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(clients_[i].get(), to, size) != 0) give_up("connect");
    }
    void say(int i, std::size_t bytes) {
        const std::string text(bytes, 'x');
        if (::write(clients_[i].get(), text.data(), bytes) != static_cast<ssize_t>(bytes))
            give_up("write");
    }
    void leave(int i) { ::shutdown(clients_[i].get(), SHUT_WR); }

 private:
    int listener_;
    std::map<int, Descriptor> clients_;
};

}  // namespace

std::string run_steps(Mechanism& mechanism) {
    evglass_mark("step the server begins to listen");
    EchoServer server(mechanism);
    if (std::string problem = server.start(); !problem.empty()) return problem;
    server.serve();
    Clients clients(server.listener());
    const auto step = [&](const char* what, auto action) {
        action();
        evglass_mark((std::string("step ") + what).c_str());
        server.serve();
    };
    step("client 1 connects", [&] { clients.connect(1); });
    step("client 2 connects", [&] { clients.connect(2); });
    step("client 1 says 3 bytes", [&] { clients.say(1, 3); });
    step("both speak at once", [&] {
        clients.say(1, 3);
        clients.say(2, 3);
    });
    step("client 2 says 250 bytes: more than one read takes", [&] { clients.say(2, 250); });
    step("client 1 says 3 bytes and leaves", [&] {
        clients.say(1, 3);
        clients.leave(1);
    });
    step("client 2 leaves", [&] { clients.leave(2); });
    evglass_mark("step end");
    return {};
}

}  // namespace lab
