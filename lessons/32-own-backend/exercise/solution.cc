// Exercise of lesson 32, solved: a backend that remembers nothing. dispatch asks the io map what is
// wanted of each fd, sleeps in poll, and reports. Read next: src/backend/poll.cc, which remembers.
#include <errno.h>
#include <poll.h>

#include <algorithm>
#include <vector>

#include "src/backend/eventop.h"
#include "src/backend/evmap.h"
#include "src/event/event_core.h"
#include "src/util/sys.h"

namespace {

/// The base itself serves as the backend's data: there is none. But null would mean failure.
void* sweep_init(event_base* base) {
    return evsig_init_(base) == 0 ? base : nullptr;
}

int sweep_add(event_base*, evutil_socket_t, short, short, void*) {
    return 0;
}

int sweep_del(event_base*, evutil_socket_t, short, short, void*) {
    return 0;
}

/// What poll is to look at: every fd of the map that somebody waits for.
std::vector<pollfd> wanted(const event_base* base) {
    std::vector<pollfd> set;
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        const evmap_io& slot = base->io.entries[fd];
        const int events = (slot.nread != 0 ? POLLIN : 0) | (slot.nwrite != 0 ? POLLOUT : 0) |
                           (slot.nclose != 0 ? POLLRDHUP : 0);
        if (events != 0) set.push_back({fd, static_cast<short>(events), 0});
    }
    return set;
}

int milliseconds(const timeval* tv) {
    if (tv == nullptr) return -1;
    return static_cast<int>(
        std::min<long>(tv->tv_sec * 1000 + (tv->tv_usec + 999) / 1000, 1 << 30));
}

/// A hang-up or an error wakes readers and writers: their next call tells them why.
short what_of(int revents) {
    if ((revents & (POLLHUP | POLLERR)) != 0) revents |= POLLIN | POLLOUT;
    return static_cast<short>(((revents & POLLIN) != 0 ? EV_READ : 0) |
                              ((revents & POLLOUT) != 0 ? EV_WRITE : 0) |
                              ((revents & POLLRDHUP) != 0 ? EV_CLOSED : 0));
}

int sweep_dispatch(event_base* base, const timeval* tv) {
    std::vector<pollfd> set = wanted(base);
    int ready = 0;
    {
        const BaseUnlock unlocked(base);
        ready = sys::poll(set.data(), set.size(), milliseconds(tv));
    }
    if (ready < 0) return errno == EINTR ? 0 : -1;
    for (const pollfd& each : set)
        if (each.revents != 0) evmap_io_active_(base, each.fd, what_of(each.revents));
    return 0;
}

void sweep_dealloc(event_base* base) {
    evsig_dealloc_(base);
}

}  // namespace

extern const eventop pollops;
const eventop pollops = {
    .name = "poll",
    .init = sweep_init,
    .add = sweep_add,
    .del = sweep_del,
    .dispatch = sweep_dispatch,
    .dealloc = sweep_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_FDS | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = 0,
    .write_keyframe = nullptr,
};
