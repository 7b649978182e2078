// Scenarios: who is told of a buffer's changes, when, in which order, and with what numbers.
#include <event2/thread.h>

#include <cstring>

#include "tests/conformance/scenarios/buffer_support.h"

using namespace evglass::conformance;

namespace {

void old_style(evbuffer*, std::size_t before, std::size_t now, void* name) {
    say("%s: %zu to %zu", static_cast<const char*>(name), before, now);
}

char kOld[] = "old";

/// Drains what is more than three bytes.
void keep_three(evbuffer* b, const evbuffer_cb_info* info, void*) {
    say("keep: %zu +%zu -%zu", info->orig_size, info->n_added, info->n_deleted);
    const std::size_t length = evbuffer_get_length(b);
    if (length > 3) evbuffer_drain(b, length - 3);
}

void add_one_more(evbuffer* b, const evbuffer_cb_info* info, void*) {
    say("more: %zu +%zu -%zu", info->orig_size, info->n_added, info->n_deleted);
    if (evbuffer_get_length(b) < 5) evbuffer_add(b, "+", 1);
}

struct Self {
    evbuffer_cb_entry* entry = nullptr;
};

void remove_itself(evbuffer* b, const evbuffer_cb_info*, void* arg) {
    say("once: removed %d", evbuffer_remove_cb_entry(b, static_cast<Self*>(arg)->entry));
}

void pass_on(evbuffer* b, const evbuffer_cb_info* info, void* to) {
    if (info->n_added > 0) evbuffer_add_buffer(static_cast<evbuffer*>(to), b);
}

}  // namespace

SCENARIO(T323_callbacks_are_told_the_numbers) {
    const Buffer b = new_buffer("12345");
    watch(b, "cb");
    evbuffer_drain(b.get(), 2);
    evbuffer_add(b.get(), "678", 3);
    evbuffer_add(b.get(), "", 0);
    evbuffer_drain(b.get(), 0);
    evbuffer_prepend(b.get(), "00", 2);
    evbuffer_add_printf(b.get(), "%d", 42);
    char out[4];
    evbuffer_remove(b.get(), out, 4);
    evbuffer_pullup(b.get(), -1);
    evbuffer_expand(b.get(), 1000);
    evbuffer_copyout(b.get(), out, 1);
    evbuffer_drain(b.get(), 100);
    evbuffer_drain(b.get(), 100);
}

SCENARIO(T323_a_reservation_is_told_at_its_commit) {
    const Buffer b = new_buffer();
    watch(b, "cb");
    evbuffer_iovec v[1];
    evbuffer_reserve_space(b.get(), 100, v, 1);
    std::memcpy(v[0].iov_base, "abc", 3);
    v[0].iov_len = 3;
    evbuffer_commit_space(b.get(), v, 1);
    v[0].iov_len = 0;
    evbuffer_commit_space(b.get(), v, 1);
}

SCENARIO(T323_a_line_leaves_in_two_steps) {
    const Buffer b = new_buffer("one\r\n\ntwo");
    watch(b, "cb");
    free(evbuffer_readln(b.get(), nullptr, EVBUFFER_EOL_CRLF));
    free(evbuffer_readln(b.get(), nullptr, EVBUFFER_EOL_CRLF));
    free(evbuffer_readln(b.get(), nullptr, EVBUFFER_EOL_CRLF));
}

SCENARIO(T323_each_piece_of_an_iovec_is_told) {
    const Buffer b = new_buffer();
    watch(b, "cb");
    char x[] = "abc";
    evbuffer_iovec v[3] = {{x, 1}, {x, 0}, {x, 3}};
    evbuffer_add_iovec(b.get(), v, 3);
}

