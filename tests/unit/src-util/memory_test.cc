// src/util/memory: everything goes through the user's functions, and a failure changes nothing.
// The nth allocation fails on demand (tests/support/failing_memory.h), and live blocks are counted.
// Sizes that overflow are tried with the largest numbers there are.
#include "src/util/memory.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "tests/support/failing_memory.h"

namespace {

using evglass::test::FailingMemory;

struct Counted {
    explicit Counted(int& counter) noexcept : counter(counter) { ++counter; }
    ~Counted() { --counter; }
    int& counter;
};

// Shows T109: what the library made is freed by the function that was set.
TEST(Memory, EveryFunctionUsesTheUsersFunctions) {
    const FailingMemory memory;
    void* a = mm_malloc(8);
    void* b = mm_calloc(2, 8);
    char* c = mm_strdup("text");
    void* d = mm_realloc(nullptr, 8);
    EXPECT_EQ(memory.allocations(), 4);
    EXPECT_EQ(memory.live(), 4);
    for (void* each : std::array<void*, 4>{a, b, c, d}) mm_free(each);
    mm_free(nullptr);
    EXPECT_EQ(memory.live(), 0);
}

TEST(Memory, FailureIsNullAndEnomem) {
    FailingMemory memory;
    memory.fail_at(1, true);
    errno = 0;
    EXPECT_EQ(mm_malloc(8), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    errno = 0;
    EXPECT_EQ(mm_calloc(1, 8), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    EXPECT_EQ(mm_realloc(nullptr, 8), nullptr);
    EXPECT_EQ(mm_strdup("text"), nullptr);
    EXPECT_EQ(mm_new<int>(), nullptr);
}

TEST(Memory, ZeroBytesAndNullTextAreNull) {
    EXPECT_EQ(mm_malloc(0), nullptr);
    EXPECT_EQ(mm_calloc(0, 8), nullptr);
    EXPECT_EQ(mm_calloc(8, 0), nullptr);
    errno = 0;
    EXPECT_EQ(mm_strdup(nullptr), nullptr);
    EXPECT_EQ(errno, EINVAL);
}

TEST(Memory, CallocZeroesAndChecksItsProduct) {
    const FailingMemory memory;
    auto* bytes = static_cast<unsigned char*>(mm_calloc(16, 4));
    ASSERT_NE(bytes, nullptr);
    for (int i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], 0);
    mm_free(bytes);
    errno = 0;
    EXPECT_EQ(mm_calloc(SIZE_MAX / 2, 3), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    EXPECT_EQ(memory.allocations(), 1);
}

TEST(Memory, NewAndDeleteRunConstructorAndDestructor) {
    const FailingMemory memory;
    int alive = 0;
    Counted* one = mm_new<Counted>(alive);
    EXPECT_EQ(alive, 1);
    mm_delete(one);
    EXPECT_EQ(alive, 0);
    { const mm_ptr<Counted> two(mm_new<Counted>(alive)); }
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(memory.live(), 0);
    mm_delete(static_cast<Counted*>(nullptr));
}

TEST(Memory, GrowZeroesTheTail) {
    int* array = nullptr;
    ASSERT_TRUE(mm_grow(array, 0, 4));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(std::exchange(array[i], i + 1), 0);
    ASSERT_TRUE(mm_grow(array, 4, 64));
    for (int i = 0; i < 64; ++i) EXPECT_EQ(array[i], i < 4 ? i + 1 : 0);
    EXPECT_TRUE(mm_grow(array, 64, 64));
    mm_free(array);
}

TEST(Memory, GrowFailureLeavesTheArrayAsItWas) {
    FailingMemory memory;
    int* array = nullptr;
    ASSERT_TRUE(mm_grow(array, 0, 2));
    array[0] = 7;
    int* const before = array;
    memory.fail_at(1);
    EXPECT_FALSE(mm_grow(array, 2, 1000));
    EXPECT_EQ(array, before);
    EXPECT_EQ(array[0], 7);
    EXPECT_FALSE(mm_grow(array, 2, SIZE_MAX / 2)) << "the size overflows";
    EXPECT_FALSE(mm_grow(array, 2, 1)) << "it does not shrink";
    mm_free(array);
}

}  // namespace
