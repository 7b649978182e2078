// What the io_uring backend keeps with each fd, and the requests that follow from it: a change is
// noted, and put into the ring when the loop sleeps next; only what takes a request back is handed
// over at once. It never waits, and never takes a completion.
// Invariants: an fd stands at most once in each list, and its flags say so; there is room in each
// list for every fd of the map, so that nothing but `uring_add` needs memory.
// Read next: io_uring.cc, which reads what comes back; uring_ring.h, the ring.
#pragma once

#include <poll.h>

#include <cstdint>

#include "src/backend/uring_ring.h"
#include "src/event/event_core.h"

constexpr std::uint8_t kQueued = 1;  ///< stands in `changes`
constexpr std::uint8_t kHot = 2;     ///< stands in `hot`
constexpr std::uint8_t kStale = 4;   ///< its request must be taken back, whatever is wanted now
constexpr short kIoEvents = EV_READ | EV_WRITE | EV_CLOSED;
/// So often in a row the kernel is asked for what it has put off.
constexpr int kMostEnters = 256;

/// What the backend keeps with an fd. Masks are EV_READ|EV_WRITE|EV_CLOSED with EV_ET.
struct uring_watch {
    std::uint32_t number;  ///< of its last request
    std::uint8_t wanted;
    std::uint8_t armed;  ///< what the request in the ring watches; 0: there is none
    std::uint8_t flags;
};

/// The backend's own data. Guarded by the base's lock; the ring belongs to one thread.
struct uringop {
    UringRing ring;
    int* changes = nullptr;  ///< fds whose request is not what it should be
    int* hot = nullptr;      ///< fds that may be ready: to be asked about before the loop sleeps
    pollfd* asked = nullptr;
    int n_changes = 0;
    int n_hot = 0;
    int room = 0;
    bool precise = false;
};

/// A completion that nobody waits for: of a request to take another one back.
constexpr std::uint64_t kNobody = ~std::uint64_t{0};

inline uringop* op_of(const event_base* base) {
    return static_cast<uringop*>(base->evbase);
}
inline uring_watch& watch_of(event_base* base, int fd) {
    return base->io.entries[fd].info<uring_watch>();
}
/// What a completion of the fd's present request carries.
inline std::uint64_t user_data(int fd, const uring_watch& watch) {
    return std::uint64_t{watch.number} << 32 | static_cast<std::uint32_t>(fd);
}
/// EV_* to POLL*.
inline short poll_mask(int events) {
    return static_cast<short>(((events & EV_READ) != 0 ? POLLIN : 0) |
                              ((events & EV_WRITE) != 0 ? POLLOUT : 0) |
                              ((events & EV_CLOSED) != 0 ? POLLRDHUP : 0));
}

/// The backend's functions of the same names (eventop.h).
int uring_add(event_base* base, evutil_socket_t fd, short old, short events, void* fdinfo);
int uring_del(event_base* base, evutil_socket_t fd, short old, short events, void* fdinfo);

/// The fd's request is to be looked at before the loop sleeps. REQUIRES: room in `changes`.
void uring_queue_change(event_base* base, int fd, uring_watch& watch);
/// Nothing is wanted of the fd any more: its request must not hold the file open.
void uring_take_back(event_base* base, int fd, uring_watch& watch);
/// Puts all changes into the ring. False: what the kernel doesn't take now waits on.
bool uring_apply_changes(event_base* base);
/// The ring becomes this thread's: a new one, if another thread had it, with all requests again.
bool uring_take_over(event_base* base);
