// Scenarios: bytes into a buffer and out of it; what is returned at the edges and at frozen ends.
// Read next: buffer_move.cc.
#include <cstdarg>
#include <cstdint>
#include <cstring>

#include "tests/conformance/scenarios/buffer_support.h"

using namespace evglass::conformance;

namespace {

constexpr std::size_t kHuge = SIZE_MAX;
constexpr std::size_t kHalf = SIZE_MAX / 2;

/// What each function that takes bytes returns.
void take_all_ways(const Buffer& b) {
    char out[8] = {};
    say("copyout 0: %d", static_cast<int>(evbuffer_copyout(b.get(), out, 0)));
    say("copyout 4: %d", static_cast<int>(evbuffer_copyout(b.get(), out, 4)));
    say("remove 0: %d", evbuffer_remove(b.get(), out, 0));
    say("remove 2: %d", evbuffer_remove(b.get(), out, 2));
    say("drain 0: %d", evbuffer_drain(b.get(), 0));
    say("drain 2: %d", evbuffer_drain(b.get(), 2));
    say("length %zu", evbuffer_get_length(b.get()));
}

}  // namespace

SCENARIO(T293_a_new_buffer_is_empty) {
    const Buffer b = new_buffer();
    tell("new", b);
    say("contiguous %zu", evbuffer_get_contiguous_space(b.get()));
    take_all_ways(b);
}

SCENARIO(T294_lock_and_unlock_without_locking) {
    const Buffer b = new_buffer("abc");
    evbuffer_lock(b.get());
    evbuffer_lock(b.get());
    evbuffer_unlock(b.get());
    evbuffer_unlock(b.get());
    evbuffer_unlock(b.get());
    tell("b", b);
    say("enable without lock functions: %d", evbuffer_enable_locking(b.get(), nullptr));
}

SCENARIO(T295_contiguous_space_is_the_first_chain) {
    const Buffer b = new_buffer();
    add_chain(b, "hello");
    add_chain(b, " world");
    say("contiguous %zu of %zu", evbuffer_get_contiguous_space(b.get()),
        evbuffer_get_length(b.get()));
    evbuffer_drain(b.get(), 2);
    say("contiguous %zu", evbuffer_get_contiguous_space(b.get()));
    evbuffer_drain(b.get(), 3);
    say("contiguous %zu", evbuffer_get_contiguous_space(b.get()));
}

SCENARIO(T296_add_appends) {
    const Buffer b = new_buffer();
    say("%d", evbuffer_add(b.get(), "hello", 5));
    say("%d", evbuffer_add(b.get(), " world", 6));
    say("%d", evbuffer_add(b.get(), "", 0));
    tell("b", b);
}

SCENARIO(T296_what_is_added_to_an_empty_buffer_is_in_one_piece) {
    const std::string large(10000, 'x');
    const Buffer b = new_buffer("0123456789");
    evbuffer_drain(b.get(), 10);
    evbuffer_add(b.get(), large.data(), large.size());
    say("contiguous %zu", evbuffer_get_contiguous_space(b.get()));
}

SCENARIO(T296_many_sizes_keep_every_byte) {
    const Buffer b = new_buffer();
    std::string expected;
    for (std::size_t n = 0; n < 120; ++n) {
        const std::string piece(n * n % 1500, static_cast<char>('a' + n % 26));
        evbuffer_add(b.get(), piece.data(), piece.size());
        expected += piece;
        if (n % 3 == 0) {
            evbuffer_drain(b.get(), n * 7);
            expected.erase(0, n * 7);
        }
    }
    std::string got(expected.size(), '?');
    say("%s", yes_no(evbuffer_remove(b.get(), got.data(), got.size()) ==
                         static_cast<int>(expected.size()) &&
                     got == expected));
    say("length %zu", evbuffer_get_length(b.get()));
}

