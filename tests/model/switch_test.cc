// Recording begins and ends in the middle of a turn, while active callbacks wait for their calls.
// The reactor changes then between its copy without probes and the one with them (flavour.h), and
// the model must be right from the first keyframe on.
#include <event2/event.h>
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "trace/timeline.h"

namespace evglass::testing {
namespace {

constexpr int kEvents = 8;

/// Eight persistent timers that are also made active by hand. In turn `begin` their fourth callback
/// starts a recording, in turn `end` it stops it; each callback changes other events.
class Program {
 public:
    Program(std::string path, int begin, int end)
        : path_(std::move(path)), begin_(begin), end_(end) {
        base_ = event_base_new();
        event_base_priority_init(base_, 2);
        for (int i = 0; i < kEvents; ++i) {
            events_.push_back(event_new(base_, -1, EV_PERSIST, run, this));
            if (i % 3 == 0) event_priority_set(events_.back(), 0);
        }
        extra_ = event_new(base_, -1, 0, run, this);
    }
    ~Program() {
        event_free(extra_);
        for (event* ev : events_) event_free(ev);
        event_base_free(base_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void run_turns(int turns) {
        const timeval soon{1000, 0};
        for (turn_ = 0; turn_ < turns; ++turn_) {
            for (event* ev : events_) {
                event_add(ev, &soon);
                event_active(ev, EV_WRITE, 1);
            }
            calls_in_turn_ = 0;
            event_base_loop(base_, EVLOOP_NONBLOCK);
        }
    }
    int calls() const { return calls_; }

 private:
    static void run(evutil_socket_t, short, void* arg) { static_cast<Program*>(arg)->callback(); }

    void callback() {
        ++calls_;
        if (++calls_in_turn_ == 4) {
            if (turn_ == begin_) {
                ASSERT_EQ(evglass_trace_start(path_.c_str(), "full=16M"), 0);
            }
            if (turn_ == end_) evglass_trace_stop();
        }
        const timeval later{2000 + calls_, 0};
        event_add(events_[static_cast<std::size_t>(calls_ * 5 % kEvents)], &later);
        event_del(extra_);
        if (calls_ % 2 == 0) event_add(extra_, &later);
    }

    std::string path_;
    int begin_, end_;
    event_base* base_;
    std::vector<event*> events_;
    event* extra_;  ///< pending on and off, never active
    int turn_ = 0, calls_ = 0, calls_in_turn_ = 0;
};

TEST(SwitchInATurn, the_model_is_right_from_the_first_keyframe_on) {
    char directory[] = "/tmp/evglass-switch-XXXXXX";
    ASSERT_NE(mkdtemp(directory), nullptr);
    const std::string path = std::string(directory) + "/t.evg";
    {
        Program program(path, 2, 6);
        program.run_turns(9);
        EXPECT_GT(program.calls(), 30);
    }
    auto opened = trace::Timeline::open(path);
    ASSERT_TRUE(opened.timeline) << opened.error;
    opened.timeline->poll();
    EXPECT_GT(opened.timeline->last(), 300u);
    for (const auto& problem : opened.timeline->problems()) {
        ADD_FAILURE() << "record " << problem.record << ": " << problem.text;
    }
    const trace::Model& end = opened.timeline->model(opened.timeline->last());
    ASSERT_NE(end.current_base(), nullptr);
    EXPECT_TRUE(end.current_base()->exact);
    EXPECT_GT(end.current_base()->turn, 6u);
    if (getenv("KEEP") == nullptr) std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace evglass::testing
