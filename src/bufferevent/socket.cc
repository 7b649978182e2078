// Bufferevents on sockets: ev_read and ev_write wait for the fd, their callbacks move bytes between
// it and the buffers, and call the user when enough was moved.
//
// Data that is added to the output is written in the same turn: right after the read callback that
// added it, or else behind the callbacks that are active already, for ev_write becomes active
// without waiting for the fd. Only if the socket does not take all of it does ev_write wait. So an
// answer costs one system call, where waiting first costs four
// (docs/decisions/020-write-before-waiting.md).
//
// All bufferevents of a loop read into one chain, which comes back when its bytes are gone: a
// thousand connections that take their turns find its first bytes in the processor's caches, and
// none holds on to a chain of its own while it is quiet.
// Read next: connect.cc, timeouts.cc, src/buffer/io.cc.
#include "src/bufferevent/socket.h"

#include <algorithm>
#include <utility>

#include "src/event/either_way.h"
#include "src/event/event_core.h"
#include "src/util/evutil.h"
#include "src/util/memory.h"

namespace {

using evglass::trace::field::bevdir;

constexpr int kWaiting = EVLIST_INSERTED | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER;

bufferevent_socket* socket_of(bufferevent* bev) {
    return static_cast<bufferevent_socket*>(bev);
}

bool wrote_this_turn(const bufferevent_socket* bev) {
    return bev->ev_base->running_loop && bev->write_turn == bev->ev_base->turn;
}

/// The read callback that runs has added to the output: write_answer follows it.
void note_answer(bufferevent_socket* bev) {
    if (bev->has_answer) return;
    bev->has_answer = true;
    TRACE(bev_write_soon, .bev = bev, .bytes = evbuffer_length_(bev->output), .later = false);
}

/// ev_write runs without waiting for the fd: in this turn, or in the next one if it ran already.
/// A program that writes from its write callback must not keep the loop from everything else.
void activate_write(bufferevent_socket* bev) {
    event_base* base = bev->ev_base;
    const bool later = wrote_this_turn(bev);
    TRACE(bev_write_soon, .bev = bev, .bytes = evbuffer_length_(bev->output), .later = later);
    if (!later) {
        event_active_either_way(&bev->ev_write, EV_WRITE, 1, evglass::trace::field::cause::output);
        return;
    }
    TRACE(event_activate, .base = base, .event = &bev->ev_write, .what = EV_WRITE, .ncalls = 1,
          .cause = evglass::trace::field::cause::output);
    bev->ev_write.ev_res = EV_WRITE;
    event_callback_activate_later_either_way(base, event_to_event_callback(&bev->ev_write));
}

/// There is something to write: as soon as possible, or when the fd is ready.
int start_writing(bufferevent_socket* bev) {
    TRACE_CALL(bev);
    const BaseLock lock(bev->ev_base);
    if ((bev->ev_write.ev_flags & kWaiting) != 0) return 0;
    if (bev->connecting || bev->ev_write.ev_fd < 0)
        return bufferevent_add_event_(&bev->ev_write, &bev->timeout_write);
    if (bev->in_readcb && !wrote_this_turn(bev)) {
        note_answer(bev);
        return 0;
    }
    event_base_checkpoint(bev->ev_base);
    activate_write(bev);
    return 0;
}

/// An empty chain that would lie idle goes to the loop, for the next that reads.
void give_to_loop(event_base* base, evbuffer* buf) {
    if (base->idle_chain == nullptr) base->idle_chain = evbuffer_chain_take_idle(buf);
}

/// The loop's idle chain, lent to an empty input for a read, in place of an older one of its own
/// that is out of the caches by now. It comes back here if the reader takes all bytes out, or when
/// an answer that has got it is written (bufferevent_writecb).
class ChainLoan {
 public:
    explicit ChainLoan(bufferevent* bev) : base_(bev->ev_base), input_(bev->input) {
        const BufferLook look(input_);
        if (base_->idle_chain == nullptr) return;
        if (evbuffer_chain* own = evbuffer_chain_take_idle(input_)) evbuffer_chain_free(own);
        if (input_->first == nullptr && input_->spare == nullptr)
            input_->spare = std::exchange(base_->idle_chain, nullptr);
    }
    ~ChainLoan() { give_to_loop(base_, input_); }
    ChainLoan(const ChainLoan&) = delete;
    ChainLoan& operator=(const ChainLoan&) = delete;

