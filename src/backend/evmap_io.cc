// fd to events. The order of the steps in evmap_io_add_ is the one that every walk through
// libevent's source takes: room, slot, counts before, counts after, backend, list.
#include <limits>

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

CORE_BEGIN

namespace {

constexpr int kFirstEntries = 32;
constexpr short kIoEvents = EV_READ | EV_WRITE | EV_CLOSED;
constexpr std::uint16_t kMaxPerFd = std::numeric_limits<std::uint16_t>::max();

void evmap_io_init(evmap_io* slot) {
    *slot = evmap_io{};
}

/// Room for `fd` in the array. 0, or -1 with everything as it was.
int evmap_make_space(event_base* base, evutil_socket_t fd) {
    TRACE_CALL(base);
    event_io_map& io = base->io;
    int n = io.nentries == 0 ? kFirstEntries : io.nentries;
    while (n <= fd) {
        if (n > std::numeric_limits<int>::max() / 2) return -1;
        n *= 2;
    }
    if (!mm_grow(io.entries, static_cast<std::size_t>(io.nentries), static_cast<std::size_t>(n))) {
        return -1;
    }
    // The slots have moved: each list's first event still points back to the old place.
    for (int i = 0; i < io.nentries; ++i) {
        if (event* first = io.entries[i].first) first->ev_io_next.le_prev = &io.entries[i].first;
    }
    for (int i = io.nentries; i < n; ++i) evmap_io_init(&io.entries[i]);
    io.nentries = n;
    TRACE(map_grow, .base = base, .map = evglass::trace::field::mapkind::io,
          .entries = static_cast<std::uint32_t>(n));
    return 0;
}

/// Counts as they will be when `ev` is in, and the conditions that are new with it.
struct Counts {
    std::uint16_t nread, nwrite, nclose;
    bool overflow = false;

    explicit Counts(const evmap_io& slot)
        : nread(slot.nread), nwrite(slot.nwrite), nclose(slot.nclose) {}

    short with(const event* ev) {
        return static_cast<short>(up(ev, EV_READ, nread) | up(ev, EV_WRITE, nwrite) |
                                  up(ev, EV_CLOSED, nclose));
    }
    short without(const event* ev) {
        return static_cast<short>(down(ev, EV_READ, nread) | down(ev, EV_WRITE, nwrite) |
                                  down(ev, EV_CLOSED, nclose));
    }
    void store(evmap_io& slot) const {
        slot.nread = nread;
        slot.nwrite = nwrite;
        slot.nclose = nclose;
    }

 private:
    int up(const event* ev, short what, std::uint16_t& count) {
        if ((ev->ev_events & what) == 0) return 0;
        if (count == kMaxPerFd) {
            overflow = true;
            return 0;
        }
        return ++count == 1 ? what : 0;
    }
    int down(const event* ev, short what, std::uint16_t& count) {
        if ((ev->ev_events & what) == 0) return 0;
        EVUTIL_ASSERT(count > 0);
        return --count == 0 ? what : 0;
    }
};

bool mixes_triggers(const evmap_io& slot, const event* ev) {
    return slot.first != nullptr && ((slot.first->ev_events ^ ev->ev_events) & EV_ET) != 0;
}

}  // namespace

short evmap_io_mask(const evmap_io& slot) {
    int mask = (slot.nread != 0 ? EV_READ : 0) | (slot.nwrite != 0 ? EV_WRITE : 0) |
               (slot.nclose != 0 ? EV_CLOSED : 0);
    if (mask != 0 && slot.first != nullptr) mask |= slot.first->ev_events & EV_ET;
    return static_cast<short>(mask);
}