SCENARIO(T323_moving_tells_both_buffers) {
    const Buffer a = new_buffer("abc");
    const Buffer b = new_buffer("0123456789");
    watch(a, "a");
    watch(b, "b");
    say("add_buffer");
    evbuffer_add_buffer(a.get(), b.get());
    say("remove_buffer, a part");
    evbuffer_remove_buffer(a.get(), b.get(), 5);
    say("remove_buffer, all");
    evbuffer_remove_buffer(a.get(), b.get(), 50);
    say("prepend_buffer");
    evbuffer_prepend_buffer(a.get(), b.get());
    say("reference");
    evbuffer_add_buffer_reference(b.get(), a.get());
    say("nothing");
    const Buffer empty = new_buffer();
    evbuffer_add_buffer(a.get(), empty.get());
}

SCENARIO(T323_reading_and_writing_are_told) {
    Ends ends;
    const Buffer b = new_buffer("abc");
    watch(b, "cb");
    say("%d", evbuffer_write(b.get(), ends.a()));
    ends.write_b("hello");
    say("%d", evbuffer_read(b.get(), ends.a(), -1));
    say("%d", evbuffer_read(b.get(), ends.a(), -1));
}

SCENARIO(T324_several_callbacks_the_newest_first) {
    const Buffer b = new_buffer();
    watch(b, "first");
    watch(b, "second");
    watch(b, "third");
    evbuffer_add(b.get(), "x", 1);
}

SCENARIO(T325_free_runs_no_callback) {
    Buffer b = new_buffer("bytes");
    watch(b, "cb");
    b.reset();
    say("freed");
}

SCENARIO(T326_callbacks_are_removed_by_entry_or_by_function) {
    const Buffer b = new_buffer();
    char name[] = "a";
    char other[] = "other";
    evbuffer_cb_entry* entry = watch(b, "entry");
    evbuffer_add_cb(b.get(), tell_change, name);
    say("%d", evbuffer_remove_cb(b.get(), tell_change, other));
    say("%d", evbuffer_remove_cb(b.get(), tell_change, name));
    say("%d", evbuffer_remove_cb(b.get(), tell_change, name));
    evbuffer_add(b.get(), "x", 1);
    say("%d", evbuffer_remove_cb_entry(b.get(), entry));
    evbuffer_add(b.get(), "x", 1);
}

SCENARIO(T326_a_callback_removes_itself) {
    const Buffer b = new_buffer();
    Self self;
    watch(b, "after");
    self.entry = evbuffer_add_cb(b.get(), remove_itself, &self);
    watch(b, "before");
    evbuffer_add(b.get(), "x", 1);
    evbuffer_add(b.get(), "y", 1);
}

SCENARIO(T327_a_disabled_callback_is_silent) {
    const Buffer b = new_buffer();
    evbuffer_cb_entry* entry = watch(b, "cb");
    say("%d", evbuffer_cb_clear_flags(b.get(), entry, EVBUFFER_CB_ENABLED));
    evbuffer_add(b.get(), "abc", 3);
    say("%d", evbuffer_cb_set_flags(b.get(), entry, EVBUFFER_CB_ENABLED));
    evbuffer_add(b.get(), "d", 1);
    evbuffer_drain(b.get(), 2);
}

SCENARIO(T327_one_disabled_of_two) {
    const Buffer b = new_buffer();
    evbuffer_cb_entry* quiet = watch(b, "quiet");
    watch(b, "loud");
    evbuffer_cb_clear_flags(b.get(), quiet, EVBUFFER_CB_ENABLED);
    evbuffer_add(b.get(), "abc", 3);
    evbuffer_cb_set_flags(b.get(), quiet, EVBUFFER_CB_ENABLED);
    evbuffer_add(b.get(), "d", 1);
}

