// Scenarios: bufferevents without a socket of their own: pairs and filters.
// Read next: ratelim.cc, ssl.cc.
#include <algorithm>
#include <cctype>

#include "tests/conformance/scenarios/bevs.h"

using namespace evglass::conformance;

namespace {

constexpr short kBoth = EV_READ | EV_WRITE;

/// A pair of bufferevents that talk.
struct Pair {
    explicit Pair(event_base* base, int options = 0)
        : made(make(base, options)), a("a", bevs[0]), b("b", bevs[1]) {}
    bool make(event_base* base, int options) {
        return bufferevent_pair_new(base, options, bevs) == 0;
    }
    bufferevent* bevs[2]{};
    bool made;
    Talker a;
    Talker b;
};

/// Lower case to upper case, at most 4 bytes a call.
bufferevent_filter_result shout(evbuffer* src, evbuffer* dst, ev_ssize_t limit,
                                bufferevent_flush_mode, void*) {
    char bytes[4];
    size_t most = sizeof bytes;
    if (limit >= 0) most = std::min(most, static_cast<size_t>(limit));
    const int n = evbuffer_remove(src, bytes, most);
    if (n <= 0) return BEV_NEED_MORE;
    for (int i = 0; i < n; ++i)
        bytes[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(bytes[i])));
    evbuffer_add(dst, bytes, static_cast<size_t>(n));
    return BEV_OK;
}

/// Passes whole lines only.
bufferevent_filter_result lines(evbuffer* src, evbuffer* dst, ev_ssize_t,
                                bufferevent_flush_mode mode, void*) {
    if (mode == BEV_FINISHED) {
        if (evbuffer_get_length(src) == 0) return BEV_NEED_MORE;
        evbuffer_add_buffer(dst, src);
        return BEV_OK;
    }
    size_t n = 0;
    char* line = evbuffer_readln(src, &n, EVBUFFER_EOL_LF);
    if (line == nullptr) return BEV_NEED_MORE;
    evbuffer_add_printf(dst, "%s\n", line);
    std::free(line);
    return BEV_OK;
}

bufferevent_filter_result broken(evbuffer*, evbuffer*, ev_ssize_t, bufferevent_flush_mode, void*) {
    return BEV_ERROR;
}

bufferevent* filter_on(bufferevent* below, bufferevent_filter_cb in, bufferevent_filter_cb out,
                       int options = 0) {
    return bufferevent_filter_new(below, in, out, options, nullptr, nullptr);
}

}  // namespace

SCENARIO(pair_talks) {
    Base base = new_base();
    Pair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [](Talker& t) { t.write("answer"); };
    p.a.write("question");
    run_ms(base.get(), 20);
    p.a.tell_all();
    p.b.tell_all();
}

SCENARIO(pair_is_as_it_was_made) {
    Base base = new_base();
    Pair p(base.get());
    p.a.tell_all();
    say("partner %s", yes_no(bufferevent_pair_get_partner(p.a.bev()) == p.b.bev()));
    say("underlying %s", yes_no(bufferevent_get_underlying(p.a.bev()) != nullptr));
    say("priority %d", bufferevent_get_priority(p.a.bev()));
}

SCENARIO(pair_waits_for_a_reader) {
    Base base = new_base();
    Pair p(base.get());
    p.a.write("unread");
    run_ms(base.get(), 10);
    p.a.tell_all();
    p.b.enable(EV_READ);
    run_ms(base.get(), 10);
    p.a.tell_all();
}

SCENARIO(pair_waits_for_the_writer) {
    Base base = new_base();
    Pair p(base.get());
    p.b.enable(EV_READ);
    bufferevent_disable(p.a.bev(), EV_WRITE);
    p.a.write("held back");
    run_ms(base.get(), 10);
    p.a.tell_all();
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 10);
}

// Shows T265: from the loop.
SCENARIO(pair_callbacks_are_deferred) {
    Base base = new_base();
    Pair p(base.get());
    p.b.enable(EV_READ);
    p.a.write("now");
    say("written");
    p.a.tell_all();
    p.b.tell_all();
    run_ms(base.get(), 10);
}

SCENARIO(pair_obeys_the_high_watermark) {
    Base base = new_base();
    Pair p(base.get());
    p.b.listen(false, false, true);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 10);
    p.b.enable(EV_READ);
    p.a.write("0123456789abcdef");
    run_ms(base.get(), 10);
    p.a.tell_all();
    p.b.tell_all();
    evbuffer_drain(p.b.input(), 3);
    run_ms(base.get(), 10);
    p.a.tell_all();
    p.b.tell_all();
}

