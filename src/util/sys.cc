// The kernel's table, and the probes of the system-call seam.
// Probes are found by the address of the caller's file name and its line in a table that only
// grows: no lock, no allocation, so that a signal handler may look one up.
#include "src/util/sys.h"

#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <cstring>

namespace sys {

const Table kernel{
    .epoll_create1 = ::epoll_create1,
    .epoll_ctl = ::epoll_ctl,
    .epoll_wait = ::epoll_wait,
    .epoll_pwait2 = [](int epfd, epoll_event* events, int n,
                       const timespec* t) { return ::epoll_pwait2(epfd, events, n, t, nullptr); },
    .io_uring_setup =
        [](unsigned entries, io_uring_params* params) {
            return static_cast<int>(::syscall(__NR_io_uring_setup, entries, params));
        },
    .io_uring_enter =
        [](int ring, unsigned to_submit, unsigned min_complete, unsigned flags,
           const timespec* timeout) {
            // The kernel's timespec has 64 bits on every machine.
            __kernel_timespec ts{};
            if (timeout != nullptr) ts = {timeout->tv_sec, timeout->tv_nsec};
            io_uring_getevents_arg arg{};
            arg.ts = timeout != nullptr ? reinterpret_cast<std::uintptr_t>(&ts) : 0;
            return static_cast<int>(::syscall(__NR_io_uring_enter, ring, to_submit, min_complete,
                                              flags | IORING_ENTER_EXT_ARG, &arg, sizeof arg));
        },
    .io_uring_register =
        [](int ring, unsigned operation, void* argument, unsigned count) {
            return static_cast<int>(
                ::syscall(__NR_io_uring_register, ring, operation, argument, count));
        },
    .poll = ::poll,
    .select =
        [](int nfds, void* r, void* w, void* e, timeval* timeout) {
            return ::select(nfds, static_cast<fd_set*>(r), static_cast<fd_set*>(w),
                            static_cast<fd_set*>(e), timeout);
        },
    .socket = ::socket,
    .bind = [](int fd, const sockaddr* addr, socklen_t n) { return ::bind(fd, addr, n); },
    .listen = ::listen,
    .accept4 = [](int fd, sockaddr* addr, socklen_t* n,
                  int flags) { return ::accept4(fd, addr, n, flags); },
    .connect = [](int fd, const sockaddr* addr, socklen_t n) { return ::connect(fd, addr, n); },
    .pipe2 = ::pipe2,
    .eventfd = ::eventfd,
    .socketpair = ::socketpair,
    .read = ::read,
    .write = ::write,
    .readv = ::readv,
    .writev = ::writev,
    .sendfile = ::sendfile,
    .fionread = [](int fd, int* available) { return ::ioctl(fd, FIONREAD, available); },
    .mmap = ::mmap,
    .munmap = ::munmap,
    .pread = ::pread,
    .fstat = ::fstat,
    .open = [](const char* path, int flags) { return ::open(path, flags); },
    .sendto = [](int fd, const void* data, size_t size, const sockaddr* to,
                 socklen_t n) { return ::sendto(fd, data, size, 0, to, n); },
    .recvfrom = [](int fd, void* data, size_t size, sockaddr* from,
                   socklen_t* n) { return ::recvfrom(fd, data, size, 0, from, n); },
    .close = ::close,
    .sigaction = ::sigaction,
    .setsockopt = ::setsockopt,
    .getsockopt = ::getsockopt,
    .fcntl = [](int fd, int command, int argument) { return ::fcntl(fd, command, argument); },
    .clock_gettime = ::clock_gettime,
};

constinit const Table* table = &kernel;

namespace {

/// A probe and the place it stands for. Whoever claims `key` fills the probe in, then sets `ready`.
struct Slot {
    std::atomic<std::uintptr_t> key{0};
    std::atomic<bool> ready{false};
    trace::Site site{"src/util/sys.cc", "sys", 0};
};

constexpr std::size_t kSlots = 256;  // a power of two, several times the number of call sites
constinit std::array<Slot, kSlots> slots;
constinit trace::Site elsewhere{__FILE__, "sys", __LINE__};

/// A number for a place; never 0. The factor spreads addresses, so that lines of two files differ.
std::uintptr_t key_of(const Where& where) {
    return (reinterpret_cast<std::uintptr_t>(where.file) * 0x9e3779b97f4a7c15u + where.line) * 2 +
           1;
}

}  // namespace

trace::Site& site_of(const Where& where) noexcept {
    const std::uintptr_t key = key_of(where);
    for (std::size_t i = 0; i < kSlots; ++i) {
        Slot& slot = slots[(key / 2 + i) % kSlots];
        std::uintptr_t owner = slot.key.load(std::memory_order_acquire);
        if (owner == 0 && slot.key.compare_exchange_strong(owner, key, std::memory_order_acq_rel)) {
            slot.site.file = where.file;
            slot.site.function = where.function;
            slot.site.line = where.line;
            slot.ready.store(true, std::memory_order_release);
            return slot.site;
        }
        // Another thread may be filling the slot in right now: don't wait for it, it might be the
        // thread that this signal handler interrupted.
        if (owner == key) {
            return slot.ready.load(std::memory_order_acquire) ? slot.site : elsewhere;
        }
    }
    return elsewhere;
}

std::uint32_t port_of(const sockaddr* addr, socklen_t length) noexcept {
    if (addr == nullptr || length < sizeof(sa_family_t)) return 0;
    // Copied, because the caller's memory need not be aligned.
    if (addr->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
        sockaddr_in in{};
        std::memcpy(&in, addr, sizeof in);
        return ntohs(in.sin_port);
    }
    if (addr->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
        sockaddr_in6 in6{};
        std::memcpy(&in6, addr, sizeof in6);
        return ntohs(in6.sin6_port);
    }
    return 0;
}

}  // namespace sys
