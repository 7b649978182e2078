// The mechanisms that the lab compares, one by one: what each is for is being told apart, so first
// they must all do the same. And what only one of them does: turn away, or tell of edges.
// Read next: lessons/lab/mechanism.h.
#include "lessons/lab/mechanism.h"

#include <event2/event.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/kernel/kernel.h"

namespace lab {
namespace {

using evglass::kernel::Fd;
using evglass::kernel::Pair;

/// Keeps what it is told, and reads what there is, as a server would.
class Ear : public Handler {
 public:
    void on_ready(int fd, int what) override {
        heard[fd] |= what;
        char bytes[64];
        while (drain && read(fd, bytes, sizeof bytes) > 0) {
        }
        if (then) then(fd);
    }
    std::map<int, int> heard;
    bool drain = true;
    std::function<void(int)> then;
};

class EachMechanism : public testing::TestWithParam<MechanismInfo> {
 protected:
    void SetUp() override {
        mechanism = GetParam().make(GetParam().name);
        const Pair probe;
        if (!mechanism->add(probe.near, kRead)) GTEST_SKIP() << mechanism->refusal();
        mechanism->remove(probe.near);
    }
    /// One look, without sleeping; the ring may need a second to hear of what was just asked.
    std::map<int, int> look() {
        ear.heard.clear();
        for (int i = 0; i < 3 && ear.heard.empty(); ++i) mechanism->turn(ear, false);
        return ear.heard;
    }
    using Heard = std::map<int, int>;
    std::unique_ptr<Mechanism> mechanism;
    Ear ear;
};

TEST_P(EachMechanism, TellsWhoIsReadyAndNobodyElse) {
    const Pair busy, idle;
    ASSERT_TRUE(mechanism->add(busy.near, kRead));
    ASSERT_TRUE(mechanism->add(idle.near, kRead));
    EXPECT_EQ(look(), Heard());
    busy.send("!");
    EXPECT_EQ(look(), (Heard{{busy.near, kRead}}));
    EXPECT_EQ(look(), Heard());  // read to the end
    busy.send("!");
    idle.send("!");
    EXPECT_EQ(look(), (Heard{{busy.near, kRead}, {idle.near, kRead}}));
}

TEST_P(EachMechanism, SleepsUntilSomethingComes) {
    const Pair pair;
    ASSERT_TRUE(mechanism->add(pair.near, kRead));
    pair.send("!");
    EXPECT_EQ(mechanism->turn(ear, true), 1);
    EXPECT_EQ(ear.heard, (Heard{{pair.near, kRead}}));
}

TEST_P(EachMechanism, ChangesWhatItWatchesFor) {
    const Pair pair;
    ASSERT_TRUE(mechanism->add(pair.near, kRead));
    EXPECT_EQ(look(), Heard());
    mechanism->change(pair.near, kWrite);
    EXPECT_EQ(look(), (Heard{{pair.near, kWrite}}));
    mechanism->change(pair.near, kRead);
    EXPECT_EQ(look(), Heard());
    pair.send("!");
    EXPECT_EQ(look(), (Heard{{pair.near, kRead}}));
}

TEST_P(EachMechanism, ForgetsWhatWasRemoved) {
    const Pair gone, there;
    ASSERT_TRUE(mechanism->add(gone.near, kRead));
    ASSERT_TRUE(mechanism->add(there.near, kRead));
    mechanism->remove(gone.near);
    gone.send("!");
    there.send("!");
    EXPECT_EQ(look(), (Heard{{there.near, kRead}}));
}

TEST_P(EachMechanism, AHandlerMayRemoveWhatIsReadyToo) {
    const Pair first, second;
    ASSERT_TRUE(mechanism->add(first.near, kRead));
    ASSERT_TRUE(mechanism->add(second.near, kRead));
    ear.then = [&](int fd) {
        mechanism->remove(fd == first.near ? second.near : first.near);
        ear.then = nullptr;
    };
    first.send("!");
    second.send("!");
    EXPECT_EQ(look().size(), 1U);
}

TEST_P(EachMechanism, ANewDescriptorIsNotTakenForTheOldOneOfItsNumber) {
    const Pair first, fresh;
    Pair second;
    ASSERT_TRUE(mechanism->add(first.near, kRead));
    ASSERT_TRUE(mechanism->add(second.near, kRead));
    ear.drain = false;
    ear.then = [&](int fd) {  // the other one goes, and its number means somebody else
        const int other = fd == first.near ? second.near : first.near;
        mechanism->remove(other);
        dup2(fresh.near, other);
        EXPECT_TRUE(mechanism->add(other, kRead));
        ear.then = nullptr;
    };
    first.send("!");
    second.send("!");
    EXPECT_EQ(look().size(), 1U);
}

TEST_P(EachMechanism, WhoIsSilentForTooLongCountsAsReadyForNothing) {
    const Pair silent;
    ASSERT_TRUE(mechanism->add(silent.near, kRead, 5));
    for (int i = 0; i < 1000 && ear.heard.empty(); ++i) mechanism->turn(ear, true);
    EXPECT_EQ(ear.heard, (Heard{{silent.near, 0}}));
}

TEST_P(EachMechanism, TellsUnreadDataAgainUnlessItTellsOfEdges) {
    const Pair pair;
    ear.drain = false;
    ASSERT_TRUE(mechanism->add(pair.near, kRead));
    pair.send("!");
    EXPECT_EQ(look(), (Heard{{pair.near, kRead}}));
    EXPECT_EQ(look().empty(), mechanism->edge());
    pair.send("!");
    EXPECT_EQ(look(), (Heard{{pair.near, kRead}}));
}

/// All but "none", which watches nobody.
std::vector<MechanismInfo> those_that_wait() {
    return {mechanisms().begin() + 1, mechanisms().end()};
}

INSTANTIATE_TEST_SUITE_P(Lab, EachMechanism, testing::ValuesIn(those_that_wait()),
                         [](const auto& info) {
                             std::string name(info.param.name);
                             for (char& c : name)
                                 if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                             return name;
                         });

TEST(RawSelect, T030_its_set_is_a_pool_that_turns_away_who_has_no_place) {
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max <= FD_SETSIZE + 8) GTEST_SKIP() << "no descriptor may be that high here";
    limit.rlim_cur = FD_SETSIZE + 8;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    const auto mechanism = make_raw_select("raw-select");
    const Pair pair;
    const Fd high(fcntl(pair.near, F_DUPFD, FD_SETSIZE));
    ASSERT_GE(high, FD_SETSIZE);
    EXPECT_FALSE(mechanism->add(high, kRead));
    EXPECT_NE(mechanism->refusal().find("FD_SETSIZE is 1024"), std::string::npos);
    EXPECT_TRUE(mechanism->add(pair.near, kRead));  // the others are served as before
}

TEST(RawEpoll, T039_a_server_of_edges_watches_each_client_with_epollet) {
    const auto watched = [](std::string_view name) {
        const auto mechanism = make_raw_epoll(name);
        const Pair pair;
        EXPECT_TRUE(mechanism->add(pair.near, kRead));
        return evglass::kernel::watched_for(pair.near);
    };
    EXPECT_EQ(watched("raw-epoll-et") & (EPOLLIN | EPOLLET), EPOLLIN | EPOLLET);
    EXPECT_EQ(watched("raw-epoll") & (EPOLLIN | EPOLLET), EPOLLIN);
}

}  // namespace
}  // namespace lab
