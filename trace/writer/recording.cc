// Starting and ending a recording, what a forked child does with its parent's, and status.
#include "trace/writer/recording.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>

#include "trace/writer/block_pool.h"
#include "trace/writer/clock.h"
#include "trace/writer/gate.h"
#include "trace/writer/modules.h"
#include "trace/writer/reservation.h"
#include "trace/writer/sites.h"

namespace evglass::trace {

constinit std::atomic<std::uint32_t> active_mask{0};
constinit std::atomic<bool> attached{false};

namespace writer {

constinit std::atomic<Recording*> current_recording{nullptr};
constinit std::atomic<bool> fork_pending{false};

namespace {

constinit std::mutex mutex;  // start, stop, fork, status
constinit std::uint64_t generations = 0;
constinit Options fork_options;      // what a forked child will record with
constinit StatusReport last_report;  // of the recording that ended last

/// The process's own tables lie behind the Recording, in memory that no allocator of the program
/// knows and that costs nothing until it is used.
Recording* make_recording(const Layout& layout) {
    const std::size_t states = layout.block_limit * sizeof(BlockState);
    const std::size_t bytes = sizeof(Recording) + states + kThreadCapacity * sizeof(ThreadState);
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return nullptr;
    auto* recording = new (at) Recording;
    auto* tables = static_cast<std::byte*>(at) + sizeof(Recording);
    recording->block_states = reinterpret_cast<BlockState*>(tables);
    recording->thread_states = reinterpret_cast<ThreadState*>(tables + states);
    recording->layout = layout;
    return recording;
}

void set_pointers(Recording& r) {
    r.header = reinterpret_cast<format::FileHeader*>(r.file.base);
    r.control = reinterpret_cast<format::Control*>(r.file.base + r.layout.control);
    r.sites = reinterpret_cast<format::Site*>(r.file.base + r.layout.sites);
    r.slots = reinterpret_cast<format::ThreadSlot*>(r.file.base + r.layout.threads);
}

void set_clock(Recording& r, ClockPair earlier) {
    format::FileHeader& header = *r.header;
    const ClockPair now = read_pair(r.clock);
    header.clock = r.clock;
    header.start_ticks = now.ticks;
    header.start_mono_ns = now.ns;
    header.ticks_per_ns = measure_rate(r.clock, earlier);
    header.sync_ticks.store(now.ticks);
    header.sync_ns.store(now.ns);
}

/// The file with everything in it but the magic.
bool prepare_file(Recording& r, const ProgramName& program, Message& error) {
    const bool full = r.options.mode == format::Mode::full;
    const ClockPair earlier = read_pair(r.clock);
    const std::uint64_t first = full ? r.layout.blocks + first_chunk(r.layout) : r.layout.end();
    if (!allocate(r.file, 0, first) || !map_file(r.file, r.layout.end())) {
        error.set("can't get space for the trace %s: %s", r.file.path, strerrordesc_np(errno));
        return false;
    }
    touch(r.file.base, first);
    set_pointers(r);
    write_preamble(r.file.base, r.layout, r.options, program);
    r.header->block_count.store(
        static_cast<std::uint32_t>((first - r.layout.blocks) / r.layout.block_bytes));
    forget_modules();
    update_modules(*r.header, r.file.base);
    write_all_sites(*r.header, r.sites);
    set_clock(r, earlier);
    return true;
}

/// Makes it known to the probes. Sites that got their id meanwhile are written again.
void publish(Recording& r) {
    r.generation = ++generations;
    // The magic comes last, in one piece: a reader finds a whole header or no trace.
    static_assert(offsetof(format::FileHeader, magic) == 0 && sizeof format::kMagic == 8);
    std::uint64_t magic = 0;
    std::memcpy(&magic, format::kMagic, sizeof magic);
    std::atomic_ref(*reinterpret_cast<std::uint64_t*>(r.file.base))
        .store(magic, std::memory_order_release);
    current_recording.store(&r);
    write_all_sites(*r.header, r.sites);
    attached.store(true);
    active_mask.store(r.options.categories);
}

/// A name of this process's own: PATH.PID.
void add_process(Options& options) {
    if (options.automatic_path()) return;
    const std::size_t length = std::strlen(options.path);
    std::snprintf(options.path + length, sizeof options.path - length, ".%ld",
                  static_cast<long>(getpid()));
}

bool start_locked(const Options& options, Message& error) {
    if (Recording* running = current_recording.load()) {
        error.set("a trace is being recorded already, to %s: stop it first", running->file.path);
        errno = EBUSY;
        return false;
    }
    if (getauxval(AT_SECURE) != 0) {
        error.set("this program runs with more rights than its user has: it is never traced");
        errno = EPERM;
        return false;
    }
    ProgramName program = read_program_name();
    Recording* r = make_recording(plan_layout(options));
    if (r == nullptr) {
        errno = ENOMEM;
        error.set("no memory for a trace");
        return false;
    }
    r->options = options;
    r->clock = virtual_clock.load() != nullptr ? format::Clock::virtual_
               : options.monotonic             ? format::Clock::monotonic
                                               : best_clock();
    const Claim claim = claim_reservation(options, r->file, program);
    if (claim == Claim::theirs) add_process(r->options);
    if (claim != Claim::ours && !create_file(r->options, program.name, r->file, error))
        return false;
    if (!prepare_file(*r, program, error)) {
        const int why = errno;
        unlink(r->file.path);
        if (r->file.base != nullptr) munmap(r->file.base, r->file.mapped);
        close(r->file.fd);
        errno = why;
        return false;
    }
    publish(*r);
    if (claim != Claim::ours && !options.automatic_path())
        link_from_default_directory(r->file, program.name);
    return true;
}

void count(const Recording& r, StatusReport& out) {
    const std::uint32_t threads =
        std::min(r.header->thread_count.load(std::memory_order_acquire), kThreadCapacity);
    out.lost = r.header->lost_unthreaded.load(std::memory_order_relaxed);
    out.records = 0;
    for (std::uint32_t i = 0; i < threads; ++i) {
        out.records += r.thread_states[i].records.load(std::memory_order_relaxed);
        out.lost += r.slots[i].lost.load(std::memory_order_relaxed);
    }
}

void fill_report(const Recording& r, StatusReport& out) {
    count(r, out);
    out.recording = r.header->status.load() == format::Status::recording;
    out.error = r.header->stop_error.load();
    std::memcpy(out.path, r.file.path, sizeof out.path);
    out.message = {};
    if (out.error != 0) {
        out.message.set("the recording to %.120s ended early: %s", r.file.path,
                        out.error == EFBIG ? "its limit is reached" : strerrordesc_np(out.error));
    } else if (r.too_large.load()) {
        out.message.set(
            "the loop's state is too large for this ring: a viewer that comes late may not "
            "see it all; record with a larger ring=SIZE");
    }
}

void note_failure(const Message& message, int error) {
    last_report = {};
    last_report.error = error;
    last_report.message = message;
    errno = error;
}

void before_fork() {
    mutex.lock();
}
void after_fork_in_parent() {
    mutex.unlock();
}
void after_fork_in_child() {
    if (Recording* r = current_recording.load()) {
        const bool goes_on = r->header->status.load() == format::Status::recording;
        fork_options = r->options;
        if (!r->options.automatic_path())
            std::memcpy(fork_options.path, r->file.path, sizeof fork_options.path);
        fork_pending.store(goes_on);
        attached.store(false);
        current_recording.store(nullptr);
        detach_file(r->file, 0);
    }
    mutex.unlock();
}

}  // namespace

bool start_recording(const Options& options, Message& error) noexcept {
    const std::lock_guard lock(mutex);
    static const bool registered = [] {
        return pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
    }();
    errno = ENOMEM;
    if (!registered) error.set("no memory for a trace");
    if (registered && start_locked(options, error)) return true;
    if (current_recording.load() == nullptr) note_failure(error, errno);
    return false;
}

void report_failure(const Message& message, int error) noexcept {
    const std::lock_guard lock(mutex);
    if (current_recording.load() == nullptr) note_failure(message, error);
    errno = error;
}

void give_up(Recording& r, int why) noexcept {
    active_mask.store(0);
    attached.store(false);
    std::int32_t none = 0;
    r.header->stop_error.compare_exchange_strong(none, why);
    r.header->status.store(format::Status::stopped);
}

void stop_recording(int why) noexcept {
    const std::lock_guard lock(mutex);
    Recording* r = current_recording.load();
    if (r == nullptr) return;
    active_mask.store(0);
    attached.store(false);
    current_recording.store(nullptr);
    const ClockPair now = read_pair(r->clock);
    r->header->sync_ticks.store(now.ticks);
    r->header->sync_ns.store(now.ns);
    update_modules(*r->header, r->file.base);
    const std::uint32_t used = std::min(r->next_unused.load(), r->header->block_count.load());
    r->header->block_count.store(used);
    give_up(*r, why);
    fill_report(*r, last_report);
    open_gate(*r);
    detach_file(r->file, r->layout.blocks + std::uint64_t{used} * r->layout.block_bytes);
}

void start_after_fork() noexcept {
    const std::lock_guard lock(mutex);
    if (!fork_pending.exchange(false)) return;
    Options options = fork_options;
    add_process(options);
    Message error;
    if (start_locked(options, error)) return;
    active_mask.store(0);
    note_failure(error, errno);
}

void report_status(StatusReport& out) noexcept {
    const std::lock_guard lock(mutex);
    if (const Recording* r = current_recording.load()) {
        fill_report(*r, out);
    } else {
        out = last_report;
    }
}

namespace {
/// A program that ends in good order says so in its trace.
[[gnu::destructor]] void stop_at_exit() {
    stop_recording(0);
}
}  // namespace

}  // namespace writer
}  // namespace evglass::trace
