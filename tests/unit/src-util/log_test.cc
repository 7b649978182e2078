// src/util/log: messages reach the callback or stderr, and the process ends as it should.
// Each way in which the process can end is tried in a child process.
// Messages are caught by a callback that spoils errno, as a careless one would.
#include "src/util/log.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Message {
    int severity;
    std::string text;
};
std::vector<Message> messages;

class Log : public testing::Test {
 protected:
    void SetUp() override {
        messages.clear();
        event_set_log_callback([](int severity, const char* text) {
            messages.push_back({severity, text});
            errno = EXDEV;  // a callback that does not care for errno
        });
    }
    void TearDown() override {
        event_set_log_callback(nullptr);
        event_set_fatal_callback(nullptr);
        event_enable_debug_logging(EVENT_DBG_NONE);
    }
};

TEST_F(Log, SeverityAndText) {
    event_warnx("a %d", 1);
    event_msgx("b");
    errno = ENOENT;
    event_warn("c");
    event_sock_warn(7, "d %s", "e");
    ASSERT_EQ(messages.size(), 4u);
    EXPECT_EQ(messages[0].severity, EVENT_LOG_WARN);
    EXPECT_EQ(messages[0].text, "a 1");
    EXPECT_EQ(messages[1].severity, EVENT_LOG_MSG);
    EXPECT_EQ(messages[2].text, std::string("c: ") + strerror(ENOENT));
    EXPECT_EQ(messages[3].text, std::string("fd 7: d e: ") + strerror(ENOENT));
}

TEST_F(Log, KeepsErrno) {
    errno = EAGAIN;
    event_warn("a");
    EXPECT_EQ(errno, EAGAIN);
    event_warnx("a");
    EXPECT_EQ(errno, EAGAIN);
    event_sock_warn(1, "a");
    EXPECT_EQ(errno, EAGAIN);
    event_msgx("a");
    EXPECT_EQ(errno, EAGAIN);
}

TEST_F(Log, LongMessageIsCut) {
    const std::string big(5000, 'x');
    event_warnx("%s", big.c_str());
    errno = ENOENT;
    event_warn("%s", big.c_str());
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[0].text, std::string(1023, 'x'));
    EXPECT_EQ(messages[1].text, std::string(1023, 'x'));
}

TEST_F(Log, DebugIsOffUntilEnabled) {
    event_debugx("not told");
    EXPECT_TRUE(messages.empty());
    event_enable_debug_logging(EVENT_DBG_ALL);
    event_debugx("told %d", 2);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].severity, EVENT_LOG_DEBUG);
    EXPECT_EQ(messages[0].text, "told 2");
}

TEST_F(Log, WithoutCallbackItGoesToStderr) {
    event_set_log_callback(nullptr);
    testing::internal::CaptureStderr();
    event_warnx("plain");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "[warn] plain\n");
}

using LogDeathTest = Log;

TEST_F(LogDeathTest, ErrExitsWithTheStatus) {
    event_set_log_callback(nullptr);
    EXPECT_EXIT(event_errx(3, "no %s", "way"), testing::ExitedWithCode(3), "\\[err\\] no way");
    EXPECT_EXIT((errno = ENOENT, event_err(4, "open")), testing::ExitedWithCode(4),
                "open: No such");
    EXPECT_EXIT((errno = ENOENT, event_sock_err(5, 9, "s")), testing::ExitedWithCode(5),
                "fd 9: s: No");
}

TEST_F(LogDeathTest, FatalCallbackGetsTheStatus) {
    event_set_log_callback(nullptr);
    event_set_fatal_callback([](int status) { std::_Exit(status + 40); });
    EXPECT_EXIT(event_errx(2, "x"), testing::ExitedWithCode(42), "x");
    event_set_fatal_callback([](int) {});
    EXPECT_EXIT(event_errx(2, "x"), testing::ExitedWithCode(2), "x") << "it returned";
}

TEST_F(LogDeathTest, AssertionAborts) {
    event_set_log_callback(nullptr);
    EVUTIL_ASSERT(1 + 1 == 2);
    EXPECT_EXIT(EVUTIL_ASSERT(1 + 1 == 3), testing::KilledBySignal(SIGABRT),
                "log_test.*does not hold: 1 \\+ 1 == 3");
}

}  // namespace
