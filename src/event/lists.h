// The linked lists that run through the public structs. Events carry their own links, so that
// putting one in a queue never allocates and never fails.
// It owns nothing: whoever links an object unlinks it before the object goes.
// Read next: event_base.h, whose queues and maps these are.
#pragma once

#include <event2/event_struct.h>

#include <type_traits>

// The names that every account of libevent uses for the fields of an event.
#define ev_flags ev_evcallback.evcb_flags
#define ev_pri ev_evcallback.evcb_pri
#define ev_closure ev_evcallback.evcb_closure
#define ev_callback ev_evcallback.evcb_cb_union.evcb_callback
#define ev_arg ev_evcallback.evcb_arg
#define ev_serial ev_evcallback.evcb_serial_
#define ev_io_next ev_.ev_io.ev_io_next
#define ev_io_timeout ev_.ev_io.ev_timeout
#define ev_signal_next ev_.ev_signal.ev_signal_next
#define ev_ncalls ev_.ev_signal.ev_ncalls
#define ev_pncalls ev_.ev_signal.ev_pncalls
#define min_heap_index ev_timeout_pos.min_heap_idx

/// A queue with a tail: O(1) at both ends and in the middle. `Link::of(x)` is the entry inside x.
/// Invariant: *last is null and is where the next element's address goes.
template <class T, class Link>
struct TailQueue {
    T* first = nullptr;
    T** last = &first;
    int length = 0;

    TailQueue() = default;
    TailQueue(const TailQueue&) = delete;
    TailQueue& operator=(const TailQueue&) = delete;

    bool empty() const { return first == nullptr; }

    void insert_tail(T* x) {
        auto& link = Link::of(x);
        link.tqe_next = nullptr;
        link.tqe_prev = last;
        *last = x;
        last = &link.tqe_next;
        ++length;
    }
    void insert_head(T* x) { insert_at(&first, x); }
    void insert_after(T* before, T* x) { insert_at(&Link::of(before).tqe_next, x); }
    void remove(T* x) {
        auto& link = Link::of(x);
        if (link.tqe_next != nullptr) {
            Link::of(link.tqe_next).tqe_prev = link.tqe_prev;
        } else {
            last = link.tqe_prev;
        }
        *link.tqe_prev = link.tqe_next;
        --length;
    }
    /// REQUIRES: not empty.
    void remove_first() {
        T* second = Link::of(first).tqe_next;
        first = second;
        if (second != nullptr) {
            Link::of(second).tqe_prev = &first;
        } else {
            last = &first;
        }
        --length;
    }
    static T* next(T* x) { return Link::of(x).tqe_next; }
    /// The element before x, or null. (x's tqe_prev lies in that element's link, whose own tqe_prev
    /// leads to what points at it.)
    T* previous(T* x) const { return element_of(Link::of(x).tqe_prev); }
    T* back() const { return element_of(last); }

 private:
    using Entry = std::remove_reference_t<decltype(Link::of(static_cast<T*>(nullptr)))>;
    T* element_of(T** place) const {
        if (place == &first) return nullptr;
        return *reinterpret_cast<Entry*>(place)->tqe_prev;
    }
    void insert_at(T** place, T* x) {
        auto& link = Link::of(x);
        link.tqe_next = *place;
        link.tqe_prev = place;
        if (*place != nullptr) {
            Link::of(*place).tqe_prev = &link.tqe_next;
        } else {
            last = &link.tqe_next;
        }
        *place = x;
        ++length;
    }
};

/// Links x in as the first of a list whose head is `first`.
template <class Link, class T>
void list_insert_head(T*& first, T* x) {
    auto& link = Link::of(x);
    link.le_next = first;
    if (first != nullptr) Link::of(first).le_prev = &link.le_next;
    first = x;
    link.le_prev = &first;
}

template <class Link, class T>
void list_remove(T* x) {
    auto& link = Link::of(x);
    if (link.le_next != nullptr) Link::of(link.le_next).le_prev = link.le_prev;
    *link.le_prev = link.le_next;
}

struct ActiveLink {
    static auto& of(event_callback* cb) { return cb->evcb_active_next; }
};
struct IoLink {
    static auto& of(event* ev) { return ev->ev_io_next; }
};
struct SignalLink {
    static auto& of(event* ev) { return ev->ev_signal_next; }
};
struct CommonTimeoutLink {
    static auto& of(event* ev) { return ev->ev_timeout_pos.ev_next_with_common_timeout; }
};

/// Active callbacks of one priority, in the order in which they will run.
using evcallback_list = TailQueue<event_callback, ActiveLink>;
/// Events with one common duration, in the order of their deadlines.
using common_timeout_events = TailQueue<event, CommonTimeoutLink>;

/// An event is the event_callback that it begins with.
inline event_callback* event_to_event_callback(event* ev) {
    return &ev->ev_evcallback;
}
inline event* event_callback_to_event(event_callback* cb) {
    return reinterpret_cast<event*>(cb);
}