SCENARIO(buffer_lengths_near_the_largest_fail) {
    const Buffer b = new_buffer("abc");
    say("add %d", evbuffer_add(b.get(), "x", kHuge));
    say("add %d", evbuffer_add(b.get(), "x", kHuge - 3));
    say("prepend %d", evbuffer_prepend(b.get(), "x", kHuge));
    say("expand %d", evbuffer_expand(b.get(), kHuge));
    say("expand %d", evbuffer_expand(b.get(), kHalf));
    evbuffer_iovec v[2];
    say("reserve %d", evbuffer_reserve_space(b.get(), static_cast<ev_ssize_t>(kHalf), v, 1));
    say("reserve %d", evbuffer_reserve_space(b.get(), static_cast<ev_ssize_t>(kHalf), v, 2));
    say("reserve %d", evbuffer_reserve_space(b.get(), -1, v, 2));
    say("pullup %s", yes_no(evbuffer_pullup(b.get(), static_cast<ev_ssize_t>(kHalf)) != nullptr));
    say("drain %d", evbuffer_drain(b.get(), kHuge));
    tell("b", b);
}

SCENARIO(T297_printf_returns_what_it_added) {
    const Buffer b = new_buffer();
    say("%d", evbuffer_add_printf(b.get(), "Hello %s %d.%d.%d", "world", 2, 0, 1));
    say("%d", evbuffer_add_printf(b.get(), "%s", ""));
    tell("b", b);
    for (const int width : {1, 63, 64, 65, 400, 511, 512, 513, 5000})
        say("%d", evbuffer_add_printf(b.get(), "%*d", width, 7));
    say("length %zu", evbuffer_get_length(b.get()));
}

SCENARIO(T298_expand_makes_room_in_one_piece) {
    const Buffer b = new_buffer("abc");
    say("%d", evbuffer_expand(b.get(), 0));
    say("%d", evbuffer_expand(b.get(), 5000));
    evbuffer_iovec v[1];
    say("%d", evbuffer_reserve_space(b.get(), 5000, v, 1));
    say("%s", yes_no(v[0].iov_len >= 5000));
    const void* room = v[0].iov_base;
    evbuffer_reserve_space(b.get(), 5000, v, 1);
    say("the same room: %s", yes_no(v[0].iov_base == room));
    tell("b", b);
}

SCENARIO(T301_prepend_puts_in_front) {
    const Buffer b = new_buffer("world");
    say("%d", evbuffer_prepend(b.get(), "hello ", 6));
    tell("b", b);
    say("%d", evbuffer_prepend(b.get(), "", 0));
    const std::string large(3000, 'p');
    say("%d", evbuffer_prepend(b.get(), large.data(), large.size()));
    say("%d", evbuffer_prepend(b.get(), "q", 1));
    tell("b", b);
    evbuffer_drain(b.get(), 3001);
    tell("b", b);
}

SCENARIO(T301_prepend_into_what_was_drained) {
    const Buffer b = new_buffer("0123456789");
    evbuffer_drain(b.get(), 4);
    evbuffer_prepend(b.get(), "ab", 2);
    evbuffer_prepend(b.get(), "cdef", 4);
    tell("b", b);
}

SCENARIO(T301_prepend_to_an_empty_buffer) {
    const Buffer b = new_buffer();
    evbuffer_prepend(b.get(), "abc", 3);
    evbuffer_add(b.get(), "def", 3);
    tell("b", b);
    const Buffer c = new_buffer("x");
    evbuffer_drain(c.get(), 1);
    evbuffer_prepend(c.get(), "abc", 3);
    evbuffer_add(c.get(), "def", 3);
    tell("c", c);
}

SCENARIO(T302_pullup_linearises) {
    const Buffer b = new_buffer();
    add_chain(b, "abc");
    add_chain(b, "defg");
    add_chain(b, "hi");
    for (const int n : {0, 3, 4, 7, 8, 10, -1}) {
        const unsigned char* p = evbuffer_pullup(b.get(), n);
        say("%d: %.*s, contiguous %zu", n, n < 0 ? 9 : n,
            p != nullptr ? reinterpret_cast<const char*>(p) : "none",
            evbuffer_get_contiguous_space(b.get()));
    }
    const Buffer empty = new_buffer();
    say("empty: %s", yes_no(evbuffer_pullup(empty.get(), -1) != nullptr));
}

SCENARIO(T303_pullup_of_the_contiguous_copies_nothing) {
    static const char text[] = "0123456789";
    const Buffer b = new_buffer();
    add_chain(b, text);
    add_chain(b, "more");
    const auto n = static_cast<ev_ssize_t>(evbuffer_get_contiguous_space(b.get()));
    say("same memory: %s", yes_no(static_cast<const void*>(evbuffer_pullup(b.get(), n)) == text));
    say("same memory: %s",
        yes_no(static_cast<const void*>(evbuffer_pullup(b.get(), n + 1)) == text));
}

