// What a read callback adds to its own output, and the chain that a loop's bufferevents read into:
// the answer follows the callback, unless the callback thinks better of it; and who is quiet holds
// no chain.
// Read next: src/bufferevent/socket.cc.
#include <string_view>
#include <vector>

#include "src/buffer/evbuffer.h"
#include "tests/unit/src-bufferevent/ends.h"

namespace {

using bevtest::Ends;
using bevtest::kBoth;
using bevtest::Kind;

/// One pass: what was sent over a socket pair is there already.
void turn(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/// A bufferevent whose read callback answers and then does `after`; its peer is a plain fd.
struct Server {
    explicit Server(void (*after)(Server&)) : then(after) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) != 0) std::abort();
        bev = bufferevent_socket_new(base, fd[1], BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(bev, answer, nullptr, nullptr, this);
        bufferevent_enable(bev, kBoth);
        pass();  // ev_write has been told that it may write
    }
    ~Server() {
        if (bev != nullptr) bufferevent_free(bev);
        close(fd[0]);
        event_base_free(base);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void ask() { EXPECT_EQ(write(fd[0], "ask", 3), 3); }
    void pass() { turn(base); }
    /// What the peer has got since it looked last.
    std::string_view got() {
        const ssize_t n = read(fd[0], room, sizeof room);
        return {room, static_cast<std::size_t>(n > 0 ? n : 0)};
    }

    event_base* base = event_base_new();
    int fd[2]{-1, -1};
    bufferevent* bev = nullptr;
    void (*then)(Server&);
    char room[64]{};

 private:
    static void answer(bufferevent* bev, void* arg) {
        auto& server = *static_cast<Server*>(arg);
        evbuffer_drain(bufferevent_get_input(bev), 3);
        bufferevent_write(bev, "answer", 6);
        EXPECT_EQ(server.got(), "");  // never from within the callback
        server.then(server);
    }
};

TEST(Answer, follows_the_callback_in_the_same_turn) {
    Server server([](Server&) {});
    server.ask();
    server.pass();
    EXPECT_EQ(server.got(), "answer");
}

TEST(Answer, a_callback_that_disables_writing_has_written_nothing) {
    Server server([](Server& s) { bufferevent_disable(s.bev, EV_WRITE); });
    server.ask();
    server.pass();
    server.pass();
    EXPECT_EQ(server.got(), "");
    bufferevent_enable(server.bev, EV_WRITE);
    server.pass();
    EXPECT_EQ(server.got(), "answer");
}

TEST(Answer, a_callback_that_takes_the_fd_away_has_written_nothing) {
    static int taken;
    Server server([](Server& s) {
        taken = bufferevent_getfd(s.bev);
        bufferevent_setfd(s.bev, -1);
    });
    server.ask();
    server.pass();
    EXPECT_EQ(server.got(), "");
    bufferevent_setfd(server.bev, taken);
    server.pass();
    EXPECT_EQ(server.got(), "answer");
}

TEST(Answer, a_callback_that_frees_the_bufferevent_has_written_nothing) {
    Server server([](Server& s) {
        bufferevent_free(s.bev);
        s.bev = nullptr;
    });
    server.ask();
    server.pass();
    EXPECT_EQ(server.got(), "");
}

TEST(Answer, of_a_broken_loop_is_written_all_the_same) {
    Server server([](Server& s) { event_base_loopbreak(s.base); });
    server.ask();
    server.pass();
    EXPECT_EQ(server.got(), "answer");
}

/// The chains that a bufferevent holds, in both buffers.
int chains_of(bufferevent* bev) {
    int n = 0;
    for (const evbuffer* buf : {bufferevent_get_input(bev), bufferevent_get_output(bev)}) {
        n += buf->spare != nullptr ? 1 : 0;
        for (const evbuffer_chain* chain = buf->first; chain != nullptr; chain = chain->next) ++n;
    }
    return n;
}

void echo(bufferevent* bev, void*) {
    evbuffer_add_buffer(bufferevent_get_output(bev), bufferevent_get_input(bev));
}
void forget(bufferevent* bev, void*) {
    evbuffer_drain(bufferevent_get_input(bev), 100);
}
void keep(bufferevent*, void*) {}

void ask_all(event_base* base, const std::vector<Ends>& all, bufferevent_data_cb callback) {
    for (const Ends& ends : all) {
        bufferevent_setcb(ends.bev[0], callback, nullptr, nullptr, nullptr);
        EXPECT_EQ(write(bufferevent_getfd(ends.bev[1]), "message", 7), 7);
    }
    turn(base);
}

/// Many ask at once, when each has a chain already; returns how many chains each of them holds when
/// all is quiet.
std::vector<int> chains_after(bufferevent_data_cb callback) {
    event_base* base = event_base_new();
    std::vector<Ends> all;
    for (int i = 0; i < 20; ++i) {
        all.emplace_back(base, Kind::socket);
        bufferevent_enable(all.back().bev[0], EV_READ);
    }
    ask_all(base, all, keep);
    for (const Ends& ends : all) {
        EXPECT_EQ(chains_of(ends.bev[0]), 1);
        forget(ends.bev[0], nullptr);
    }
    for (int round = 0; round < 4; ++round) ask_all(base, all, callback);
    std::vector<int> chains;
    for (const Ends& ends : all) chains.push_back(chains_of(ends.bev[0]));
    EXPECT_NE(base->idle_chain, nullptr);
    for (Ends& ends : all) ends.free();
    turn(base);
    event_base_free(base);
    return chains;
}

TEST(IdleChain, who_echoes_or_forgets_holds_none) {
    EXPECT_EQ(chains_after(echo), std::vector<int>(20, 0));
    EXPECT_EQ(chains_after(forget), std::vector<int>(20, 0));
}

TEST(IdleChain, who_keeps_its_bytes_keeps_its_chain) {
    event_base* base = event_base_new();
    Ends ends(base, Kind::socket);
    bufferevent_setcb(ends.bev[0], keep, nullptr, nullptr, nullptr);
    bufferevent_enable(ends.bev[0], EV_READ);
    bufferevent_write(ends.bev[1], "message", 7);
    turn(base);
    EXPECT_EQ(chains_of(ends.bev[0]), 1);
    EXPECT_EQ(evbuffer_get_length(bufferevent_get_input(ends.bev[0])), 7U);
    ends.free();
    turn(base);
    event_base_free(base);
}

}  // namespace
