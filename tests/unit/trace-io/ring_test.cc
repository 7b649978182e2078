// A ring keeps the newest records and counts the others; readers may be slow, early or late; a
// keyframe always stands in it; signal handlers and many threads may emit.
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "tests/unit/trace-io/io_fixture.h"

namespace evglass::trace::testing {
namespace {

constexpr std::uint32_t kMany = 20'000;

/// Beads in the order read must rise by one, or by more where the record's number jumps as much.
void expect_beads_follow(const std::vector<Record>& records) {
    for (std::size_t i = 1; i < records.size(); ++i) {
        ASSERT_NE(bead(records[i]), UINT32_MAX) << "a torn record, number " << records[i].number;
        ASSERT_EQ(bead(records[i]) - bead(records[i - 1]),
                  records[i].number - records[i - 1].number);
    }
}

TEST_F(TraceIo, RingKeepsTheNewest) {
    start("ring=64K");
    for (std::uint32_t i = 0; i < kMany; ++i) emit_bead(i);
    evglass_trace_stop();
    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    ASSERT_GT(records.size(), 1000u);
    expect_beads_follow(records);
    EXPECT_EQ(bead(records.back()), kMany - 1);
    EXPECT_EQ(records.back().number, kMany);
    EXPECT_EQ(reader.lost() + records.size(), kMany);
}

TEST_F(TraceIo, PollWithALimitGivesTheSame) {
    start("ring=64K");
    for (std::uint32_t i = 0; i < kMany; ++i) emit_bead(i);
    evglass_trace_stop();
    Reader reader = open();
    std::vector<Record> records;
    while (!reader.finished())
        for (Record& record : reader.poll(7)) records.push_back(std::move(record));
    expect_beads_follow(records);
    EXPECT_EQ(reader.lost() + records.size(), kMany);
}

TEST_F(TraceIo, LiveReaderSeesEveryRecordAtOnce) {
    start("ring=64K");
    Reader reader = open();
    std::uint32_t expected = 0;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        emit_bead(i);
        if (i % 97 != 0) continue;
        for (const Record& record : reader.poll()) ASSERT_EQ(bead(record), expected++);
        ASSERT_EQ(expected, i + 1);
    }
    EXPECT_FALSE(reader.finished());
    evglass_trace_stop();
    for (const Record& record : reader.poll()) ASSERT_EQ(bead(record), expected++);
    EXPECT_EQ(expected, kMany);
    EXPECT_TRUE(reader.finished());
    EXPECT_EQ(reader.lost(), 0u);
    EXPECT_TRUE(reader.warnings().empty()) << reader.warnings().front();
}

TEST_F(TraceIo, LappedReaderCountsWhatItMissed) {
    start("ring=64K");
    Reader reader = open();
    std::vector<Record> records;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        emit_bead(i);
        if (i % 5000 != 0) continue;
        for (Record& record : reader.poll()) records.push_back(std::move(record));
    }
    evglass_trace_stop();
    for (Record& record : reader.poll()) records.push_back(std::move(record));
    expect_beads_follow(records);
    EXPECT_GT(reader.lost(), 0u);
    EXPECT_EQ(reader.lost() + records.size(), kMany);
    EXPECT_EQ(records.back().number, kMany);
}

TEST_F(TraceIo, ReaderRacesTheWriter) {
    start("ring=64K");
    Reader reader = open();
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (std::uint32_t i = 0; i < 500'000; ++i) emit_bead(i);
        done = true;
    });
    std::vector<Record> records;
    while (!done)
        for (Record& record : reader.poll()) records.push_back(std::move(record));
    writer.join();
    evglass_trace_stop();
    for (Record& record : reader.poll()) records.push_back(std::move(record));
    expect_beads_follow(records);
    EXPECT_EQ(reader.lost() + records.size(), 500'000u);
}

TEST_F(TraceIo, SleepingThreadsRecordsStay) {
    start("ring=256K");
    for (std::uint32_t i = 0; i < 10; ++i) emit_bead(i);
    std::thread([] {
        for (std::uint32_t i = 0; i < kMany; ++i)
            TRACE(turn_begin, .base = field::base{}, .turn = i);
    }).join();
    evglass_trace_stop();
    std::uint32_t beads = 0;
    for (const Record& record : read_all()) beads += bead(record) != UINT32_MAX;
    EXPECT_EQ(beads, 10u);
}

TEST_F(TraceIo, ManyShortThreadsShareARing) {
    start("ring=64K");
    for (std::uint32_t i = 0; i < 400; ++i)
        std::thread([i] {
            emit_bead(3 * i);
            emit_bead(3 * i + 1);
            emit_bead(3 * i + 2);
        }).join();
    evglass_trace_stop();
    Reader reader = open();
    const std::vector<Record> records = reader.poll();
    EXPECT_EQ(bead(records.back()), 1199u);
    EXPECT_EQ(reader.lost() + records.size(), 1200u);
    EXPECT_EQ(reader.threads().size(), 400u);
}

TEST_F(TraceIo, MoreThreadsThanBlocksLoseNoneUncounted) {
    start("ring=64K");  // sixteen blocks
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 40; ++t)
        threads.emplace_back([&ready] {
            ++ready;
            while (ready < 40) std::this_thread::yield();
            for (std::uint32_t i = 0; i < 500; ++i) emit_bead(i);
        });
    for (std::thread& thread : threads) thread.join();
    evglass_trace_stop();
    Reader reader = open();
    const std::size_t read = reader.poll().size();
    EXPECT_GT(read, 0u);
    EXPECT_EQ(reader.lost() + read, 40u * 500u);
}

/// A base as the writer sees it: a lock, and the stamp that travels with it.
struct SharedBase {
    std::mutex lock;
    std::uint64_t stamp = 0;
    std::uint32_t beads = 0;