SCENARIO(T328_deferred_callbacks_are_coalesced) {
    const Base base = new_base();
    const Buffer b = new_buffer();
    watch(b, "cb");
    say("%d", evbuffer_defer_callbacks(b.get(), base.get()));
    evbuffer_add(b.get(), "12345", 5);
    evbuffer_drain(b.get(), 2);
    evbuffer_add(b.get(), "67", 2);
    say("loop");
    loop(base.get(), EVLOOP_NONBLOCK);
    say("loop again");
    loop(base.get(), EVLOOP_NONBLOCK);
    evbuffer_drain(b.get(), 100);
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T328_deferred_callbacks_of_a_freed_buffer) {
    const Base base = new_base();
    Buffer b = new_buffer();
    watch(b, "cb");
    evbuffer_defer_callbacks(b.get(), base.get());
    evbuffer_add(b.get(), "12345", 5);
    b.reset();
    say("freed");
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T328_a_callback_that_is_not_deferred) {
    const Base base = new_base();
    const Buffer b = new_buffer();
    evbuffer_cb_entry* now = watch(b, "now");
    watch(b, "later");
    constexpr unsigned kNoDefer = 2;
    evbuffer_cb_set_flags(b.get(), now, kNoDefer);
    evbuffer_defer_callbacks(b.get(), base.get());
    evbuffer_add(b.get(), "12345", 5);
    evbuffer_drain(b.get(), 2);
    say("loop");
    loop(base.get(), EVLOOP_NONBLOCK);
    evbuffer_add(b.get(), "6", 1);
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T328_many_deferred_buffers_in_one_loop) {
    const Base base = new_base();
    Buffer all[3];
    const char* const names[] = {"one", "two", "three"};
    for (int i = 0; i < 3; ++i) {
        all[i] = new_buffer();
        watch(all[i], names[i]);
        evbuffer_defer_callbacks(all[i].get(), base.get());
    }
    evbuffer_add(all[2].get(), "abc", 3);
    evbuffer_add(all[0].get(), "de", 2);
    evbuffer_add_buffer(all[1].get(), all[2].get());
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T334_setcb_replaces_all) {
    const Buffer b = new_buffer("abc");
    watch(b, "new");
    evbuffer_setcb(b.get(), old_style, kOld);
    evbuffer_add(b.get(), "de", 2);
    evbuffer_drain(b.get(), 3);
    watch(b, "beside");
    evbuffer_add(b.get(), "f", 1);
    evbuffer_setcb(b.get(), nullptr, nullptr);
    evbuffer_add(b.get(), "g", 1);
}

SCENARIO(T335_the_old_callback_is_told_lengths) {
    const Buffer a = new_buffer("abcdef");
    const Buffer b = new_buffer();
    evbuffer_setcb(a.get(), old_style, kOld);
    evbuffer_add_buffer(b.get(), a.get());
    evbuffer_prepend_buffer(a.get(), b.get());
    evbuffer_add_printf(a.get(), "%s", "ghi");
}

SCENARIO(callbacks_may_change_the_buffer) {
    const Buffer b = new_buffer();
    evbuffer_add_cb(b.get(), keep_three, nullptr);
    evbuffer_add(b.get(), "12345678", 8);
    tell("b", b);
    const Buffer c = new_buffer();
    evbuffer_add_cb(c.get(), add_one_more, nullptr);
    evbuffer_add(c.get(), "ab", 2);
    tell("c", c);
}

SCENARIO(callbacks_may_pass_bytes_on) {
    const Buffer a = new_buffer();
    const Buffer b = new_buffer();
    const Buffer c = new_buffer();
    evbuffer_add_cb(a.get(), pass_on, b.get());
    evbuffer_add_cb(b.get(), pass_on, c.get());
    watch(c, "c");
    evbuffer_add(a.get(), "abc", 3);
    evbuffer_add(a.get(), "de", 2);
    tell("a", a);
    tell("c", c);
}

SCENARIO(a_locked_buffer_behaves_the_same) {
    evthread_use_pthreads();
    const Buffer a = new_buffer("abc");
    const Buffer b = new_buffer("def");
    say("%d %d", evbuffer_enable_locking(a.get(), nullptr),
        evbuffer_enable_locking(b.get(), nullptr));
    say("again %d", evbuffer_enable_locking(a.get(), nullptr));
    watch(a, "a");
    evbuffer_lock(a.get());
    evbuffer_add(a.get(), "1", 1);
    evbuffer_add_buffer(a.get(), b.get());
    evbuffer_unlock(a.get());
    char* line = evbuffer_readln(a.get(), nullptr, EVBUFFER_EOL_LF);
    say("%s", yes_no(line != nullptr));
    tell("a", a);
}
