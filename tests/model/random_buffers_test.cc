// The promise for buffers: after each step of a random program on the real evbuffers, each of them
// tells itself, and the model that replays the records must have the same chains.
#include <event2/buffer.h>
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "src/buffer/evbuffer.h"
#include "trace/timeline.h"

namespace evglass::testing {
namespace {

/// Random operations on a few buffers, reproducible from a seed.
class RandomBuffers {
 public:
    explicit RandomBuffers(std::uint32_t seed) : random_(seed) {
        for (int i = 0; i < 4; ++i) buffers_.push_back(evbuffer_new());
    }
    ~RandomBuffers() {
        for (evbuffer* buffer : buffers_) evbuffer_free(buffer);
    }
    RandomBuffers(const RandomBuffers&) = delete;
    RandomBuffers& operator=(const RandomBuffers&) = delete;

    void step() {
        evbuffer* buffer = any();
        const auto size = static_cast<std::size_t>(below(6) == 0 ? below(9000) : below(300));
        switch (below(10)) {
            case 0:
            case 1:
                evbuffer_add(buffer, bytes_.data(), size);
                break;
            case 2:
                evbuffer_prepend(buffer, bytes_.data(), size);
                break;
            case 3:
                evbuffer_drain(buffer, size);
                break;
            case 4:
                evbuffer_pullup(buffer, static_cast<ev_ssize_t>(size));
                break;
            case 5:
                evbuffer_add_buffer(buffer, any());
                break;
            case 6:
                evbuffer_remove_buffer(any(), buffer, size);
                break;
            case 7:
                reserve_and_commit(buffer, size);
                break;
            case 8:
                evbuffer_add_reference(buffer, bytes_.data(), size, nullptr, nullptr);
                break;
            default:
                evbuffer_expand(buffer, size);
        }
        for (evbuffer* each : buffers_) tell(each);
    }

 private:
    int below(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
    evbuffer* any() { return buffers_[static_cast<std::size_t>(below(4))]; }
    static void tell(evbuffer* buffer) {
        buffer->keyframe = {};  // as if a reader had just come
        evbuffer_tell_state_(buffer);
    }
    static void reserve_and_commit(evbuffer* buffer, std::size_t size) {
        evbuffer_iovec vec[2];
        const int n = evbuffer_reserve_space(buffer, static_cast<ev_ssize_t>(size + 1), vec, 2);
        if (n <= 0) return;
        vec[0].iov_len = std::min(vec[0].iov_len, size);
        evbuffer_commit_space(buffer, vec, 1);
    }

    std::mt19937 random_;
    std::vector<evbuffer*> buffers_;
    std::string bytes_ = std::string(9000, 'x');
};

TEST(RandomBufferModel, equals_the_real_buffers_after_every_operation) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        char name[] = "/tmp/evglass-model-XXXXXX";
        const std::string directory = mkdtemp(name), path = directory + "/trace.evg";
        ASSERT_EQ(evglass_trace_start(path.c_str(), "full=256M"), 0);
        {
            RandomBuffers program(seed);
            for (int i = 0; i < 3000; ++i) program.step();
        }
        evglass_trace_stop();
        auto opened = trace::Timeline::open(path);
        ASSERT_TRUE(opened.timeline) << opened.error;
        opened.timeline->poll();
        EXPECT_EQ(opened.timeline->reader().lost(), 0U);
        EXPECT_GT(opened.timeline->last(), 10000U) << "the test shows nothing";
        const auto& problems = opened.timeline->problems();
        EXPECT_TRUE(problems.empty()) << "seed " << seed << ": record " << problems.front().record
                                      << ": " << problems.front().text;
        std::filesystem::remove_all(directory);
    }
}

}  // namespace
}  // namespace evglass::testing
