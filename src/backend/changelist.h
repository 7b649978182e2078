// The changelist: changes of interest that wait until the loop sleeps next.
//
// A program may change its mind about an fd many times in one turn. Told at once, each change costs
// a call of the kernel; kept here, an fd has one change at most, and what cancels out costs
// nothing. Invariants: an fd has at most one place; its fdinfo says which (index + 1, 0 for none);
// a change's old_events is what the kernel watches the fd for until the change is carried out.
// Guarded by the base's lock. Read next: changelist.cc, then epoll.cc, which carries changes out.
#pragma once

#include <event2/util.h>

#include <cstdint>

struct event_base;

/// What is to change for one fd. A change is EV_CHANGE_ADD, EV_CHANGE_DEL or 0, with EV_CHANGE_ET.
struct event_change {
    evutil_socket_t fd;
    short old_events;  ///< EV_READ|EV_WRITE|EV_CLOSED watched so far
    std::uint8_t read_change;
    std::uint8_t write_change;
    std::uint8_t close_change;
};

inline constexpr std::uint8_t EV_CHANGE_ADD = 0x01;
inline constexpr std::uint8_t EV_CHANGE_DEL = 0x02;
inline constexpr std::uint8_t EV_CHANGE_ET = 0x20;  // EV_ET

struct event_changelist {
    event_change* changes = nullptr;
    int n_changes = 0;
    int changes_size = 0;  ///< places allocated
};

/// What the changelist keeps with an fd: a backend that uses it begins its fdinfo with this.
struct event_changelist_fdinfo {
    std::int32_t idxplus1;
};

/// EV_* that are watched once the change is carried out.
short event_change_after(const event_change& change);

/// An eventop's add and del that only note the change. add: -1 without memory, nothing noted.
int event_changelist_add_(event_base* base, evutil_socket_t fd, short old, short events, void* p);
int event_changelist_del_(event_base* base, evutil_socket_t fd, short old, short events, void* p);
/// Forgets all changes: they were carried out, or the fds' fdinfo is gone.
void event_changelist_remove_all_(event_base* base);
void event_changelist_freemem_(event_base* base);
/// Part of event_base_assert_ok_nolock_.
void event_changelist_assert_ok_(const event_base* base);
/// Part of a keyframe: one record for each change that waits.
void event_changelist_write_keyframe_(const event_base* base);
