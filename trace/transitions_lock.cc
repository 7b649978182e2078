// Transitions of locks: who holds one, who waits for it, for how long.
// Records of a lock are emitted by the threads that want it, before and after they have it, so two
// threads' records may stand a step out of order: a take while another holds is believed, and is no
// error. Nothing is said of a lock's holder before its first record of the category `lock`.
#include <algorithm>

#include "trace/text.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kWaiters = 256;  // of a lock: a trace can't make it grow without end

void stop_waiting(Lock& lock, std::uint32_t thread) {
    std::erase_if(lock.waiters, [&](const auto& w) { return w.thread == thread; });
}

void wait(Lock& lock, std::uint32_t thread, std::int64_t since_ns, Address cond) {
    stop_waiting(lock, thread);
    if (lock.waiters.size() < kWaiters)
        lock.waiters.push_back({.thread = thread, .since_ns = since_ns, .cond = cond});
}

std::int64_t ns_of(std::uint64_t ticks, double ticks_per_ns) {
    const double ns = ticks_per_ns > 0 ? static_cast<double>(ticks) / ticks_per_ns : 0;
    return ns < 9e18 ? static_cast<std::int64_t>(ns) : INT64_MAX;
}

void hold(Lock& lock, std::uint32_t thread, std::int64_t now_ns) {
    if (lock.depth == 0 || lock.holder != thread) {
        lock.depth = 0;
        lock.holder = thread;
        lock.taken_ns = now_ns;
    }
    ++lock.depth;
}

}  // namespace

Lock& Transitions::lock_at(Address a) {
    const auto [it, fresh] = model.locks_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_lock_++;
    }
    return it->second;
}

void Transitions::base_lock(const rec::base_lock& r) {
    Base& base = base_at(r.base);
    base.lock = r.lock;
    base.cond = r.cond;
    if (r.lock != 0) lock_at(r.lock).base = r.base;
}

void Transitions::lock_new(const rec::lock_new& r) {
    model.locks_.erase(r.lock);
    Lock& lock = lock_at(r.lock);
    lock.told = true;
    lock.made_in = site_function();
    const auto& stack = frames();
    if (!stack.empty()) lock.made_in = stack.back().function;
}

void Transitions::lock_free(const rec::lock_free& r) {
    model.locks_.erase(r.lock);
}

void Transitions::lock_wait(const rec::lock_wait& r) {
    Lock& lock = lock_at(r.lock);
    change.base = lock.base;
    lock.told = true;
    wait(lock, record.thread, record.time_ns, 0);
}

void Transitions::lock_take(const rec::lock_take& r) {
    Lock& lock = lock_at(r.lock);
    change.base = lock.base;
    lock.told = true;
    stop_waiting(lock, record.thread);
    hold(lock, record.thread, record.time_ns);
    if (lock.depth == 1) {
        const auto& stack = frames();
        lock.taken_in = stack.empty() ? std::string() : stack.back().function;
    }
    ++lock.takes;
    if (r.waited == 0) return;
    const std::int64_t waited = ns_of(r.waited, model.ticks_per_ns_);
    ++lock.contended;
    lock.longest_ns = std::max(lock.longest_ns, waited);
    add_time(lock.waited_ns, waited);
}

void Transitions::lock_released(Lock& lock) {
    if (lock.depth > 0 && lock.holder == record.thread) --lock.depth;
}

void Transitions::lock_give(const rec::lock_give& r) {
    Lock& lock = lock_at(r.lock);
    change.base = lock.base;
    lock.told = true;
    lock_released(lock);
}

void Transitions::cond_wait(const rec::cond_wait& r) {
    Lock& lock = lock_at(r.lock);
    change.base = lock.base;
    lock.told = true;
    lock_released(lock);
    wait(lock, record.thread, record.time_ns, r.cond);
}

void Transitions::cond_woken(const rec::cond_woken& r) {
    Lock& lock = lock_at(r.lock);
    change.base = lock.base;
    lock.told = true;
    stop_waiting(lock, record.thread);
    hold(lock, record.thread, record.time_ns);
}

}  // namespace evglass::trace
