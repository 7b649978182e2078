// Positions in a buffer, and finding bytes. A search goes from chain to chain; it never moves
// bytes. Read next: line.cc (ends of lines), position.h (what a caller's pointer holds).
#include <algorithm>
#include <cstring>

#include "src/buffer/evbuffer.h"
#include "src/buffer/position.h"
#include "src/buffer/search.h"

namespace {

/// Are the bytes at a place equal to these? So many are there, but some may be out of sight.
bool equal_at(BufferPosition place, const char* what, std::size_t size) {
    while (size != 0) {
        if (!evbuffer_can_look_(place.chain)) return false;
        const std::size_t here = std::min(size, place.chain->off - place.at);
        if (std::memcmp(place.chain->bytes() + place.at, what, here) != 0) return false;
        what += here;
        size -= here;
        place = {place.chain->next, 0};
    }
    return true;
}

}  // namespace

BufferPosition evbuffer_walk_far_(BufferPosition from, std::size_t distance) {
    distance += from.at;
    while (from.chain != nullptr && distance >= from.chain->off) {
        distance -= from.chain->off;
        from.chain = from.chain->next;
        if (from.chain != nullptr && from.chain->off == 0) from.chain = nullptr;
    }
    return {from.chain, from.chain != nullptr ? distance : 0};
}

bool evbuffer_readable_(BufferPosition from, std::size_t size) {
    size += from.at;
    for (const evbuffer_chain* chain = from.chain; size != 0; chain = chain->next) {
        if (!evbuffer_can_look_(chain)) return false;
        if (size <= chain->off) break;
        size -= chain->off;
    }
    return true;
}

ev_ssize_t evbuffer_strchr_(BufferPosition* at, std::size_t size, char byte) {
    std::size_t passed = 0;
    while (at->chain != nullptr && passed < size && evbuffer_can_look_(at->chain)) {
        const std::size_t here = std::min(at->chain->off - at->at, size - passed);
        const unsigned char* from = at->chain->bytes() + at->at;
        if (const void* hit = std::memchr(from, byte, here)) {
            const auto offset =
                static_cast<std::size_t>(static_cast<const unsigned char*>(hit) - from);
            at->at += offset;
            return static_cast<ev_ssize_t>(passed + offset);
        }
        passed += here;
        *at = {at->chain->next, 0};
    }
    return -1;
}

ev_ssize_t evbuffer_strstr_(BufferPosition* at, std::size_t size, const char* what,
                            std::size_t len) {
    std::size_t passed = 0;
    // A match must end within `size`, so it must begin `len - 1` bytes before.
    while (size - passed >= len) {
        const ev_ssize_t step = evbuffer_strchr_(at, size - passed - (len - 1), what[0]);
        if (step < 0) return -1;
        passed += static_cast<std::size_t>(step);
        if (equal_at(*at, what, len)) return static_cast<ev_ssize_t>(passed);
        ++passed;
        *at = evbuffer_walk_(*at, 1);
    }
    return -1;
}

evbuffer_ptr evbuffer_search_range_(evbuffer* buf, const char* what, std::size_t len,
                                    const evbuffer_ptr* start, const evbuffer_ptr* end) {
    BufferPosition at{buf->total_len != 0 ? buf->first : nullptr, 0};
    std::size_t from = 0;
    if (start != nullptr) {
        if (!evbuffer_find_position_(buf, *start, &at)) return kNoPosition;
        from = static_cast<std::size_t>(start->pos);
    }
    std::size_t to = buf->total_len;
    if (end != nullptr) {
        if (end->pos < 0) return kNoPosition;
        to = std::min(to, static_cast<std::size_t>(end->pos));
    }
    if (len == 0) return evbuffer_make_ptr_(buf, from, at);
    if (to < from || to - from < len) return kNoPosition;
    const ev_ssize_t found = evbuffer_strstr_(&at, to - from, what, len);
    if (found < 0) return kNoPosition;
    return evbuffer_make_ptr_(buf, from + static_cast<std::size_t>(found), at);
}

evbuffer_ptr evbuffer_search(evbuffer* buf, const char* what, size_t len,
                             const evbuffer_ptr* start) {
    return evbuffer_search_range(buf, what, len, start, nullptr);
}

evbuffer_ptr evbuffer_search_range(evbuffer* buf, const char* what, size_t len,
                                   const evbuffer_ptr* start, const evbuffer_ptr* end) {
    const BufferLook look(buf);
    return evbuffer_search_range_(buf, what, len, start, end);
}

int evbuffer_ptr_set(evbuffer* buf, evbuffer_ptr* ptr, size_t position, evbuffer_ptr_how how) {
    const BufferLook look(buf);
    if (how == EVBUFFER_PTR_ADD) {
        BufferPosition from;
        if (ptr->pos < 0) return -1;
        if (position > SIZE_MAX / 2 - static_cast<std::size_t>(ptr->pos)) return -1;
        const std::size_t to = static_cast<std::size_t>(ptr->pos) + position;
        if (to > buf->total_len || !evbuffer_find_position_(buf, *ptr, &from)) {
            *ptr = kNoPosition;
            return -1;
        }
        *ptr = evbuffer_make_ptr_(buf, to, evbuffer_walk_(from, position));
        return 0;
    }
    if (how != EVBUFFER_PTR_SET || position > buf->total_len) {
        *ptr = kNoPosition;
        return -1;
    }
    *ptr = evbuffer_make_ptr_(buf, position, evbuffer_position_at_(buf, position));
    return 0;
}

unsigned char* evbuffer_find(evbuffer* buf, const unsigned char* what, size_t len) {
    const BufferHold hold(buf);
    const evbuffer_ptr found =
        evbuffer_search(buf, reinterpret_cast<const char*>(what), len, nullptr);
    if (found.pos < 0 || len > SIZE_MAX / 2) return nullptr;
    unsigned char* front = evbuffer_pullup(buf, found.pos + static_cast<ev_ssize_t>(len));
    return front != nullptr ? front + found.pos : nullptr;
}
