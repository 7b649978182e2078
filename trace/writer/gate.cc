// Stops, steps and waiting at the gate.
#include "trace/writer/gate.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

namespace evglass::trace::writer {
namespace {

using format::Control;
using format::Gate;
using format::Stop;
using format::StopField;

/// The field's value, sign-extended or not as the stop's number is: compared modulo its size.
bool field_matches(const StopField& want, const PassingRecord& record) {
    if (std::size_t{want.offset} + want.size > record.bytes || want.size > 8) return false;
    std::uint64_t value = 0;
    std::memcpy(&value, static_cast<const std::byte*>(record.fields) + want.offset, want.size);
    const bool is_signed = (want.op & format::kStopSigned) != 0;
    const int unused = 64 - 8 * want.size;
    if (is_signed && unused < 64)
        value = static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
    const auto less = [is_signed](std::uint64_t a, std::uint64_t b) {
        return is_signed ? static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b) : a < b;
    };
    switch (want.op & ~format::kStopSigned) {
        case 0:
            return value == want.value;
        case 1:
            return value != want.value;
        case 2:
            return less(value, want.value);
        case 3:
            return less(want.value, value);
        case 4:
            return (value & want.value) != 0;
        default:
            return false;
    }
}

bool type_matches(const Stop& stop, RecordId id) {
    if (std::all_of(std::begin(stop.types), std::end(stop.types),
                    [](auto word) { return word == 0; }))
        return true;
    const auto number = static_cast<std::size_t>(id);
    return number < format::kStopTypes && (stop.types[number / 64] >> number % 64 & 1) != 0;
}

bool stop_matches(const Stop& stop, const PassingRecord& record) {
    if (stop.armed.load(std::memory_order_acquire) != 1) return false;
    if (!type_matches(stop, record.id)) return false;
    if (stop.categories != 0 && (stop.categories & bit(record.category)) == 0) return false;
    if (stop.function[0] != '\0' &&
        std::strncmp(stop.function, record.site.function, sizeof stop.function - 1) != 0)
        return false;
    const std::size_t fields = std::min<std::size_t>(stop.fields, format::kStopFields);
    return std::all_of(stop.field, stop.field + fields,
                       [&](const StopField& f) { return field_matches(f, record); });
}

/// 1 + the index of a stop at which this record must wait; 0: none.
std::uint32_t find_stop(Control& control, const PassingRecord& record) {
    for (std::uint32_t i = 0; i < format::kStops; ++i) {
        Stop& stop = control.stop[i];
        if (!stop_matches(stop, record)) continue;
        if (stop.hits.fetch_add(1) < stop.skip) continue;
        if (stop.once != 0) stop.armed.store(0);
        return i + 1;
    }
    return 0;
}

bool take_credit(Control& control) {
    std::int32_t have = control.credits.load();
    while (have > 0)
        if (control.credits.compare_exchange_weak(have, have - 1)) return true;
    return false;
}

/// Sleeps until the word is no longer `seen`, or a tenth of a second.
void wait_for_change(std::atomic<std::uint32_t>& word, std::uint32_t seen) {
    const timespec tenth{0, 100'000'000};
    syscall(SYS_futex, &word, FUTEX_WAIT, seen, &tenth, nullptr, 0);
}

void wake_all(std::atomic<std::uint32_t>& word) {
    word.fetch_add(1);
    syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// Does somebody hold the lock on the control page? The file is opened again where the program
/// closed our descriptor. What can't be found out counts as no: the program must go on.
bool viewer_lives(const Recording& r) {
    int fd = r.file.fd;
    const bool ours = own_descriptor(r.file);
    if (!ours) fd = open(r.file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(r.layout.control);
    lock.l_len = 1;
    const bool asked = fcntl(fd, F_OFD_GETLK, &lock) == 0;
    if (!ours) close(fd);
    return asked && lock.l_type != F_UNLCK;
}

/// Waits until a credit comes or the gate no longer holds.
void wait_at_gate(Recording& r, ThreadLog& log, std::uint32_t stop, std::uint64_t stamp) {
    Control& control = *r.control;
    format::ThreadSlot& slot = r.slots[log.slot];
    slot.held_stamp.store(stamp);
    slot.held.store(1 + stop);  // stop: 1 + its index, 0 for a step
    control.held.fetch_add(1);
    log.at_gate = true;
    timespec began{};
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (;;) {
        const std::uint32_t seen = control.wake.load();
        if (control.gate.load() != Gate::step || take_credit(control)) break;
        wait_for_change(control.wake, seen);
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        const std::int64_t passed_ms =
            (now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1'000'000;
        if (passed_ms < 90) continue;
        if (!viewer_lives(r)) open_gate(r);
        began = now;
    }
    log.at_gate = false;
    control.held.fetch_sub(1);
    slot.held.store(0);
}

}  // namespace

void pass_gate(Recording& r, ThreadLog& log, const PassingRecord& record) noexcept {
    if (log.at_gate) return;  // a signal handler's record, while its thread waits
    const int saved_errno = errno;
    Control& control = *r.control;
    const std::uint32_t stop = find_stop(control, record);
    if (stop != 0) {
        control.credits.store(0);
        control.gate.store(Gate::step);
        wait_at_gate(r, log, stop, record.stamp);
    } else if (control.gate.load() == Gate::step &&
               (control.gate_mask.load() & bit(record.category)) != 0 && !take_credit(control)) {
        wait_at_gate(r, log, 0, record.stamp);
    }
    errno = saved_errno;
}

void open_gate(Recording& r) noexcept {
    Control& control = *r.control;
    for (Stop& stop : control.stop) stop.armed.store(0);
    control.gate.store(Gate::open);
    control.credits.store(0);
    wake_all(control.wake);
}

}  // namespace evglass::trace::writer
