// The promise that pictures never lie: at every step of a random program the model that replays its
// trace equals a walk of the real structures. The program writes that walk as keyframes; the model
// compares, and any difference is a problem of the timeline.
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/model/random_program.h"
#include "trace/timeline.h"

namespace evglass::testing {
namespace {

/// A trace file that goes with the test.
class TraceFile {
 public:
    TraceFile() {
        char name[] = "/tmp/evglass-model-XXXXXX";
        directory_ = mkdtemp(name);
    }
    ~TraceFile() { std::filesystem::remove_all(directory_); }
    std::string path() const { return directory_ + "/trace.evg"; }

 private:
    std::string directory_;
};

std::string first_problems(const trace::Timeline& timeline) {
    std::string all;
    for (const auto& problem : timeline.problems()) {
        all += "record " + std::to_string(problem.record) + ": " + problem.text + "\n";
        if (all.size() > 2000) break;
    }
    return all;
}

/// A sanitizer makes each step twenty times as long.
std::uint32_t seeds() {
    const char* sanitizer = std::getenv("EVGLASS_SAN");
    return sanitizer != nullptr && *sanitizer != '\0' ? 1 : 3;
}

class RandomModel : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomModel, equals_the_real_structures_after_every_call_and_turn) {
    for (std::uint32_t seed = 1; seed <= seeds(); ++seed) {
        const TraceFile file;
        ASSERT_EQ(evglass_trace_start(file.path().c_str(), "full=256M"), 0);
        std::uint64_t callbacks = 0;
        {
            RandomProgram program({.seed = seed, .backend = GetParam(), .steps = 400});
            program.run();
            callbacks = program.callbacks();
        }
        evglass_trace_stop();
        EXPECT_GT(callbacks, 50u) << "the program hardly ran: the test shows nothing";

        auto opened = trace::Timeline::open(file.path());
        ASSERT_TRUE(opened.timeline) << opened.error;
        opened.timeline->poll();
        EXPECT_EQ(opened.timeline->reader().lost(), 0u);
        EXPECT_TRUE(opened.timeline->problems().empty()) << "seed " << seed << "\n"
                                                         << first_problems(*opened.timeline);
        EXPECT_GT(opened.timeline->last(), 10000u);
    }
}

TEST_P(RandomModel, joins_a_wrapped_ring_late_at_a_keyframe) {
    const TraceFile file;
    ASSERT_EQ(evglass_trace_start(file.path().c_str(), "ring=1M"), 0);
    {
        RandomProgram program(
            {.seed = 7, .backend = GetParam(), .steps = 12000, .keyframe_each_step = false});
        program.run();
        evglass_trace_stop();
    }
    auto opened = trace::Timeline::open(file.path());
    ASSERT_TRUE(opened.timeline) << opened.error;
    opened.timeline->poll();
    ASSERT_GT(opened.timeline->reader().lost(), 0u) << "the ring has not wrapped";
    const trace::Model& end = opened.timeline->model(opened.timeline->last());
    ASSERT_NE(end.current_base(), nullptr);
    EXPECT_TRUE(end.current_base()->exact) << "no whole keyframe was left in the ring";
    EXPECT_TRUE(opened.timeline->problems().empty()) << first_problems(*opened.timeline);
}

INSTANTIATE_TEST_SUITE_P(Backends, RandomModel,
                         ::testing::Values("epoll", "changelist", "io_uring", "poll", "select"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace evglass::testing
