// Every kind of bufferevent: bytes arrive whole, callbacks may free, nothing recurses without
// bound, references hold, and other threads may write.
#include <event2/thread.h>

#include <atomic>
#include <thread>
#include <vector>

#include "src/bufferevent/bufferevent_private.h"
#include "src/util/sys.h"
#include "tests/unit/src-bufferevent/ends.h"

namespace {

using bevtest::Ends;
using bevtest::kBoth;
using bevtest::Kind;
using bevtest::run_ms;

class Kinds : public ::testing::TestWithParam<Kind> {
 protected:
    Kinds() : base(event_base_new()) { std::signal(SIGPIPE, SIG_IGN); }
    ~Kinds() override {
        event_base_loop(base, EVLOOP_NONBLOCK);
        event_base_assert_ok_nolock_(base);
        event_base_free(base);
        EXPECT_EQ(bevtest::open_fds(), fds_before);
    }
    int fds_before = bevtest::open_fds();
    event_base* base;
};

struct Echo {
    std::string got;
    size_t wanted = 0;
};

void echo(bufferevent* bev, void*) {
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

void collect(bufferevent* bev, void* arg) {
    auto* e = static_cast<Echo*>(arg);
    char bytes[4096];
    while (const size_t n = bufferevent_read(bev, bytes, sizeof bytes)) e->got.append(bytes, n);
    if (e->got.size() >= e->wanted) event_base_loopbreak(bufferevent_get_base(bev));
}

TEST_P(Kinds, a_megabyte_is_echoed_byte_for_byte) {
    Ends ends(base, GetParam());
    ASSERT_TRUE(ends.ok());
    std::string sent(1 << 20, ' ');
    for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 + i / 257);
    Echo e;
    e.wanted = sent.size();
    bufferevent_setcb(ends.bev[0], collect, nullptr, nullptr, &e);
    bufferevent_setcb(ends.bev[1], echo, nullptr, nullptr, nullptr);
    bufferevent_enable(ends.bev[0], kBoth);
    bufferevent_enable(ends.bev[1], kBoth);
    bufferevent_write(ends.bev[0], sent.data(), sent.size());
    run_ms(base, 3000);
    EXPECT_EQ(e.got, sent);
    ends.free();
}

TEST_P(Kinds, a_callback_frees_both_ends) {
    static Ends* shared;
    Ends ends(base, GetParam());
    ASSERT_TRUE(ends.ok());
    shared = &ends;
    const auto kill = [](bufferevent*, void*) { shared->free(); };
    bufferevent_setcb(ends.bev[1], kill, nullptr, nullptr, nullptr);
    bufferevent_enable(ends.bev[1], kBoth);
    bufferevent_write(ends.bev[0], "x", 1);
    run_ms(base, 30);
    EXPECT_EQ(ends.bev[0], nullptr);
}

TEST_P(Kinds, a_reference_outlives_the_owner) {
    Ends ends(base, GetParam());
    ASSERT_TRUE(ends.ok());
    bufferevent* kept = ends.bev[0];
    bufferevent_incref(kept);
    ends.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
    EXPECT_EQ(evbuffer_get_length(bufferevent_get_input(kept)), 0U);
    EXPECT_EQ(bufferevent_decref(kept), 1);
}

TEST_P(Kinds, freed_without_a_turn_of_the_loop) {
    Ends ends(base, GetParam());
    ASSERT_TRUE(ends.ok());
    bufferevent_write(ends.bev[0], "unsent", 6);
    ends.free();
}

TEST_P(Kinds, a_writer_who_never_stops_leaves_the_loop_alive) {
    static int ticks;
    ticks = 0;
    Ends ends(base, GetParam());
    ASSERT_TRUE(ends.ok());
    const auto more = [](bufferevent* bev, void*) { bufferevent_write(bev, "more", 4); };
    const auto take = [](bufferevent* bev, void*) {
        evbuffer_drain(bufferevent_get_input(bev), 1 << 20);
    };
    bufferevent_setcb(ends.bev[0], nullptr, more, nullptr, nullptr);
    bufferevent_setcb(ends.bev[1], take, nullptr, nullptr, nullptr);
    bufferevent_enable(ends.bev[1], EV_READ);
    const timeval tv{0, 2000};
    event* timer = event_new(
        base, -1, EV_PERSIST, [](evutil_socket_t, short, void*) { ++ticks; }, nullptr);
    event_add(timer, &tv);
    bufferevent_write(ends.bev[0], "go", 2);
    for (int i = 0; i < 20 && ticks < 3; ++i) run_ms(base, 60);
    EXPECT_GE(ticks, 3);
    event_free(timer);
    ends.free();
}

TEST_P(Kinds, another_thread_writes) {
    evthread_use_pthreads();
    event_base* locked = event_base_new();
    {
        Ends ends(locked, GetParam(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE);
        ASSERT_TRUE(ends.ok());
        Echo e;
        e.wanted = 4 * 500;
        bufferevent_setcb(ends.bev[1], collect, nullptr, nullptr, &e);
        bufferevent_enable(ends.bev[1], kBoth);
        bufferevent* out = ends.bev[0];
        std::vector<std::thread> writers;
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([out] {
                for (int n = 0; n < 500; ++n) bufferevent_write(out, "w", 1);
            });
        run_ms(locked, 3000);
        for (std::thread& t : writers) t.join();
        if (e.got.size() < e.wanted) run_ms(locked, 1000);
        EXPECT_EQ(e.got.size(), e.wanted);
        ends.free();
        event_base_loop(locked, EVLOOP_NONBLOCK);
    }
    event_base_free(locked);
}

INSTANTIATE_TEST_SUITE_P(Every, Kinds, ::testing::ValuesIn(bevtest::kKinds));

// ---- depth
// ----------------------------------------------------------------------------------------

TEST(Depth, a_chain_of_two_thousand_pairs) {
    event_base* base = event_base_new();
    constexpr int kPairs = 2000;
    std::vector<bufferevent*> all;
    for (int i = 0; i < kPairs; ++i) {
        bufferevent* pair[2];
        ASSERT_EQ(bufferevent_pair_new(base, 0, pair), 0);
        all.push_back(pair[0]);
        all.push_back(pair[1]);
        bufferevent_enable(pair[1], EV_READ);
    }
    const auto pass = [](bufferevent* bev, void* next) {
        if (next != nullptr)
            bufferevent_write_buffer(static_cast<bufferevent*>(next), bufferevent_get_input(bev));
    };
    for (int i = 0; i < kPairs; ++i)
        bufferevent_setcb(all[2 * i + 1], pass, nullptr, nullptr,
                          i + 1 < kPairs ? all[2 * i + 2] : nullptr);
    bufferevent_write(all[0], "through", 7);
    event_base_loop(base, 0);
    EXPECT_EQ(evbuffer_get_length(bufferevent_get_input(all.back())), 7U);
    for (bufferevent* bev : all) bufferevent_free(bev);
    event_base_free(base);
}

// ---- what a message costs
// ---------------------------------------------------------------------------

struct Counts {
    int epoll_ctl, reads, writes, fionread;
} counts;

TEST(Cost, an_answer_is_one_read_and_one_write) {
    sys::Table table = sys::kernel;
    table.epoll_ctl = [](int a, int b, int c, epoll_event* d) {
        ++counts.epoll_ctl;
        return sys::kernel.epoll_ctl(a, b, c, d);
    };
    table.read = [](int a, void* b, size_t c) {
        ++counts.reads;
        return sys::kernel.read(a, b, c);
    };
    table.write = [](int a, const void* b, size_t c) {
        ++counts.writes;
        return sys::kernel.write(a, b, c);
    };
    table.readv = [](int a, const iovec* b, int c) {
        ++counts.reads;
        return sys::kernel.readv(a, b, c);
    };
    table.writev = [](int a, const iovec* b, int c) {
        ++counts.writes;
        return sys::kernel.writev(a, b, c);
    };
    table.fionread = [](int a, int* b) {
        ++counts.fionread;
        return sys::kernel.fionread(a, b);
    };
    event_base* base = event_base_new();
    Ends ends(base, Kind::socket);
    static int left;
    left = 100;
    const auto again = [](bufferevent* bev, void*) {
        echo(bev, nullptr);
        if (--left == 0) event_base_loopbreak(bufferevent_get_base(bev));
    };
    bufferevent_setcb(ends.bev[0], again, nullptr, nullptr, nullptr);
    bufferevent_setcb(ends.bev[1], echo, nullptr, nullptr, nullptr);
    bufferevent_enable(ends.bev[0], EV_READ);
    bufferevent_enable(ends.bev[1], EV_READ);
    bufferevent_write(ends.bev[0], "ball", 4);
    sys::set_table(&table);
    counts = {};
    event_base_dispatch(base);
    EXPECT_EQ(counts.reads, 200);
    EXPECT_LE(counts.writes, 201);
    EXPECT_EQ(counts.fionread, 0);
    EXPECT_EQ(counts.epoll_ctl, 0);
    sys::set_table(nullptr);
    ends.free();
    event_base_free(base);
}

}  // namespace
