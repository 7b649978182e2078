// Where an evbuffer_ptr points. The struct that callers keep holds the position, and beside it the
// chain found there last. A change of the buffer moves chains under a kept pointer; so the chain is
// believed only while the buffer's layout count is the one noted with it. A stale pointer is looked
// up again by its position: it costs a walk, never a crash.
// Read next: search.cc.
#pragma once

#include "src/buffer/evbuffer.h"
#include "src/buffer/file_segment.h"

/// A byte: `at` bytes into `chain`. The end of a buffer: no chain.
struct BufferPosition {
    evbuffer_chain* chain = nullptr;
    std::size_t at = 0;
};

/// pos_in_chain holds the offset, and above it the layout that it belongs to.
inline constexpr unsigned kOffsetBits = 40;
inline constexpr std::size_t kOffsetMask = (std::size_t{1} << kOffsetBits) - 1;

/// Tells layouts of this buffer from its own earlier ones and from other buffers'. Never 0: a place
/// that a caller made up has nothing there.
inline std::size_t evbuffer_layout_mark_(const evbuffer* buf) {
    const std::size_t layout = (reinterpret_cast<std::uintptr_t>(buf) >> 5) + buf->layout;
    return (layout << 1 | 1) << kOffsetBits;
}

/// The place `distance` bytes further on; the end if there are not so many.
BufferPosition evbuffer_walk_far_(BufferPosition from, std::size_t distance);
inline BufferPosition evbuffer_walk_(BufferPosition from, std::size_t distance) {
    if (from.chain != nullptr && distance < from.chain->off - from.at)
        return {from.chain, from.at + distance};
    return evbuffer_walk_far_(from, distance);
}
/// The place `offset` bytes from the front; offset is at most total_len.
inline BufferPosition evbuffer_position_at_(const evbuffer* buf, std::size_t offset) {
    return offset != buf->total_len ? evbuffer_walk_({buf->first, 0}, offset) : BufferPosition{};
}

/// The place of a caller's pointer. False if it lies outside the buffer.
[[nodiscard]] inline bool evbuffer_find_position_(const evbuffer* buf, const evbuffer_ptr& ptr,
                                                  BufferPosition* out) {
    if (ptr.pos < 0 || static_cast<std::size_t>(ptr.pos) > buf->total_len) return false;
    const std::size_t mark = ptr.internal_.pos_in_chain & ~kOffsetMask;
    if (ptr.internal_.chain != nullptr && mark == evbuffer_layout_mark_(buf)) {
        *out = {static_cast<evbuffer_chain*>(ptr.internal_.chain),
                ptr.internal_.pos_in_chain & kOffsetMask};
    } else {
        *out = evbuffer_position_at_(buf, static_cast<std::size_t>(ptr.pos));
    }
    return true;
}

/// Fills in a caller's pointer.
inline evbuffer_ptr evbuffer_make_ptr_(const evbuffer* buf, std::size_t pos, BufferPosition place) {
    const auto signed_pos = static_cast<ev_ssize_t>(pos);
    if (place.chain == nullptr || place.at > kOffsetMask) return {signed_pos, {nullptr, 0}};
    return {signed_pos, {place.chain, place.at | evbuffer_layout_mark_(buf)}};
}
inline constexpr evbuffer_ptr kNoPosition{-1, {nullptr, 0}};

/// Can a chain's bytes be looked at? Not those of a file that is only sent, nor of a mapped file
/// that is shorter by now. A search ends in front of them.
inline bool evbuffer_can_look_(const evbuffer_chain* chain) {
    return (chain->flags & kChainFile) == 0 ||
           (chain->readable() && evbuffer_file_segment_intact_(chain));
}
/// Can `size` bytes from a place on be looked at?
[[nodiscard]] bool evbuffer_readable_(BufferPosition from, std::size_t size);
/// Copies; false if bytes on the way can't be read. REQUIRES: so many are there.
[[nodiscard]] bool evbuffer_copy_from_(evbuffer* buf, BufferPosition from, void* out,
                                       std::size_t size);
