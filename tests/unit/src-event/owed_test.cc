// Callbacks that are owed when their base goes: nobody is called, nothing is left over.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <gtest/gtest.h>

#include "tests/support/failing_memory.h"

namespace evglass::test {
namespace {

int calls;

TEST(Owed, a_deferred_callback_of_a_buffer_goes_with_the_base) {
    FailingMemory memory;
    calls = 0;
    for (const bool buffer_first : {true, false}) {
        event_base* base = event_base_new();
        evbuffer* buf = evbuffer_new();
        evbuffer_defer_callbacks(buf, base);
        evbuffer_add_cb(
            buf, [](evbuffer*, const evbuffer_cb_info*, void*) { ++calls; }, nullptr);
        evbuffer_add(buf, "owed", 4);
        if (buffer_first) evbuffer_free(buf);
        event_base_free(base);
        if (!buffer_first) evbuffer_free(buf);
        EXPECT_EQ(calls, 0);
        EXPECT_EQ(memory.live(), 0) << (buffer_first ? "buffer first" : "base first");
    }
}

TEST(Owed, deferred_callbacks_of_a_pair_go_with_the_base) {
    FailingMemory memory;
    calls = 0;
    event_base* base = event_base_new();
    bufferevent* ends[2];
    ASSERT_EQ(bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, ends), 0);
    for (bufferevent* end : ends) {
        bufferevent_setcb(
            end, [](bufferevent*, void*) { ++calls; }, nullptr, nullptr, nullptr);
        bufferevent_enable(end, EV_READ | EV_WRITE);
    }
    bufferevent_write(ends[0], "owed", 4);
    for (bufferevent* end : ends) bufferevent_free(end);
    event_base_free(base);
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(memory.live(), 0);
}

}  // namespace
}  // namespace evglass::test
