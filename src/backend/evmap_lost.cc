// Fds that the kernel no longer speaks of, or speaks of for ever: closed behind the loop's back, in
// error, hung up. Their events must hear of it once, and the loop must not spin.
// Read next: epoll.cc and poll.cc, which find such fds.
#include "src/event/event_core.h"

short evmap_io_broken_(const evmap_io& slot, short events) {
    const int wanted = evmap_io_mask(slot) & (EV_READ | EV_WRITE | EV_CLOSED);
    return static_cast<short>((events & wanted) != 0 ? events : wanted);
}

void evmap_io_lost_(event_base* base, evutil_socket_t fd, int error) {
    evmap_io& slot = base->io.entries[fd];
    if (slot.first == nullptr) return;
    slot.lost = true;
    const short wanted = evmap_io_mask(slot);
    TRACE(io_lost, .base = base, .fd = fd, .what = wanted, .error = error);
    evmap_io_active_(base, fd, evmap_io_broken_(slot, EV_READ | EV_WRITE));
}
