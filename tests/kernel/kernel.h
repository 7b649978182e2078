// What the tests of the kernel's own behaviour share: descriptors that close themselves, pairs,
// memory that ends at a forbidden page, the shortest of many waits, and what the kernel says that
// an epoll set watches. Nothing here is evglass. Read next: waits_test.cc.
#pragma once

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace evglass::kernel {

/// A descriptor of one's own.
class Fd {
 public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd() {
        if (fd_ >= 0) close(fd_);
    }
    operator int() const { return fd_; }
    void reset() { *this = Fd(); }

 private:
    int fd_;
};

/// Two connected stream sockets, both non-blocking.
struct Pair {
    Fd near, far;
    Pair() {
        int fds[2] = {-1, -1};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0) {
            near = Fd(fds[0]);
            far = Fd(fds[1]);
        }
    }
    bool send(std::string_view bytes) const {
        return write(far, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    }
};

/// A page with a forbidden one behind it: what lies at its end can't be read past.
class Page {
 public:
    Page()
        : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          page_(static_cast<std::byte*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        mprotect(page_ + size_, size_, PROT_NONE);
    }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
    ~Page() { munmap(page_, 2 * size_); }

    /// The last so many bytes before the forbidden page.
    template <typename T>
    T* last(std::size_t bytes) const {
        return reinterpret_cast<T*>(page_ + size_ - bytes);
    }
    void forbid() { mprotect(page_, size_, PROT_NONE); }

 private:
    std::size_t size_;
    std::byte* page_;
};

inline int watch(int epoll, int op, int fd, unsigned events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(epoll, op, fd, &event);
}

/// The shortest of many runs: what the call costs when nobody disturbs it.
template <typename Call>
std::chrono::nanoseconds shortest(Call call) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 300; ++i) {
        const auto began = std::chrono::steady_clock::now();
        call();
        best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - began);
    }
    return best;
}

/// The events that an epoll set of this process watches a descriptor for, or 0.
inline unsigned long watched_for(int fd) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
        std::ifstream info(entry.path());
        for (std::string word; info >> word;) {
            if (word != "tfd:") continue;
            int watched = -1;
            std::string label, events;
            info >> watched >> label >> events;
            if (watched == fd) return std::stoul(events, nullptr, 16);
        }
    }
    return 0;
}

}  // namespace evglass::kernel
