// The inside of a bufferevent: what all kinds share, and the table of functions that makes a kind.
// Names are libevent's where accounts of libevent walk through them.
//
// Locks are taken in this order: a bufferevent's (its buffers have the same), a rate-limit group's,
// a base's. Nobody waits for a callback while holding one: the end of a bufferevent is left to the
// loop (bufferevent_decref_and_unlock_).
// Read next: bufferevent.cc (life, callbacks), suspend.cc (why it doesn't move), socket.cc.
#pragma once

#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/dns.h>
#include <event2/util.h>
#include <event2/visibility.h>

#include "src/buffer/evbuffer.h"
#include "src/bufferevent/rate_limit.h"
#include "src/event/deferred.h"
#include "src/util/threads.h"
#include "trace/probe.h"

/// Why reading or writing rests although it is enabled: bits (trace: bevsuspend).
enum bufferevent_suspend_flags : ev_uint16_t {
    BEV_SUSPEND_WM = 0x01,         ///< the input is at its high watermark
    BEV_SUSPEND_BW = 0x02,         ///< its own bucket is empty
    BEV_SUSPEND_BW_GROUP = 0x04,   ///< its group's bucket is empty
    BEV_SUSPEND_LOOKUP = 0x08,     ///< its peer's name is being looked up
    BEV_SUSPEND_FILT_READ = 0x10,  ///< the filter above doesn't want to read
};

union bufferevent_ctrl_data {
    evutil_socket_t fd;
    bufferevent* ptr;
};
enum bufferevent_ctrl_op { BEV_CTRL_SET_FD, BEV_CTRL_GET_FD, BEV_CTRL_GET_UNDERLYING };

/// What a kind of bufferevent does. All are called with the lock held.
struct bufferevent_ops {
    const char* type;
    evglass::trace::field::bevkind kind;
    /// Starts reading or writing (EV_READ, EV_WRITE). 0 or -1.
    int (*enable)(bufferevent* bev, short events);
    int (*disable)(bufferevent* bev, short events);
    /// The owner has freed it: lets go of others. Others may still hold references. Optional.
    void (*unlink)(bufferevent* bev);
    /// The last reference is gone and nothing runs: ends what the kind has made. Optional.
    void (*destruct)(bufferevent* bev);
    /// The timeouts were changed.
    int (*adj_timeouts)(bufferevent* bev);
    /// Optional: null is "nothing to flush".
    int (*flush)(bufferevent* bev, short iotype, bufferevent_flush_mode mode);
    /// Optional. 0 or -1.
    int (*ctrl)(bufferevent* bev, bufferevent_ctrl_op op, bufferevent_ctrl_data* data);
    /// Gives the memory back: the kind knows its size.
    void (*dispose)(bufferevent* bev);
};

/// What every kind adds to the public struct.
/// Invariants: the object lives while refcnt > 0, and until its finalizer has run; a callback that
/// is deferred holds a reference; ev_read and ev_write are pending only where the direction is
/// enabled and not suspended (or a connection is awaited).
/// Thread rule: `lock` guards everything but ev_base, be_ops and options, which don't change.
struct bufferevent_private : bufferevent {
    int refcnt = 1;
    bool connecting = false;          ///< a connection is awaited: nothing can be moved yet
    bool connection_refused = false;  ///< reading has found that out; writing will tell
    bool readcb_pending = false;      ///< deferred callbacks that are owed
    bool writecb_pending = false;
    short eventcb_pending = 0;
    ev_uint16_t read_suspended = 0;  ///< bufferevent_suspend_flags
    ev_uint16_t write_suspended = 0;
    unsigned options = 0;
    void* lock = nullptr;

    // --- rate limits: rate_limit.h ---
    bufferevent_rate_limit* rate_limiting = nullptr;  ///< null: never had a limit or a group
    ev_ssize_t max_single_read = kMaxSingleDefault;
    ev_ssize_t max_single_write = kMaxSingleDefault;

    // --- what a message does not touch (all above lies in one cache line for it) ---
    int errno_pending = 0;  ///< errno for a deferred event callback
    int dns_error = 0;
    evdns_getaddrinfo_request* lookup = nullptr;  ///< of the peer's name; it holds a reference
    event_callback deferred{};
    evbuffer_cb_entry* read_watermarks_cb = nullptr;
    bufferevent* lock_owner = nullptr;  ///< whose lock it is, if not our own: we hold a reference

