// The edges of evbuffers where stock crashes or says nothing clear: arguments from nowhere, places
// that are stale, users' functions that free what they are called for.
#include <event2/event.h>
#include <gtest/gtest.h>

#include <climits>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "src/buffer/evbuffer.h"

namespace {

class EdgesTest : public testing::Test {
 protected:
    ~EdgesTest() override {
        if (b != nullptr) {
            evbuffer_assert_ok_(b);
            evbuffer_free(b);
        }
    }
    void fill(const std::string& text) { ASSERT_EQ(evbuffer_add(b, text.data(), text.size()), 0); }
    void chain(const char* text) {
        ASSERT_EQ(evbuffer_add_reference(b, text, std::string(text).size(), nullptr, nullptr), 0);
    }
    std::string content() const {
        std::string s(evbuffer_get_length(b), '?');
        EXPECT_EQ(evbuffer_copyout(b, s.data(), s.size()), static_cast<ev_ssize_t>(s.size()));
        return s;
    }
    evbuffer* b = evbuffer_new();
};

TEST_F(EdgesTest, ReferencesOfAllMemoryThereIs) {
    static const char byte = 'x';
    fill("abc");
    EXPECT_EQ(evbuffer_add_reference(b, &byte, SIZE_MAX, nullptr, nullptr), -1);
    EXPECT_EQ(evbuffer_add_reference(b, &byte, SIZE_MAX / 2 - 3, nullptr, nullptr), 0);
    EXPECT_EQ(evbuffer_add_reference(b, &byte, 1, nullptr, nullptr), -1);
    EXPECT_EQ(evbuffer_prepend(b, &byte, 1), -1);
    evbuffer* c = evbuffer_new();
    evbuffer_add(c, "x", 1);
    EXPECT_EQ(evbuffer_add_buffer(b, c), -1);
    EXPECT_EQ(evbuffer_prepend_buffer(b, c), -1);
    EXPECT_EQ(evbuffer_remove_buffer(c, b, 1), -1);
    EXPECT_EQ(evbuffer_add_buffer_reference(b, c), -1);
    EXPECT_EQ(evbuffer_get_length(c), 1u);
    // Results are ints: no more than an int can tell is moved at once.
    EXPECT_EQ(evbuffer_remove_buffer(b, c, SIZE_MAX), INT_MAX);
    EXPECT_EQ(evbuffer_get_length(c), std::size_t{INT_MAX} + 1);
    evbuffer_free(c);
}

TEST_F(EdgesTest, APlaceFromNowhereIsRefused) {
    chain("hello");
    chain(" world");
    char out[4];
    for (const ev_ssize_t pos : {ev_ssize_t{-1}, ev_ssize_t{12}, SSIZE_MAX, -SSIZE_MAX}) {
        const evbuffer_ptr nowhere{pos, {reinterpret_cast<void*>(0x10), 0x1234}};
        evbuffer_ptr start = nowhere;
        evbuffer_iovec v[1];
        EXPECT_EQ(evbuffer_copyout_from(b, &nowhere, out, 4), -1);
        EXPECT_EQ(evbuffer_search(b, "o", 1, &nowhere).pos, -1);
        EXPECT_EQ(evbuffer_search_eol(b, &start, nullptr, EVBUFFER_EOL_LF).pos, -1);
        EXPECT_EQ(evbuffer_peek(b, -1, &start, v, 1), 0);
        EXPECT_EQ(evbuffer_ptr_set(b, &start, 1, EVBUFFER_PTR_ADD), -1);
    }
    const evbuffer_ptr garbage{3, {reinterpret_cast<void*>(0x10), 0x1234}};
    EXPECT_EQ(evbuffer_search(b, "o", 1, &garbage).pos, 4);
}

// Shows T314: a change makes places stale.
TEST_F(EdgesTest, AStalePlaceIsLookedUpAgain) {
    chain("hello");
    chain(" world");
    evbuffer_ptr p;
    ASSERT_EQ(evbuffer_ptr_set(b, &p, 6, EVBUFFER_PTR_SET), 0);
    evbuffer_drain(b, 5);
    // The chain that it pointed into is gone; position 6 is after "world" now.
    EXPECT_EQ(evbuffer_search(b, "w", 1, &p).pos, -1);
    evbuffer_prepend(b, "0123456", 7);
    EXPECT_EQ(evbuffer_search(b, "w", 1, &p).pos, 8);
    evbuffer_pullup(b, -1);
    char byte = 0;
    EXPECT_EQ(evbuffer_copyout_from(b, &p, &byte, 1), 1);
    EXPECT_EQ(byte, '6');
    evbuffer_drain(b, 100);
    EXPECT_EQ(evbuffer_copyout_from(b, &p, &byte, 1), -1);
}

TEST_F(EdgesTest, APlaceOfAnotherBufferIsOnlyAPosition) {
    chain("hello");
    evbuffer* other = evbuffer_new();
    evbuffer_add(other, "abcdef", 6);
    evbuffer_ptr p;
    ASSERT_EQ(evbuffer_ptr_set(other, &p, 2, EVBUFFER_PTR_SET), 0);
    evbuffer_free(other);
    EXPECT_EQ(evbuffer_search(b, "l", 1, &p).pos, 2);
}

TEST_F(EdgesTest, SearchesWithAnEndInFrontOfTheStart) {
    chain("hello");
    evbuffer_ptr start;
    evbuffer_ptr end;
    evbuffer_ptr_set(b, &start, 4, EVBUFFER_PTR_SET);
    evbuffer_ptr_set(b, &end, 1, EVBUFFER_PTR_SET);
    EXPECT_EQ(evbuffer_search_range(b, "e", 1, &start, &end).pos, -1);
    EXPECT_EQ(evbuffer_search(b, "e", SIZE_MAX, nullptr).pos, -1);
    EXPECT_EQ(evbuffer_find(b, reinterpret_cast<const unsigned char*>("e"), SIZE_MAX), nullptr);
}

void free_it(evbuffer* buf, const evbuffer_cb_info*, void* arg) {
    auto** owner = static_cast<evbuffer**>(arg);
    if (*owner == nullptr) return;
    *owner = nullptr;
    evbuffer_free(buf);
}

TEST_F(EdgesTest, ACallbackFreesItsBuffer) {
    const auto fresh = [&] {
        b = evbuffer_new();
        evbuffer_add(b, "one\r\ntwo", 8);
        evbuffer_add_cb(b, free_it, &b);
        return b;
    };
    evbuffer_free(b);
    char out[8];
    char x[] = "abc";
    evbuffer_iovec v[2] = {{x, 1}, {x, 2}};
    evbuffer_add(fresh(), "x", 1);
    EXPECT_EQ(b, nullptr);
    EXPECT_EQ(evbuffer_remove(fresh(), out, 3), 3);
    evbuffer_drain(fresh(), 8);
    evbuffer_prepend(fresh(), "x", 1);
    EXPECT_EQ(evbuffer_add_iovec(fresh(), v, 2), 3u);
    std::free(evbuffer_readln(fresh(), nullptr, EVBUFFER_EOL_CRLF));
    evbuffer_add_printf(fresh(), "%d", 5);
    EXPECT_EQ(b, nullptr);
    // Of two buffers each frees itself.
    evbuffer* first = fresh();
    evbuffer* other = evbuffer_new();
    evbuffer* owner = other;
    evbuffer_add_cb(other, free_it, &owner);
    evbuffer_add_buffer(other, first);
    EXPECT_EQ(owner, nullptr);
    EXPECT_EQ(b, nullptr);
}

void free_other(evbuffer*, const evbuffer_cb_info*, void* arg) {
    auto** other = static_cast<evbuffer**>(arg);
    if (*other != nullptr) evbuffer_free(std::exchange(*other, nullptr));
}

TEST_F(EdgesTest, ACallbackFreesTheOtherBufferOfAMove) {
    evbuffer* other = evbuffer_new();
    evbuffer_add(other, "abc", 3);
    evbuffer_add_cb(
        other, [](evbuffer*, const evbuffer_cb_info*, void*) {}, nullptr);
    evbuffer_add_cb(b, free_other, &other);
    EXPECT_EQ(evbuffer_add_buffer(b, other), 0);
    EXPECT_EQ(other, nullptr);
    EXPECT_EQ(content(), "abc");
}

struct Entries {
    evbuffer_cb_entry* entry[3];
    int calls = 0;
};

TEST_F(EdgesTest, ACallbackRemovesAllOthers) {
    Entries entries;
    const auto remove_all = [](evbuffer* buf, const evbuffer_cb_info*, void* arg) {
        auto* e = static_cast<Entries*>(arg);
        ++e->calls;
        for (evbuffer_cb_entry* entry : e->entry) evbuffer_remove_cb_entry(buf, entry);
    };
    for (auto& entry : entries.entry) entry = evbuffer_add_cb(b, remove_all, &entries);
    fill("x");
    EXPECT_EQ(entries.calls, 1);
    fill("y");
    EXPECT_EQ(entries.calls, 1);
    EXPECT_EQ(b->callbacks, nullptr);
}

TEST_F(EdgesTest, ACallbackAddsAndReplacesCallbacks) {
    static int late_calls;
    late_calls = 0;
    evbuffer_add_cb(
        b,
        [](evbuffer* buf, const evbuffer_cb_info*, void*) {
            evbuffer_setcb(
                buf, [](evbuffer*, std::size_t, std::size_t, void*) { ++late_calls; }, nullptr);
        },
        nullptr);
    fill("x");
    EXPECT_EQ(late_calls, 0);
    fill("y");
    EXPECT_EQ(late_calls, 1);
}

TEST_F(EdgesTest, AnEntryOfNobodyIsNotRemoved) {
    evbuffer_cb_entry stranger;
    EXPECT_EQ(evbuffer_remove_cb_entry(b, &stranger), -1);
    EXPECT_EQ(evbuffer_remove_cb(b, nullptr, nullptr), -1);
    EXPECT_EQ(evbuffer_add_cb(b, nullptr, nullptr), nullptr);
}

TEST_F(EdgesTest, ACleanupFunctionFreesTheBuffer) {
    const auto free_buffer = [](const void*, std::size_t, void* arg) {
        auto** owner = static_cast<evbuffer**>(arg);
        if (*owner != nullptr) evbuffer_free(std::exchange(*owner, nullptr));
    };
    evbuffer_add_reference(b, "abc", 3, free_buffer, &b);
    fill("def");
    evbuffer_drain(b, 4);
    EXPECT_EQ(b, nullptr);
}

TEST_F(EdgesTest, ACleanupFunctionUsesTheBuffer) {
    const auto refill = [](const void*, std::size_t, void* arg) {
        evbuffer_add(static_cast<evbuffer*>(arg), "again", 5);
    };
    evbuffer_add_reference(b, "abc", 3, refill, b);
    fill("def");
    EXPECT_EQ(evbuffer_drain(b, 3), 0);
    EXPECT_EQ(content(), "defagain");
}

TEST_F(EdgesTest, AReferenceWithoutBytesIsGivenBackAtOnce) {
    int given_back = 0;
    const auto count = [](const void*, std::size_t, void* arg) { ++*static_cast<int*>(arg); };
    EXPECT_EQ(evbuffer_add_reference(b, "", 0, count, &given_back), 0);
    EXPECT_EQ(given_back, 1);
}

TEST_F(EdgesTest, AnotherLoopsDeferralIsRefused) {
    event_base* one = event_base_new();
    event_base* two = event_base_new();
    EXPECT_EQ(evbuffer_defer_callbacks(b, nullptr), -1);
    EXPECT_EQ(evbuffer_defer_callbacks(b, one), 0);
    EXPECT_EQ(evbuffer_defer_callbacks(b, one), 0);
    EXPECT_EQ(evbuffer_defer_callbacks(b, two), -1);
    evbuffer_free(std::exchange(b, nullptr));
    event_base_free(one);
    event_base_free(two);
}

TEST_F(EdgesTest, AnEchoTakesNoMemoryOnceItRuns) {
    evbuffer* out = evbuffer_new();
    const evbuffer_chain* seen[2] = {};
    for (int i = 0; i < 20; ++i) {
        fill("a message of some bytes");
        ASSERT_EQ(evbuffer_add_buffer(out, b), 0);
        if (i >= 2) {
            EXPECT_EQ(out->first, seen[i % 2]);
        }
        seen[i % 2] = out->first;
        evbuffer_drain(out, 100);
    }
    evbuffer_free(out);
}

}  // namespace
