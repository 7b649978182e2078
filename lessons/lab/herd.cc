// The thundering herd: several threads, each with an epoll set of its own, wait for one listener. A
// connection comes: with plain interest all of them are woken and one gets it; with EPOLLEXCLUSIVE
// the kernel wakes one or a few. Who finds nothing left falls asleep again inside epoll_wait: the
// program never sees it, but the kernel counts how often a thread went to sleep.
// Bounded: so many threads, so many connections, and all end.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "lessons/lab/calls.h"
#include "lessons/lab/descriptor.h"
#include "lessons/lab/limits.h"

namespace lab {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 8, kConnections = 20;

class Herd {
 public:
    explicit Herd(std::uint32_t interest) : interest_(interest) {
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        sockaddr_un any{};
        any.sun_family = AF_UNIX;
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any),
                   sizeof any.sun_family) != 0 ||
            ::listen(listener_.get(), SOMAXCONN) != 0)
            give_up("listen");
        stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    }

    struct Woken {
        long in_kernel = 0;   ///< a sleep ended
        long in_program = 0;  ///< and epoll_wait returned
    };
    Woken run() {
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) threads.emplace_back([this] { wait_and_accept(); });
        for (int i = 0; i < kConnections; ++i) {
            std::this_thread::sleep_for(kPause);  // so that they sleep again
            connect();
        }
        std::this_thread::sleep_for(kPause);
        const std::uint64_t one = 1;
        if (::write(stop_.get(), &one, sizeof one) != sizeof one) give_up("write");
        for (std::thread& thread : threads) thread.join();
        return {slept_ - kThreads, woken_};
    }

 private:
    static constexpr auto kPause = 2ms;

    void wait_and_accept() {
        const Descriptor set(::epoll_create1(EPOLL_CLOEXEC));
        watch(set.get(), listener_.get(), EPOLLIN | interest_);
        watch(set.get(), stop_.get(), EPOLLIN);
        for (;;) {
            epoll_event event{};
            if (::epoll_wait(set.get(), &event, 1, -1) != 1) continue;
            if (event.data.fd == stop_.get()) break;
            ++woken_;
            const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd >= 0) ::close(fd);
        }
        rusage usage{};
        getrusage(RUSAGE_THREAD, &usage);
        slept_ += usage.ru_nvcsw;
    }
    static void watch(int set, int fd, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = fd;
        if (::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) give_up("epoll_ctl");
    }
    void connect() const {
        sockaddr_un address{};
        socklen_t size = sizeof address;
        auto* to = reinterpret_cast<sockaddr*>(&address);
        ::getsockname(listener_.get(), to, &size);
        const Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(client.get(), to, size) != 0) give_up("connect");
    }

    std::uint32_t interest_;
    Descriptor listener_, stop_;
    std::atomic<long> woken_{0}, slept_{0};
};

std::string sentence(const char* how, Herd::Woken woken) {
    return std::string(how) + ": " + std::to_string(kConnections) + " connections, " +
           std::to_string(kThreads) + " threads that wait: the kernel woke threads " +
           times(woken.in_kernel) + ", epoll_wait returned " + times(woken.in_program);
}

}  // namespace

std::vector<std::string> show_herd() {
    return {sentence("plain interest", Herd(0).run()),
            sentence("EPOLLEXCLUSIVE", Herd(EPOLLEXCLUSIVE).run())};
}

}  // namespace lab
