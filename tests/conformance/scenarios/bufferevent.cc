// Scenarios: bufferevents on sockets: order of callbacks, enabling, watermarks, timeouts, ends,
// connecting, freeing.
// Read next: bufferevent_kinds.cc.
#include <arpa/inet.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "tests/conformance/scenarios/bevs.h"

// Stock's does not say so itself.
extern "C" {
#include <event2/bufferevent_compat.h>
}

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

/// A port of the loopback; listening or not.
int some_port(int& fd, bool listening) {
    fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (listening) listen(fd, 5);
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace

SCENARIO(bev_a_new_one_is_as_the_manual_says) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.tell_all();
    say("fd %s, base %s, underlying %s, partner %s",
        yes_no(bufferevent_getfd(p.a.bev()) == p.fds[0]),
        yes_no(bufferevent_get_base(p.a.bev()) == base.get()),
        yes_no(bufferevent_get_underlying(p.a.bev()) != nullptr),
        yes_no(bufferevent_pair_get_partner(p.a.bev()) != nullptr));
    say("priority %d, dns error %d", bufferevent_get_priority(p.a.bev()),
        bufferevent_socket_get_dns_error(p.a.bev()));
    say("single: %ld %ld", static_cast<long>(bufferevent_get_max_single_read(p.a.bev())),
        static_cast<long>(bufferevent_get_max_single_write(p.a.bev())));
}

SCENARIO(bev_enabling_calls_the_write_callback_once) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.enable(kBoth);
    run_ms(base.get(), 20);
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 20);
}

SCENARIO(bev_ping_pong) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    int left = 3;
    p.b.on_read = [](Talker& t) { t.write("pong"); };
    p.a.on_read = [&](Talker& t) {
        if (--left > 0) t.write("ping");
    };
    p.a.write("ping");
    run_ms(base.get(), 30);
    p.a.tell_all();
}

SCENARIO(bev_write_does_not_call_back_from_within) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [](Talker& t) {
        say("writing");
        t.write("one");
        t.write("two");
        say("written, output %zu", evbuffer_get_length(t.output()));
    };
    p.a.write("go");
    run_ms(base.get(), 30);
}

SCENARIO(bev_output_waits_while_writing_is_disabled) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_disable(p.a.bev(), EV_WRITE);
    p.b.enable(EV_READ);
    p.a.write("hello");
    run_ms(base.get(), 20);
    p.a.tell_all();
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 20);
    p.a.tell_all();
}

SCENARIO(bev_writing_needs_no_enable) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(EV_READ);
    p.a.write("hello");
    run_ms(base.get(), 20);
    p.a.tell_all();
}

SCENARIO(bev_input_waits_while_reading_is_disabled) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("hello");
    run_ms(base.get(), 20);
    p.b.tell_all();
    p.b.enable(EV_READ);
    run_ms(base.get(), 20);
}

SCENARIO(bev_disable_in_the_read_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(EV_READ);
    p.b.on_read = [](Talker& t) { say("disable = %d", bufferevent_disable(t.bev(), EV_READ)); };
    p.a.write("hello");
    run_ms(base.get(), 20);
    p.a.write("again");
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_eof_disables_reading_alone) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_event = [](Talker& t, short) { t.tell_all(); };
    p.a.write("last words");
    run_ms(base.get(), 20);
    shutdown(p.fds[0], SHUT_WR);
    run_ms(base.get(), 20);
    p.b.write("still here");
    run_ms(base.get(), 20);
}

SCENARIO(bev_data_then_eof) {
    Base base = new_base();
    TalkerPair p(base.get());
    if (write(p.fds[0], "data", 4) != 4) say("short");
    shutdown(p.fds[0], SHUT_WR);
    p.b.enable(EV_READ);
    run_ms(base.get(), 20);
}

