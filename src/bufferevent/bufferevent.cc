// What all bufferevents are: how they begin, how references keep them, how the loop ends them, and
// the questions that any of them answers.
// A freed bufferevent has no callbacks any more. When its last reference is dropped its events are
// cancelled without waiting, and the loop calls bufferevent_finalize_cb_ when none of them can be
// running: from there its memory and its transport go.
// Read next: callbacks.cc, suspend.cc, socket.cc.
#include "src/bufferevent/bufferevent_private.h"

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

namespace trace = evglass::trace;

/// A buffer whose deferred callback waits keeps the bufferevent, and so the lock that they share.
void release_parent(bufferevent* bev) {
    BEV_LOCK(bev);
    bufferevent_decref_and_unlock_(bev);
}
constexpr evbuffer_parent_ops kParentOps{bufferevent_incref, release_parent};

evbuffer* make_buffer(bufferevent_private* bev) {
    evbuffer* buf = evbuffer_new();
    if (buf != nullptr) evbuffer_set_parent_(buf, bev, &kParentOps);
    return buf;
}

void free_buffer(evbuffer* buf) {
    if (buf == nullptr) return;
    evbuffer_set_parent_(buf, nullptr, nullptr);
    evbuffer_free(buf);
}

/// Ends the life of an event that a kind may or may not have assigned.
void unassign(event* ev) {
    if (event_initialized(ev)) event_debug_unassign(ev);
}

/// Everything is over: no callback runs, none will. Called by the loop, or where there is none.
void bufferevent_destroy(bufferevent* bev) {
    TRACE_CALL(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    BEV_LOCK(bev);
    bufferevent_ctrl_data data{};
    data.ptr = nullptr;
    if (bev->be_ops->ctrl == nullptr || bev->be_ops->ctrl(bev, BEV_CTRL_GET_UNDERLYING, &data) < 0)
        data.ptr = nullptr;
    if (bev->be_ops->destruct != nullptr) bev->be_ops->destruct(bev);
    bufferevent_ratelim_free_(bev);
    TRACE(bev_free, .bev = bev);
    BEV_UNLOCK(bev);
    bufferevent_uninit_common_(p);
    bufferevent* const lock_owner = p->lock_owner;
    bev->be_ops->dispose(bev);
    if (data.ptr != nullptr) bufferevent_decref(data.ptr);
    if (lock_owner != nullptr) bufferevent_decref(lock_owner);
}

void bufferevent_finalize_cb_(event_callback*, void* arg) {
    bufferevent_destroy(static_cast<bufferevent*>(arg));
}

/// With the lock held and no reference left: nobody can find it any more but the loop.
void bufferevent_bury(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    bufferevent_ratelim_leave_(bev);
    event_callback* callbacks[4];
    int n = 0;
    for (event* ev : {&bev->ev_read, &bev->ev_write, bufferevent_ratelim_event_(bev)}) {
        if (ev != nullptr && event_initialized(ev)) callbacks[n++] = event_to_event_callback(ev);
    }
    callbacks[n++] = &p->deferred;
    event_callback_finalize_many_(bev->ev_base, n, callbacks, bufferevent_finalize_cb_);
}

}  // namespace

int bufferevent_init_common_(bufferevent_private* bev, event_base* base, const bufferevent_ops* ops,
                             int options) {
    if ((options & (BEV_OPT_DEFER_CALLBACKS | BEV_OPT_UNLOCK_CALLBACKS)) ==
        BEV_OPT_UNLOCK_CALLBACKS) {
        event_warnx("a bufferevent with BEV_OPT_UNLOCK_CALLBACKS needs BEV_OPT_DEFER_CALLBACKS");
        return -1;
    }
    bev->ev_base = base != nullptr ? base : event_global_current_base_;
    bev->be_ops = ops;
    bev->options = static_cast<unsigned>(options);
    bev->enabled = EV_WRITE;
    bufferevent_init_deferred_(bev);
    bev->input = make_buffer(bev);
    bev->output = make_buffer(bev);
    if (bev->input != nullptr && bev->output != nullptr &&
        ((options & BEV_OPT_THREADSAFE) == 0 || bufferevent_enable_locking_(bev, nullptr) == 0))
        return 0;
    bufferevent_uninit_common_(bev);
    return -1;
}