    // --- the trace ---
    ev_uint64_t trace_stamp = 0;  ///< travels with the lock from thread to thread
    evglass::trace::KeyframeMark keyframe;
};

inline bufferevent_private* BEV_UPCAST(bufferevent* bev) {
    return static_cast<bufferevent_private*>(bev);
}
inline const bufferevent_private* BEV_UPCAST(const bufferevent* bev) {
    return static_cast<const bufferevent_private*>(bev);
}
inline void BEV_LOCK(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    evlock_lock(p->lock);
    evglass::trace::clock_join(p->trace_stamp);
}
inline void BEV_UNLOCK(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    evglass::trace::clock_publish(p->trace_stamp);
    evlock_unlock(p->lock);
}

// Exported below: what libevent_openssl uses.

// --- bufferevent.cc: life ---
/// Fills in what all kinds share; the object was made by mm_new. 0, or -1 and nothing is left.
EVENT2_EXPORT_SYMBOL int bufferevent_init_common_(bufferevent_private* bev, event_base* base,
                                                  const bufferevent_ops* ops, int options);
/// Undoes bufferevent_init_common_ for a kind whose making failed later; not the memory.
EVENT2_EXPORT_SYMBOL void bufferevent_uninit_common_(bufferevent_private* bev);
/// Tells the trace that a bufferevent is ready: its events are assigned.
EVENT2_EXPORT_SYMBOL void bufferevent_tell_new_(bufferevent_private* bev);
/// A lock of its own, or with `owner` that one's. 0 or -1.
EVENT2_EXPORT_SYMBOL int bufferevent_enable_locking_(bufferevent* bev, bufferevent* owner);
/// A callback of the library's own on one of its buffers, with bev as its argument: it runs at once
/// even where the program defers the buffer's callbacks. Null without memory.
EVENT2_EXPORT_SYMBOL evbuffer_cb_entry* bufferevent_watch_(bufferevent* bev, evbuffer* buf,
                                                           evbuffer_cb_func callback);
/// One lock for a bufferevent and the one below it, which gets one if it has none. 0 or -1.
EVENT2_EXPORT_SYMBOL int bufferevent_share_lock_(bufferevent* bev, bufferevent* underlying);
EVENT2_EXPORT_SYMBOL void bufferevent_incref_and_lock_(bufferevent* bev);
/// Drops a reference and the lock. 1 if it was the last one: the loop will end the bufferevent.
EVENT2_EXPORT_SYMBOL int bufferevent_decref_and_unlock_(bufferevent* bev);

// --- callbacks.cc: with the lock and a reference held ---
EVENT2_EXPORT_SYMBOL void bufferevent_run_readcb_(bufferevent* bev, int options);
EVENT2_EXPORT_SYMBOL void bufferevent_run_writecb_(bufferevent* bev, int options);
EVENT2_EXPORT_SYMBOL void bufferevent_run_eventcb_(bufferevent* bev, short what, int options);
/// The data callbacks whose low watermarks allow it.
EVENT2_EXPORT_SYMBOL void bufferevent_trigger_nolock_(bufferevent* bev, short iotype, int options);
void bufferevent_init_deferred_(bufferevent_private* bev);

// --- suspend.cc ---
EVENT2_EXPORT_SYMBOL void bufferevent_suspend_read_(bufferevent* bev, ev_uint16_t why);
EVENT2_EXPORT_SYMBOL void bufferevent_unsuspend_read_(bufferevent* bev, ev_uint16_t why);
EVENT2_EXPORT_SYMBOL void bufferevent_suspend_write_(bufferevent* bev, ev_uint16_t why);
EVENT2_EXPORT_SYMBOL void bufferevent_unsuspend_write_(bufferevent* bev, ev_uint16_t why);
inline void bufferevent_wm_suspend_read(bufferevent* bev) {
    bufferevent_suspend_read_(bev, BEV_SUSPEND_WM);
}
inline void bufferevent_wm_unsuspend_read(bufferevent* bev) {
    bufferevent_unsuspend_read_(bev, BEV_SUSPEND_WM);
}
/// How much may come in until the input is at its high watermark; -1: any amount.
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_room_to_read_(const bufferevent* bev);