SCENARIO(T303_pullup_in_the_middle_of_a_drained_chain) {
    const Buffer b = new_buffer("0123456789");
    add_chain(b, "abc");
    evbuffer_drain(b.get(), 8);
    const unsigned char* p = evbuffer_pullup(b.get(), 4);
    say("%.4s", reinterpret_cast<const char*>(p));
    evbuffer_add(b.get(), "def", 3);
    tell("b", b);
}

SCENARIO(T304_remove_copies_and_drains) {
    const Buffer b = new_buffer("hello world");
    char out[32] = {};
    say("%d", evbuffer_remove(b.get(), out, 5));
    say("%s", out);
    say("%d", evbuffer_remove(b.get(), out, sizeof out));
    say("%.6s", out);
    say("%d", evbuffer_remove(b.get(), out, sizeof out));
}

SCENARIO(T304_remove_across_chains) {
    const Buffer b = new_buffer("abc");
    add_chain(b, "defgh");
    evbuffer_add(b.get(), "ijk", 3);
    char out[16] = {};
    say("%d %s", evbuffer_remove(b.get(), out, 4), out);
    say("%d %s", evbuffer_remove(b.get(), out, 5), out);
    tell("b", b);
}

SCENARIO(T305_drain_drops) {
    const Buffer b = new_buffer("hello");
    say("%d", evbuffer_drain(b.get(), 2));
    tell("b", b);
    say("%d", evbuffer_drain(b.get(), 100));
    tell("b", b);
    say("%d", evbuffer_drain(b.get(), 1));
}

SCENARIO(T306_copyout_keeps) {
    const Buffer b = new_buffer("hello world");
    char out[32] = {};
    say("%d", static_cast<int>(evbuffer_copyout(b.get(), out, 32)));
    say("%s", out);
    tell("b", b);
}

SCENARIO(T306_copyout_from_a_place) {
    const Buffer b = new_buffer("hello");
    add_chain(b, " world");
    for (const std::size_t from : {0, 3, 5, 8, 11}) {
        char out[32] = {};
        const evbuffer_ptr p = at(b, from);
        const int n = static_cast<int>(evbuffer_copyout_from(b.get(), &p, out, 4));
        say("from %zu: %d '%s'", from, n, out);
    }
}

SCENARIO(T333_a_frozen_front) {
    const Buffer b = new_buffer("abcdef");
    say("freeze %d", evbuffer_freeze(b.get(), 1));
    take_all_ways(b);
    say("prepend %d %d", evbuffer_prepend(b.get(), "x", 1), evbuffer_prepend(b.get(), "", 0));
    say("pullup %s", yes_no(evbuffer_pullup(b.get(), -1) != nullptr));
    say("readln %s", yes_no(evbuffer_readln(b.get(), nullptr, EVBUFFER_EOL_LF) != nullptr));
    say("write %d", evbuffer_write(b.get(), -1));
    say("add %d", evbuffer_add(b.get(), "g", 1));
    const Buffer c = new_buffer("123");
    say("add_buffer from %d", evbuffer_add_buffer(c.get(), b.get()));
    say("remove_buffer from %d", evbuffer_remove_buffer(b.get(), c.get(), 2));
    say("prepend_buffer to %d", evbuffer_prepend_buffer(b.get(), c.get()));
    say("prepend_buffer from %d", evbuffer_prepend_buffer(c.get(), b.get()));
    say("share from %d", evbuffer_add_buffer_reference(c.get(), b.get()));
    say("unfreeze %d", evbuffer_unfreeze(b.get(), 1));
    tell("b", b);
    tell("c", c);
}

SCENARIO(T333_a_frozen_front_of_an_empty_buffer) {
    const Buffer b = new_buffer();
    evbuffer_freeze(b.get(), 1);
    take_all_ways(b);
}

