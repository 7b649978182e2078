// A record's way into the file: guard, room, stamp, words, one release store, gate.
// The fast path takes no lock, allocates nothing, makes no system call and keeps errno; what is
// rare (a thread's first record, a full block, a new site) stands in functions of its own. Read
// next: block_pool.cc (where room comes from), gate.cc (what stops a thread here).
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "trace/probe.h"
#include "trace/writer/block_pool.h"
#include "trace/writer/clock.h"
#include "trace/writer/gate.h"
#include "trace/writer/recording.h"
#include "trace/writer/sites.h"
#include "trace/writer/thread_log.h"

namespace evglass::trace::writer {

__attribute__((tls_model("initial-exec"))) constinit thread_local ThreadLog thread_log;

namespace {

/// errno as it was, whatever the code in this scope does.
class KeepErrno {
 public:
    KeepErrno() : value_(errno) {}
    ~KeepErrno() { errno = value_; }
    KeepErrno(const KeepErrno&) = delete;
    KeepErrno& operator=(const KeepErrno&) = delete;

 private:
    int value_;
};

/// A thread that ends leaves its block to others. It may emit once more in a later destructor: then
/// it takes a block again and this runs again.
void thread_ends(void*) {
    ThreadLog& log = thread_log;
    Recording* r = current_recording.load(std::memory_order_acquire);
    if (r == nullptr || log.recording != r) return;
    log.busy = true;
    release_block(*r, log);
    if (r->thread_states[log.slot].alive.exchange(false)) r->live_threads.fetch_sub(1);
    log.busy = false;
}

/// Asks for thread_ends(). A key below 32 has its place in the thread's own memory, so setting it
/// allocates nothing, even in a signal handler; with another key the block stays with the thread.
void watch_thread_end() {
    constexpr pthread_key_t kInline = 32;
    static const pthread_key_t key = [] {
        pthread_key_t made = kInline;
        return pthread_key_create(&made, thread_ends) == 0 ? made : kInline;
    }();
    if (key < kInline) pthread_setspecific(key, &thread_log);
}

void set_alive(Recording& r, ThreadLog& log) {
    if (!r.thread_states[log.slot].alive.exchange(true)) r.live_threads.fetch_add(1);
    watch_thread_end();
}

/// Counts a record that can't be told, and asks for a keyframe: after it the reader's picture is
/// exact again.
void count_lost(Recording& r, const ThreadLog* slot_owner) {
    if (slot_owner != nullptr && slot_owner->recording == &r) {
        r.slots[slot_owner->slot].lost.fetch_add(1, std::memory_order_relaxed);
    } else {
        r.header->lost_unthreaded.fetch_add(1, std::memory_order_relaxed);
    }
    r.own_requests.fetch_add(1, std::memory_order_relaxed);
}

/// Room for `size` bytes in a block of this recording.
[[gnu::noinline, gnu::cold]] bool make_room(Recording* r, ThreadLog& log, std::size_t size) {
    const KeepErrno keep;
    if (r == nullptr ||
        r->header->status.load(std::memory_order_relaxed) != format::Status::recording)
        return false;
    if (log.recording != r) {
        if (!attach_thread(*r, log)) {
            count_lost(*r, nullptr);
            return false;
        }
    }
    set_alive(*r, log);
    if (size <= log.room ||
        (size <= r->layout.block_bytes - format::kBlockHeader && next_block(*r, log)))
        return true;
    count_lost(*r, &log);
    return false;
}

/// The words of a record, each stored in one piece: a reader in another process may be looking.
inline void store_words(std::byte* out, const void* from, std::size_t bytes) {
    auto* to = reinterpret_cast<std::uint64_t*>(out);
    const auto* words = static_cast<const std::uint64_t*>(from);
    for (std::size_t i = 0; i < bytes / 8; ++i)
        std::atomic_ref(to[i]).store(words[i], std::memory_order_relaxed);
}

inline std::uint64_t next_stamp(const Recording& r, ThreadLog& log, bool timed) {
    std::uint64_t stamp = log.last + 1;
    if (timed) {
        const std::uint64_t now = read_ticks(r.clock);
        if (now > stamp) stamp = now;
    }
    return log.last = stamp;
}

}  // namespace

bool attach_thread(Recording& r, ThreadLog& log) noexcept {
    std::uint32_t slot = r.header->thread_count.load();
    do {
        if (slot >= kThreadCapacity) return false;
    } while (!r.header->thread_count.compare_exchange_weak(slot, slot + 1));
    format::ThreadSlot& entry = r.slots[slot];
    entry.tid = static_cast<std::uint32_t>(syscall(SYS_gettid));
    prctl(PR_GET_NAME, entry.name, 0, 0, 0);
    entry.ready.store(1, std::memory_order_release);

    const bool busy = log.busy, at_gate = log.at_gate;
    log = ThreadLog{};
    log.busy = busy;
    log.at_gate = at_gate;
    log.slot = slot;
    // The first record may be one that carries no time of its own: it follows this moment.
    log.last = read_ticks(r.clock);
    log.recording = &r;
    return true;
}

}  // namespace evglass::trace::writer

