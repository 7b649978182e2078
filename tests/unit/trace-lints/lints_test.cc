// Each lint on a story that has the fault and on one that has not: it speaks in the first, with
// records that show it, and all are silent in the second.
#include "trace/lints/lints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/sample_model.h"
#include "tests/unit/trace-lints/lint_scene.h"

namespace evglass::trace::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr int kRead = Scene::kRead, kWrite = Scene::kWrite, kPersist = Scene::kPersist;

/// Every number in the evidence is a record, in order.
void expect_evidence(const LintScene& s) {
    EXPECT_FALSE(s.last.evidence.empty());
    EXPECT_TRUE(std::is_sorted(s.last.evidence.begin(), s.last.evidence.end()));
    for (const std::uint64_t number : s.last.evidence) EXPECT_EQ(s.record(number).number, number);
}

Address reader(LintScene& s, int fd, int more = 0, int priority = 0) {
    const Address event = s.scene.make_event(
        {.fd = fd, .events = kRead | kPersist | more, .name = "client", .priority = priority});
    s.scene.add(event);
    return event;
}

rec::event_assign assigned(const LintScene& s, Address event, int fd) {
    return {.base = s.scene.base(),
            .event = event,
            .fd = fd,
            .events = kRead,
            .priority = 0,
            .flags = 0x80,
            .serial = 9,
            .callback = Address{0x401000},
            .arg = Address{0},
            .creator = Address{0x402000}};
}

TEST(Lints, AreNamedOnceAndExplained) {
    for (std::size_t i = 0; i < lints().size(); ++i) {
        EXPECT_EQ(lint_index(lints()[i].name), static_cast<int>(i));
        EXPECT_GT(lints()[i].explanation.size(), 100U) << lints()[i].name;
        EXPECT_FALSE(lints()[i].summary.empty());
    }
    EXPECT_EQ(lint_index("no-such"), -1);
}

TEST(Lints, AreSilentOnTheSample) {
    LintScene s;
    const Sample sample = make_finished_sample();
    LintRun run;
    for (const Record& record : sample.builder.records()) run.see(record, nullptr);
    for (std::size_t i = 0; i < lints().size(); ++i)
        EXPECT_TRUE(run.findings(i).empty()) << lints()[i].name;
    EXPECT_EQ(run.lost(), 0U);
}

TEST(SlowCallback, TellsTheSlowestCallAndWhoWaited) {
    LintScene s;
    reader(s, 7);
    reader(s, 8);
    const auto slow = [&](int ms) {
        s.scene.begin_turn();
        s.scene.choose_wait();
        s.scene.wake(2, 100);
        s.scene.fd_ready(7, kRead);
        s.scene.fd_ready(8, kRead);
        s.scene.phase(field::phase::process_active);
        s.scene.begin_callback();
        s.out.advance_ns(ms * 1'000'000LL);
        s.scene.end_callback();
        s.scene.begin_callback();
        s.scene.end_callback();
    };
    slow(49);
    EXPECT_THAT(s.found(), IsEmpty());
    slow(80), slow(60);
    EXPECT_THAT(s.found(), ElementsAre("slow-callback E2 client fd 7: its callback took 80 ms, "
                                       "while 1 active event waited"));
    EXPECT_EQ(s.last.times, 2U);
    expect_evidence(s);
    EXPECT_EQ(s.record(s.last.evidence[0]).id(), RecordId::callback_begin);
}

TEST(StarvedPriority, SpeaksWhenUrgentEventsAlwaysCome) {
    for (const bool starved : {true, false}) {
        LintScene s(2);
        reader(s, 7, 0, 0);
        reader(s, 8, 0, 1);
        s.scene.begin_turn();
        s.scene.choose_wait();
        s.scene.wake(1, 10);
        s.scene.fd_ready(8, kRead);
        for (int i = 0; i < 12; ++i) {
            if (starved || i % 4 != 3) s.scene.fd_ready(7, kRead);
            s.scene.phase(field::phase::process_active);
            s.scene.begin_callback();
            s.scene.end_callback();
            s.scene.begin_turn();
            if (!starved && i % 4 == 3) s.scene.fd_ready(8, kRead);
        }
        if (!starved) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(),
                    ElementsAre("starved-priority E3 client fd 8: it has been active for 12 turns "
                                "and is not called: priority 1 never has its turn"));
        expect_evidence(s);
    }
}

TEST(EdgeNotDrained, WantsTheLastReadToFindTheEnd) {
    LintScene s;
    const Address event = reader(s, 7, Scene::kEdge);
    const auto reads = [&](std::initializer_list<std::int64_t> results) {
        s.turn(7, kRead, 500, [&] {
            for (const std::int64_t n : results)
                s.scene.emit_syscall_read(7, n, n < 0 ? EAGAIN : 0);
        });
    };
    reads({4096, 4096, -1});
    reads({4096, 100});
    reads({});  // the program reads by itself: not in the trace
    EXPECT_THAT(s.found(), IsEmpty());
    reads({4096});
    EXPECT_THAT(s.found(), ElementsAre(StartsWith("edge-not-drained E2 client fd 7: its callback "
                                                  "returned after a read that filled its buffer")));
    expect_evidence(s);
    EXPECT_NE(event, 0U);
}

