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

/// The place of a caller's pointer. False if it lies outside the buffer.
[[nodiscard]] bool evbuffer_find_position_(const evbuffer* buf, const evbuffer_ptr& ptr,
                                           BufferPosition* out);
/// The place `offset` bytes from the front; offset is at most total_len.
BufferPosition evbuffer_position_at_(const evbuffer* buf, std::size_t offset);
/// Fills in a caller's pointer.
evbuffer_ptr evbuffer_make_ptr_(const evbuffer* buf, std::size_t pos, BufferPosition place);
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
