// The whole state of a buffer as records, for readers that come late. A base's keyframe can't hold
// the buffers, because nobody knows them all; so each buffer tells itself before its first record
// that a new keyframe generation sees. A quiet buffer is unknown to a late reader until it acts.
// Everything here only reads. Read next: src/event/keyframe.cc.
#include "src/buffer/evbuffer.h"

namespace {

std::uint32_t count_chains(const evbuffer* buf) {
    std::uint32_t n = 0;
    for (const evbuffer_chain* chain = buf->first; chain != nullptr; chain = chain->next) ++n;
    return n;
}

std::uint32_t count_callbacks(const evbuffer* buf) {
    std::uint32_t n = 0;
    for (const evbuffer_cb_entry* entry = buf->callbacks; entry != nullptr; entry = entry->next)
        n += entry->dead ? 0 : 1;
    return n;
}

void tell(const evbuffer* buf) {
    TRACE(buffer_state, .buffer = buf, .creator = buf->creator, .bufferevent = buf->parent,
          .length = buf->total_len, .chains = count_chains(buf), .callbacks = count_callbacks(buf),
          .front_frozen = buf->is_slow(kSlowFrontFrozen),
          .back_frozen = buf->is_slow(kSlowBackFrozen));
    std::uint32_t index = 0;
    for (const evbuffer_chain* chain = buf->first; chain != nullptr; chain = chain->next) {
        TRACE(buffer_state_chain, .buffer = buf, .chain = chain, .size = chain->buffer_len,
              .misalign = chain->misalign, .used = chain->off, .index = index,
              .refs = chain->refcnt.load(std::memory_order_relaxed), .flags = chain->flags);
        ++index;
    }
}

}  // namespace

void evbuffer_tell_state_(evbuffer* buf) {
    if (!evglass::trace::keyframe_due_slow(buf->keyframe)) return;
    tell(buf);
    evglass::trace::keyframe_done(buf->keyframe);
}
