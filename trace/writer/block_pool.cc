// Taking, recycling and leaving blocks.
#include "trace/writer/block_pool.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>

#include "trace/writer/clock.h"

namespace evglass::trace::writer {
namespace {

constexpr std::uint64_t kChunk = 1u << 20;
constexpr std::uint32_t kNone = UINT32_MAX;

/// Makes the file longer by a chunk, so that block `index` exists. Threads that want the same wait
/// for the one that does it.
bool grow(Recording& r, std::uint32_t index) {
    while (r.growing.test_and_set(std::memory_order_acquire)) sched_yield();
    bool ok = true;
    const std::uint32_t have = r.header->block_count.load(std::memory_order_relaxed);
    if (index >= have) {
        const std::uint32_t want = static_cast<std::uint32_t>(std::min<std::uint64_t>(
            r.layout.block_limit, index + 1 + kChunk / r.layout.block_bytes));
        const std::uint64_t size = std::uint64_t{r.layout.block_bytes};
        errno = EFBIG;
        ok = index < want &&
             allocate(r.file, r.layout.blocks + have * size, r.layout.blocks + want * size);
        if (ok) {
            touch(r.file.base + r.layout.blocks + have * size, (want - have) * size);
            r.header->block_count.store(want, std::memory_order_release);
        } else {
            give_up(r, errno);
        }
    }
    r.growing.clear(std::memory_order_release);
    return ok;
}

/// A block that nobody has had yet.
std::uint32_t take_unused(Recording& r, std::uint32_t me) {
    const bool full = r.options.mode == format::Mode::full;
    if (!full && r.next_unused.load(std::memory_order_relaxed) >= r.layout.block_limit)
        return kNone;
    const std::uint32_t index = r.next_unused.fetch_add(1);
    if (index >= r.layout.block_limit) {
        if (full) give_up(r, EFBIG);
        return kNone;
    }
    if (index >= r.header->block_count.load(std::memory_order_acquire) && !grow(r, index))
        return kNone;
    r.block_states[index].owner.store(me | kCurrent);
    r.thread_states[me - 1].blocks.fetch_add(1, std::memory_order_relaxed);
    return index;
}

/// May this thread (with its share, or less) take a block of that owner?
bool may_take(const Recording& r, std::uint32_t owner, std::uint32_t me, bool has_share,
              std::uint32_t limit) {
    if (owner == 0 || (owner & kCurrent) != 0) return false;
    if (owner == me) return true;
    const ThreadState& other = r.thread_states[owner - 1];
    if (!other.alive.load(std::memory_order_relaxed)) return true;
    return !has_share && other.blocks.load(std::memory_order_relaxed) > limit;
}

/// The block left longest ago among those that the thread may take; it is the thread's on return.
std::uint32_t recycle(Recording& r, std::uint32_t me) {
    const std::uint32_t limit = share(r);
    for (int attempt = 0; attempt < 64; ++attempt) {
        const bool has_share =
            r.thread_states[me - 1].blocks.load(std::memory_order_relaxed) >= limit;
        std::uint32_t oldest = kNone, oldest_owner = 0;
        std::uint64_t oldest_time = UINT64_MAX;
        for (std::uint32_t i = 0; i < r.layout.block_limit; ++i) {
            const std::uint32_t owner = r.block_states[i].owner.load(std::memory_order_acquire);
            const std::uint64_t time = r.block_states[i].released.load(std::memory_order_relaxed);
            if (time >= oldest_time || !may_take(r, owner, me, has_share, limit)) continue;
            oldest = i, oldest_owner = owner, oldest_time = time;
        }
        if (oldest == kNone) return kNone;
        BlockState& state = r.block_states[oldest];
        if (!state.owner.compare_exchange_strong(oldest_owner, me | kCurrent)) continue;
        if (oldest_owner != me) {
            r.thread_states[oldest_owner - 1].blocks.fetch_sub(1, std::memory_order_relaxed);
            r.thread_states[me - 1].blocks.fetch_add(1, std::memory_order_relaxed);
        }
        return oldest;
    }
    return kNone;
}

/// A new life for a block: a reader that looks meanwhile sees an odd generation, or another one
/// afterwards, and drops what it read.
void begin_life(Recording& r, ThreadLog& log, std::uint32_t index) {
    format::Block& block = r.block(index);
    const std::uint64_t generation = block.generation.load(std::memory_order_relaxed);
    // An exchange, because nothing of the new life may be seen before the odd generation is.
    block.generation.exchange(generation + 1, std::memory_order_seq_cst);
    const ClockPair now = read_pair(r.clock);
    block.committed.store(0, std::memory_order_relaxed);
    block.thread.store(log.slot, std::memory_order_relaxed);
    block.first_index.store(log.records, std::memory_order_relaxed);
    block.sync_ticks.store(now.ticks, std::memory_order_relaxed);
    block.sync_ns.store(now.ns, std::memory_order_relaxed);
    r.header->sync_ticks.store(now.ticks, std::memory_order_relaxed);
    r.header->sync_ns.store(now.ns, std::memory_order_relaxed);
    block.generation.store(generation + 2, std::memory_order_release);

    log.block = &block;
    log.block_index = index;
    log.out = reinterpret_cast<std::byte*>(&block) + format::kBlockHeader;
    log.room = r.layout.block_bytes - format::kBlockHeader;
    log.committed = 0;
}

/// Notes how far back a keyframe may lie. Every so many blocks the stamp of the last such moment
/// becomes the limit, so a keyframe is renewed when it is one to two intervals old. An interval is
/// a small part of the ring, but several times the largest keyframe, which must not fill the trace.
void move_checkpoint(Recording& r, ThreadLog& log) {
    ++log.blocks_taken;
    if (r.options.mode == format::Mode::full) return;
    const std::uint32_t part = std::max(1u, share(r) / 32);
    const std::uint32_t wanted =
        std::max(part, 4 * r.keyframe_blocks.load(std::memory_order_relaxed));
    const std::uint32_t interval = std::min(wanted, std::max(1u, share(r) / 4));
    if (++log.since_checkpoint < interval) return;
    std::uint64_t seen = r.safe_stamp.load(std::memory_order_relaxed);
    while (seen < log.checkpoint && !r.safe_stamp.compare_exchange_weak(seen, log.checkpoint)) {
    }
    log.checkpoint = log.last;
    log.since_checkpoint = 0;
}

}  // namespace

std::uint64_t first_chunk(const Layout& layout) noexcept {
    return std::min<std::uint64_t>(kChunk, std::uint64_t{layout.block_limit} * layout.block_bytes);
}

std::uint32_t share(const Recording& r) noexcept {
    const std::uint32_t threads = std::max(1u, r.live_threads.load(std::memory_order_relaxed));
    return std::max(2u, r.layout.block_limit / threads);
}

void release_block(Recording& r, ThreadLog& log) noexcept {
    if (log.block == nullptr) return;
    BlockState& state = r.block_states[log.block_index];
    state.released.store(r.releases.fetch_add(1) + 1, std::memory_order_relaxed);
    // From now on others may take it: what it held is counted by this number.
    r.slots[log.slot].records.store(log.records, std::memory_order_relaxed);
    log.block = nullptr;
    log.room = 0;
    state.owner.store(log.slot + 1, std::memory_order_release);
}

bool next_block(Recording& r, ThreadLog& log) noexcept {
    const std::uint32_t me = log.slot + 1;
    std::uint32_t index = take_unused(r, me);
    if (index == kNone && r.options.mode == format::Mode::ring) {
        index = recycle(r, me);
        // With more threads than blocks a thread starts its only one over.
        if (index == kNone && log.block != nullptr) {
            index = log.block_index;
            log.block = nullptr;
        }
    }
    if (index == kNone) return false;
    release_block(r, log);
    begin_life(r, log, index);
    move_checkpoint(r, log);
    return true;
}

}  // namespace evglass::trace::writer