SCENARIO(bev_eof_stays_eof_when_enabled_again) {
    Base base = new_base();
    TalkerPair p(base.get());
    shutdown(p.fds[0], SHUT_WR);
    p.b.enable(EV_READ);
    run_ms(base.get(), 20);
    p.b.enable(EV_READ);
    run_ms(base.get(), 20);
}

SCENARIO(bev_writing_to_a_closed_peer) {
    std::signal(SIGPIPE, SIG_IGN);
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.free();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    p.a.on_event = [](Talker&, short) { say("errno %s", std::strerror(errno)); };
    p.a.write("anybody?");
    run_ms(base.get(), 20);
    p.a.tell_all();
}

SCENARIO(bev_a_peer_that_resets) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(port);
    if (connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) say("no");
    const int server = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK);
    Talker t("t", bufferevent_socket_new(base.get(), server, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    const linger now{1, 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(client);
    t.on_event = [](Talker&, short) { say("errno %s", std::strerror(errno)); };
    run_ms(base.get(), 30);
    close(listening);
}

SCENARIO(bev_low_watermark_of_reading) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_setwatermark(p.b.bev(), EV_READ, 5, 0);
    p.b.enable(EV_READ);
    p.a.write("abc");
    run_ms(base.get(), 20);
    p.b.tell_all();
    p.a.write("defg");
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_a_full_input_that_nobody_takes) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.drains = false;
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 10);
    p.b.on_read = [n = 0](Talker& t) mutable {
        if (++n == 3) bufferevent_disable(t.bev(), EV_READ);
    };
    p.b.enable(EV_READ);
    p.a.write("0123456789abcdefghij");
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_a_full_input_taken_in_pieces) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.drains = false;
    p.b.on_read = [](Talker& t) { evbuffer_drain(t.input(), 2); };
    p.b.enable(EV_READ);
    p.a.write("0123456789");
    bufferevent_disable(p.b.bev(), EV_READ);
    run_ms(base.get(), 20);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 4);
    p.b.enable(EV_READ);
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_high_watermark_stops_and_goes_on) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.listen(false, false, true);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 10);
    p.b.enable(EV_READ);
    p.a.write("0123456789abcdefghij");
    run_ms(base.get(), 20);
    p.b.tell_all();
    evbuffer_drain(p.b.input(), 4);
    run_ms(base.get(), 20);
    p.b.tell_all();
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 0);
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_high_watermark_below_what_is_there) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    p.a.write("0123456789");
    run_ms(base.get(), 20);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 5);
    p.a.write("more");
    run_ms(base.get(), 20);
    p.b.tell_all();
    evbuffer_drain(p.b.input(), 8);
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_low_watermark_of_writing) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_setwatermark(p.a.bev(), EV_WRITE, 1000000, 0);
    p.a.write("abc");
    run_ms(base.get(), 20);
    size_t low = 9;
    size_t high = 9;
    say("get = %d", bufferevent_getwatermark(p.a.bev(), EV_WRITE, &low, &high));
    say("%zu %zu", low, high);
    say("get both = %d", bufferevent_getwatermark(p.a.bev(), kBoth, &low, &high));
    say("get none = %d", bufferevent_getwatermark(p.a.bev(), EV_READ, nullptr, nullptr));
}

SCENARIO(bev_read_timeout) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(30);
    say("set = %d", bufferevent_set_timeouts(p.a.bev(), &tv, nullptr));
    p.a.enable(EV_READ);
    run_ms(base.get(), 100);
    p.a.tell_all();
}

SCENARIO(bev_read_timeout_without_reading) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(10);
    bufferevent_set_timeouts(p.a.bev(), &tv, &tv);
    run_ms(base.get(), 40);
    say("nothing happened");
}

SCENARIO(bev_read_timeout_is_moved_by_data) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(60);
    bufferevent_set_timeouts(p.b.bev(), &tv, nullptr);
    p.b.enable(EV_READ);
    p.a.quiet_writes = true;
    for (int i = 0; i < 4; ++i) {
        p.a.write("x");
        run_ms(base.get(), 25);
    }
    run_ms(base.get(), 120);
}

