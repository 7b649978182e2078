// kill -9 of a traced program, fifty times, at random instants: every trace opens, no record is
// torn, and the last record that was committed is there. What the program had committed it tells
// through a page of memory that has nothing to do with the trace.
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "trace/probe.h"
#include "trace/reader.h"

namespace evglass::trace {
namespace {

/// Memory that parent and child share; the child writes it after each record.
class SharedCounter {
 public:
    SharedCounter()
        : page_(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {}
    ~SharedCounter() { munmap(page_, 4096); }
    SharedCounter(const SharedCounter&) = delete;
    SharedCounter& operator=(const SharedCounter&) = delete;
    std::atomic<std::uint64_t>& value() { return *static_cast<std::atomic<std::uint64_t>*>(page_); }

 private:
    void* page_;
};

/// The child: emits until it is killed. The second field is the first one's complement, so that a
/// torn record shows.
[[noreturn]] void emit_for_ever(const std::string& path, const char* options,
                                std::atomic<std::uint64_t>& committed) {
    if (evglass_trace_start(path.c_str(), options) != 0) _exit(1);
    for (std::uint64_t i = 1;; ++i) {
        TRACE(heap_change, .base = field::base{~i}, .event = field::event{i}, .index = 0u,
              .deadline = 0);
        committed.store(i, std::memory_order_release);
    }
}

/// Kills a child `after` it wrote its first record, and checks what it left.
void kill_once(const std::string& path, const char* options, std::chrono::microseconds after) {
    SharedCounter counter;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) emit_for_ever(path, options, counter.value());
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (counter.value() == 0 && std::chrono::steady_clock::now() < give_up)
        std::this_thread::yield();
    std::this_thread::sleep_for(after);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::uint64_t committed = counter.value();
    ASSERT_GT(committed, 0u);

    Reader::Opened opened = Reader::open(path);
    ASSERT_TRUE(opened.reader) << opened.error;
    const std::vector<Record> records = opened.reader->poll();
    EXPECT_TRUE(opened.reader->finished());
    EXPECT_TRUE(opened.reader->info().recording) << "nobody told it to stop";
    EXPECT_TRUE(opened.reader->warnings().empty()) << opened.reader->warnings().front();
    ASSERT_FALSE(records.empty());
    for (const Record& record : records) {
        const auto* change = record.as<rec::heap_change>();
        ASSERT_NE(change, nullptr);
        ASSERT_EQ(change->base, ~change->event.value) << "a torn record, number " << record.number;
        ASSERT_EQ(change->event, record.number);
    }
    // The record is committed before the counter tells it, so one more may be there.
    EXPECT_GE(records.back().number, committed);
    EXPECT_LE(records.back().number, committed + 1);
}

TEST(Kill, FiftyTracesOfKilledProgramsAreWhole) {
    std::string directory = ::testing::TempDir() + "evglass-kill-XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
    std::mt19937 random(11);
    for (int round = 0; round < 50; ++round) {
        SCOPED_TRACE(round);
        const char* options = round % 2 == 0 ? "ring=256K" : "full=64M";
        const std::string path = directory + "/" + std::to_string(round) + ".evg";
        kill_once(path, options, std::chrono::microseconds(random() % 8000));
        std::filesystem::remove(path);
        if (HasFatalFailure()) break;
    }
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace evglass::trace