void bufferevent_uninit_common_(bufferevent_private* bev) {
    free_buffer(bev->input);
    free_buffer(bev->output);
    bev->input = bev->output = nullptr;
    unassign(&bev->ev_read);
    unassign(&bev->ev_write);
    event_deferred_cb_gone_(bev->ev_base, &bev->deferred);
    if (bev->lock != nullptr && bev->lock_owner == nullptr)
        evthread_free_lock(bev->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    bev->lock = nullptr;
}

int bufferevent_enable_locking_(bufferevent* bev, bufferevent* owner) {
    bufferevent_private* p = BEV_UPCAST(bev);
    if (p->lock != nullptr) return -1;
    if (!evthread_enabled()) return 0;
    if (owner == nullptr) {
        p->lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
        if (p->lock == nullptr) return -1;
    } else {
        p->lock = BEV_UPCAST(owner)->lock;
        p->lock_owner = owner;
        bufferevent_incref(owner);
    }
    // With a lock given, these allocate nothing and can't fail.
    evbuffer_enable_locking(bev->input, p->lock);
    evbuffer_enable_locking(bev->output, p->lock);
    return 0;
}

evbuffer_cb_entry* bufferevent_watch_(bufferevent* bev, evbuffer* buf, evbuffer_cb_func callback) {
    evbuffer_cb_entry* entry = evbuffer_add_cb(buf, callback, bev);
    if (entry != nullptr) evbuffer_cb_set_flags(buf, entry, kCallbackNoDefer);
    return entry;
}

int bufferevent_share_lock_(bufferevent* bev, bufferevent* underlying) {
    if (BEV_UPCAST(underlying)->lock == nullptr &&
        bufferevent_enable_locking_(underlying, nullptr) < 0)
        return -1;
    return bufferevent_enable_locking_(bev, underlying);
}

void bufferevent_incref_and_lock_(bufferevent* bev) {
    BEV_LOCK(bev);
    ++BEV_UPCAST(bev)->refcnt;
    bufferevent_checkpoint_(bev);
}

int bufferevent_decref_and_unlock_(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    EVUTIL_ASSERT(p->refcnt > 0);
    if (--p->refcnt > 0) {
        BEV_UNLOCK(bev);
        return 0;
    }
    TRACE_CALL(bev);
    if (bev->ev_base == nullptr) {
        BEV_UNLOCK(bev);
        bufferevent_destroy(bev);
        return 1;
    }
    bufferevent_bury(bev);
    BEV_UNLOCK(bev);
    return 1;
}

void bufferevent_free(bufferevent* bev) {
    TRACE_CALL(bev);
    BEV_LOCK(bev);
    bufferevent_checkpoint_(bev);
    TRACE(bev_release, .bev = bev, .refs = static_cast<std::uint32_t>(BEV_UPCAST(bev)->refcnt));
    bufferevent_setcb(bev, nullptr, nullptr, nullptr, nullptr);
    bufferevent_stop_lookup_(bev);
    if (bev->be_ops->unlink != nullptr) bev->be_ops->unlink(bev);
    bufferevent_decref_and_unlock_(bev);
}

void bufferevent_incref(bufferevent* bev) {
    BEV_LOCK(bev);
    ++BEV_UPCAST(bev)->refcnt;
    BEV_UNLOCK(bev);
}

int bufferevent_decref(bufferevent* bev) {
    BEV_LOCK(bev);
    return bufferevent_decref_and_unlock_(bev);
}

void bufferevent_lock(bufferevent* bev) {
    BEV_LOCK(bev);
}

void bufferevent_unlock(bufferevent* bev) {
    BEV_UNLOCK(bev);
}

// ---- questions
// ------------------------------------------------------------------------------------

event_base* bufferevent_get_base(bufferevent* bev) {
    return bev->ev_base;
}

evbuffer* bufferevent_get_input(bufferevent* bev) {
    return bev->input;
}

evbuffer* bufferevent_get_output(bufferevent* bev) {
    return bev->output;
}

short bufferevent_get_enabled(bufferevent* bev) {
    const BevLook look(bev);
    return bev->enabled;
}

int bufferevent_setfd(bufferevent* bev, evutil_socket_t fd) {
    const BevHold hold(bev);
    bufferevent_ctrl_data data{};
    data.fd = fd;
    return bev->be_ops->ctrl != nullptr ? bev->be_ops->ctrl(bev, BEV_CTRL_SET_FD, &data) : -1;
}

evutil_socket_t bufferevent_getfd(bufferevent* bev) {
    const BevLook look(bev);
    bufferevent_ctrl_data data{};
    data.fd = -1;
    if (bev->be_ops->ctrl == nullptr || bev->be_ops->ctrl(bev, BEV_CTRL_GET_FD, &data) < 0)
        return -1;
    return data.fd;
}

bufferevent* bufferevent_get_underlying(bufferevent* bev) {
    const BevLook look(bev);
    bufferevent_ctrl_data data{};
    data.ptr = nullptr;
    if (bev->be_ops->ctrl == nullptr || bev->be_ops->ctrl(bev, BEV_CTRL_GET_UNDERLYING, &data) < 0)
        return nullptr;
    return data.ptr;
}

int bufferevent_flush(bufferevent* bev, short iotype, bufferevent_flush_mode mode) {
    TRACE_CALL(bev);
    const BevHold hold(bev);
    return bev->be_ops->flush != nullptr ? bev->be_ops->flush(bev, iotype, mode) : -1;
}

// ---- data: a buffer's lock is the bufferevent's
// ----------------------------------------------------

int bufferevent_write(bufferevent* bev, const void* data, size_t size) {
    TRACE_CALL(bev);
    return evbuffer_add(bev->output, data, size) < 0 ? -1 : 0;
}

int bufferevent_write_buffer(bufferevent* bev, evbuffer* buf) {
    TRACE_CALL(bev);
    return evbuffer_add_buffer(bev->output, buf) < 0 ? -1 : 0;
}

size_t bufferevent_read(bufferevent* bev, void* data, size_t size) {
    const int n = evbuffer_remove(bev->input, data, size);
    return n > 0 ? static_cast<size_t>(n) : 0;
}

int bufferevent_read_buffer(bufferevent* bev, evbuffer* buf) {
    return evbuffer_add_buffer(buf, bev->input);
}
