// Ends of lines, and taking a line out. What counts as an end is the caller's choice.
// Read next: search.cc.
#include <algorithm>
#include <cstring>

#include "src/buffer/evbuffer.h"
#include "src/buffer/search.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

/// Where an end of line begins and how long it is; found < 0: none.
struct EndOfLine {
    ev_ssize_t found = -1;  ///< bytes after the start of the search
    std::size_t length = 0;
    BufferPosition at;
};

bool is_crlf(unsigned char c) {
    return c == '\r' || c == '\n';
}

/// CR or LF, and all of them that follow.
EndOfLine find_any(BufferPosition at, std::size_t size) {
    std::size_t passed = 0;
    for (; passed < size; at = {at.chain->next, 0}) {
        if (!evbuffer_can_look_(at.chain)) return {};
        const unsigned char* from = at.chain->bytes() + at.at;
        const unsigned char* end = from + std::min(at.chain->off - at.at, size - passed);
        const unsigned char* hit = std::find_if(from, end, is_crlf);
        passed += static_cast<std::size_t>(hit - from);
        if (hit == end) continue;
        at.at += static_cast<std::size_t>(hit - from);
        break;
    }
    if (passed >= size) return {};
    EndOfLine eol{static_cast<ev_ssize_t>(passed), 0, at};
    for (BufferPosition p = at; p.chain != nullptr && evbuffer_can_look_(p.chain);
         p = {p.chain->next, 0}) {
        const unsigned char* from = p.chain->bytes() + p.at;
        const unsigned char* end = p.chain->bytes() + p.chain->off;
        const unsigned char* stop = std::find_if_not(from, end, is_crlf);
        eol.length += static_cast<std::size_t>(stop - from);
        if (stop != end) break;
    }
    return eol;
}

EndOfLine find_byte(BufferPosition at, std::size_t size, char byte) {
    const ev_ssize_t found = evbuffer_strchr_(&at, size, byte);
    if (found < 0) return {};
    return {found, 1, at};
}

EndOfLine find_strict(BufferPosition at, std::size_t size) {
    const ev_ssize_t found = evbuffer_strstr_(&at, size, "\r\n", 2);
    if (found < 0) return {};
    return {found, 2, at};
}

/// LF, and the CR in front of it, if the search came past it.
EndOfLine find_crlf(BufferPosition at, std::size_t size) {
    const BufferPosition start = at;
    EndOfLine eol = find_byte(at, size, '\n');
    if (eol.found <= 0) return eol;
    const BufferPosition before =
        eol.at.at > 0 ? BufferPosition{eol.at.chain, eol.at.at - 1}
                      : evbuffer_walk_(start, static_cast<std::size_t>(eol.found) - 1);
    if (before.chain->bytes()[before.at] == '\r') eol = {eol.found - 1, 2, before};
    return eol;
}

EndOfLine find_eol(BufferPosition at, std::size_t size, evbuffer_eol_style style) {
    switch (style) {
        case EVBUFFER_EOL_ANY:
            return find_any(at, size);
        case EVBUFFER_EOL_CRLF:
            return find_crlf(at, size);
        case EVBUFFER_EOL_CRLF_STRICT:
            return find_strict(at, size);
        case EVBUFFER_EOL_LF:
            return find_byte(at, size, '\n');
        case EVBUFFER_EOL_NUL:
            return find_byte(at, size, '\0');
    }
    return {};
}

}  // namespace

evbuffer_ptr evbuffer_search_eol(evbuffer* buf, evbuffer_ptr* start, size_t* eol_len_out,
                                 evbuffer_eol_style style) {
    const BufferLook look(buf);
    if (eol_len_out != nullptr) *eol_len_out = 0;
    BufferPosition at{buf->first, 0};
    std::size_t from = 0;
    if (start != nullptr) {
        if (!evbuffer_find_position_(buf, *start, &at)) return kNoPosition;
        from = static_cast<std::size_t>(start->pos);
    }
    const std::size_t size = buf->total_len - from;
    if (size == 0) return kNoPosition;
    const EndOfLine eol = find_eol(at, size, style);
    if (eol.found < 0) return kNoPosition;
    if (eol_len_out != nullptr) *eol_len_out = eol.length;
    return evbuffer_make_ptr_(buf, from + static_cast<std::size_t>(eol.found), eol.at);
}

char* evbuffer_readln(evbuffer* buf, size_t* n_read_out, evbuffer_eol_style style) {
    const BufferHold hold(buf);
    if (n_read_out != nullptr) *n_read_out = 0;
    std::size_t eol_length = 0;
    const evbuffer_ptr eol = evbuffer_search_eol(buf, nullptr, &eol_length, style);
    if (eol.pos < 0 || buf->is_slow(kSlowFrontFrozen)) return nullptr;
    const auto length = static_cast<std::size_t>(eol.pos);
    auto* line = static_cast<char*>(mm_malloc(length + 1));
    if (line == nullptr) return nullptr;
    line[length] = '\0';
    // The line and its end leave in two steps where callbacks are told of each.
    const bool in_steps = buf->is_slow(kSlowCallbacks);
    {
        const BufferEdit edit(buf);
        const bool copied = evbuffer_copy_from_(buf, {buf->first, 0}, line, length);
        EVUTIL_ASSERT(copied);
        evbuffer_drop_(buf, in_steps ? length : length + eol_length);
    }
    if (in_steps) evbuffer_drain(buf, eol_length);
    if (n_read_out != nullptr) *n_read_out = length;
    return line;
}