 private:
    event_base* base_;
    evbuffer* input_;
};

/// The event waits no longer. A timeout that it had is forgotten: the next time it becomes active
/// without waiting, it must not begin to wait.
void stop_waiting(event* ev) {
    const BaseLock lock(ev->ev_base);
    if ((ev->ev_flags & (kWaiting | EVLIST_TIMEOUT)) == 0) return;
    event_base_checkpoint(ev->ev_base);
    ev->ev_io_timeout = {0, 0};
    event_del_either_way(ev);
}

/// Bytes were added to the output. Called with the lock, in the middle of a user's call: nothing is
/// written here.
void bufferevent_socket_outbuf_cb(evbuffer* buf, const evbuffer_cb_info*, void* arg) {
    auto* bev = socket_of(static_cast<bufferevent*>(arg));
    if (evbuffer_length_(buf) == 0) return;
    if ((bev->enabled & EV_WRITE) == 0 || bev->write_suspended != 0) return;
    start_writing(bev);
}

/// A direction fails: it is disabled, and the user hears of it. errno is kept for the callback.
void fail(bufferevent* bev, short direction, short what) {
    const int error = errno;
    bufferevent_disable(bev, direction);
    errno = error;
    const short side = direction == EV_READ ? BEV_EVENT_READING : BEV_EVENT_WRITING;
    bufferevent_run_eventcb_(bev, static_cast<short>(side | what), 0);
}

/// The connection that was awaited is there or not. True if there may be something to write.
bool connection_made(bufferevent_socket* bev, evutil_socket_t fd) {
    switch (bufferevent_finish_connecting_(bev, fd)) {
        case Connecting::pending:
            return false;
        case Connecting::failed: {
            const int error = errno;
            stop_waiting(&bev->ev_write);
            stop_waiting(&bev->ev_read);
            errno = error;
            bufferevent_run_eventcb_(bev, BEV_EVENT_ERROR, 0);
            return false;
        }
        case Connecting::connected:
            break;
    }
    bufferevent_run_eventcb_(bev, BEV_EVENT_CONNECTED, 0);
    if ((bev->enabled & EV_WRITE) != 0 && bev->write_suspended == 0) return true;
    stop_waiting(&bev->ev_write);
    return false;
}

/// After a try: waits for the fd if there is more to write, else not.
void wait_if_needed(bufferevent_socket* bev) {
    if (evbuffer_length_(bev->output) == 0) return stop_waiting(&bev->ev_write);
    if ((bev->enabled & EV_WRITE) == 0 || bev->write_suspended != 0) return;
    if (event_pending(&bev->ev_write, EV_WRITE, nullptr)) return;
    // Rather an error than bytes that nobody will ever write.
    if (bufferevent_add_event_(&bev->ev_write, &bev->timeout_write) < 0)
        fail(bev, EV_WRITE, BEV_EVENT_ERROR);
}

void bufferevent_writecb(evutil_socket_t fd, short event, void* arg) {
    TRACE_CALL(arg);
    auto* bev = socket_of(static_cast<bufferevent*>(arg));
    const BevHold hold(bev);
    if (event == EV_TIMEOUT) return fail(bev, EV_WRITE, BEV_EVENT_TIMEOUT);
    const bool was_connecting = bev->connecting;
    if (was_connecting && !connection_made(bev, fd)) return;
    bev->write_turn = bev->ev_base->turn;
    const ev_ssize_t most = bufferevent_get_write_max_(bev);
    if (bev->write_suspended != 0) return;

    ev_ssize_t n = 0;
    if (evbuffer_length_(bev->output) != 0) {
        n = evbuffer_write_(bev->output, fd, static_cast<size_t>(most));
        TRACE(bev_moved, .bev = bev, .direction = bevdir::write, .asked = most, .result = n,
              .error = n < 0 ? errno : 0);
        if (n < 0 && EVUTIL_ERR_RW_RETRIABLE(errno)) return wait_if_needed(bev);
        if (n < 0) return fail(bev, EV_WRITE, BEV_EVENT_ERROR);
        if (n == 0 && most > 0) return fail(bev, EV_WRITE, BEV_EVENT_EOF);
        bufferevent_decrement_write_buckets_(bev, n);
        give_to_loop(bev->ev_base, bev->output);
    }
    wait_if_needed(bev);
    // A new connection alone is no reason to say that something was written.
    if (n > 0 || !was_connecting) bufferevent_trigger_nolock_(bev, EV_WRITE, 0);
}

/// The read callback has returned, and may have left an answer: it is written at once, while the
/// socket's state is in the processor's caches.
void write_answer(bufferevent_socket* bev) {
    if (!std::exchange(bev->has_answer, false)) return;
    if (bev->refcnt == 1) return;  // freed: the loop ends it, nothing is written
    // The callback may have thought better of it since.
    if ((bev->enabled & EV_WRITE) == 0 || bev->write_suspended != 0 || bev->connecting) return;
    if (bev->ev_write.ev_fd < 0 || (bev->ev_write.ev_flags & kWaiting) != 0) return;
    bufferevent_writecb(bev->ev_write.ev_fd, EV_WRITE, static_cast<bufferevent*>(bev));
}

void call_reader(bufferevent_socket* bev) {
    bev->in_readcb = true;
    bufferevent_trigger_nolock_(bev, EV_READ, 0);
    bev->in_readcb = false;
    write_answer(bev);
}

void bufferevent_readcb(evutil_socket_t fd, short event, void* arg) {
    TRACE_CALL(arg);
    auto* bev = socket_of(static_cast<bufferevent*>(arg));
    const BevHold hold(bev);
    // With EV_READ beside it the timeout is void: something has come.
    if (event == EV_TIMEOUT) return fail(bev, EV_READ, BEV_EVENT_TIMEOUT);
    const ev_ssize_t room = bufferevent_room_to_read_(bev);
    if (room == 0) return bufferevent_wm_suspend_read(bev);
    ev_ssize_t most = bufferevent_get_read_max_(bev);
    if (room > 0) most = std::min(most, room);
    if (bev->read_suspended != 0 || most == 0) return;

    const ChainLoan loan(bev);
    const ev_ssize_t n = evbuffer_read_(bev->input, fd, static_cast<size_t>(most));
    TRACE(bev_moved, .bev = bev, .direction = bevdir::read, .asked = most, .result = n,
          .error = n < 0 ? errno : 0);
    if (n > 0) {
        bufferevent_decrement_read_buckets_(bev, n);
        return call_reader(bev);
    }
    if (n == 0) return fail(bev, EV_READ, BEV_EVENT_EOF);
    if (EVUTIL_ERR_RW_RETRIABLE(errno)) return;
    if (bev->connecting && errno == ECONNREFUSED) {
        // Waiting for the connection, the socket's error came to us: writing will tell of it.
        bev->connection_refused = true;
        return;
    }
    fail(bev, EV_READ, BEV_EVENT_ERROR);
}

// ---- the table ----------------------------------------------------------------------------------

int be_socket_enable(bufferevent* bev, short events) {
    if ((events & EV_READ) != 0 && bufferevent_add_event_(&bev->ev_read, &bev->timeout_read) < 0)
        return -1;
    if ((events & EV_WRITE) == 0) return 0;
    // With nothing to write it waits until the fd is ready, and then the write callback is called:
    // so a program hears that a connection which it made itself is there.
    if (evbuffer_length_(bev->output) != 0 && !event_pending(&bev->ev_write, EV_WRITE, nullptr))
        return start_writing(socket_of(bev));
    return bufferevent_add_event_(&bev->ev_write, &bev->timeout_write);
}

int be_socket_disable(bufferevent* bev, short events) {
    if ((events & EV_READ) != 0) stop_waiting(&bev->ev_read);
    // A connection is awaited whether or not one may write to it then.
    if ((events & EV_WRITE) != 0 && !BEV_UPCAST(bev)->connecting) stop_waiting(&bev->ev_write);
    return 0;
}

void be_socket_destruct(bufferevent* bev) {
    const evutil_socket_t fd = event_get_fd(&bev->ev_read);
    if ((BEV_UPCAST(bev)->options & BEV_OPT_CLOSE_ON_FREE) != 0 && fd >= 0) evutil_closesocket(fd);
}

void assign_events(bufferevent* bev, evutil_socket_t fd) {
    event_assign(&bev->ev_read, bev->ev_base, fd, EV_READ | EV_PERSIST | EV_FINALIZE,
                 bufferevent_readcb, bev);
    event_assign(&bev->ev_write, bev->ev_base, fd, EV_WRITE | EV_PERSIST | EV_FINALIZE,
                 bufferevent_writecb, bev);
    TRACE(event_name, .event = &bev->ev_read, .name = "bev read");
    TRACE(event_name, .event = &bev->ev_write, .name = "bev write");
}

int be_socket_setfd(bufferevent* bev, evutil_socket_t fd) {
    stop_waiting(&bev->ev_read);
    stop_waiting(&bev->ev_write);
    const int priority = event_get_priority(&bev->ev_read);
    assign_events(bev, fd);
    event_priority_set(&bev->ev_read, priority);
    event_priority_set(&bev->ev_write, priority);
    TRACE(bev_fd, .bev = bev, .fd = fd);
    return fd >= 0 ? bufferevent_enable(bev, bev->enabled) : 0;
}

int be_socket_ctrl(bufferevent* bev, bufferevent_ctrl_op op, bufferevent_ctrl_data* data) {
    switch (op) {
        case BEV_CTRL_SET_FD:
            return be_socket_setfd(bev, data->fd);
        case BEV_CTRL_GET_FD:
            data->fd = event_get_fd(&bev->ev_read);
            return 0;
        case BEV_CTRL_GET_UNDERLYING:
            break;
    }
    return -1;
}

int be_socket_flush(bufferevent*, short, bufferevent_flush_mode) {
    return 0;
}

void be_socket_dispose(bufferevent* bev) {
    mm_delete(socket_of(bev));
}

}  // namespace

