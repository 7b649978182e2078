// Callbacks of a buffer: who is told what changed, when, and how the list may change meanwhile.
// Callbacks run when an operation is over and the buffer consistent, the newest first, with the
// lock held. Deferred ones run from the loop, once for all that changed until then. Read next:
// src/event/deferred.h.
#include "src/buffer/evbuffer.h"
#include "src/event/deferred.h"
#include "src/event/event_base.h"
#include "src/util/memory.h"

namespace {

/// The flags that users may set and clear.
constexpr ev_uint32_t kUserFlags = 0xffff;

/// Which entries a walk calls.
enum class Which { all, at_once, deferred };

bool wanted(const evbuffer_cb_entry* entry, const evbuffer_cb_info& info, Which which) {
    if (entry->dead || (entry->flags & EVBUFFER_CB_ENABLED) == 0) return false;
    if ((entry->flags & kCallbackForAdded) != 0 && info.n_added == 0) return false;
    if (which == Which::all) return true;
    return ((entry->flags & kCallbackNoDefer) != 0) == (which == Which::at_once);
}

void note_callbacks(evbuffer* buf) {
    buf->set_slow(kSlowCallbacks, buf->callbacks != nullptr);
}

/// Out of the list; while callbacks run it only counts as gone.
void remove_entry(evbuffer* buf, evbuffer_cb_entry** place) {
    evbuffer_cb_entry* entry = *place;
    if (buf->running > 0) {
        entry->dead = true;
        buf->has_dead_callbacks = true;
        return;
    }
    *place = entry->next;
    mm_delete(entry);
}

/// After a walk: those that callbacks removed meanwhile go.
void sweep(evbuffer* buf) {
    buf->has_dead_callbacks = false;
    evbuffer_cb_entry** place = &buf->callbacks;
    while (*place != nullptr) {
        if ((*place)->dead) {
            remove_entry(buf, place);
        } else {
            place = &(*place)->next;
        }
    }
    note_callbacks(buf);
}

template <class Match>
int remove_first(evbuffer* buf, Match match) {
    const BufferLook look(buf);
    for (evbuffer_cb_entry** place = &buf->callbacks; *place != nullptr; place = &(*place)->next) {
        if ((*place)->dead || !match(*place)) continue;
        remove_entry(buf, place);
        note_callbacks(buf);
        return 0;
    }
    return -1;
}

evbuffer_cb_entry* add_entry(evbuffer* buf, evbuffer_cb_func cb, evbuffer_cb old_cb, void* arg) {
    auto* entry = mm_new<evbuffer_cb_entry>();
    if (entry == nullptr) return nullptr;
    entry->cb = cb;
    entry->old_cb = old_cb;
    entry->arg = arg;
    entry->flags = EVBUFFER_CB_ENABLED;
    const BufferLook look(buf);
    entry->next = buf->callbacks;
    buf->callbacks = entry;
    note_callbacks(buf);
    return entry;
}

void call(evbuffer* buf, const evbuffer_cb_entry* entry, const evbuffer_cb_info& info,
          Which which) {
    TRACE(buffer_callback, .buffer = buf,
          .callback = entry->cb != nullptr ? reinterpret_cast<std::uint64_t>(entry->cb)
                                           : reinterpret_cast<std::uint64_t>(entry->old_cb),
          .arg = entry->arg, .orig_size = info.orig_size, .added = info.n_added,
          .deleted = info.n_deleted, .deferred = which == Which::deferred);
    static_cast<void>(which);
    if (entry->cb != nullptr) {
        entry->cb(buf, &info, entry->arg);
    } else {
        entry->old_cb(buf, info.orig_size, info.orig_size + info.n_added - info.n_deleted,
                      entry->arg);
    }
}

/// The walk. The caller has a reference. What a callback changes is told by that change's own walk.
void evbuffer_run_callbacks(evbuffer* buf, Which which) {
    if (buf->n_add_for_cb == 0 && buf->n_del_for_cb == 0) return;
    const evbuffer_cb_info info{.orig_size = buf->total_len + buf->n_del_for_cb - buf->n_add_for_cb,
                                .n_added = buf->n_add_for_cb,
                                .n_deleted = buf->n_del_for_cb};
    // The deferred callbacks will be told of these bytes too.
    if (which != Which::at_once) buf->n_add_for_cb = buf->n_del_for_cb = 0;
    ++buf->running;
    for (evbuffer_cb_entry* entry = buf->callbacks; entry != nullptr; entry = entry->next) {
        if (wanted(entry, info, which)) call(buf, entry, info, which);
    }
    if (--buf->running == 0 && buf->has_dead_callbacks) sweep(buf);
}

/// In the loop: all that changed since the callback was scheduled.
void evbuffer_deferred_callback(event_callback* cb, void* arg) {
    auto* buf = static_cast<evbuffer*>(arg);
    EVBUFFER_LOCK(buf);
    bufferevent* parent = buf->deferred_parent;
    const evbuffer_parent_ops* ops = buf->parent_ops;
    buf->deferred_parent = nullptr;
    BufferEdit::checkpoint(buf);
    if (cb != nullptr) evbuffer_run_callbacks(buf, Which::deferred);
    // The reference that scheduling took. The parent goes last: the lock may be in it.
    evbuffer_decref_and_unlock_(buf);
    if (parent != nullptr) ops->release(parent);
}

void schedule(evbuffer* buf) {
    if (!event_deferred_cb_schedule_(buf->cb_queue, &buf->deferred)) return;
    ++buf->refcnt;
    buf->deferred_parent = buf->parent;
    if (buf->parent != nullptr) buf->parent_ops->hold(buf->parent);
}

}  // namespace

