// Scenarios: bufferevents on sockets: order of callbacks, enabling, watermarks, timeouts, ends.
// Read next: bufferevent_life.cc, bufferevent_connect.cc, bufferevent_kinds.cc.
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "tests/conformance/scenarios/bevs.h"

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

}  // namespace

// Shows T250, T398, T412: writing enabled, reading not.
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

// Shows T034, T097, T224, T225, T395, T421: callbacks come once the bytes have moved between the
// socket and the buffers; each message is answered.
SCENARIO(bev_ping_pong) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = p.b.quiet_writes = true;
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

SCENARIO(T043_reading_in_a_loop_drains_the_input) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = p.b.quiet_writes = true;
    enable_in_order(base.get(), p);
    p.b.on_read = [](Talker& t) {
        char some[4];
        std::size_t all = 0, n = 0;
        while ((n = bufferevent_read(t.bev(), some, sizeof some)) > 0) all += n;
        say("read %zu, left %zu", all, evbuffer_get_length(t.input()));
    };
    p.a.write("more than one piece of it");
    run_ms(base.get(), 30);
}

// Shows T413: queued now, sent by the loop.
SCENARIO(bev_write_does_not_call_back_from_within) {
    Base base = new_base();
    TalkerPair p(base.get());
    enable_in_order(base.get(), p);
    p.b.on_read = [](Talker& t) {
        say("writing");
        t.write("one");
        t.write("two");
        say("written, output %zu", evbuffer_get_length(t.output()));
    };
    p.a.write("go");
    run_ms(base.get(), 30);
}

// Shows T247, T396, T397: a disabled direction neither moves nor calls.
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

// Shows T248: output starts writing by itself, and stops it when empty.
SCENARIO(bev_writing_needs_no_enable) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.enable(EV_READ);
    p.a.write("hello");
    run_ms(base.get(), 20);
    p.a.tell_all();
}

// Shows T095: no callback before reading is enabled.
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
    enable_in_order(base.get(), p);
    p.b.on_event = [](Talker& t, short) { t.tell_all(); };
    p.a.write("last words");
    run_ms(base.get(), 20);
    shutdown(p.fds[0], SHUT_WR);
    run_ms(base.get(), 20);
    p.b.write("still here");
    run_ms(base.get(), 20);
}

// Shows T045, T426: an end of file is told.
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

// Shows T226, T252: the read callback waits for it.
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

// Shows T227, T249, T253: reading stops there and goes on when the input was drained.
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

// Shows T228: the write callback comes at it.
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

// Shows T257, T259: nothing came for so long: told, and the direction is disabled.
SCENARIO(bev_read_timeout) {
    Base base = new_base();
    TalkerPair p(base.get());
    const timeval tv = after(30);
    say("set = %d", bufferevent_set_timeouts(p.a.bev(), &tv, nullptr));
    p.a.enable(EV_READ);
    run_ms(base.get(), 100);
    p.a.tell_all();
}

// Shows T258: it counts only while reading is enabled.
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
    const timeval tv = after(60);
    bufferevent_set_timeouts(p.a.bev(), nullptr, &tv);
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 150);
    p.a.tell_all();
}

// Shows T044, T256: NULL takes them away, and without one no timeout is told.
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
    const timeval tv = after(60);
    bufferevent_set_timeouts(p.b.bev(), &tv, nullptr);
    p.b.enable(EV_READ);
    run_ms(base.get(), 120);
    p.a.write("late");
    p.b.enable(EV_READ);
    run_ms(base.get(), 10);
}

// Shows T251: without a high watermark the input holds it all.
SCENARIO(bev_large_data_arrives_whole) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.quiet_writes = true;
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    p.b.on_event = [&](Talker& t, short) { t.tell_all(); };
    std::string big(rounds(3000000), ' ');
    for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i % 23);
    p.a.on_write = [&](Talker& t) { t.free(); };
    p.a.write(big);
    run_ms(base.get(), 300);
    const size_t length = evbuffer_get_length(p.b.input());
    const unsigned char* bytes = evbuffer_pullup(p.b.input(), -1);
    say("same: %s", yes_no(bytes != nullptr && big == std::string(bytes, bytes + length)));
}

SCENARIO(bev_a_million_byte_line) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.b.listen(false, false, true);
    p.b.enable(EV_READ);
    p.a.quiet_writes = true;
    p.a.write(std::string(rounds(1000000), 'l') + "\nrest");
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