    void add_bead() {
        const std::lock_guard hold(lock);
        clock_join(stamp);
        emit_bead(beads++);
        clock_publish(stamp);
    }
};

TEST_F(TraceIo, ThreadsOfOneBaseAreMergedInTheOrderOfItsLock) {
    start("full=64M");
    SharedBase base;
    Reader reader = open();
    std::atomic<unsigned> running{4};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                base.add_bead();
                TRACE(turn_begin, .base = field::base{}, .turn = 1u);  // time passes here and there
            }
            --running;
        });
    std::uint32_t expected = 0;
    const auto check = [&] {
        for (const Record& record : reader.poll()) {
            if (bead(record) == UINT32_MAX) continue;
            ASSERT_EQ(bead(record), expected++);
        }
    };
    while (running != 0) check();
    for (std::thread& thread : threads) thread.join();
    evglass_trace_stop();
    check();
    EXPECT_EQ(expected, 80'000u);
    EXPECT_EQ(reader.lost(), 0u);
}

std::atomic<std::uint32_t> handler_runs{0};
void emit_in_handler(int) {
    TRACE(signal_caught, .signal = SIGALRM);
    ++handler_runs;
}

TEST_F(TraceIo, SignalHandlerEmitsOrIsCounted) {
    start("full=64M");
    handler_runs = 0;
    struct sigaction action {};
    action.sa_handler = emit_in_handler;
    struct sigaction before {};
    sigaction(SIGALRM, &action, &before);
    const itimerval often{{0, 50}, {0, 50}};
    setitimer(ITIMER_REAL, &often, nullptr);
    std::uint32_t beads = 0;
    while (handler_runs < 300 && beads < 1'000'000) emit_bead(beads++);
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before, nullptr);
    evglass_trace_stop();

    Reader reader = open();
    std::uint32_t expected = 0, caught = 0;
    for (const Record& record : reader.poll()) {
        if (record.id() == RecordId::signal_caught) {
            ++caught;
        } else {
            ASSERT_EQ(bead(record), expected++);
        }
    }
    EXPECT_EQ(expected, beads);
    EXPECT_EQ(caught + reader.lost(), handler_runs);
}

TEST_F(TraceIo, FirstRecordOfAThreadMayBeASignalHandlers) {
    start("ring=64K");
    struct sigaction action {};
    action.sa_handler = emit_in_handler;
    struct sigaction before {};
    sigaction(SIGALRM, &action, &before);
    std::thread([] { pthread_kill(pthread_self(), SIGALRM); }).join();
    sigaction(SIGALRM, &before, nullptr);
    evglass_trace_stop();
    ASSERT_EQ(read_all().size(), 1u);
}

/// What a base does at the start of a turn.
void keyframe_if_due(KeyframeMark& mark, std::uint32_t events, std::uint32_t& made) {
    if (!keyframe_due(mark)) return;
    TRACE(keyframe_begin, .base = field::base{}, .turn = 0u, .flags = 0u, .features = 0u,
          .priorities = 1u, .events = events, .loop = 0u, .phase = field::phase::outside, .now = 0,
          .backend = "epoll");
    for (std::uint32_t i = 0; i < events; ++i)
        TRACE(keyframe_signal, .base = field::base{}, .event = field::event{}, .signal = 1,
              .index = i);
    TRACE(keyframe_end, .base = field::base{}, .records = events);
    keyframe_done(mark);
    ++made;
}

bool holds_whole_keyframe(const std::vector<Record>& records, std::uint32_t events) {
    for (std::size_t i = 0; i + events + 1 < records.size(); ++i)
        if (records[i].id() == RecordId::keyframe_begin &&
            records[i + events + 1].id() == RecordId::keyframe_end)
            return true;
    return false;
}

TEST_F(TraceIo, RingAlwaysHoldsAWholeKeyframe) {
    for (const std::uint32_t events : {5u, 100u}) {
        SCOPED_TRACE(events);
        const std::string name = std::to_string(events) + ".evg";
        start("ring=128K", name);
        KeyframeMark mark;
        std::uint32_t made = 0;
        for (std::uint32_t i = 0; i < 30'000; ++i) {
            keyframe_if_due(mark, events, made);
            emit_bead(i);
            // Whoever comes now finds one.
            if (i % 997 != 0) continue;
            ASSERT_TRUE(holds_whole_keyframe(open(name).poll(), events)) << i;
        }
        evglass_trace_stop();
        EXPECT_TRUE(holds_whole_keyframe(read_all(name), events));
        EXPECT_GT(made, 5u);
        EXPECT_LT(made, 2000u) << "keyframes must not fill the trace";
    }
}

TEST_F(TraceIo, StateTooLargeForTheRingIsSaidOnce) {
    start("ring=64K");
    KeyframeMark mark;
    std::uint32_t made = 0;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        keyframe_if_due(mark, 1500, made);
        emit_bead(i);
    }
    EXPECT_NE(message().find("too large"), std::string::npos) << message();
    EXPECT_LT(made, 20u);
}

TEST_F(TraceIo, KeyframeIsDueInEachRecordingAndWhenAsked) {
    KeyframeMark mark;
    std::uint32_t made = 0;
    keyframe_if_due(mark, 1, made);
    EXPECT_EQ(made, 0u) << "nothing is recorded";
    start("ring=64K", "1.evg");
    keyframe_if_due(mark, 1, made);
    keyframe_if_due(mark, 1, made);
    EXPECT_EQ(made, 1u);
    evglass_trace_stop();
    start("ring=64K", "2.evg");
    keyframe_if_due(mark, 1, made);
    EXPECT_EQ(made, 2u);
}

}  // namespace
}  // namespace evglass::trace::testing
