// An evbuffer is a string with other costs: random operations on both must agree.
// EVGLASS_MODEL_STEPS says how many steps, EVGLASS_SEED with which seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "tests/unit/src-buffer/model_buffers.h"

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(ModelTest, RandomOperationsAgreeWithAString) {
    constexpr std::uint64_t kStepsOfARound = 5000;
    const std::uint64_t steps = from_environment("EVGLASS_MODEL_STEPS", 100000);
    std::uint64_t seed = from_environment("EVGLASS_SEED", std::random_device{}() % 1000000);
    std::printf("seed %llu, %llu steps\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(steps));
    for (std::uint64_t done = 0; done < steps; done += kStepsOfARound, ++seed) {
        evglass::test::ModelBuffers buffers(static_cast<std::uint32_t>(seed));
        for (std::uint64_t i = 0; i < kStepsOfARound && !testing::Test::HasFailure(); ++i)
            buffers.step();
        buffers.finish();
        EXPECT_EQ(buffers.references_open(), 0) << "seed " << seed;
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
