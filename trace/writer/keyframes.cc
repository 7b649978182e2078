// When a base must tell its whole state, so that a ring always holds a whole keyframe and
// everything since: in a new recording, when a viewer asks, after losses, and when the last one
// would soon be overwritten (block_pool.cc moves that limit). It also looks at what a viewer asks
// once a turn.
#include <cerrno>

#include "trace/probe.h"
#include "trace/writer/block_pool.h"
#include "trace/writer/modules.h"
#include "trace/writer/recording.h"
#include "trace/writer/thread_log.h"

namespace evglass::trace {
namespace writer {
namespace {

std::uint32_t requests(const Recording& r) {
    return r.control->keyframe_requests.load(std::memory_order_relaxed) +
           r.own_requests.load(std::memory_order_relaxed);
}

/// This is a place where no signal handler runs: the list of modules can be walked.
void look_for_new_modules(Recording& r) {
    const std::uint32_t blocks =
        static_cast<std::uint32_t>(r.releases.load(std::memory_order_relaxed));
    if (r.modules_checked.exchange(blocks, std::memory_order_relaxed) == blocks) return;
    const int saved_errno = errno;
    update_modules(*r.header, r.file.base);
    errno = saved_errno;
}

void note_begin(const Recording& r, ThreadLog& log) {
    log.keyframe_from = log.recording == &r ? log.blocks_taken : 0;
    log.keyframe_stamp = log.recording == &r ? log.last : 0;
}

/// Says once that the promise can't be kept.
void tell_too_large(Recording& r) {
    if (r.too_large.exchange(true)) return;
    TRACE(
        mark,
        .text = "evglass: the loop's state does not fit this ring: record with a larger ring=SIZE");
}

}  // namespace
}  // namespace writer

bool keyframe_due_slow(const KeyframeMark& mark) noexcept {
    if (writer::fork_pending.load(std::memory_order_relaxed)) {
        const int saved_errno = errno;
        writer::start_after_fork();
        errno = saved_errno;
    }
    writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    if (r == nullptr) return false;
    writer::look_for_new_modules(*r);
    const bool due = mark.generation != r->generation || mark.requests != writer::requests(*r) ||
                     mark.stamp < r->safe_stamp.load(std::memory_order_relaxed);
    if (due) writer::note_begin(*r, writer::thread_log);
    return due;
}

void keyframe_done(KeyframeMark& mark) noexcept {
    writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    writer::ThreadLog& log = writer::thread_log;
    if (r == nullptr || log.recording != r) return;
    mark.generation = r->generation;
    mark.requests = writer::requests(*r);
    mark.stamp = log.keyframe_stamp;
    if (r->options.mode != format::Mode::ring) return;
    const std::uint32_t blocks = log.blocks_taken - log.keyframe_from;
    std::uint32_t largest = r->keyframe_blocks.load(std::memory_order_relaxed);
    while (largest < blocks && !r->keyframe_blocks.compare_exchange_weak(largest, blocks)) {
    }
    // The old keyframe must stay until the new one is whole, and half the ring lies between them.
    if (blocks > writer::share(*r) / 4) {
        mark.stamp = log.last;
        writer::tell_too_large(*r);
    }
}

void keyframe_not_needed(KeyframeMark& mark) noexcept {
    const writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    const writer::ThreadLog& log = writer::thread_log;
    if (r == nullptr || log.recording != r) return;
    mark.generation = r->generation;
    mark.requests = writer::requests(*r);
    mark.stamp = log.last;
}

void poll_control_slow() noexcept {
    writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    if (r == nullptr ||
        r->header->status.load(std::memory_order_relaxed) != format::Status::recording)
        return;
    const std::uint32_t wanted = r->control->mask.load(std::memory_order_relaxed) & kAllCategories;
    const std::uint32_t before = active_mask.load(std::memory_order_relaxed);
    if (wanted == before) return;
    // While state was not recorded a reader lost sight of it.
    if ((wanted & ~before & bit(Category::state)) != 0) r->own_requests.fetch_add(1);
    active_mask.store(wanted, std::memory_order_relaxed);
}

}  // namespace evglass::trace