const bufferevent_ops bufferevent_ops_socket = {
    .type = "socket",
    .kind = evglass::trace::field::bevkind::socket,
    .enable = be_socket_enable,
    .disable = be_socket_disable,
    .unlink = nullptr,
    .destruct = be_socket_destruct,
    .adj_timeouts = bufferevent_generic_adj_existing_timeouts_,
    .flush = be_socket_flush,
    .ctrl = be_socket_ctrl,
    .dispose = be_socket_dispose,
};

bufferevent* bufferevent_socket_new(event_base* base, evutil_socket_t fd, int options) {
    mm_ptr<bufferevent_socket> bev(mm_new<bufferevent_socket>());
    if (!bev) return nullptr;
    TRACE_CALL(bev.get());
    if (bufferevent_init_common_(bev.get(), base, &bufferevent_ops_socket, options) < 0)
        return nullptr;
    evbuffer_cb_entry* const watch =
        bufferevent_watch_(bev.get(), bev->output, bufferevent_socket_outbuf_cb);
    if (watch == nullptr) {
        bufferevent_uninit_common_(bev.get());
        return nullptr;
    }
    watch->flags |= kCallbackForAdded;
    evbuffer_set_flags(bev->output, EVBUFFER_FLAG_DRAINS_TO_FD);
    assign_events(bev.get(), fd);
    // The program may not add to the input, nor take from the output.
    evbuffer_freeze(bev->input, 0);
    evbuffer_freeze(bev->output, 1);
    bufferevent_tell_new_(bev.get());
    return bev.release();
}

int bufferevent_priority_set(bufferevent* bev, int priority) {
    using evglass::trace::field::bevkind;
    const BevHold hold(bev);
    if (bev->be_ops->kind != bevkind::socket && bev->be_ops->kind != bevkind::openssl) return -1;
    if (event_priority_set(&bev->ev_read, priority) < 0) return -1;
    if (event_priority_set(&bev->ev_write, priority) < 0) return -1;
    event_deferred_cb_set_priority_(&BEV_UPCAST(bev)->deferred, static_cast<ev_uint8_t>(priority));
    return 0;
}

int bufferevent_get_priority(const bufferevent* bev) {
    if (event_initialized(&bev->ev_read)) return event_get_priority(&bev->ev_read);
    return bev->ev_base != nullptr ? event_base_get_npriorities(bev->ev_base) / 2 : -1;
}

int bufferevent_base_set(event_base* base, bufferevent* bev) {
    const BevHold hold(bev);
    if (bev->be_ops != &bufferevent_ops_socket) return -1;
    bev->ev_base = base;
    if (event_base_set(base, &bev->ev_read) < 0) return -1;
    return event_base_set(base, &bev->ev_write);
}