int evmap_io_add_(event_base* base, evutil_socket_t fd, event* ev) {
    TRACE_CALL(ev);
    EVUTIL_ASSERT(fd == ev->ev_fd);
    if (fd < 0) {  // a pure timer or user event
        ++base->io.without_fd;
        return 0;
    }
    if (fd >= base->io.nentries && evmap_make_space(base, fd) < 0) return -1;
    evmap_io& slot = base->io.entries[fd];

    // One fd is either edge-triggered or not: the kernel keeps one flag for it.
    if (mixes_triggers(slot, ev)) {
        event_warnx("Tried to mix edge-triggered and non-edge-triggered events on fd %d", fd);
        return -1;
    }
    const short before = evmap_io_mask(slot);
    Counts counts(slot);
    short res = counts.with(ev);
    if (counts.overflow) {
        event_warnx("Too many events reading or writing on fd %d", fd);
        return -1;
    }
    // A lost fd is new to the backend, with all that its events want: the number may be another
    // file by now.
    if (slot.lost) res = static_cast<short>(before | (ev->ev_events & kIoEvents));
    int told = 0;
    if (res != 0) {
        const short old = slot.lost ? short{0} : before;
        const short add = static_cast<short>(res | (ev->ev_events & EV_ET));
        if (base->evsel->add(base, fd, old, add, slot.fdinfo) < 0) return -1;
        slot.lost = false;
        told = 1;
    }
    counts.store(slot);
    list_insert_head<IoLink>(slot.first, ev);
    TRACE(io_add, .base = base, .event = ev, .fd = fd, .nread = slot.nread, .nwrite = slot.nwrite,
          .nclose = slot.nclose);
    if (told != 0) {
        TRACE(interest, .base = base, .fd = fd, .before = before, .after = evmap_io_mask(slot));
    }
    return told;
}

int evmap_io_del_(event_base* base, evutil_socket_t fd, event* ev) {
    TRACE_CALL(ev);
    EVUTIL_ASSERT(fd == ev->ev_fd);
    if (fd < 0) {
        --base->io.without_fd;
        return 0;
    }
    if (fd >= base->io.nentries) return -1;
    evmap_io& slot = base->io.entries[fd];

    const short old = evmap_io_mask(slot);
    Counts counts(slot);
    const short res = counts.without(ev);
    int told = 0;
    if (res != 0) {
        // A backend that fails to forget an fd (it was closed) must not keep the event in the map:
        // its memory may be freed next.
        const short del = static_cast<short>(res | (ev->ev_events & EV_ET));
        const bool failed = !slot.lost && base->evsel->del(base, fd, old, del, slot.fdinfo) < 0;
        told = failed ? -1 : 1;
    }
    counts.store(slot);
    list_remove<IoLink>(ev);
    if (slot.first == nullptr) slot.lost = false;
    TRACE(io_del, .base = base, .event = ev, .fd = fd, .nread = slot.nread, .nwrite = slot.nwrite,
          .nclose = slot.nclose);
    if (told != 0) {
        TRACE(interest, .base = base, .fd = fd, .before = old, .after = evmap_io_mask(slot));
    }
    return told;
}

namespace {

CORE_INLINE void activate_if_wanted(event_base* base, event* ev, short events) {
    const int res = ev->ev_events & events;
    if ((res & ~EV_ET) == 0) return;
    event_active_by_backend_(base, ev, res);
}

[[gnu::noinline]] void activate_several(event_base* base, event* first, short events) {
    event* next = nullptr;
    for (event* ev = first; ev != nullptr; ev = next) {
        next = ev->ev_io_next.le_next;
        activate_if_wanted(base, ev, events);
    }
}

/// The events of an fd; most fds have one.
CORE_INLINE void activate_list(event_base* base, event* first, short events) {
    if (first->ev_io_next.le_next == nullptr) [[likely]]
        return activate_if_wanted(base, first, events);
    activate_several(base, first, events);
}

}  // namespace

CORE_INLINE void evmap_io_active_(event_base* base, evutil_socket_t fd, short events) {
    TRACE_CALL(base);
    const evmap_io* slot = evmap_io_slot(base, fd);
    if (slot == nullptr) return;
    TRACE(backend_ready, .base = base, .fd = fd, .what = events);
    if (event* first = slot->first) activate_list(base, first, events);
}

CORE_END
