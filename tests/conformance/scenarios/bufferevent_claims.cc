// Scenarios: sentences of the literature about bufferevents that no other scenario shows by itself.
// Read next: bufferevent.cc.
#include <arpa/inet.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/scenarios/bevs.h"

// Stock's does not say so itself.
extern "C" {
#include <event2/bufferevent_compat.h>
}

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

struct FreeListener {
    void operator()(evconnlistener* l) const { evconnlistener_free(l); }
};
using Listener = std::unique_ptr<evconnlistener, FreeListener>;

sockaddr_in any_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}
Listener listen_on_loopback(event_base* base, evconnlistener_cb callback, void* arg, int backlog) {
    const sockaddr_in address = any_port();
    return Listener(evconnlistener_new_bind(base, callback, arg, LEV_OPT_CLOSE_ON_FREE, backlog,
                                            reinterpret_cast<const sockaddr*>(&address),
                                            sizeof address));
}
sockaddr_in address_of(evconnlistener* listener) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(evconnlistener_get_fd(listener), reinterpret_cast<sockaddr*>(&address), &length);
    return address;
}
bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

}  // namespace

SCENARIO(T229_a_high_write_watermark_means_nothing_to_sockets) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_setwatermark(p.a.bev(), EV_WRITE, 0, 4);
    p.b.enable(EV_READ);
    p.a.write("longer than four");
    run_ms(base.get(), 20);
    p.a.tell_all();
}

// Shows T237, T240: the library's own socket does not block, and a connect that has begun says 0.
SCENARIO(T237_a_connect_makes_a_socket_that_does_not_block) {
    Base base = new_base();
    const Listener listener = listen_on_loopback(base.get(), nullptr, nullptr, -1);
    const sockaddr_in address = address_of(listener.get());
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d", bufferevent_socket_connect(
                            t.bev(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    const int fd = bufferevent_getfd(t.bev());
    say("does not block: %s", yes_no((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0));
    run_ms(base.get(), 20);
}

SCENARIO(T243_without_a_dns_base_the_look_up_blocks) {
    Base base = new_base();
    const Listener listener = listen_on_loopback(base.get(), nullptr, nullptr, -1);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    const int port = ntohs(address_of(listener.get()).sin_port);
    bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "127.0.0.1", port);
    say("looked up at once: %s", yes_no(bufferevent_getfd(t.bev()) >= 0));
    run_ms(base.get(), 20);
}

SCENARIO(T254_bufferevent_write_copies) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(EV_READ);
    char text[] = "as it was";
    bufferevent_write(p.a.bev(), text, std::strlen(text));
    std::memset(text, '!', sizeof text - 1);
    run_ms(base.get(), 20);
}

SCENARIO(T263_locking_without_locks_does_nothing) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_lock(p.a.bev());
    bufferevent_unlock(p.a.bev());
    p.b.enable(EV_READ);
    p.a.write("still alive");
    run_ms(base.get(), 20);
}

SCENARIO(T264_a_pair_has_no_socket) {
    Base base = new_base();
    bufferevent* ends[2];
    const enum bufferevent_options options = BEV_OPT_DEFER_CALLBACKS;
    if (bufferevent_pair_new(base.get(), options, ends) != 0) return say("no pair");
    say("fds %d %d", static_cast<int>(bufferevent_getfd(ends[0])),
        static_cast<int>(bufferevent_getfd(ends[1])));
    bufferevent_enable(ends[1], EV_READ);
    bufferevent_write(ends[0], "through memory", 14);
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("there: %zu", evbuffer_get_length(bufferevent_get_input(ends[1])));
    for (bufferevent* end : ends) bufferevent_free(end);
}

SCENARIO(T271_close_on_free_frees_what_is_below) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    bufferevent* filter =
        bufferevent_filter_new(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE, nullptr, nullptr);
    say("open %s", yes_no(is_open(p.fds[0])));
    bufferevent_free(filter);
    run_ms(base.get(), 10);
    say("open %s", yes_no(is_open(p.fds[0])));
}

SCENARIO(T273_a_filters_limit_of_minus_1_is_none) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    const auto tell_limit = [](evbuffer* from, evbuffer* to, ev_ssize_t limit,
                               bufferevent_flush_mode, void*) {
        say("limit %ld", static_cast<long>(limit));
        return evbuffer_add_buffer(to, from) == 0 ? BEV_OK : BEV_ERROR;
    };
    Talker f("f", bufferevent_filter_new(below, tell_limit, nullptr, BEV_OPT_CLOSE_ON_FREE, nullptr,
                                         nullptr));
    f.enable(EV_READ);
    p.b.write("all of it");
    run_ms(base.get(), 20);
    bufferevent_setwatermark(f.bev(), EV_READ, 0, 6);
    p.b.write("at most");
    run_ms(base.get(), 20);
}

SCENARIO(T278_a_tick_is_a_second_unless_told_otherwise) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = true;
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(10, 5000, 10, 5000, nullptr);
    bufferevent_set_rate_limit(p.a.bev(), cfg);
    const ev_ssize_t before = bufferevent_get_read_limit(p.a.bev());
    run_ms(base.get(), 1100);
    const ev_ssize_t gained = bufferevent_get_read_limit(p.a.bev()) - before;
    say("one or two ticks: %s", yes_no(gained == 10 || gained == 20));
    bufferevent_set_rate_limit(p.a.bev(), nullptr);
    ev_token_bucket_cfg_free(cfg);
}

