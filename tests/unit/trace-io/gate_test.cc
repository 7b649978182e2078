// Pause, step, stop, and what becomes of the program when the viewer is gone.
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/unit/trace-io/io_fixture.h"
#include "trace/control.h"

namespace evglass::trace::testing {
namespace {

using namespace std::chrono_literals;

template <class Condition>
bool wait_for(Condition condition, std::chrono::milliseconds limit = 10s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

/// A thread that emits beads until it is told to end.
class Emitter {
 public:
    Emitter()
        : thread_([this] {
              while (!end_) {
                  emit_bead(next_);
                  ++next_;
                  poll_control();
                  std::this_thread::yield();
              }
          }) {}
    ~Emitter() {
        end_ = true;
        thread_.join();
    }
    std::uint32_t next() const { return next_; }

 private:
    std::atomic<bool> end_{false};
    std::atomic<std::uint32_t> next_{0};
    std::thread thread_;
};

class Gate : public TraceIo {
 protected:
    Control control() const {
        Control::Opened opened = Control::open(path());
        if (!opened.control) throw std::runtime_error(opened.error);
        return std::move(*opened.control);
    }
    static Filter filter(const std::string& text) {
        std::string error;
        Filter parsed = Filter::parse(text, error);
        EXPECT_EQ(error, "");
        return parsed;
    }
    /// The newest bead in the trace, read as a viewer reads it.
    std::uint32_t last_bead() const {
        const std::vector<Record> records = open().poll();
        return records.empty() ? UINT32_MAX : bead(records.back());
    }
};

TEST_F(Gate, PauseStepResume) {
    start();
    const Emitter emitter;
    Control viewer = control();  // after the emitter: it goes first, and lets the emitter go
    ASSERT_TRUE(wait_for([&] { return emitter.next() > 100; }));
    viewer.pause(kAllCategories);
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1; }));
    EXPECT_TRUE(viewer.paused());
    Reader reader = open();
    reader.poll();
    EXPECT_TRUE(reader.threads().at(0).held);
    std::uint32_t at = last_bead();
    EXPECT_EQ(at, emitter.next()) << "the record at which it waits is there to be read";
    for (const std::uint32_t steps : {1u, 1u, 5u}) {
        viewer.step(steps);
        at += steps;
        ASSERT_TRUE(wait_for([&] { return emitter.next() == at; }));
        ASSERT_TRUE(wait_for([&] { return viewer.held() == 1; }));
        EXPECT_EQ(last_bead(), at);
    }
    std::this_thread::sleep_for(250ms);
    EXPECT_EQ(emitter.next(), at) << "it waits as long as the viewer lives";
    viewer.resume();
    EXPECT_TRUE(wait_for([&] { return emitter.next() > at + 100; }));
    EXPECT_FALSE(viewer.paused());
    EXPECT_EQ(viewer.held(), 0u);
}

TEST_F(Gate, StepsCountOnlyTheirCategories) {
    start();
    const Emitter emitter;
    Control viewer = control();  // after the emitter: it goes first, and lets the emitter go
    viewer.pause(bit(Category::syscall));
    const std::uint32_t at = emitter.next();
    EXPECT_TRUE(wait_for([&] { return emitter.next() > at + 100; }));
    EXPECT_EQ(viewer.held(), 0u);
}

TEST_F(Gate, RunsToAMatch) {
    start();
    const Emitter emitter;
    Control viewer = control();  // after the emitter: it goes first, and lets the emitter go
    viewer.pause(kAllCategories);
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1; }));
    const std::uint32_t goal = emitter.next() + 500;
    ASSERT_EQ(viewer.run_to(filter("name=heap_move from=" + std::to_string(goal))), "");
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1 && viewer.paused(); }));
    EXPECT_EQ(emitter.next(), goal);
    EXPECT_EQ(last_bead(), goal);
    ASSERT_EQ(viewer.run_to(filter("from>" + std::to_string(goal + 10)), 5), "");
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1 && viewer.paused(); }));
    EXPECT_EQ(emitter.next(), goal + 16);
    ASSERT_EQ(viewer.run_to(filter("function=emit_bead event=0xe category=state")), "");
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1 && viewer.paused(); }));
    EXPECT_EQ(emitter.next(), goal + 17);
}

TEST_F(Gate, NegativeNumbersAndFlagsAreCompared) {
    start();
    Control viewer = control();
    std::atomic<int> passed{0};
    std::thread thread([&passed] {
        TRACE(interest, .base = field::base{}, .fd = 5, .before = 0, .after = 2);
        ++passed;
        TRACE(interest, .base = field::base{}, .fd = -1, .before = 0, .after = 4);
        ++passed;
    });
    thread.join();
    ASSERT_EQ(viewer.run_to(filter("name=interest fd<0 after~WRITE")), "");
    thread = std::thread([&passed] {
        TRACE(interest, .base = field::base{}, .fd = 5, .before = 0, .after = 4);
        ++passed;
        TRACE(interest, .base = field::base{}, .fd = -1, .before = 0, .after = 2);
        ++passed;
        TRACE(interest, .base = field::base{}, .fd = -1, .before = 0, .after = 6);
        ++passed;
    });
    EXPECT_TRUE(wait_for([&] { return viewer.held() == 1; }));
    EXPECT_EQ(passed, 4);
    viewer.resume();
    thread.join();
}

