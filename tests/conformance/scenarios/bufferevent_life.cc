// Scenarios: bufferevents on sockets: freeing anywhere, references, deferred callbacks,
// descriptors, priorities, the old functions. Read next: bufferevent_connect.cc.
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

#include "tests/conformance/scenarios/bevs.h"

// Stock's does not say so itself.
extern "C" {
#include <event2/bufferevent_compat.h>
}

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

}  // namespace

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

// Shows T425: all is flushed, it may go.
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

// Shows T234, T245: the fd closes with the bufferevent.
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
    p.a.quiet_writes = p.b.quiet_writes = true;
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

// Shows T233: from the loop.
SCENARIO(bev_deferred_callbacks_come_later) {
    Base base = new_base();
    TalkerPair p(base.get(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    enable_in_order(base.get(), p);
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

// Shows T232: at once unless deferred.
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

// Shows T244: freeing waits for it.
SCENARIO(bev_freed_with_a_deferred_callback_owed) {
    Base base = new_base();
    TalkerPair p(base.get(), BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    bufferevent_trigger(p.a.bev(), kBoth, 0);
    p.a.free();
    run_ms(base.get(), 20);
    say("open: %s", yes_no(is_open(p.fds[0])));
}

// Shows T235: else it is refused.
SCENARIO(bev_unlocked_callbacks_must_be_deferred) {
    Base base = new_base();
    event_set_log_callback([](int, const char*) {});
    say("%s", yes_no(bufferevent_socket_new(base.get(), -1, BEV_OPT_UNLOCK_CALLBACKS) == nullptr));
    bufferevent* bev =
        bufferevent_socket_new(base.get(), -1, BEV_OPT_UNLOCK_CALLBACKS | BEV_OPT_DEFER_CALLBACKS);
    say("%s", yes_no(bev != nullptr));
    bufferevent_free(bev);
}

// Shows T246: one argument for all three.
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

// Shows T411: none is needed.
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

// Shows T262: without one the answer is -1.
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

// Shows T261: sockets have them.
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

// Shows T260: 0.
SCENARIO(bev_flush_of_a_socket_does_nothing) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("x");
    say("%d %d %d", bufferevent_flush(p.a.bev(), kBoth, BEV_NORMAL),
        bufferevent_flush(p.a.bev(), kBoth, BEV_FLUSH),
        bufferevent_flush(p.a.bev(), kBoth, BEV_FINISHED));
    p.a.tell_all();
}

// Shows T094, T255: what is written is taken, what is read is at most what was asked for.
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

// Shows T424: each end that is the library's is frozen.
SCENARIO(bev_buffers_are_guarded) {
    Base base = new_base();
    TalkerPair p(base.get());
    p.a.write("mine");
    say("drain the output = %d", evbuffer_drain(p.a.output(), 2));
    say("add to the input = %d", evbuffer_add(p.a.input(), "x", 1));
    say("prepend to the output = %d", evbuffer_prepend(p.a.output(), "x", 1));
    p.a.tell_all();
}

SCENARIO(bev_the_old_functions) {
    static bufferevent* bev;  // until a callback frees it
    const Base base(event_init());
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) return;
    const evbuffercb read = [](bufferevent*, void*) {
        say("read %zu", evbuffer_get_length(EVBUFFER_INPUT(bev)));
        bufferevent_free(std::exchange(bev, nullptr));
    };
    const evbuffercb wrote = [](bufferevent*, void*) { say("wrote"); };
    const everrorcb error = [](bufferevent*, short what, void*) {
        say("event %s", yes_no((what & EVBUFFER_EOF) != 0));
        bufferevent_free(std::exchange(bev, nullptr));
    };
    bev = bufferevent_new(fds[0], read, wrote, error, nullptr);
    say("made %s, %s", yes_no(bev != nullptr), yes_no(bev->readcb == read));
    bufferevent_base_set(base.get(), bev);
    bufferevent_settimeout(bev, 5, 0);
    say("timeouts %ld %ld", static_cast<long>(bev->timeout_read.tv_sec),
        static_cast<long>(bev->timeout_write.tv_sec));
    bufferevent_enable(bev, kBoth);
    if (write(fds[1], "old", 3) != 3) say("short");
    run_ms(base.get(), 20);
    if (bev != nullptr) bufferevent_free(bev);
    close(fds[0]);
    close(fds[1]);
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
    p.a.on_event = [](Talker& t, short) { t.free(); };  // what can't be sent is not waited for
    p.a.write("only writing");
    loop(base.get());
    p.b.enable(EV_READ);
    p.b.on_read = [](Talker& t) { bufferevent_disable(t.bev(), EV_READ); };
    loop(base.get());
}
