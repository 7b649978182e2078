// src/net/listener with the trace on: the records of its life, and the walk through its functions
// in the order that the source analyses give.
// The records pass through the real writer and reader.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "src/net/listener.h"
#include "tests/support/recorded.h"
#include "tests/unit/src-net/loopback.h"

namespace {

namespace rec = evglass::trace::rec;
using evglass::test::Client;
using evglass::test::Loopback;
using evglass::test::Recorded;

class ListenerTrace : public Loopback {
 protected:
    void SetUp() override {
        if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    }
    static void on_connection(evconnlistener* lev, evutil_socket_t fd, sockaddr*, int, void*) {
        close(fd);
        evconnlistener_disable(lev);
    }
};

TEST_F(ListenerTrace, ItsLifeIsTold) {
    Recorded recorded("full=4M,only=all");
    evconnlistener* lev = bind_listener(on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE);
    const int fd = evconnlistener_get_fd(lev);
    const auto object = reinterpret_cast<std::uint64_t>(lev);
    const Client client(lev);
    turn();
    evconnlistener_free(lev);
    recorded.stop();

    const auto made = recorded.all<rec::listener_new>();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].listener, object);
    EXPECT_EQ(made[0].fd, fd);
    const auto enabled = recorded.all<rec::listener_enable>();
    ASSERT_EQ(enabled.size(), 2u);
    EXPECT_EQ(enabled[0].enabled, 1u);
    EXPECT_EQ(enabled[1].enabled, 0u);
    const auto accepted = recorded.all<rec::listener_accept>();
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0].port, client.port());
    const auto names = recorded.all<rec::event_name>();
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const rec::event_name& name) {
        return name.event == made[0].event && name.name.view() == "listener";
    }));
    EXPECT_EQ(recorded.all<rec::listener_free>().size(), 1u);
    EXPECT_TRUE(recorded.all<rec::listener_backoff>().empty());
}

TEST_F(ListenerTrace, TheWalkOfAnAccept) {
    evconnlistener* lev = bind_listener(on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE);
    const Client client(lev);
    Recorded recorded("full=4M,only=call");
    turn();
    evconnlistener_free(lev);
    recorded.stop();
    std::vector<std::string> walk;
    for (const std::string& name : recorded.entered())
        if (name.find("listener") != std::string::npos || name == "evutil_accept4_")
            walk.push_back(name);
    EXPECT_EQ(walk, (std::vector<std::string>{"listener_read_cb", "evutil_accept4_",
                                              "evconnlistener_disable", "event_listener_disable",
                                              "evconnlistener_free", "listener_decref_and_unlock",
                                              "event_listener_destroy"}));
}

TEST_F(ListenerTrace, ARestIsTold) {
    table.accept4 = [](int, sockaddr*, socklen_t*, int) {
        errno = EMFILE;
        return -1;
    };
    sys::set_table(&table);
    evconnlistener* lev = bind_listener(on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE);
    evconnlistener_set_error_cb(lev, [](evconnlistener*, void*) {});
    const Client client(lev);
    Recorded recorded("full=4M,only=all");
    turn();
    sys::set_table(nullptr);
    event_base_loop(base, EVLOOP_ONCE);
    event_base_loop(base, EVLOOP_ONCE);
    evconnlistener_free(lev);
    recorded.stop();
    const auto rests = recorded.all<rec::listener_backoff>();
    ASSERT_EQ(rests.size(), 1u);
    EXPECT_EQ(rests[0].error, EMFILE);
    EXPECT_EQ(rests[0].delay, 50000);
    EXPECT_EQ(recorded.all<rec::listener_resume>().size(), 1u);
    EXPECT_EQ(recorded.all<rec::listener_accept>().size(), 1u);
}

}  // namespace
