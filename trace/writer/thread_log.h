// What a thread needs at hand to emit: where its next record goes, and its clock. One per thread,
// in thread-local storage that is reached without a call; emit() is its only writer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/format.h"

namespace evglass::trace::writer {

struct Recording;

struct ThreadLog {
    volatile bool busy = false;     ///< in the middle of a record: a signal handler must not emit
    volatile bool at_gate = false;  ///< waits: a signal handler emits, but does not wait as well
    std::uint32_t slot = 0;
    Recording* recording = nullptr;  ///< to which slot and block belong; null: none
    std::byte* out = nullptr;        ///< the next record's place
    std::size_t room = 0;            ///< bytes left in the block
    format::Block* block = nullptr;
    std::uint32_t block_index = 0;
    std::uint32_t committed = 0;  ///< bytes of whole records in the block
    std::uint64_t last = 0;       ///< the last stamp
    std::uint64_t records = 0;    ///< how many this thread wrote to this recording
    // keyframes
    std::uint64_t checkpoint = 0;  ///< the stamp some blocks ago
    std::uint32_t since_checkpoint = 0;
    std::uint32_t blocks_taken = 0;
    std::uint32_t keyframe_from = 0;  ///< blocks_taken when the keyframe being written began
    std::uint64_t keyframe_stamp = 0;
};

// "initial-exec": its address is a constant away from the thread pointer, also in a shared library.
__attribute__((tls_model("initial-exec"))) extern constinit thread_local ThreadLog thread_log;

/// Gives the thread a slot and a first block in this recording.
bool attach_thread(Recording& recording, ThreadLog& log) noexcept;

}  // namespace evglass::trace::writer
