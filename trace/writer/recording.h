// One recording: a trace file that this process writes now. There is at most one at a time.
// Invariants:
//   (1) A Recording is never freed. When it ends, its mapping is replaced by zero pages, so a
//       thread that is just writing a record, or waits at the gate, does no harm.
//   (2) current_recording is set after the file is complete, and active_mask after that.
//   (3) A record is visible when its block's `committed` covers it, and then never changes until
//   the
//       block gets a new life.
// Threads: start, stop and fork are serialised by a mutex. Emitting takes none.
// Read next: emit.cc (a record's way into the file), block_pool.h (who owns which block), gate.h.
#pragma once

#include <atomic>
#include <cstdint>

#include "trace/format.h"
#include "trace/probe.h"
#include "trace/writer/file_map.h"
#include "trace/writer/layout.h"
#include "trace/writer/options.h"

namespace evglass::trace::writer {

/// What the process knows of a block besides what stands in the file.
struct BlockState {
    /// Owner's slot + 1 in the low half; kCurrent while the owner writes it. 0: never used.
    std::atomic<std::uint32_t> owner;
    std::atomic<std::uint64_t> released;  ///< counts up: the smallest is the oldest
};
inline constexpr std::uint32_t kCurrent = 0x80000000u;

/// What the process knows of a thread besides what stands in the file.
struct ThreadState {
    std::atomic<std::uint32_t> blocks;  ///< how many it owns
    std::atomic<bool> alive;
    std::atomic<std::uint64_t> records;  ///< how many it wrote, now
};

struct Recording {
    // fixed from the start
    Options options;
    FileMap file;
    Layout layout;
    format::Clock clock = format::Clock::monotonic;
    std::uint64_t generation = 0;
    format::FileHeader* header = nullptr;
    format::Control* control = nullptr;
    format::Site* sites = nullptr;
    format::ThreadSlot* slots = nullptr;
    BlockState* block_states = nullptr;
    ThreadState* thread_states = nullptr;
    // the pool
    std::atomic<std::uint32_t> next_unused{0};
    std::atomic<std::uint64_t> releases{0};
    std::atomic<std::uint32_t> live_threads{0};
    std::atomic_flag growing = ATOMIC_FLAG_INIT;
    // keyframes
    std::atomic<std::uint64_t> safe_stamp{0};    ///< a keyframe older than this must be renewed
    std::atomic<std::uint32_t> own_requests{0};  ///< keyframes wanted after losses and mask changes
    std::atomic<std::uint32_t> keyframe_blocks{0};  ///< the largest keyframe so far
    std::atomic<bool> too_large{false};             ///< some keyframe does not fit the ring
    std::atomic<std::uint32_t> modules_checked{0};

    format::Block& block(std::uint32_t index) const {
        return *reinterpret_cast<format::Block*>(file.base + layout.blocks +
                                                 std::uint64_t{index} * layout.block_bytes);
    }
};

extern constinit std::atomic<Recording*> current_recording;

/// Starts a recording. False, and one line in `error`, if that can't be; the program goes on as if
/// nothing had been asked.
bool start_recording(const Options& options, Message& error) noexcept;
/// Ends it: every record that was committed is in the file. `why`: 0, or the errno that ended it.
void stop_recording(int why) noexcept;
/// Ends it from inside emit(): no space. The file stays mapped until stop_recording.
void give_up(Recording& recording, int why) noexcept;
/// In a forked child: begins the child's own trace, if there is one to begin.
void start_after_fork() noexcept;
extern constinit std::atomic<bool> fork_pending;

/// What evglass_trace_status tells.
struct StatusReport {
    bool recording = false;
    std::uint64_t records = 0, lost = 0;
    int error = 0;
    char path[1200]{};
    Message message;
};
void report_status(StatusReport& out) noexcept;
/// A start that failed: what report_status() says until the next one.
void report_failure(const Message& message, int error) noexcept;

}  // namespace evglass::trace::writer
