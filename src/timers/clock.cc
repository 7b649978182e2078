// Clocks: the monotonic one, how far it is from the wall clock, and the virtual one.
//
// The virtual clock stands still while the program works, and jumps to the end of a wait in which
// nothing happened. A lesson that takes 2 seconds then takes none, and is the same every time.
#include "src/timers/clock.h"

#include <event2/evglass.h>
#include <event2/util.h>

#include <atomic>
#include <limits>

#include "src/event/event_base.h"
#include "src/util/sys.h"

namespace {

/// How often the distance to the wall clock is measured again.
constexpr std::int64_t kClockSyncSeconds = 5;

std::atomic<std::int64_t> virtual_usec{0};
std::atomic<bool> virtual_on{false};

inline timeval read_clock(clockid_t id) {
    timespec ts{};
    sys::clock(id, &ts);
    return {ts.tv_sec, static_cast<suseconds_t>(static_cast<std::uint32_t>(ts.tv_nsec) / 1000)};
}

}  // namespace

timeval usec_to_timeval(std::int64_t usec) {
    std::int64_t sec = usec / kUsecPerSec;
    std::int64_t rest = usec % kUsecPerSec;
    if (rest < 0) {
        rest += kUsecPerSec;
        --sec;
    }
    return {sec, rest};
}

timeval timeval_add_slow(timeval a, timeval b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(timeval_to_usec(a), timeval_to_usec(b), &sum)) {
        sum = std::numeric_limits<std::int64_t>::max();
    }
    return usec_to_timeval(sum);
}

[[gnu::always_inline]] inline timeval read_monotonic(bool precise) {
    if (virtual_on.load(std::memory_order_relaxed)) [[unlikely]] {
        return usec_to_timeval(virtual_usec.load(std::memory_order_relaxed));
    }
    return read_clock(precise ? CLOCK_MONOTONIC : CLOCK_MONOTONIC_COARSE);
}

timeval monotonic_now(bool precise) {
    return read_monotonic(precise);
}

timeval read_base_clock(const event_base* base) {
    return read_monotonic((base->flags & EVENT_BASE_FLAG_PRECISE_TIMER) != 0);
}

namespace {

void measure_clock_diff(event_base* base) {
    const timeval now = read_base_clock(base);
    const timeval wall = virtual_on ? now : read_clock(CLOCK_REALTIME);
    evutil_timersub(&wall, &now, &base->clock.tv_clock_diff);
    base->clock.last_updated_clock_diff = now.tv_sec;
}

}  // namespace

timeval clock_to_wall(event_base* base, const timeval& monotonic) {
    timeval now;
    gettime(base, &now);
    const std::int64_t last = base->clock.last_updated_clock_diff;
    if (last < 0 || last + kClockSyncSeconds < now.tv_sec) measure_clock_diff(base);
    return timeval_add_saturated(monotonic, base->clock.tv_clock_diff);
}

// ---- the virtual clock: waits that find nothing end at once, at their deadline
// ---------------------

namespace {

/// A wait in which nothing was ready and that has an end takes no time: the clock jumps there.
int pass_virtually(int ready, std::int64_t timeout_usec) {
    if (ready == 0 && timeout_usec > 0) virtual_usec += timeout_usec;
    return ready;
}

int virtual_epoll_wait(int epfd, epoll_event* events, int maxevents, int timeout) {
    const int wait = timeout > 0 ? 0 : timeout;
    return pass_virtually(sys::kernel.epoll_wait(epfd, events, maxevents, wait),
                          timeout * INT64_C(1000));
}

int virtual_epoll_pwait2(int epfd, epoll_event* events, int maxevents, const timespec* timeout) {
    constexpr timespec kNow{0, 0};
    const bool ends = timeout != nullptr;
    return pass_virtually(sys::kernel.epoll_pwait2(epfd, events, maxevents, ends ? &kNow : nullptr),
                          ends ? sys::usec_of(timeout) : -1);
}

int virtual_io_uring_enter(int ring, unsigned to_submit, unsigned min_complete, unsigned flags,
                           const timespec* timeout) {
    constexpr timespec kNow{0, 0};
    if (timeout == nullptr || min_complete == 0) {
        return sys::kernel.io_uring_enter(ring, to_submit, min_complete, flags, timeout);
    }
    // Alone, because a call that hands requests over returns their number and not "in time or not".
    const int taken = sys::kernel.io_uring_enter(ring, to_submit, 0, flags, nullptr);
    if (taken < 0) return taken;
    const int result = sys::kernel.io_uring_enter(ring, 0, min_complete, flags, &kNow);
    if (result < 0 && errno == ETIME) pass_virtually(0, sys::usec_of(timeout));
    return result < 0 ? result : taken;
}

int virtual_poll(pollfd* fds, nfds_t nfds, int timeout) {
    const int wait = timeout > 0 ? 0 : timeout;
    return pass_virtually(sys::kernel.poll(fds, nfds, wait), timeout * INT64_C(1000));
}

int virtual_select(int nfds, void* r, void* w, void* e, timeval* timeout) {
    if (timeout == nullptr) return sys::kernel.select(nfds, r, w, e, nullptr);
    timeval none{0, 0};
    return pass_virtually(sys::kernel.select(nfds, r, w, e, &none), timeval_to_usec(*timeout));
}

std::uint64_t virtual_ns() {
    return static_cast<std::uint64_t>(virtual_usec.load(std::memory_order_relaxed)) * 1000;
}

}  // namespace

int evglass_use_virtual_clock(int on) {
    static sys::Table table;
    if (on == 0) {
        virtual_on = false;
        sys::set_table(nullptr);
        evglass::trace::set_virtual_clock(nullptr);
        return 0;
    }
    table = sys::kernel;
    table.epoll_wait = virtual_epoll_wait;
    table.epoll_pwait2 = virtual_epoll_pwait2;
    table.io_uring_enter = virtual_io_uring_enter;
    table.poll = virtual_poll;
    table.select = virtual_select;
    // Far from zero, because a zero time means "not cached".
    virtual_usec = 1000 * kUsecPerSec;
    virtual_on = true;
    sys::set_table(&table);
    evglass::trace::set_virtual_clock(virtual_ns);
    return 0;
}