// --- timeouts.cc ---
/// event_add with a timeout, where a zero timeval is none.
EVENT2_EXPORT_SYMBOL int bufferevent_add_event_(event* ev, const timeval* tv);
/// Sockets: ev_read and ev_write wait for the fd, and for the timeout beside it.
EVENT2_EXPORT_SYMBOL int bufferevent_generic_adj_existing_timeouts_(bufferevent* bev);
/// Kinds without an fd: ev_read and ev_write are nothing but the timeouts.
EVENT2_EXPORT_SYMBOL void bufferevent_init_generic_timeout_cbs_(bufferevent* bev);
EVENT2_EXPORT_SYMBOL int bufferevent_generic_adj_timeouts_(bufferevent* bev);
/// Something was read or written: the timeout begins anew.
EVENT2_EXPORT_SYMBOL void bufferevent_reset_read_timeout_(bufferevent* bev);
EVENT2_EXPORT_SYMBOL void bufferevent_reset_write_timeout_(bufferevent* bev);

// --- connect.cc ---
/// What has become of a connection that was awaited.
enum class Connecting { pending, connected, failed };
/// Asks the socket, and takes note. errno says why it failed.
EVENT2_EXPORT_SYMBOL Connecting bufferevent_finish_connecting_(bufferevent* bev, int fd);
/// The owner has gone: nobody wants to know where the peer is. With the lock.
void bufferevent_stop_lookup_(bufferevent* bev);

// --- transport.cc ---
/// One system call each, seen by the trace, and by tests that make system calls fail.
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_recv_(evutil_socket_t fd, void* to, size_t size);
EVENT2_EXPORT_SYMBOL ev_ssize_t bufferevent_send_(evutil_socket_t fd, const void* from,
                                                  size_t size);

// --- the trace ---
/// For a library of its own: it does not know the probe.
EVENT2_EXPORT_SYMBOL void bufferevent_tell_fd_(bufferevent* bev, evutil_socket_t fd,
                                               const char* read_name, const char* write_name);
EVENT2_EXPORT_SYMBOL void bufferevent_tell_tls_(bufferevent* bev,
                                                evglass::trace::field::bevtls state,
                                                unsigned long error);
EVENT2_EXPORT_SYMBOL void bufferevent_tell_moved_(bufferevent* bev,
                                                  evglass::trace::field::bevdir direction,
                                                  ev_ssize_t asked, ev_ssize_t result);
/// Before the first record that a late reader sees of a bufferevent: its whole state.
EVENT2_EXPORT_SYMBOL void bufferevent_tell_state_(bufferevent_private* bev);
inline void bufferevent_checkpoint_(bufferevent* bev) {
    if (evglass::trace::enabled(evglass::trace::Category::buffer)) [[unlikely]]
        bufferevent_tell_state_(BEV_UPCAST(bev));
}
inline evglass::trace::field::u16 events_of(short events) {
    return static_cast<evglass::trace::field::u16>(events & (EV_READ | EV_WRITE));
}

/// A reference and the lock, for a scope. Afterwards the bufferevent may be gone.
class BevHold {
 public:
    explicit BevHold(bufferevent* bev) : bev_(bev) {
        BEV_LOCK(bev);
        ++BEV_UPCAST(bev)->refcnt;
        bufferevent_checkpoint_(bev);
    }
    ~BevHold() { bufferevent_decref_and_unlock_(bev_); }
    BevHold(const BevHold&) = delete;
    BevHold& operator=(const BevHold&) = delete;

 private:
    bufferevent* bev_;
};

/// The lock alone, for functions that call nobody.
class BevLook {
 public:
    explicit BevLook(const bufferevent* bev) : bev_(const_cast<bufferevent*>(bev)) {
        BEV_LOCK(bev_);
    }
    ~BevLook() { BEV_UNLOCK(bev_); }
    BevLook(const BevLook&) = delete;
    BevLook& operator=(const BevLook&) = delete;

 private:
    bufferevent* bev_;
};

extern const bufferevent_ops bufferevent_ops_socket;
extern const bufferevent_ops bufferevent_ops_pair;
extern const bufferevent_ops bufferevent_ops_filter;
