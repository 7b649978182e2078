// An evbuffer's life, its lock, and what belongs to neither end: flags, freezes, lengths, the
// bufferevent that owns it. Read next: edit.cc.
#include "src/buffer/evbuffer.h"

#include "src/event/deferred.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

using evglass::trace::field::end;

/// Everything that a buffer still has. Nobody else knows it any more.
void evbuffer_destroy(evbuffer* buf) {
    EVUTIL_ASSERT(buf->running == 0);
    while (buf->first != nullptr) {
        evbuffer_chain* chain = buf->first;
        buf->first = chain->next;
        evbuffer_chain_free(chain);
    }
    evbuffer_free_doomed_(buf);
    if (buf->spare != nullptr) evbuffer_chain_free(buf->spare);
    while (evbuffer_cb_entry* entry = buf->callbacks) {
        buf->callbacks = entry->next;
        mm_delete(entry);
    }
    // One that is scheduled holds a reference, so none is: and their base may be gone by now.
    if (buf->deferred_cbs) event_deferred_cb_gone_(buf->cb_queue, &buf->deferred);
    TRACE(buffer_free, .buffer = buf);
    EVBUFFER_UNLOCK(buf);
    if (buf->own_lock) evthread_free_lock(buf->lock, EVTHREAD_LOCKTYPE_RECURSIVE);
    mm_delete(buf);
}

void set_frozen(evbuffer* buf, int at_front, bool frozen) {
    const BufferEdit edit(buf);
    const std::uint8_t bit = at_front ? kSlowFrontFrozen : kSlowBackFrozen;
    buf->set_slow(bit, frozen);
    TRACE(buffer_freeze, .buffer = buf, .end = at_front ? end::front : end::back, .frozen = frozen);
}

}  // namespace

evbuffer* evbuffer_new_(const void* creator) {
    auto* buf = mm_new<evbuffer>();
    if (buf == nullptr) return nullptr;
    buf->creator = creator;
    if (evglass::trace::enabled(evglass::trace::Category::buffer))
        evglass::trace::keyframe_not_needed(buf->keyframe);
    TRACE(buffer_new, .buffer = buf, .creator = creator);
    return buf;
}

evbuffer* evbuffer_new() {
    return evbuffer_new_(__builtin_return_address(0));
}

void evbuffer_free(evbuffer* buf) {
    EVBUFFER_LOCK(buf);
    evbuffer_decref_and_unlock_(buf);
}

void evbuffer_incref_(evbuffer* buf) {
    EVBUFFER_LOCK(buf);
    ++buf->refcnt;
    EVBUFFER_UNLOCK(buf);
}

void evbuffer_incref_and_lock_(evbuffer* buf) {
    EVBUFFER_LOCK(buf);
    ++buf->refcnt;
}

void evbuffer_decref_and_unlock_(evbuffer* buf) {
    EVUTIL_ASSERT(buf->refcnt > 0);
    if (--buf->refcnt > 0) return EVBUFFER_UNLOCK(buf);
    evbuffer_destroy(buf);
}

void evbuffer_set_parent_(evbuffer* buf, bufferevent* parent, const evbuffer_parent_ops* ops) {
    const BufferEdit edit(buf);
    buf->parent = parent;
    buf->parent_ops = ops;
    TRACE(buffer_parent, .buffer = buf, .bufferevent = parent);
}

int evbuffer_enable_locking(evbuffer* buf, void* lock) {
    if (buf->lock != nullptr) return -1;
    const bool own = lock == nullptr;
    if (own) lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
    if (lock == nullptr) return -1;
    buf->lock = lock;
    buf->own_lock = own;
    buf->set_slow(kSlowLock, true);
    return 0;
}

void evbuffer_lock(evbuffer* buf) {
    EVBUFFER_LOCK(buf);
}

void evbuffer_unlock(evbuffer* buf) {
    EVBUFFER_UNLOCK(buf);
}

int evbuffer_set_flags(evbuffer* buf, ev_uint64_t flags) {
    const BufferLook look(buf);
    buf->flags |= flags;
    return 0;
}

int evbuffer_clear_flags(evbuffer* buf, ev_uint64_t flags) {
    const BufferLook look(buf);
    buf->flags &= ~flags;
    return 0;
}

size_t evbuffer_get_length(const evbuffer* buf) {
    if (buf->lock == nullptr) return buf->total_len;
    const BufferLook look(buf);
    return buf->total_len;
}

size_t evbuffer_get_contiguous_space(const evbuffer* buf) {
    const BufferLook look(buf);
    return buf->first != nullptr ? buf->first->off : 0;
}

int evbuffer_freeze(evbuffer* buf, int at_front) {
    set_frozen(buf, at_front, true);
    return 0;
}

int evbuffer_unfreeze(evbuffer* buf, int at_front) {
    set_frozen(buf, at_front, false);
    return 0;
}

TwoBufferEdit::TwoBufferEdit(evbuffer* first, evbuffer* second) : first_(first), second_(second) {
    evbuffer* low = first < second ? first : second;
    evbuffer* high = first < second ? second : first;
    EVBUFFER_LOCK(low);
    if (high != low) EVBUFFER_LOCK(high);
    BufferEdit::checkpoint(low);
    if (high != low) BufferEdit::checkpoint(high);
}

TwoBufferEdit::~TwoBufferEdit() {
    if (first_ == second_) {
        BufferEdit::end(first_);
        return;
    }
    if (!first_->is_slow(kSlowCallbacks) && !second_->is_slow(kSlowCallbacks) &&
        first_->doomed == nullptr && second_->doomed == nullptr) {
        BufferEdit::end(second_);
        BufferEdit::end(first_);
        return;
    }
    // A callback of the first may free the second. The second's lock is taken once more for its
    // own end.
    evbuffer_incref_and_lock_(second_);
    BufferEdit::end(first_);
    BufferEdit::end(second_);
    evbuffer_decref_and_unlock_(second_);
}
