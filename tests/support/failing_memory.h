// Memory that runs out when a test wants it to: counts the library's allocations and fails the nth.
// Memory of the C library underneath, so that blocks may outlive the object that counts.
// One at a time. Threads: any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>

#include <event2/event.h>

namespace evglass::test {

class FailingMemory {
 public:
    FailingMemory() {
        state() = {};
        event_set_mem_functions(allocate, reallocate, release);
    }
    ~FailingMemory() { event_set_mem_functions(nullptr, nullptr, nullptr); }
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;

    /// The nth allocation from now on fails (1: the next one), and all after it if `and_after`.
    void fail_at(long n, bool and_after = false) {
        state().until_failure = n;
        state().and_after = and_after;
    }
    void heal() { state().until_failure = -1; }
    /// How many allocations were asked for.
    long allocations() const { return state().allocations; }
    /// How many blocks are not freed yet.
    long live() const { return state().live; }

 private:
    struct State {
        std::atomic<long> until_failure{-1};
        std::atomic<bool> and_after{false};
        std::atomic<long> allocations{0};
        std::atomic<long> live{0};
        State& operator=(const State&) {
            until_failure = -1;
            and_after = false;
            allocations = 0;
            live = 0;
            return *this;
        }
    };
    static State& state() {
        static State s;
        return s;
    }
    static bool fails() {
        ++state().allocations;
        if (state().until_failure < 0) return false;
        if (state().until_failure == 0) return true;
        if (--state().until_failure > 0) return false;
        if (!state().and_after) state().until_failure = -1;
        return true;
    }
    static void* allocate(std::size_t size) {
        void* memory = fails() ? nullptr : std::malloc(size);
        if (memory != nullptr) ++state().live;
        return memory;
    }
    static void* reallocate(void* memory, std::size_t size) {
        void* moved = fails() ? nullptr : std::realloc(memory, size);
        if (memory == nullptr && moved != nullptr) ++state().live;
        return moved;
    }
    static void release(void* memory) {
        if (memory != nullptr) --state().live;
        std::free(memory);
    }
};

}  // namespace evglass::test
