// Scenarios: places in a buffer, searching, ends of lines, peeking.
// Read next: buffer_callbacks.cc.
#include <cstdlib>

#include "tests/conformance/scenarios/buffer_support.h"

using namespace evglass::conformance;

namespace {

constexpr evbuffer_eol_style kStyles[] = {EVBUFFER_EOL_ANY, EVBUFFER_EOL_CRLF,
                                          EVBUFFER_EOL_CRLF_STRICT, EVBUFFER_EOL_LF,
                                          EVBUFFER_EOL_NUL};
const char* const kStyleNames[] = {"ANY", "CRLF", "STRICT", "LF", "NUL"};

/// "abcdef" and "ghi" in two chains.
Buffer two_chains() {
    Buffer b = new_buffer();
    add_chain(b, "abcdef");
    add_chain(b, "ghi");
    return b;
}

/// Every byte in a chain of its own.
Buffer scattered(const std::string& text) {
    Buffer b = new_buffer();
    static char bytes[256];
    for (int i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
    for (const char c : text)
        evbuffer_add_reference(b.get(), bytes + static_cast<unsigned char>(c), 1, nullptr, nullptr);
    return b;
}

void tell_lines(const Buffer& b, evbuffer_eol_style style) {
    std::string lines;
    std::size_t n = 99;
    while (char* line = evbuffer_readln(b.get(), &n, style)) {
        lines += "[" + std::string(line, n) + "]";
        free(line);
    }
    for (char& c : lines)
        if (c < ' ') c = '~';
    say("%s: %s, n %zu, left %zu", kStyleNames[style], lines.c_str(), n,
        evbuffer_get_length(b.get()));
}

const std::string kLines("a\r\nb\nc\n\r\r\nd\0e\r\n\n\r", 18);

void tell_ends(const Buffer& b) {
    for (const auto style : kStyles) {
        std::string ends;
        for (std::size_t from = 0; from <= evbuffer_get_length(b.get()); ++from) {
            evbuffer_ptr start = at(b, from);
            std::size_t n = 99;
            const evbuffer_ptr p = evbuffer_search_eol(b.get(), &start, &n, style);
            ends += " " + std::to_string(p.pos) + "/" + std::to_string(n);
        }
        say("%s:%s", kStyleNames[style], ends.c_str());
    }
}

}  // namespace

SCENARIO(T307_readln_of_a_line_that_is_not_whole) {
    const Buffer b = new_buffer("no end");
    std::size_t n = 99;
    say("%s, n %zu", yes_no(evbuffer_readln(b.get(), &n, EVBUFFER_EOL_CRLF) != nullptr), n);
    evbuffer_add(b.get(), "\r\nnext", 6);
    char* line = evbuffer_readln(b.get(), &n, EVBUFFER_EOL_CRLF);
    say("'%s', n %zu", line, n);
    free(line);
    line = evbuffer_readln(b.get(), nullptr, EVBUFFER_EOL_CRLF);
    say("%s", yes_no(line != nullptr));
    tell("b", b);
}

SCENARIO(T307_readln_of_a_long_line) {
    const Buffer b = new_buffer();
    const std::string piece(997, 'x');
    for (int i = 0; i < 1000; ++i) evbuffer_add(b.get(), piece.data(), piece.size());
    evbuffer_add(b.get(), "\n", 1);
    std::size_t n = 0;
    char* line = evbuffer_readln(b.get(), &n, EVBUFFER_EOL_LF);
    say("%zu, ended %s", n, yes_no(line[n] == '\0'));
    free(line);
    say("left %zu", evbuffer_get_length(b.get()));
}

SCENARIO(T308_lines_in_every_style) {
    for (const auto style : kStyles) {
        const Buffer b = new_buffer();
        evbuffer_add(b.get(), kLines.data(), kLines.size());
        tell_lines(b, style);
    }
}

SCENARIO(T308_lines_scattered_over_chains) {
    for (const auto style : kStyles) tell_lines(scattered(kLines), style);
}

SCENARIO(T308_empty_lines) {
    for (const auto style : kStyles) {
        const Buffer b = new_buffer("\r\n\r\n\n");
        tell_lines(b, style);
    }
}

SCENARIO(T308_a_cr_at_the_end) {
    const Buffer b = new_buffer("abc\r");
    tell_lines(b, EVBUFFER_EOL_CRLF);
    tell_lines(b, EVBUFFER_EOL_CRLF_STRICT);
    evbuffer_add(b.get(), "\n", 1);
    tell_lines(b, EVBUFFER_EOL_CRLF_STRICT);
    evbuffer_add(b.get(), "def\r", 4);
    tell_lines(b, EVBUFFER_EOL_ANY);
    evbuffer_add(b.get(), "\nghi\n", 5);
    tell_lines(b, EVBUFFER_EOL_ANY);
}

SCENARIO(T309_search_from_the_front_and_from_a_place) {
    const Buffer b = two_chains();
    say("%zd", evbuffer_search(b.get(), "efgh", 4, nullptr).pos);
    for (std::size_t from = 0; from <= 9; ++from) {
        const evbuffer_ptr p = at(b, from);
        say("%zu: %zd %zd %zd", from, evbuffer_search(b.get(), "efgh", 4, &p).pos,
            evbuffer_search(b.get(), "i", 1, &p).pos, evbuffer_search(b.get(), "abc", 3, &p).pos);
    }
    say("%zd", evbuffer_search(b.get(), "ghij", 4, nullptr).pos);
    const Buffer empty = new_buffer();
    say("%zd", evbuffer_search(empty.get(), "a", 1, nullptr).pos);
}

SCENARIO(T309_search_of_nothing_finds_the_start) {
    const Buffer b = two_chains();
    const evbuffer_ptr p = at(b, 3);
    const evbuffer_ptr end = at(b, 9);
    say("%zd %zd %zd", evbuffer_search(b.get(), "", 0, nullptr).pos,
        evbuffer_search(b.get(), "", 0, &p).pos, evbuffer_search(b.get(), "", 0, &end).pos);
}

SCENARIO(T309_search_a_string_that_begins_twice) {
    const Buffer b = scattered("aaabaaaab");
    say("%zd", evbuffer_search(b.get(), "aaaab", 5, nullptr).pos);
    say("%zd", evbuffer_search(b.get(), "aab", 3, nullptr).pos);
    const Buffer one = new_buffer("aaabaaaab");
    say("%zd", evbuffer_search(one.get(), "aaaab", 5, nullptr).pos);
}

SCENARIO(T310_search_range_ends_before_its_end) {
    const Buffer b = two_chains();
    for (std::size_t to = 0; to <= 9; ++to) {
        const evbuffer_ptr end = at(b, to);
        const evbuffer_ptr start = at(b, 2);
        say("%zu: %zd %zd", to, evbuffer_search_range(b.get(), "efg", 3, nullptr, &end).pos,
            evbuffer_search_range(b.get(), "cd", 2, &start, &end).pos);
    }
}

SCENARIO(T311_ends_of_lines_from_every_place) {
    const Buffer b = new_buffer();
    evbuffer_add(b.get(), kLines.data(), kLines.size());
    tell_ends(b);
}

SCENARIO(T311_ends_of_lines_in_scattered_chains) {
    tell_ends(scattered(kLines));
}

SCENARIO(T311_an_unknown_style_finds_nothing) {
    const Buffer b = new_buffer("a\nb");
    std::size_t n = 99;
    say("%zd %zu",
        evbuffer_search_eol(b.get(), nullptr, &n, static_cast<evbuffer_eol_style>(9)).pos, n);
    const Buffer empty = new_buffer();
    say("%zd", evbuffer_search_eol(empty.get(), nullptr, nullptr, EVBUFFER_EOL_LF).pos);
}

SCENARIO(T312_a_place_is_set_and_moved) {
    const Buffer b = two_chains();
    evbuffer_ptr p;
    for (const std::size_t to : {0u, 5u, 6u, 9u, 10u})
        say("set %zu: %d at %zd", to, evbuffer_ptr_set(b.get(), &p, to, EVBUFFER_PTR_SET), p.pos);
    evbuffer_ptr_set(b.get(), &p, 2, EVBUFFER_PTR_SET);
    for (const std::size_t by : {0u, 3u, 1u, 3u, 0u, 1u})
        say("add %zu: %d at %zd", by, evbuffer_ptr_set(b.get(), &p, by, EVBUFFER_PTR_ADD), p.pos);
    say("add to nowhere: %d at %zd", evbuffer_ptr_set(b.get(), &p, 1, EVBUFFER_PTR_ADD), p.pos);
}

SCENARIO(T312_a_place_beyond_all_bounds) {
    const Buffer b = two_chains();
    evbuffer_ptr p = at(b, 2);
    say("%d at %zd", evbuffer_ptr_set(b.get(), &p, static_cast<std::size_t>(-1), EVBUFFER_PTR_ADD),
        p.pos);
    say("%d at %zd", evbuffer_ptr_set(b.get(), &p, static_cast<std::size_t>(-1), EVBUFFER_PTR_SET),
        p.pos);
    const Buffer empty = new_buffer();
    say("%d at %zd", evbuffer_ptr_set(empty.get(), &p, 0, EVBUFFER_PTR_SET), p.pos);
    say("%d at %zd", evbuffer_ptr_set(empty.get(), &p, 1, EVBUFFER_PTR_SET), p.pos);
}

SCENARIO(T312_a_place_at_the_end_sees_what_is_added) {
    const Buffer b = new_buffer("one\n");
    const evbuffer_ptr p = at(b, 4);
    say("%zd", evbuffer_search(b.get(), "two", 3, &p).pos);
    const evbuffer_ptr start = at(b, 2);
    evbuffer_add(b.get(), "two\n", 4);
    say("%zd", evbuffer_search(b.get(), "two", 3, &start).pos);
}

SCENARIO(T313_overlapping_matches_are_counted) {
    const Buffer b = new_buffer("aaaa");
    int count = 0;
    evbuffer_ptr p = at(b, 0);
    while ((p = evbuffer_search(b.get(), "aa", 2, &p)).pos >= 0) {
        ++count;
        evbuffer_ptr_set(b.get(), &p, 1, EVBUFFER_PTR_ADD);
    }
    say("%d", count);
}

SCENARIO(T315_peek_counts_the_pieces) {
    const Buffer b = two_chains();
    evbuffer_iovec v[4];
    for (const int len : {-1, 0, 1, 6, 7, 9, 100})
        say("%d: none %d, one %d, four %d", len, evbuffer_peek(b.get(), len, nullptr, nullptr, 0),
            evbuffer_peek(b.get(), len, nullptr, v, 1), evbuffer_peek(b.get(), len, nullptr, v, 4));
    say("%.*s|%.*s", static_cast<int>(v[0].iov_len), static_cast<char*>(v[0].iov_base),
        static_cast<int>(v[1].iov_len), static_cast<char*>(v[1].iov_base));
}

SCENARIO(T315_peek_from_a_place) {
    const Buffer b = two_chains();
    for (std::size_t from = 0; from <= 9; ++from) {
        evbuffer_ptr p = at(b, from);
        evbuffer_iovec v[4] = {};
        const int all = evbuffer_peek(b.get(), -1, &p, v, 4);
        const std::string first(static_cast<char*>(v[0].iov_base), v[0].iov_len);
        say("%zu: %d '%s', counted %d, of 3: %d, of 0: %d", from, all, first.c_str(),
            evbuffer_peek(b.get(), -1, &p, nullptr, 0), evbuffer_peek(b.get(), 3, &p, v, 4),
            evbuffer_peek(b.get(), 0, &p, v, 4));
    }
}

SCENARIO(T315_peek_at_an_empty_buffer) {
    const Buffer b(evbuffer_new());
    evbuffer_iovec v[2];
    say("%d %d %d", evbuffer_peek(b.get(), -1, nullptr, nullptr, 0),
        evbuffer_peek(b.get(), -1, nullptr, v, 2), evbuffer_peek(b.get(), 10, nullptr, v, 2));
}