SCENARIO(bev_write_timeout_of_a_full_socket) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(30);
    bufferevent_set_timeouts(p.a.bev(), nullptr, &tv);
    p.a.quiet_writes = true;
    p.a.write(std::string(4000000, 'x'));
    run_ms(base.get(), 150);
    say("left %s, enabled %s", yes_no(evbuffer_get_length(p.a.output()) > 0),
        enabled_text(p.a.bev()).c_str());
}

SCENARIO(bev_no_write_timeout_with_nothing_to_write) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(10);
    bufferevent_set_timeouts(p.a.bev(), nullptr, &tv);
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 50);
    p.a.tell_all();
}

SCENARIO(bev_timeouts_taken_away) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(20);
    bufferevent_set_timeouts(p.a.bev(), &tv, nullptr);
    p.a.enable(EV_READ);
    bufferevent_set_timeouts(p.a.bev(), nullptr, nullptr);
    run_ms(base.get(), 50);
    say("nothing happened");
}

SCENARIO(bev_a_timed_out_direction_can_be_enabled_again) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(20);
    bufferevent_set_timeouts(p.b.bev(), &tv, nullptr);
    p.b.enable(EV_READ);
    run_ms(base.get(), 50);
    p.a.write("late");
    p.b.enable(EV_READ);
    run_ms(base.get(), 10);
}

SCENARIO(bev_free_in_the_read_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(kBoth);
    p.a.quiet_writes = p.b.quiet_writes = true;
    p.b.on_read = [](Talker& t) { t.free(); };
    p.a.enable(EV_READ);
    p.a.write("die");
    run_ms(base.get(), 30);
    say("open: %s %s", yes_no(is_open(p.fds[0])), yes_no(is_open(p.fds[1])));
}

SCENARIO(bev_free_in_the_write_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.on_write = [](Talker& t) { t.free(); };
    p.b.enable(EV_READ);
    p.a.write("last");
    run_ms(base.get(), 30);
}

SCENARIO(bev_free_in_the_event_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(kBoth);
    p.b.on_event = [](Talker& t, short) { t.free(); };
    p.a.free();
    run_ms(base.get(), 30);
    say("open: %s %s", yes_no(is_open(p.fds[0])), yes_no(is_open(p.fds[1])));
}

SCENARIO(bev_free_closes_in_the_loop) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.free();
    say("open before the loop: %s", yes_no(is_open(p.fds[0])));
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("open after: %s", yes_no(is_open(p.fds[0])));
}

SCENARIO(bev_without_close_on_free_the_fd_stays) {
    Base base = new_base();
    TalkerPair p(base.get(), 0);
    p.a.free();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("open: %s", yes_no(is_open(p.fds[0])));
    close(p.fds[0]);
    p.b.free();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    close(p.fds[1]);
}

SCENARIO(bev_free_does_not_flush) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(EV_READ);
    p.a.write("never sent");
    p.a.free();
    run_ms(base.get(), 30);
}

SCENARIO(bev_free_the_other_one_in_a_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [&](Talker&) { p.a.free(); };
    p.a.write("free me");
    run_ms(base.get(), 30);
}

SCENARIO(bev_references) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* bev = p.a.bev();
    bufferevent_incref(bev);
    p.a.free();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("open with a reference: %s", yes_no(is_open(p.fds[0])));
    bufferevent_incref(bev);
    say("decref = %d", bufferevent_decref(bev));
    say("decref = %d", bufferevent_decref(bev));
    event_base_loop(base.get(), EVLOOP_NONBLOCK);
    say("open after the last: %s", yes_no(is_open(p.fds[0])));
}

