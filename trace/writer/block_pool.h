// Who may write which block. Blocks are taken without a lock: a compare-and-swap of the block's
// owner word decides. A thread in a ring that has its share recycles its own oldest block; one that
// has less takes the oldest of a thread that has more, or of a thread that is gone. So a busy
// thread can't push out what a sleeping one told. In full mode the file grows instead. Invariant: a
// block marked kCurrent is written by its owner alone and is taken by nobody else.
#pragma once

#include <cstdint>

#include "trace/writer/recording.h"
#include "trace/writer/thread_log.h"

namespace evglass::trace::writer {

/// How many bytes of blocks a long trace begins with.
std::uint64_t first_chunk(const Layout& layout) noexcept;
/// Leaves the thread's block, if it has one, and begins another. False if there is none to be had
/// (the recording has then been ended, if that was for good).
bool next_block(Recording& recording, ThreadLog& log) noexcept;
/// Leaves the thread's block to others (its thread ends).
void release_block(Recording& recording, ThreadLog& log) noexcept;
/// The blocks that a thread may have while all are in use.
std::uint32_t share(const Recording& recording) noexcept;

}  // namespace evglass::trace::writer