TEST(EdgeNotDrained, DoesNotMindLevels) {
    LintScene s;
    reader(s, 7);
    s.turn(7, kRead, 500, [&] { s.scene.emit_syscall_read(7, 4096); });
    EXPECT_THAT(s.found(), IsEmpty());
}

TEST(WriteLeftOn, CountsCallsThatWroteNothing) {
    for (const bool writes : {true, false}) {
        LintScene s;
        const Address event =
            s.scene.make_event({.fd = 9, .events = kWrite | kPersist, .name = {}});
        s.scene.add(event);
        for (int i = 0; i < 60; ++i)
            s.turn(9, kWrite, 200, [&] {
                s.out.advance_ns(300);
                if (writes)
                    s.out.add(rec::sys_write{
                        .fd = 9, .size = 10, .result = 10, .error = 0, .duration = 800});
            });
        if (writes) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre("write-left-on E2 fd 9: it was called 60 times because "
                                           "its fd is writable, and wrote nothing"));
        expect_evidence(s);
    }
}

TEST(WriteLeftOn, BelievesALongCallThatWritesByItself) {
    LintScene s;
    s.scene.add(s.scene.make_event({.fd = 9, .events = kWrite | kPersist, .name = {}}));
    for (int i = 0; i < 60; ++i) s.turn(9, kWrite, 200, [&] { s.out.advance_ns(9'000); });
    EXPECT_THAT(s.found(), IsEmpty());
}

TEST(SelfActivating, CountsCallsInARow) {
    LintScene s;
    const Address event = s.scene.make_event({.fd = -1, .events = 0, .name = "idle"});
    s.scene.activate(event, 1);
    const auto run = [&](int times) {
        for (int i = 0; i < times; ++i) s.turn(-1, 0, 0, [&] { s.scene.activate(event, 1); });
        s.turn(-1, 0, 0);  // the work is done
        s.scene.activate(event, 1);
    };
    run(9), run(9);
    EXPECT_THAT(s.found(), IsEmpty());
    run(12);
    EXPECT_THAT(s.found(), ElementsAre(HasSubstr("made it active again 12 times in a row")));
    expect_evidence(s);
}

TEST(GoneWhileRegistered, SeesMemoryThatIsInitialisedAnew) {
    LintScene s;
    const Address event = reader(s, 7);
    s.scene.del(event);
    s.out.add(assigned(s, event, 7));
    EXPECT_THAT(s.found(), IsEmpty()) << "deleted first";
    const Address other = reader(s, 8);
    s.out.add(assigned(s, other, 8));
    EXPECT_THAT(s.found(), ElementsAre(AllOf(StartsWith("gone-while-registered E3"),
                                             HasSubstr("initialised anew while it is pending"))));
    expect_evidence(s);
}

TEST(GoneWhileRegistered, SeesAnFdThatIsClosedFirst) {
    LintScene s;
    const Address event = reader(s, 7);
    const auto close = [&](int fd) {
        s.out.add(rec::sys_close{.fd = fd, .result = 0, .error = 0, .duration = 300});
    };
    close(20);
    reader(s, 8);
    s.scene.del(event);
    close(7);
    EXPECT_THAT(s.found(), IsEmpty());
    close(8);
    EXPECT_THAT(s.found(), ElementsAre("gone-while-registered E3 client fd 8: its fd is closed "
                                       "while it is registered: event_del it first"));
    expect_evidence(s);
    s.out.add(rec::sys_epoll_ctl{.epfd = 3,
                                 .op = field::epollop::DEL,
                                 .fd = 8,
                                 .events = 0,
                                 .before = 2,
                                 .after = 0,
                                 .result = -1,
                                 .error = EBADF,
                                 .duration = 300});
    EXPECT_EQ(s.found().size(), 2U);
}

TEST(StaleRegistration, SeesANumberThatIsUsedAnew) {
    LintScene s;
    const Address event = reader(s, 7);
    const auto accept = [&](int fd) {
        s.out.add(rec::sys_accept4{.fd = 6, .flags = 0, .result = fd, .error = 0, .duration = 900});
    };
    accept(8);
    accept(-1);
    EXPECT_THAT(s.found(), IsEmpty());
    accept(7);
    EXPECT_THAT(s.found(), ElementsAre(AllOf(StartsWith("stale-registration E2 client fd 7"),
                                             HasSubstr("now belongs to another one"))));
    expect_evidence(s);
    s.scene.del(event);
    const std::size_t before = s.found().size();
    accept(7);
    EXPECT_EQ(s.found().size(), before);
}

TEST(AddDelChurn, CountsAddsInVain) {
    for (const bool called : {true, false}) {
        LintScene s;
        const Address event = s.scene.make_event({.fd = 7, .events = kRead | kPersist, .name = {}});
        for (int i = 0; i < 60; ++i) {
            s.scene.add(event);
            if (called) s.turn(7, kRead);
            s.scene.del(event);
        }
        if (called) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre("add-del-churn E2 fd 7: it was added and deleted 60 "
                                           "times without being called between; its callback ran "
                                           "0 times"));
        expect_evidence(s);
    }
}

TEST(TimerStorm, SeesManyInOneTurnAndOneAllTheTime) {
    LintScene many;
    for (int i = 0; i < 1000; ++i) {
        const Address event = many.scene.make_event({.fd = -1, .events = 0, .name = {}});
        many.scene.add(event, i == 999 ? 3'000 : 1'000);
    }
    many.turn(-1, 0, 1'500);
    EXPECT_THAT(many.found(), IsEmpty()) << "999 expired";
    LintScene storm;
    for (int i = 0; i < 1000; ++i)
        storm.scene.add(storm.scene.make_event({.fd = -1, .events = 0, .name = {}}), 1'000);
    storm.turn(-1, 0, 1'500);
    EXPECT_THAT(storm.found(),
                ElementsAre("timer-storm B1: 1000 timers or more expired in one turn"));

    for (const std::int64_t interval : {2'000, 200}) {
        LintScene s;
        s.scene.add(s.scene.make_event({.fd = -1, .events = kPersist, .name = "tick"}), interval);
        for (int i = 0; i < 120; ++i) s.turn(-1, 0, interval);
        if (interval == 2'000) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre("timer-storm E2 tick: its timeout expired 120 times in "
                                           "a row, every 200 us"));
        expect_evidence(s);
    }
}

TEST(BusyLoop, SeesTurnsInVain) {
    for (const std::int64_t sleep : {200, 5}) {
        LintScene s;
        reader(s, 7);
        for (int i = 0; i < 120; ++i) s.turn(-1, 0, sleep);
        if (sleep == 200) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre(HasSubstr("in a row without a sleep and without a "
                                                     "callback: the backend came back at once")));
        expect_evidence(s);
    }
}

TEST(BusyLoop, SeesAnEndThatIsReadAgainAndAgain) {
    LintScene s;
    reader(s, 7);
    for (int i = 0; i < 19; ++i) s.turn(7, kRead, 500, [&] { s.scene.emit_syscall_read(7, 0); });
    EXPECT_THAT(s.found(), IsEmpty());
    s.turn(7, kRead, 500, [&] { s.scene.emit_syscall_read(7, 0); });
    EXPECT_THAT(s.found(), ElementsAre(HasSubstr("20 reads in a row gave 0 bytes")));
    expect_evidence(s);
}

TEST(EventLeak, SeesEventsOfOnePlaceThatPileUp) {
    for (const bool frees : {true, false}) {
        LintScene s;
        for (int i = 0; i < 30; ++i) {
            const Address event = s.scene.make_event({.fd = -1, .events = 0, .name = {}});
            s.scene.add(event, 1'000);
            s.turn(-1, 0, 1'200);
            if (frees) s.scene.free_event(event);
        }
        if (frees) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre(StartsWith("event-leak E2 and 28 others: made at one "
                                                      "place, used, and neither pending nor")));
        EXPECT_EQ(s.last.times, 29U);
        expect_evidence(s);
    }
}

TEST(FdLeak, IsProvenByTheLowestFreeNumber) {
    for (const bool reused : {true, false}) {
        LintScene s;
        for (int i = 0; i < 30; ++i) {
            // A program that closes by itself gets the same number again.
            const int fd = reused ? 10 : 10 + i;
            s.out.add(
                rec::sys_accept4{.fd = 6, .flags = 0, .result = fd, .error = 0, .duration = 900});
            const Address event =
                s.scene.make_event({.fd = fd, .events = kRead | kPersist, .name = {}});
            s.scene.add(event);
            s.scene.free_event(event);
        }
        if (reused) {
            EXPECT_THAT(s.found(), IsEmpty());
            continue;
        }
        EXPECT_THAT(s.found(), ElementsAre(AllOf(StartsWith("fd-leak fd 10 and 28 others"),
                                                 HasSubstr("still open when fd 39 came"))));
        expect_evidence(s);
    }
}

TEST(LintSets, TurnLintsOff) {
    LintScene s;
    reader(s, 7);
    s.turn(7, kRead, 500, [&] { s.out.advance_ns(90'000'000); });
    LintSet set;
    set.turn(static_cast<std::size_t>(lint_index("slow-callback")), false);
    EXPECT_THAT(s.found(set), IsEmpty());
    set.turn_all(false);
    set.turn(static_cast<std::size_t>(lint_index("slow-callback")), true);
    EXPECT_EQ(s.found(set).size(), 1U);
}

TEST(LintRuns, BeginAnewWhereRecordsAreLost) {
    LintScene s;
    s.scene.add(s.scene.make_event({.fd = -1, .events = kPersist, .name = "tick"}), 200);
    for (int i = 0; i < 70; ++i) s.turn(-1, 0, 200);
    s.out.lose(5);
    for (int i = 0; i < 70; ++i) s.turn(-1, 0, 200);
    EXPECT_THAT(s.found(), IsEmpty());
}

}  // namespace
}  // namespace evglass::trace::testing