SCENARIO(bev_deferred_callbacks_come_later) {
    Base base = new_base();
    TalkerPair p(base.get(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.a.write("deferred");
    run_ms(base.get(), 30);
    bufferevent_trigger(p.a.bev(), kBoth, BEV_TRIG_IGNORE_WATERMARKS);
    say("triggered");
    run_ms(base.get(), 30);
}

SCENARIO(bev_deferred_events_are_collected) {
    Base base = new_base();
    TalkerPair p(base.get(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    bufferevent_trigger_event(p.a.bev(), BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
    bufferevent_trigger_event(p.a.bev(), BEV_EVENT_EOF, 0);
    bufferevent_trigger_event(p.a.bev(), BEV_EVENT_CONNECTED, 0);
    bufferevent_trigger(p.a.bev(), kBoth, 0);
    say("triggered");
    run_ms(base.get(), 20);
}

SCENARIO(bev_trigger_calls_at_once) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_trigger(p.a.bev(), EV_READ, 0);
    bufferevent_trigger(p.a.bev(), EV_WRITE, 0);
    bufferevent_setwatermark(p.a.bev(), EV_READ, 5, 0);
    bufferevent_trigger(p.a.bev(), EV_READ, 0);
    say("below the watermark");
    bufferevent_trigger(p.a.bev(), EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
    bufferevent_trigger(p.a.bev(), EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    say("deferred");
    bufferevent_trigger_event(p.a.bev(), BEV_EVENT_EOF, 0);
    bufferevent_trigger_event(p.a.bev(), BEV_EVENT_ERROR, BEV_TRIG_DEFER_CALLBACKS);
    run_ms(base.get(), 20);
}

SCENARIO(bev_freed_with_a_deferred_callback_owed) {
    Base base = new_base();
    TalkerPair p(base.get(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    bufferevent_trigger(p.a.bev(), kBoth, 0);
    p.a.free();
    run_ms(base.get(), 20);
    say("open: %s", yes_no(is_open(p.fds[0])));
}

SCENARIO(bev_unlocked_callbacks_must_be_deferred) {
    Base base = new_base();
    event_set_log_callback([](int, const char*) {});
    say("%s", yes_no(bufferevent_socket_new(base.get(), -1, BEV_OPT_UNLOCK_CALLBACKS) == nullptr));
    bufferevent* bev =
        bufferevent_socket_new(base.get(), -1, BEV_OPT_UNLOCK_CALLBACKS | BEV_OPT_DEFER_CALLBACKS);
    say("%s", yes_no(bev != nullptr));
    bufferevent_free(bev);
}

SCENARIO(bev_setcb_and_getcb) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent_data_cb r = nullptr;
    bufferevent_data_cb w = nullptr;
    bufferevent_event_cb e = nullptr;
    void* arg = nullptr;
    bufferevent_getcb(p.a.bev(), &r, &w, &e, &arg);
    say("%s %s %s %s", yes_no(r == p.a.bev()->readcb), yes_no(w == p.a.bev()->writecb),
        yes_no(e == p.a.bev()->errorcb), yes_no(arg == &p.a));
    bufferevent_setcb(p.a.bev(), nullptr, nullptr, nullptr, nullptr);
    bufferevent_getcb(p.a.bev(), &r, &w, &e, &arg);
    say("%s", yes_no(r == nullptr && w == nullptr && e == nullptr && arg == nullptr));
    bufferevent_getcb(p.a.bev(), nullptr, nullptr, nullptr, nullptr);
}

SCENARIO(bev_without_callbacks_it_still_moves) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.listen(false, false, false);
    p.b.listen(false, false, false);
    p.b.enable(EV_READ);
    p.a.write("quiet");
    run_ms(base.get(), 20);
    p.b.tell_all();
}

SCENARIO(bev_setfd) {
    Base base = new_base();
    Ends one;
    Ends two;
    Talker t("t", bufferevent_socket_new(base.get(), -1, 0));
    say("fd %d", static_cast<int>(bufferevent_getfd(t.bev())));
    t.enable(EV_READ);
    say("setfd = %d", bufferevent_setfd(t.bev(), one.a()));
    one.write_b("first");
    run_ms(base.get(), 20);
    say("setfd = %d", bufferevent_setfd(t.bev(), two.a()));
    one.write_b("lost");
    two.write_b("second");
    run_ms(base.get(), 20);
    say("setfd = %d", bufferevent_setfd(t.bev(), -1));
    say("fd %d", static_cast<int>(bufferevent_getfd(t.bev())));
    run_ms(base.get(), 20);
    t.tell_all();
}

SCENARIO(bev_output_before_the_fd_is_set) {
    Base base = new_base();
    Ends ends;
    Talker t("t", bufferevent_socket_new(base.get(), -1, 0));
    t.write("early");
    run_ms(base.get(), 10);
    t.tell_all();
    bufferevent_setfd(t.bev(), ends.a());
    run_ms(base.get(), 20);
    t.tell_all();
    say("arrived %d", Ends::drain(ends.b()));
}

SCENARIO(bev_priorities) {
    Base base = new_base(4);
    TalkerPair p(base.get());
    say("%d", bufferevent_get_priority(p.a.bev()));
    say("set 3 = %d", bufferevent_priority_set(p.a.bev(), 3));
    say("set 4 = %d", bufferevent_priority_set(p.a.bev(), 4));
    say("set -1 = %d", bufferevent_priority_set(p.a.bev(), -1));
    say("%d", bufferevent_get_priority(p.a.bev()));
    bufferevent_priority_set(p.b.bev(), 0);
    p.a.enable(EV_READ);
    p.b.enable(EV_READ);
    if (write(p.fds[0], "x", 1) + write(p.fds[1], "y", 1) != 2) say("short");
    run_ms(base.get(), 20);
}

SCENARIO(bev_base_set) {
    Base base = new_base();
    Base other = new_base();
    bufferevent* bev = bufferevent_socket_new(base.get(), -1, 0);
    say("base_set = %d", bufferevent_base_set(other.get(), bev));
    say("%s", yes_no(bufferevent_get_base(bev) == other.get()));
    bufferevent_free(bev);
    bufferevent* pair[2];
    bufferevent_pair_new(base.get(), 0, pair);
    say("of a pair = %d", bufferevent_base_set(other.get(), pair[0]));
    say("priority of a pair = %d", bufferevent_priority_set(pair[0], 0));
    say("setfd of a pair = %d", bufferevent_setfd(pair[0], 3));
    say("getfd of a pair = %d", static_cast<int>(bufferevent_getfd(pair[0])));
    bufferevent_free(pair[0]);
    bufferevent_free(pair[1]);
}

SCENARIO(bev_flush_of_a_socket_does_nothing) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("x");
    say("%d %d %d", bufferevent_flush(p.a.bev(), kBoth, BEV_NORMAL),
        bufferevent_flush(p.a.bev(), kBoth, BEV_FLUSH),
        bufferevent_flush(p.a.bev(), kBoth, BEV_FINISHED));
    p.a.tell_all();
}

SCENARIO(bev_read_and_write_functions) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.drains = false;
    p.b.enable(EV_READ);
    evbuffer* buf = evbuffer_new();
    evbuffer_add_printf(buf, "from a buffer");
    say("write_buffer = %d, left %zu", bufferevent_write_buffer(p.a.bev(), buf),
        evbuffer_get_length(buf));
    say("write nothing = %d", bufferevent_write(p.a.bev(), "", 0));
    run_ms(base.get(), 20);
    char some[5]{};
    say("read = %zu \"%s\"", bufferevent_read(p.b.bev(), some, 4), some);
    say("read_buffer = %d, got %zu", bufferevent_read_buffer(p.b.bev(), buf),
        evbuffer_get_length(buf));
    say("read = %zu", bufferevent_read(p.b.bev(), some, 4));
    say("write_buffer of nothing = %d", bufferevent_write_buffer(p.b.bev(), p.b.input()));
    evbuffer_free(buf);
}

SCENARIO(bev_buffers_are_guarded) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("mine");
    say("drain the output = %d", evbuffer_drain(p.a.output(), 2));
    say("add to the input = %d", evbuffer_add(p.a.input(), "x", 1));
    say("prepend to the output = %d", evbuffer_prepend(p.a.output(), "x", 1));
    p.a.tell_all();
}

SCENARIO(bev_large_data_arrives_whole) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = true;
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    p.b.on_event = [&](Talker& t, short) { t.tell_all(); };
    std::string big(3000000, ' ');
    for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i % 23);
    p.a.on_write = [&](Talker& t) { t.free(); };
    p.a.write(big);
    run_ms(base.get(), 300);
    const unsigned char* bytes = evbuffer_pullup(p.b.input(), -1);
    say("same: %s", yes_no(std::memcmp(bytes, big.data(), big.size()) == 0));
}

SCENARIO(bev_a_million_byte_line) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    p.a.quiet_writes = true;
    p.a.write(std::string(1000000, 'l') + "\nrest");
    run_ms(base.get(), 200);
    size_t n = 0;
    char* line = evbuffer_readln(p.b.input(), &n, EVBUFFER_EOL_LF);
    say("line %s of %zu, left %zu", yes_no(line != nullptr), n, evbuffer_get_length(p.b.input()));
    std::free(line);
}

