// Exercise of lesson 20: many threads hand numbers to the loop's thread, which
// adds them up. As it stands, the threads add to the sum themselves, and the
// loop hears of nothing until its patience ends.
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/thread.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace {

constexpr int kNumbers = 50;  // of each thread: 1, 2, ..., 50

struct Work {
    event_base* base = nullptr;
    event* adder = nullptr;  // called in the loop's thread
    std::mutex mutex;
    std::vector<int> waiting;  // guarded by mutex
    int expected = 0, added = 0;
    long sum = 0;  // of the loop's thread alone
};

/// Called by the threads.
void hand_over(Work& work, int number) {
    const std::lock_guard<std::mutex> lock(work.mutex);
    work.sum += number;
    ++work.added;
}

/// Called by the loop.
void on_work(evutil_socket_t, short, void* arg) {
    auto* work = static_cast<Work*>(arg);
    std::vector<int> numbers;
    {
        const std::lock_guard<std::mutex> lock(work->mutex);
        numbers.swap(work->waiting);
    }
    for (const int number : numbers) work->sum += number;
    work->added += static_cast<int>(numbers.size());
    if (work->added == work->expected) event_base_loopbreak(work->base);
}

}  // namespace

int main(int argc, char** argv) {
    const int threads = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    if (evthread_use_pthreads() != 0) return 1;
    Work work;
    work.base = event_base_new();
    work.expected = threads * kNumbers;
    work.adder = event_new(work.base, -1, EV_PERSIST, on_work, &work);
    evglass_name_event(work.adder, "adder");
    const timeval patience{1, 0};
    event_base_loopexit(work.base, &patience);

    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
        all.emplace_back([&work] {
            for (int i = 1; i <= kNumbers; ++i) hand_over(work, i);
        });
    event_base_loop(work.base, EVLOOP_NO_EXIT_ON_EMPTY);
    for (std::thread& each : all) each.join();
    std::printf("numbers: %d of %d\n", work.added, work.expected);
    std::printf("sum: %s\n", work.sum == 1275L * threads ? "right" : "wrong");
    event_free(work.adder);
    event_base_free(work.base);
    return 0;
}