SCENARIO(pair_flush_passes_watermarks) {
    Base base = new_base();
    Pair p(base.get());
    p.b.listen(false, false, true);
    bufferevent_setwatermark(p.b.bev(), EV_READ, 0, 4);
    p.b.enable(EV_READ);
    p.a.write("0123456789");
    run_ms(base.get(), 10);
    say("normal = %d", bufferevent_flush(p.a.bev(), EV_WRITE, BEV_NORMAL));
    p.b.tell_all();
    say("flush = %d", bufferevent_flush(p.a.bev(), EV_WRITE, BEV_FLUSH));
    p.b.tell_all();
    run_ms(base.get(), 10);
}

// Shows T266: the partner's end of file.
SCENARIO(pair_finished_is_eof) {
    Base base = new_base();
    Pair p(base.get());
    p.b.enable(kBoth);
    p.a.write("end");
    say("finished = %d", bufferevent_flush(p.a.bev(), EV_WRITE, BEV_FINISHED));
    run_ms(base.get(), 10);
    say("finished = %d", bufferevent_flush(p.a.bev(), kBoth, BEV_FINISHED));
    run_ms(base.get(), 10);
}

// Shows T267, T268: the other stays, and has no partner.
SCENARIO(pair_half_freed) {
    Base base = new_base();
    Pair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.a.free();
    run_ms(base.get(), 10);
    say("partner %s", yes_no(bufferevent_pair_get_partner(p.b.bev()) != nullptr));
    p.b.write("nobody");
    run_ms(base.get(), 10);
    p.b.tell_all();
    say("flush = %d", bufferevent_flush(p.b.bev(), kBoth, BEV_FLUSH));
}

SCENARIO(pair_freed_in_a_callback) {
    Base base = new_base();
    Pair p(base.get());
    p.a.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [&](Talker& t) {
        p.a.free();
        t.free();
    };
    p.a.write("both die");
    run_ms(base.get(), 10);
}

SCENARIO(pair_read_timeout) {
    Base base = new_base();
    Pair p(base.get());
    const timeval tv = after(20);
    bufferevent_set_timeouts(p.b.bev(), &tv, nullptr);
    p.b.enable(EV_READ);
    run_ms(base.get(), 60);
}

SCENARIO(pair_write_timeout) {
    Base base = new_base();
    Pair p(base.get());
    const timeval tv = after(20);
    p.a.write("waits");
    bufferevent_set_timeouts(p.a.bev(), nullptr, &tv);
    p.a.enable(EV_WRITE);
    run_ms(base.get(), 60);
}

SCENARIO(pair_large_data) {
    Base base = new_base();
    Pair p(base.get());
    p.b.enable(EV_READ);
    p.a.write(std::string(1000000, 'p'));
    run_ms(base.get(), 20);
}

// Shows T269: what is read is transformed.
SCENARIO(filter_passes_both_ways) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, shout, shout, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [](Talker& t) { t.write("reply"); };
    f.write("hello world");
    run_ms(base.get(), 30);
    f.tell_all();
}

// Shows T275: the one below is enabled.
SCENARIO(filter_is_as_it_was_made) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.tell_all();
    say("below: enabled %s", enabled_text(below).c_str());
    say("underlying %s", yes_no(bufferevent_get_underlying(f.bev()) == below));
    say("fd %s", yes_no(bufferevent_getfd(f.bev()) == p.fds[0]));
    say("base %s", yes_no(bufferevent_get_base(f.bev()) == base.get()));
    say("priority set %d", bufferevent_priority_set(f.bev(), 0));
}

// Shows T276: no filter is the identity.
SCENARIO(filter_null_filters_pass_bytes) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.enable(kBoth);
    f.write("down");
    p.b.write("up");
    run_ms(base.get(), 30);
}

SCENARIO(filter_reads_only_when_enabled) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    p.b.write("waits");
    run_ms(base.get(), 20);
    f.tell_all();
    say("below holds %zu", evbuffer_get_length(bufferevent_get_input(below)));
    f.enable(EV_READ);
    run_ms(base.get(), 20);
    bufferevent_disable(f.bev(), EV_READ);
    p.b.write("waits again");
    run_ms(base.get(), 20);
    f.tell_all();
}

// Shows T274: it says so.
SCENARIO(filter_needs_more) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, lines, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.enable(EV_READ);
    p.b.quiet_writes = true;
    p.b.write("half a ");
    run_ms(base.get(), 20);
    f.tell_all();
    p.b.write("line\nand more\nand");
    run_ms(base.get(), 20);
    f.tell_all();
    say("below holds %zu", evbuffer_get_length(bufferevent_get_input(below)));
}