TEST_F(Gate, WhatCannotBeTestedIsRefusedInOneLine) {
    start();
    Control viewer = control();
    for (const char* text : {"file=loop.cc", "thread=7", "name=mark text=hello", "function!=f",
                             "category=state category=net", "name=turn_begin fd=1"}) {
        std::string error;
        const Filter parsed = Filter::parse(text, error);
        if (!error.empty()) continue;
        error = viewer.run_to(parsed);
        EXPECT_FALSE(error.empty()) << text;
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    }
    EXPECT_FALSE(viewer.paused());
}

TEST_F(Gate, SecondViewerIsToldSo) {
    start();
    const Control first = control();
    const Control::Opened second = Control::open(path());
    EXPECT_FALSE(second.control);
    EXPECT_NE(second.error.find("another viewer"), std::string::npos) << second.error;
}

TEST_F(Gate, FinishedTraceIsNotControlled) {
    start();
    emit_bead(1);
    evglass_trace_stop();
    const Control::Opened opened = Control::open(path());
    EXPECT_FALSE(opened.control);
    EXPECT_NE(opened.error.find("not being recorded"), std::string::npos) << opened.error;
}

TEST_F(Gate, ProgramGoesOnWhenTheViewerIsKilled) {
    start();
    const Emitter emitter;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const std::string trace = path();
    const pid_t viewer = fork();
    if (viewer == 0) {
        Control::Opened opened = Control::open(trace);
        if (!opened.control) _exit(1);
        opened.control->pause(kAllCategories);
        for (int i = 0; i < 5000 && opened.control->held() == 0; ++i) usleep(1000);
        static_cast<void>(!write(ends[1], "x", 1));
        pause();
        _exit(0);
    }
    char byte = 0;
    ASSERT_EQ(read(ends[0], &byte, 1), 1);
    const std::uint32_t at = emitter.next();
    std::this_thread::sleep_for(150ms);
    EXPECT_EQ(emitter.next(), at);
    kill(viewer, SIGKILL);
    waitpid(viewer, nullptr, 0);
    EXPECT_TRUE(wait_for([&] { return emitter.next() > at + 100; }, 5s));
    // And the next viewer can come.
    Control next = control();
    EXPECT_FALSE(next.paused());
    close(ends[0]);
    close(ends[1]);
}

TEST_F(Gate, StoppingTheRecordingFreesWaitingThreads) {
    start();
    const Emitter emitter;
    Control viewer = control();  // after the emitter: it goes first, and lets the emitter go
    viewer.pause(kAllCategories);
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1; }));
    const std::uint32_t at = emitter.next();
    evglass_trace_stop();
    EXPECT_TRUE(wait_for([&] { return emitter.next() > at + 10; }));
}

TEST_F(Gate, MaskIsTakenAtTheNextTurn) {
    start();
    const Emitter emitter;
    Control viewer = control();  // after the emitter: it goes first, and lets the emitter go
    EXPECT_EQ(viewer.mask(), kDefaultCategories);
    viewer.set_mask(bit(Category::syscall));
    EXPECT_TRUE(wait_for([] { return active_mask == bit(Category::syscall); }));
    viewer.set_mask(kAllCategories);
    EXPECT_TRUE(wait_for([] { return active_mask == kAllCategories; }));
    KeyframeMark mark;
    keyframe_done(mark);
    viewer.request_keyframe();
    EXPECT_TRUE(keyframe_due(mark));
}

TEST_F(Gate, SignalHandlerOfAWaitingThreadDoesNotWait) {
    start();
    Control viewer = control();
    static std::atomic<int> handled;
    handled = 0;
    struct sigaction action {
    }, before{};
    action.sa_handler = [](int) {
        TRACE(signal_caught, .signal = SIGUSR1);
        ++handled;
    };
    sigaction(SIGUSR1, &action, &before);
    viewer.pause(kAllCategories);
    std::thread thread([] { emit_bead(1); });
    ASSERT_TRUE(wait_for([&] { return viewer.held() == 1; }));
    pthread_kill(thread.native_handle(), SIGUSR1);
    EXPECT_TRUE(wait_for([] { return handled == 1; }));
    EXPECT_EQ(viewer.held(), 1u);
    viewer.resume();
    thread.join();
    sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace evglass::trace::testing