SCENARIO(bev_a_generator_does_not_starve_timers) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = true;
    p.b.drains = false;
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 100);
    p.a.on_write = [](Talker& t) { t.write("x"); };
    p.a.write("x");
    Teller timer(base.get(), "timer", -1, 0);
    timer.add(20);
    run_ms(base.get(), 60);
    say("fires %d", timer.fires());
}

SCENARIO(bev_connect_tells_connected_first) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    t.write("early bird");
    const sockaddr_in address = loopback(port);
    say("connect = %d", bufferevent_socket_connect(
                            t.bev(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    say("fd %s", yes_no(bufferevent_getfd(t.bev()) >= 0));
    run_ms(base.get(), 40);
    t.tell_all();
    close(listening);
}

SCENARIO(bev_connect_with_nothing_to_write) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_connect_with_writing_disabled) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    bufferevent_disable(t.bev(), EV_WRITE);
    t.write("later");
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    t.tell_all();
    t.enable(EV_WRITE);
    run_ms(base.get(), 40);
    t.tell_all();
    close(listening);
}

SCENARIO(bev_connect_refused) {
    Base base = new_base();
    int bound = -1;
    const int port = some_port(bound, false);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(EV_WRITE);
    t.on_event = [](Talker&, short) { say("errno %s", std::strerror(errno)); };
    const sockaddr_in address = loopback(port);
    say("connect = %d", bufferevent_socket_connect(
                            t.bev(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    run_ms(base.get(), 40);
    close(bound);
}

SCENARIO(bev_connect_refused_while_reading) {
    Base base = new_base();
    int bound = -1;
    const int port = some_port(bound, false);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    run_ms(base.get(), 40);
    close(bound);
}

SCENARIO(bev_connect_without_address_or_socket) {
    Base base = new_base();
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d", bufferevent_socket_connect(t.bev(), nullptr, 0));
    sockaddr_in nonsense{};
    nonsense.sin_family = 12345;
    say("connect = %d", bufferevent_socket_connect(t.bev(), reinterpret_cast<sockaddr*>(&nonsense),
                                                   sizeof nonsense));
    say("fd %d", static_cast<int>(bufferevent_getfd(t.bev())));
}

SCENARIO(bev_connect_of_a_socket_that_connects_already) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const sockaddr_in address = loopback(port);
    connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    Talker t("t", bufferevent_socket_new(base.get(), fd, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d", bufferevent_socket_connect(t.bev(), nullptr, 0));
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_own_connect_is_told_by_the_write_callback) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const sockaddr_in address = loopback(port);
    connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    Talker t("t", bufferevent_socket_new(base.get(), fd, BEV_OPT_CLOSE_ON_FREE));
    t.enable(kBoth);
    run_ms(base.get(), 40);
    close(listening);
}

SCENARIO(bev_connect_by_name) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    t.write("hello");
    say("connect = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "127.0.0.1", port));
    run_ms(base.get(), 40);
    say("dns error %d", bufferevent_socket_get_dns_error(t.bev()));
    close(listening);
}

SCENARIO(bev_connect_by_a_bad_name) {
    Base base = new_base();
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    say("connect = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "not a name", 80));
    say("dns error %s", yes_no(bufferevent_socket_get_dns_error(t.bev()) != 0));
    run_ms(base.get(), 20);
    for (const int port : {0, -1, 65536})
        say("port %d = %d", port,
            bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_INET, "127.0.0.1", port));
    say("family = %d",
        bufferevent_socket_connect_hostname(t.bev(), nullptr, AF_UNIX, "127.0.0.1", 80));
}

SCENARIO(bev_freed_while_connecting) {
    Base base = new_base();
    int listening = -1;
    const int port = some_port(listening, true);
    Talker t("t", bufferevent_socket_new(base.get(), -1, BEV_OPT_CLOSE_ON_FREE));
    const sockaddr_in address = loopback(port);
    bufferevent_socket_connect(t.bev(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
    const int fd = static_cast<int>(bufferevent_getfd(t.bev()));
    t.free();
    run_ms(base.get(), 20);
    say("open: %s", yes_no(is_open(fd)));
    close(listening);
}

SCENARIO(bev_the_old_functions) {
    event_base* base = event_init();
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) return;
    const evbuffercb read = [](bufferevent* bev, void*) {
        say("read %zu", evbuffer_get_length(EVBUFFER_INPUT(bev)));
        bufferevent_free(bev);
    };
    const evbuffercb wrote = [](bufferevent*, void*) { say("wrote"); };
    const everrorcb error = [](bufferevent*, short what, void*) {
        say("event %s", yes_no((what & EVBUFFER_EOF) != 0));
    };
    bufferevent* bev = bufferevent_new(fds[0], read, wrote, error, nullptr);
    say("made %s, %s", yes_no(bev != nullptr), yes_no(bev->readcb == read));
    bufferevent_base_set(base, bev);
    bufferevent_settimeout(bev, 5, 0);
    say("timeouts %ld %ld", static_cast<long>(bev->timeout_read.tv_sec),
        static_cast<long>(bev->timeout_write.tv_sec));
    bufferevent_enable(bev, kBoth);
    if (write(fds[1], "old", 3) != 3) say("short");
    run_ms(base, 20);
    close(fds[0]);
    close(fds[1]);
    event_base_free(base);
}

SCENARIO(bev_the_public_struct) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* bev = p.a.bev();
    say("%s %s %s", yes_no(bev->ev_base == base.get()),
        yes_no(bev->input == bufferevent_get_input(bev)),
        yes_no(bev->output == bufferevent_get_output(bev)));
    bufferevent_setwatermark(bev, kBoth, 3, 7);
    say("%zu %zu %zu %zu", bev->wm_read.low, bev->wm_read.high, bev->wm_write.low,
        bev->wm_write.high);
    say("pending %s", what_text(event_pending(&bev->ev_read, EV_READ, nullptr)).c_str());
    p.a.enable(EV_READ);
    say("pending %s", what_text(event_pending(&bev->ev_read, EV_READ, nullptr)).c_str());
    say("writes %s", what_text(event_pending(&bev->ev_write, EV_WRITE, nullptr)).c_str());
    p.a.write("x");
    say("writes %s", what_text(event_pending(&bev->ev_write, EV_WRITE, nullptr)).c_str());
    say("enabled %s", what_text(bev->enabled).c_str());
}

SCENARIO(bev_loop_ends_when_nothing_waits) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("only writing");
    loop(base.get());
    p.b.enable(EV_READ);
    p.b.on_read = [](Talker& t) { bufferevent_disable(t.bev(), EV_READ); };
    loop(base.get());
}
