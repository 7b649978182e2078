// Who waits for what: from an fd, and from a signal, to the events that want it.
//
// Several events may want the same fd. The map counts readers, writers and closers, and tells the
// backend only when a count goes from 0 to 1 or back: the kernel watches an fd once.
// Invariants: an event with EVLIST_INSERTED is in exactly one list; a slot's counts equal what its
// events want (checked by verify.cc). Guarded by the base's lock.
// Read next: evmap_io.cc, evmap_signal.cc.
#pragma once

#include <event2/event_struct.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include "src/event/flavour.h"

struct event_base;
struct eventop;

/// One fd. Slots move when the array grows, so a list's first event must be told
/// (evmap_make_space).
struct evmap_io {
    event* first = nullptr;  ///< newest first
    std::uint16_t nread = 0;
    std::uint16_t nwrite = 0;
    std::uint16_t nclose = 0;
    bool lost = false;  ///< the kernel refuses to watch it: the backend does not know it
    alignas(8) unsigned char fdinfo[8] = {};  ///< the backend's own

    /// The backend's own bytes as what the backend takes them for.
    template <class T>
    T& info() {
        static_assert(sizeof(T) <= sizeof fdinfo && std::is_trivially_copyable_v<T>);
        return *std::launder(reinterpret_cast<T*>(fdinfo));
    }
    template <class T>
    const T& info() const {
        return const_cast<evmap_io*>(this)->info<T>();
    }
    void clear_info() { *this = evmap_io{first, nread, nwrite, nclose}; }
};

struct event_io_map {
    evmap_io* entries = nullptr;  ///< by fd
    int nentries = 0;
    int without_fd = 0;  ///< events with EVLIST_INSERTED and a negative fd: in no list
};

struct evmap_signal {
    event* first = nullptr;
};

struct event_signal_map {
    evmap_signal* entries = nullptr;  ///< by signal
    int nentries = 0;
};

CORE_BEGIN

/// Links ev in for its fd. 1: the backend was told something new; 0: not; -1: error, nothing
/// changed.
int evmap_io_add_(event_base* base, evutil_socket_t fd, event* ev);
int evmap_io_del_(event_base* base, evutil_socket_t fd, event* ev);
/// Makes the fd's events that want any of `events` active. Backends call evmap_ready (ready.h).
CORE_INLINE void evmap_io_active_(event_base* base, evutil_socket_t fd, short events);
/// What the slot's events want together: EV_READ, EV_WRITE, EV_CLOSED, and EV_ET if they are.
short evmap_io_mask(const evmap_io& slot);

CORE_END

/// The backend can't watch the fd (any more): it was closed, or is none that can be watched. Its
/// events become active once, so that their callbacks learn it, and the backend hears of the fd
/// again when an event is added for it. The backend has dropped it already.
void evmap_io_lost_(event_base* base, evutil_socket_t fd, int error);
/// What an error or a hang-up means to the slot's events: `events`, unless none of them wants that.
/// Then it is all that they want, because what nobody hears of is reported for ever.
short evmap_io_broken_(const evmap_io& slot, short events);

int evmap_signal_add_(event_base* base, int signal, event* ev);
int evmap_signal_del_(event_base* base, int signal, event* ev);
void evmap_signal_active_(event_base* base, int signal, int ncalls);

/// Adds everything again: the backend is new (event_reinit). 0, or -1 if something could not be.
int evmap_reinit_(event_base* base);
/// Deletes every event, when the base goes. Returns how many that were not the library's own.
int evmap_delete_all_(event_base* base);
void evmap_clear_(event_base* base);