SCENARIO(T333_a_frozen_back) {
    const Buffer b = new_buffer("abc");
    say("freeze %d", evbuffer_freeze(b.get(), 0));
    say("add %d %d", evbuffer_add(b.get(), "x", 1), evbuffer_add(b.get(), "", 0));
    say("printf %d", evbuffer_add_printf(b.get(), "x"));
    say("reference %d", evbuffer_add_reference(b.get(), "x", 1, nullptr, nullptr));
    evbuffer_iovec v[2] = {{nullptr, 0}, {nullptr, 0}};
    char x[] = "x";
    v[0] = {x, 1};
    say("iovec %zu", evbuffer_add_iovec(b.get(), v, 1));
    say("reserve %d", evbuffer_reserve_space(b.get(), 10, v, 1));
    say("commit %d", evbuffer_commit_space(b.get(), v, 1));
    say("expand %d", evbuffer_expand(b.get(), 100));
    say("read %d", evbuffer_read(b.get(), -1, 10));
    const Buffer c = new_buffer("123");
    say("add_buffer to %d", evbuffer_add_buffer(b.get(), c.get()));
    say("remove_buffer to %d", evbuffer_remove_buffer(c.get(), b.get(), 2));
    say("share to %d", evbuffer_add_buffer_reference(b.get(), c.get()));
    say("prepend %d", evbuffer_prepend(b.get(), "p", 1));
    say("prepend_buffer to %d", evbuffer_prepend_buffer(b.get(), c.get()));
    say("unfreeze %d", evbuffer_unfreeze(b.get(), 0));
    tell("b", b);
}

SCENARIO(T333_both_ends_frozen_and_one_thawed) {
    const Buffer b = new_buffer("abc");
    evbuffer_freeze(b.get(), 0);
    evbuffer_freeze(b.get(), 1);
    say("%d %d", evbuffer_add(b.get(), "x", 1), evbuffer_drain(b.get(), 1));
    evbuffer_unfreeze(b.get(), 0);
    say("%d %d", evbuffer_add(b.get(), "x", 1), evbuffer_drain(b.get(), 1));
}

SCENARIO(buffer_flags_are_kept) {
    const Buffer b = new_buffer();
    say("%d %d", evbuffer_set_flags(b.get(), EVBUFFER_FLAG_DRAINS_TO_FD),
        evbuffer_clear_flags(b.get(), EVBUFFER_FLAG_DRAINS_TO_FD));
    say("%d", evbuffer_set_flags(b.get(), 0xff00));
}

SCENARIO(buffer_add_iovec_adds_all) {
    const Buffer b = new_buffer("[");
    char x[] = "abc";
    char y[] = "defg";
    evbuffer_iovec v[3] = {{x, 3}, {nullptr, 0}, {y, 4}};
    say("%zu", evbuffer_add_iovec(b.get(), v, 3));
    say("%zu", evbuffer_add_iovec(b.get(), v, 0));
    tell("b", b);
}

SCENARIO(T316_reserve_gives_at_least_the_size) {
    const Buffer b = new_buffer("abc");
    for (const int n : {1, 10, 500, 4000, 70000}) {
        evbuffer_iovec v[2];
        const int pieces = evbuffer_reserve_space(b.get(), n, v, 2);
        std::size_t room = 0;
        for (int i = 0; i < pieces; ++i) room += v[i].iov_len;
        say("%d: %s, pieces one or two: %s", n, yes_no(room >= static_cast<std::size_t>(n)),
            yes_no(pieces == 1 || pieces == 2));
    }
    tell("b", b);
}

SCENARIO(T317_one_vector_is_contiguous) {
    const std::string most(500, 'x');
    const Buffer b = new_buffer(most.c_str());
    evbuffer_iovec v[1];
    say("%d", evbuffer_reserve_space(b.get(), 3000, v, 1));
    say("%s", yes_no(v[0].iov_len >= 3000));
    say("%d", evbuffer_reserve_space(b.get(), 10, v, 0));
    say("%d", evbuffer_reserve_space(b.get(), -1, v, 1));
}

SCENARIO(T318_bytes_are_visible_after_commit) {
    const Buffer b = new_buffer();
    evbuffer_iovec v[1];
    evbuffer_reserve_space(b.get(), 10, v, 1);
    std::memcpy(v[0].iov_base, "0123456789", 10);
    say("length %zu", evbuffer_get_length(b.get()));
    v[0].iov_len = 10;
    say("%d", evbuffer_commit_space(b.get(), v, 1));
    tell("b", b);
    say("again %d", evbuffer_commit_space(b.get(), v, 1));
    say("none %d", evbuffer_commit_space(b.get(), v, 0));
    tell("b", b);
}

