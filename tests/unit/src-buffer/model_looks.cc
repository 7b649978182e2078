// The operations that look: searching, lines, peeking, places. Each expects of a buffer what its
// string says.
#include <algorithm>
#include <cstdlib>

#include "tests/unit/src-buffer/model_buffers.h"

namespace evglass::test {

namespace {

struct Eol {
    std::size_t at = std::string::npos;
    std::size_t length = 0;
};

Eol find_eol(const std::string& s, std::size_t from, evbuffer_eol_style style) {
    switch (style) {
        case EVBUFFER_EOL_ANY: {
            const std::size_t at = s.find_first_of("\r\n", from);
            if (at == std::string::npos) return {};
            const std::size_t end = s.find_first_not_of("\r\n", at);
            return {at, (end == std::string::npos ? s.size() : end) - at};
        }
        case EVBUFFER_EOL_CRLF: {
            const std::size_t at = s.find('\n', from);
            if (at == std::string::npos) return {};
            if (at > from && s[at - 1] == '\r') return {at - 1, 2};
            return {at, 1};
        }
        case EVBUFFER_EOL_CRLF_STRICT:
            return {s.find("\r\n", from), 2};
        case EVBUFFER_EOL_LF:
            return {s.find('\n', from), 1};
        case EVBUFFER_EOL_NUL:
            return {s.find('\0', from), 1};
    }
    return {};
}

}  // namespace

void ModelBuffers::search() {
    Pair& p = some();
    const std::string what = some_bytes(1 + below(4));
    const std::size_t from = below(p.bytes.size() + 1);
    const std::size_t to = below(2) == 0 ? p.bytes.size() : below(p.bytes.size() + 1);
    evbuffer_ptr start;
    evbuffer_ptr end;
    same(evbuffer_ptr_set(p.buf, &start, from, EVBUFFER_PTR_SET), 0);
    same(evbuffer_ptr_set(p.buf, &end, to, EVBUFFER_PTR_SET), 0);
    const auto found = evbuffer_search_range(p.buf, what.data(), what.size(), &start, &end);
    const std::size_t expected = p.bytes.find(what, from);
    const bool none = expected == std::string::npos || expected + what.size() > to;
    same(found.pos, none ? -1 : static_cast<ev_ssize_t>(expected));
}

void ModelBuffers::search_eol() {
    Pair& p = some();
    const auto style = static_cast<evbuffer_eol_style>(below(5));
    const std::size_t from = below(p.bytes.size() + 1);
    evbuffer_ptr start;
    same(evbuffer_ptr_set(p.buf, &start, from, EVBUFFER_PTR_SET), 0);
    std::size_t length = 99;
    const auto found = evbuffer_search_eol(p.buf, &start, &length, style);
    const Eol expected = find_eol(p.bytes, from, style);
    if (expected.at == std::string::npos) {
        same(found.pos, -1);
        same(length, 0u);
        return;
    }
    same(found.pos, static_cast<ev_ssize_t>(expected.at));
    same(length, expected.length);
}

void ModelBuffers::readln() {
    Pair& p = some();
    const auto style = static_cast<evbuffer_eol_style>(below(5));
    const Eol eol = find_eol(p.bytes, 0, style);
    std::size_t length = 99;
    char* line = evbuffer_readln(p.buf, &length, style);
    const bool none = eol.at == std::string::npos || p.front_frozen;
    same(line == nullptr, none);
    if (none) return;
    same(std::string(line, length), p.bytes.substr(0, eol.at));
    same(line[length], '\0');
    std::free(line);
    p.bytes.erase(0, eol.at + eol.length);
}

void ModelBuffers::peek() {
    Pair& p = some();
    const std::size_t from = below(p.bytes.size() + 1);
    evbuffer_ptr start;
    same(evbuffer_ptr_set(p.buf, &start, from, EVBUFFER_PTR_SET), 0);
    evbuffer_iovec vec[4];
    const auto wanted = static_cast<ev_ssize_t>(some_size()) - 1;
    const int n = evbuffer_peek(p.buf, wanted, &start, vec, 4);
    std::size_t at = from;
    for (int i = 0; i < std::min(n, 4); ++i) {
        same(p.bytes.compare(at, vec[i].iov_len, static_cast<char*>(vec[i].iov_base),
                             vec[i].iov_len),
             0);
        at += vec[i].iov_len;
    }
    if (n <= 4 && wanted >= 0)
        same(at - from >= std::min(static_cast<std::size_t>(wanted), p.bytes.size() - from), true);
}

/// A pointer kept over other operations is stale: using it gives a clear result.
void ModelBuffers::pointer() {
    Pair& p = some();
    const std::size_t from = below(p.bytes.size() + 1);
    evbuffer_ptr ptr;
    same(evbuffer_ptr_set(p.buf, &ptr, from, EVBUFFER_PTR_SET), 0);
    if (below(2) == 0) {
        const std::size_t size = some_size();
        if (evbuffer_drain(p.buf, size) == 0) p.bytes.erase(0, size);
    }
    const std::size_t step = some_size();
    const bool inside = from + step <= p.bytes.size();
    same(evbuffer_ptr_set(p.buf, &ptr, step, EVBUFFER_PTR_ADD), inside ? 0 : -1);
    same(ptr.pos, inside ? static_cast<ev_ssize_t>(from + step) : -1);
    char byte = 0;
    if (inside && from + step < p.bytes.size() && !p.front_frozen) {
        same(evbuffer_copyout_from(p.buf, &ptr, &byte, 1), 1);
        same(byte, p.bytes[from + step]);
    }
}

}  // namespace evglass::test
