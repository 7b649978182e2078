// Scenarios with clients that come, go and dawdle. `short`: each client connects, says a byte, gets
// one back and is gone. `slow`: each reader takes a page from time to time, and the server waits
// for room. Sockets are of the local kind: no ports are used up, and none waits in TIME_WAIT.
// Read next: main.cc.
#include <sys/un.h>

#include "lessons/lab/calls.h"
#include "lessons/lab/descriptor.h"
#include "lessons/lab/scenario.h"

namespace lab {
namespace {

class ShortLived final : public Scenario {
 public:
    ShortLived(Mechanism& mechanism, int clients)
        : Scenario(mechanism), clients_(static_cast<std::size_t>(clients)) {}

    std::string set_up() override {
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        // A name of the kernel's choice, in no directory.
        sockaddr_un any{};
        any.sun_family = AF_UNIX;
        const auto* address = reinterpret_cast<const sockaddr*>(&any);
        if (::bind(listener_.get(), address, sizeof any.sun_family) != 0) give_up("bind");
        if (::listen(listener_.get(), SOMAXCONN) != 0) give_up("listen");
        if (!mechanism_.add(listener_.get(), kRead)) return mechanism_.refusal();
        // If the mechanism can't watch a client's number, better now than in the middle.
        const Descriptor probe(::fcntl(listener_.get(), F_DUPFD_CLOEXEC,
                                       listener_.get() + 2 * static_cast<int>(clients_.size())));
        if (!mechanism_.add(probe.get(), kRead)) return mechanism_.refusal();
        mechanism_.remove(probe.get());
        return {};
    }

    void run(long events) override {
        for (const long end = events_ + events; events_ < end;) {
            const long served = events_ + static_cast<long>(clients_.size());
            for (Descriptor& client : clients_) come(client);
            while (events_ < served) turn(true);
            for (Descriptor& client : clients_) client.reset();
        }
    }

    void on_ready(int fd, int) override {
        if (fd == listener_.get()) return accept_all();
        char byte = 0;
        if (told::read(fd, &byte, 1) < 0) return;  // readiness of one that had this number before
        if (told::write(fd, &byte, 1) != 1) give_up("write");
        // Out of the loop first: a descriptor must not be closed while somebody watches it.
        mechanism_.remove(fd);
        told::close(fd);
        ++events_;
    }

 private:
    /// Level-triggered, one accept in a turn would do; edge-triggered, nobody may be left.
    void accept_all() {
        for (;;) {
            const int fd = told::accept4(listener_.get(), SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) break;
            if (!mechanism_.add(fd, kRead)) give_up("a client could not be watched");
        }
        if (errno != EAGAIN) give_up("accept4");
    }
    void come(Descriptor& client) {
        sockaddr_un address{};
        socklen_t size = sizeof address;
        auto* to = reinterpret_cast<sockaddr*>(&address);
        ::getsockname(listener_.get(), to, &size);
        client.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(client.get(), to, size) != 0) give_up("connect");
        if (::write(client.get(), "x", 1) != 1) give_up("write");
    }

    Descriptor listener_;
    std::vector<Descriptor> clients_;
};

class SlowReaders final : public Scenario {
 public:
    SlowReaders(Mechanism& mechanism, int readers)
        : Scenario(mechanism), readers_(static_cast<std::size_t>(readers)) {}

    std::string set_up() override {
        for (Pipe& reader : readers_) {
            reader.read.move_up(static_cast<int>(readers_.size()) + kRoom);
            if (::fcntl(reader.write.get(), F_SETPIPE_SZ, kPages * kPage) < 0)
                give_up("fcntl(F_SETPIPE_SZ)");
            if (!mechanism_.add(reader.write.get(), kWrite)) return mechanism_.refusal();
        }
        return {};
    }

    void run(long events) override {
        for (const long end = events_ + events; events_ < end;) {
            turn(false);
            char page[kPage];
            for (const Pipe& reader : readers_)
                if (::read(reader.read.get(), page, sizeof page) < 0 && errno != EAGAIN)
                    give_up("read");
        }
    }

    /// There is always something to say: until the pipe is full, or once where it tells again.
    void on_ready(int fd, int) override {
        static constexpr char kPageOfBytes[kPage] = {};
        ++events_;
        while (told::write(fd, kPageOfBytes, sizeof kPageOfBytes) > 0 && mechanism_.edge()) {
        }
    }

 private:
    static constexpr int kPage = 4096, kPages = 4, kRoom = 32;
    std::vector<Pipe> readers_;
};

}  // namespace

std::unique_ptr<Scenario> make_short(Mechanism& mechanism, const ScenarioInfo&, Size size) {
    return std::make_unique<ShortLived>(mechanism, size.n);
}
std::unique_ptr<Scenario> make_slow(Mechanism& mechanism, const ScenarioInfo&, Size size) {
    return std::make_unique<SlowReaders>(mechanism, size.n);
}

}  // namespace lab