SCENARIO(T318_commit_a_part_and_the_rest_later) {
    const Buffer b = new_buffer("<");
    evbuffer_iovec v[2];
    const int n = evbuffer_reserve_space(b.get(), 3000, v, 2);
    std::memcpy(v[0].iov_base, "abc", 3);
    v[0].iov_len = 3;
    say("%d", evbuffer_commit_space(b.get(), v, 1));
    say("pieces %s", yes_no(n >= 1));
    evbuffer_add(b.get(), ">", 1);
    tell("b", b);
}

SCENARIO(T318_commit_only_the_second_piece) {
    const std::string most(300, 'x');
    const Buffer b = new_buffer(most.c_str());
    evbuffer_iovec v[2];
    say("%d", evbuffer_reserve_space(b.get(), 30000, v, 2));
    std::memcpy(v[1].iov_base, "second", 6);
    v[0].iov_len = 0;
    v[1].iov_len = 6;
    say("%d", evbuffer_commit_space(b.get(), v, 2));
    evbuffer_drain(b.get(), 300);
    evbuffer_add(b.get(), "!", 1);
    tell("b", b);
}

SCENARIO(T319_never_more_than_two_pieces) {
    const std::string most(300, 'x');
    const Buffer b = new_buffer(most.c_str());
    evbuffer_iovec v[8];
    say("%d", evbuffer_reserve_space(b.get(), 100000, v, 8));
}

SCENARIO(T320_a_changed_piece_is_not_committed) {
    const Buffer b = new_buffer("abc");
    evbuffer_iovec v[1];
    evbuffer_reserve_space(b.get(), 100, v, 1);
    char elsewhere[8] = "1234567";
    evbuffer_iovec wrong[1] = {{elsewhere, 4}};
    say("%d", evbuffer_commit_space(b.get(), wrong, 1));
    wrong[0] = {static_cast<char*>(v[0].iov_base) + 1, 4};
    say("%d", evbuffer_commit_space(b.get(), wrong, 1));
    wrong[0] = {v[0].iov_base, v[0].iov_len + 1};
    say("%d", evbuffer_commit_space(b.get(), wrong, 1));
    evbuffer_add(b.get(), "d", 1);
    v[0].iov_len = 4;
    say("after an add %d", evbuffer_commit_space(b.get(), v, 1));
    tell("b", b);
}

SCENARIO(T335_the_old_names) {
    const Buffer b = new_buffer("one\r\ntwo\nthree");
    add_chain(b, "find me");
    say("%zu", EVBUFFER_LENGTH(b.get()));
    char* line = evbuffer_readline(b.get());
    say("%s", line);
    free(line);
    const auto* what = reinterpret_cast<const unsigned char*>("threefind");
    const unsigned char* found = evbuffer_find(b.get(), what, 9);
    say("%.9s", reinterpret_cast<const char*>(found));
    say("contiguous %zu", evbuffer_get_contiguous_space(b.get()));
    say("%s", yes_no(evbuffer_find(b.get(), what, 8) == found));
    say("%s",
        yes_no(evbuffer_find(b.get(), reinterpret_cast<const unsigned char*>("x"), 1) == nullptr));
    say("%.3s", reinterpret_cast<const char*>(EVBUFFER_DATA(b.get())));
}

namespace {

int add_formatted(evbuffer* buf, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const int added = evbuffer_add_vprintf(buf, format, args);
    va_end(args);
    return added;
}

}  // namespace

SCENARIO(T297_vprintf_returns_what_it_added) {
    const Buffer b = new_buffer("a");
    say("%d", add_formatted(b.get(), "%d %s", 17, "seventeen"));
    tell("b", b);
}

SCENARIO(buffer_the_types_of_functions_and_places) {
    static const evbuffer_cb_func changed = tell_change;
    static const evbuffer_ref_cleanup_cb given_back = [](const void*, size_t n, void*) {
        say("given back %zu", n);
    };
    static const evbuffer_cb old = [](evbuffer*, size_t before, size_t now, void*) {
        say("old: %zu, then %zu", before, now);
    };
    const Buffer b = new_buffer();
    static char name[] = "b";
    evbuffer_setcb(b.get(), old, nullptr);
    evbuffer_add_cb(b.get(), changed, name);
    evbuffer_add_reference(b.get(), "refer", 5, given_back, nullptr);
    const evbuffer_ptr_how how = EVBUFFER_PTR_SET;
    evbuffer_ptr place;
    say("%d", evbuffer_ptr_set(b.get(), &place, 3, how));
    evbuffer_drain(b.get(), 5);
}