SCENARIO(T280_one_configuration_serves_many) {
    Base base = new_base();
    TalkerPair p(base.get());
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(5, 50, 5, 50, nullptr);
    say("set = %d", bufferevent_set_rate_limit(p.a.bev(), cfg));
    say("set = %d", bufferevent_set_rate_limit(p.b.bev(), cfg));
    bufferevent_decrement_read_limit(p.a.bev(), 3);
    say("each has its own bucket: %ld %ld",
        static_cast<long>(bufferevent_get_read_limit(p.a.bev())),
        static_cast<long>(bufferevent_get_read_limit(p.b.bev())));
    bufferevent_set_rate_limit(p.a.bev(), nullptr);
    bufferevent_set_rate_limit(p.b.bev(), nullptr);
    ev_token_bucket_cfg_free(cfg);
}

SCENARIO(T289_a_minimum_share_of_0_is_none) {
    Base base = new_base();
    TalkerPair p(base.get());
    ev_token_bucket_cfg* cfg = ev_token_bucket_cfg_new(3, 3, 3, 3, nullptr);
    bufferevent_rate_limit_group* group = bufferevent_rate_limit_group_new(base.get(), cfg);
    bufferevent_add_to_rate_limit_group(p.a.bev(), group);
    bufferevent_add_to_rate_limit_group(p.b.bev(), group);
    say("with 64: %ld", static_cast<long>(bufferevent_get_max_to_read(p.a.bev())));
    say("set = %d", bufferevent_rate_limit_group_set_min_share(group, 0));
    say("with none: %ld", static_cast<long>(bufferevent_get_max_to_read(p.a.bev())));
    bufferevent_remove_from_rate_limit_group(p.a.bev());
    bufferevent_remove_from_rate_limit_group(p.b.bev());
    bufferevent_rate_limit_group_free(group);
    ev_token_bucket_cfg_free(cfg);
}

// Shows T338, T346, T410: a backlog that is the library's choice, a bufferevent for each client.
SCENARIO(T346_an_echo_server_echoes_everything_to_each_client) {
    Base base = new_base();
    const auto echo = [](bufferevent* bev, void*) {
        bufferevent_write_buffer(bev, bufferevent_get_input(bev));
    };
    static evconnlistener_cb accepted;
    static bufferevent_data_cb echo_cb;
    static bufferevent* served[2];
    static int n;
    n = 0;
    echo_cb = echo;
    accepted = [](evconnlistener* l, evutil_socket_t fd, sockaddr*, int, void*) {
        bufferevent* bev =
            bufferevent_socket_new(evconnlistener_get_base(l), fd, BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(bev, echo_cb, nullptr, nullptr, nullptr);
        bufferevent_enable(bev, EV_READ | EV_WRITE);
        served[n++] = bev;
    };
    const Listener listener = listen_on_loopback(base.get(), accepted, nullptr, -1);
    const evconnlistener_errorcb failed = [](evconnlistener*, void*) { say("accept failed"); };
    evconnlistener_set_error_cb(listener.get(), failed);
    const sockaddr_in address = address_of(listener.get());
    {
        Talker one("one", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
        Talker two("two", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
        for (Talker* t : {&one, &two}) {
            t->listen(false, false, false);
            t->enable(kBoth);
            bufferevent_socket_connect(t->bev(), reinterpret_cast<const sockaddr*>(&address),
                                       sizeof address);
        }
        const std::string much(200000, 'm');
        bufferevent_write(one.bev(), much.data(), much.size());
        bufferevent_write(two.bev(), "little", 6);
        for (int i = 0; i < 100 && evbuffer_get_length(one.input()) < much.size(); ++i)
            run_ms(base.get(), 10);
        say("one has %zu, two has %zu", evbuffer_get_length(one.input()),
            evbuffer_get_length(two.input()));
        say("one of its own each: %s", yes_no(n == 2 && served[0] != served[1]));
    }
    for (int i = 0; i < n; ++i) bufferevent_free(served[i]);
}

SCENARIO(T422_a_bufferevent_has_two_persistent_events) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* bev = p.a.bev();
    say("read: %s", what_text(event_get_events(&bev->ev_read)).c_str());
    say("write: %s", what_text(event_get_events(&bev->ev_write)).c_str());
    say("pending: %s", yes_no(event_pending(&bev->ev_read, EV_READ, nullptr)));
    p.a.enable(EV_READ);
    say("pending: %s", yes_no(event_pending(&bev->ev_read, EV_READ, nullptr)));
    say("old names: %#x %#x %#x %#x", EVBUFFER_READ, EVBUFFER_WRITE, EVBUFFER_ERROR,
        EVBUFFER_TIMEOUT);
    say("output: %s", yes_no(EVBUFFER_OUTPUT(bev) == bufferevent_get_output(bev)));
}

SCENARIO(T423_new_output_adds_the_write_event) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = true;
    // As long as the socket is full, so that it has to wait.
    const std::string much(4000000, 'w');
    bufferevent_write(p.a.bev(), much.data(), much.size());
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    const auto waits = [&] { return event_pending(&p.a.bev()->ev_write, EV_WRITE, nullptr) != 0; };
    say("waits to write: %s", yes_no(waits()));
    evbuffer_drain(p.b.input(), 0);
    p.b.on_read = [](Talker&) {};
    p.b.listen(false, false, false);
    p.b.enable(EV_READ);
    for (int i = 0; i < 200 && evbuffer_get_length(p.b.input()) < much.size(); ++i)
        run_ms(base.get(), 5);
    say("arrived: %s", yes_no(evbuffer_get_length(p.b.input()) == much.size()));
    say("waits to write: %s", yes_no(waits()));
}