void evbuffer_invoke_callbacks_(evbuffer* buf) {
    if (buf->callbacks == nullptr) {
        buf->n_add_for_cb = buf->n_del_for_cb = 0;
        return;
    }
    if (buf->n_add_for_cb == 0 && buf->n_del_for_cb == 0) return;
    if (!buf->deferred_cbs) return evbuffer_run_callbacks(buf, Which::all);
    schedule(buf);
    evbuffer_run_callbacks(buf, Which::at_once);
}

void evbuffer_end_edit_(evbuffer* buf) {
    ++buf->refcnt;
    evbuffer_free_doomed_(buf);
    evbuffer_invoke_callbacks_(buf);
    evbuffer_decref_and_unlock_(buf);
}

evbuffer_cb_entry* evbuffer_add_cb(evbuffer* buf, evbuffer_cb_func cb, void* arg) {
    return cb != nullptr ? add_entry(buf, cb, nullptr, arg) : nullptr;
}

int evbuffer_remove_cb_entry(evbuffer* buf, evbuffer_cb_entry* wanted_entry) {
    return remove_first(buf, [&](const evbuffer_cb_entry* e) { return e == wanted_entry; });
}

int evbuffer_remove_cb(evbuffer* buf, evbuffer_cb_func cb, void* arg) {
    return remove_first(buf, [&](const evbuffer_cb_entry* e) {
        return e->cb == cb && e->arg == arg && cb != nullptr;
    });
}

int evbuffer_setcb(evbuffer* buf, evbuffer_cb cb, void* arg) {
    const BufferLook look(buf);
    evbuffer_cb_entry* const before = buf->callbacks;
    if (cb != nullptr && add_entry(buf, nullptr, cb, arg) == nullptr) return -1;
    for (evbuffer_cb_entry* entry = before; entry != nullptr; entry = entry->next)
        entry->dead = buf->has_dead_callbacks = true;
    if (buf->running == 0) sweep(buf);
    return 0;
}

int evbuffer_cb_set_flags(evbuffer* buf, evbuffer_cb_entry* entry, ev_uint32_t flags) {
    const BufferLook look(buf);
    entry->flags |= flags & kUserFlags;
    return 0;
}

int evbuffer_cb_clear_flags(evbuffer* buf, evbuffer_cb_entry* entry, ev_uint32_t flags) {
    const BufferLook look(buf);
    entry->flags &= ~(flags & kUserFlags);
    return 0;
}

int evbuffer_defer_callbacks(evbuffer* buf, event_base* base) {
    const BufferLook look(buf);
    if (base == nullptr || (buf->deferred_cbs && buf->cb_queue != base)) return -1;
    if (buf->deferred_cbs) return 0;
    buf->cb_queue = base;
    buf->deferred_cbs = true;
    event_deferred_cb_init_(&buf->deferred, static_cast<ev_uint8_t>(base->nactivequeues / 2),
                            evbuffer_deferred_callback, buf, "evbuffer callbacks");
    return 0;
}