namespace evglass::trace {

using writer::thread_log;

void emit(Site& site, RecordId id, Category category, bool timed, const void* fields,
          std::uint16_t bytes) noexcept {
    writer::ThreadLog& log = thread_log;
    writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    if (log.busy) [[unlikely]] {
        if (r != nullptr) writer::count_lost(*r, &log);
        return;
    }
    log.busy = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const std::size_t size = sizeof(format::RecordHead) + bytes;
    if ((log.recording != r || size > log.room) && !writer::make_room(r, log, size)) [[unlikely]] {
        log.busy = false;
        return;
    }
    std::uint32_t site_id = site.id.load(std::memory_order_acquire);
    if (site_id == 0) [[unlikely]]
        site_id = writer::register_site(site);

    const format::RecordHead head{
        .bytes = static_cast<std::uint16_t>(size),
        .type = static_cast<std::uint16_t>(id),
        .site = static_cast<std::uint16_t>(site_id),
        .flags = timed ? format::kTimed : std::uint16_t{0},
        .stamp = writer::next_stamp(*r, log, timed),
    };
    const std::uint64_t head_words[2] = {
        std::uint64_t{head.bytes} | std::uint64_t{head.type} << 16 |
            std::uint64_t{head.site} << 32 | std::uint64_t{head.flags} << 48,
        head.stamp};
    writer::store_words(log.out, head_words, sizeof head_words);
    writer::store_words(log.out + sizeof head, fields, bytes);
    log.out += size;
    log.room -= size;
    log.committed += static_cast<std::uint32_t>(size);
    log.block->committed.store(log.committed, std::memory_order_release);
    ++log.records;
    r->thread_states[log.slot].records.store(log.records, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    log.busy = false;
    if (r->control->gate.load(std::memory_order_relaxed) != format::Gate::open) [[unlikely]]
        writer::pass_gate(*r, log, {id, category, site, fields, bytes, head.stamp});
}

std::uint64_t now_ticks() noexcept {
    const writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    return r == nullptr ? 0 : writer::read_ticks(r->clock);
}

void clock_join_slow(std::uint64_t stamp) noexcept {
    writer::ThreadLog& log = thread_log;
    const writer::Recording* r = writer::current_recording.load(std::memory_order_acquire);
    if (r == nullptr || stamp <= log.last) return;
    if (log.recording != r && !log.busy) {
        // Not attached yet: its first record will read the clock, which is later than that lock's
        // last owner's records but for a few ticks. Attach now, so that those are kept too.
        log.busy = true;
        const bool ok = writer::make_room(writer::current_recording.load(), log, 0);
        log.busy = false;
        if (!ok) return;
    }
    // A stamp of another recording with another clock may be far off: it says nothing here.
    constexpr std::uint64_t kFar = std::uint64_t{1} << 40;
    if (stamp > log.last && stamp < writer::read_ticks(r->clock) + kFar) log.last = stamp;
}

std::uint64_t clock_now_slow() noexcept {
    return thread_log.last;
}

void set_virtual_clock(std::uint64_t (*nanoseconds)()) noexcept {
    writer::virtual_clock.store(nanoseconds, std::memory_order_release);
}

}  // namespace evglass::trace