SCENARIO(filter_flush_finished_takes_the_rest) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, lines, lines, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.enable(EV_READ);
    f.write("no newline");
    run_ms(base.get(), 20);
    f.tell_all();
    say("flush = %d", bufferevent_flush(f.bev(), EV_WRITE, BEV_FINISHED));
    say("flush = %d", bufferevent_flush(f.bev(), EV_WRITE, BEV_FLUSH));
    run_ms(base.get(), 20);
    f.tell_all();
}

SCENARIO(filter_low_watermark) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    bufferevent_setwatermark(f.bev(), EV_READ, 6, 0);
    f.enable(EV_READ);
    p.b.quiet_writes = true;
    p.b.write("abc");
    run_ms(base.get(), 20);
    f.tell_all();
    p.b.write("defg");
    run_ms(base.get(), 20);
}

SCENARIO(filter_high_watermark) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.listen(false, false, true);
    bufferevent_setwatermark(f.bev(), EV_READ, 0, 5);
    f.enable(EV_READ);
    p.b.quiet_writes = true;
    p.b.write("0123456789");
    run_ms(base.get(), 20);
    f.tell_all();
    evbuffer_drain(f.input(), 5);
    run_ms(base.get(), 20);
    f.tell_all();
}

SCENARIO(filter_high_watermark_of_the_one_below) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    bufferevent_setwatermark(below, EV_WRITE, 0, 8);
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.quiet_writes = true;
    f.write("0123456789abcdefghij");
    say("above %zu, below %zu", evbuffer_get_length(f.output()),
        evbuffer_get_length(bufferevent_get_output(below)));
    p.b.drains = false;
    p.b.listen(false, false, false);
    p.b.enable(EV_READ);
    run_ms(base.get(), 30);
    p.b.tell_all();
}

SCENARIO(filter_passes_events_up) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.write("bye");
    p.b.quiet_writes = true;
    run_ms(base.get(), 20);
    p.b.free();
    run_ms(base.get(), 20);
}

// Shows T270: its callbacks were the filter's.
SCENARIO(filter_free_keeps_the_one_below) {
    Base base = new_base();
    TalkerPair p(base.get());
    {
        Talker f("f", filter_on(p.a.bev(), nullptr, nullptr));
        f.enable(EV_READ);
    }
    run_ms(base.get(), 10);
    bufferevent_data_cb r = nullptr;
    bufferevent_getcb(p.a.bev(), &r, nullptr, nullptr, nullptr);
    say("callbacks gone: %s", yes_no(r == nullptr));
    p.a.listen(true, true, true);
    p.b.write("direct");
    p.b.quiet_writes = true;
    p.a.enable(EV_READ);
    run_ms(base.get(), 20);
}

// Shows T272: once.
SCENARIO(filter_frees_its_context) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    static int context;
    bufferevent* f = bufferevent_filter_new(
        below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE,
        [](void* c) { say("context freed: %s", yes_no(c == &context)); }, &context);
    bufferevent_free(f);
    say("freed");
    run_ms(base.get(), 10);
}

SCENARIO(filter_on_a_filter) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    bufferevent* middle = filter_on(below, shout, nullptr, BEV_OPT_CLOSE_ON_FREE);
    Talker f("f", filter_on(middle, nullptr, shout, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [](Talker& t) { t.write("echo"); };
    f.write("twice filtered");
    run_ms(base.get(), 30);
}

SCENARIO(filter_on_a_pair) {
    Base base = new_base();
    Pair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, shout, shout, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    p.b.enable(kBoth);
    p.b.on_read = [](Talker& t) { t.write("back"); };
    f.write("there");
    run_ms(base.get(), 30);
}

SCENARIO(filter_deferred) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f",
             filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS));
    f.enable(kBoth);
    p.b.enable(EV_READ);
    f.write("deferred");
    say("written");
    run_ms(base.get(), 20);
}

SCENARIO(filter_read_timeout) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    const timeval tv = after(20);
    bufferevent_set_timeouts(f.bev(), &tv, nullptr);
    f.enable(EV_READ);
    run_ms(base.get(), 60);
}

SCENARIO(filter_freed_in_its_callback) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, nullptr, BEV_OPT_CLOSE_ON_FREE));
    f.enable(kBoth);
    f.on_read = [](Talker& t) { t.free(); };
    p.b.enable(EV_READ);
    p.b.write("die");
    p.b.quiet_writes = true;
    run_ms(base.get(), 20);
}

SCENARIO(filter_output_error) {
    Base base = new_base();
    TalkerPair p(base.get());
    bufferevent* below = p.a.bev();
    p.a.let_go();
    Talker f("f", filter_on(below, nullptr, broken, BEV_OPT_CLOSE_ON_FREE));
    f.write("never");
    run_ms(base.get(), 20);
    say("output %zu", evbuffer_get_length(f.output()));
}
