// Bytes in at the end or the front, bytes out at the front: the functions that copy. The short way
// through add and remove stands first; it is taken when there is one thread, no freeze and no
// trace, and one chain is enough (remove wants no callback either). Read next: move.cc (bytes from
// one buffer to another), reserve.cc (bytes without a copy).
#include <algorithm>
#include <climits>
#include <cstring>

#include "src/buffer/evbuffer.h"
#include "src/buffer/position.h"

namespace {

using evglass::trace::field::bytesfrom;

constexpr std::uint8_t kNoShortAdd = kSlowLock | kSlowBackFrozen;
constexpr std::uint8_t kNoShortDrain = kSlowLock | kSlowFrontFrozen | kSlowCallbacks;
/// More than this is not moved within its chain to make room for a few bytes.
constexpr std::size_t kMaxToRealign = 2048;

inline bool traced() {
    return evglass::trace::enabled(evglass::trace::Category::buffer);
}

/// May `size` bytes be taken from the first chain without unlinking it or calling anybody?
inline bool short_drain(const evbuffer* buf, std::size_t size) {
    if (buf->is_slow(kNoShortDrain)) return false;
    const evbuffer_chain* first = buf->first;
    // size 0 wraps around: it takes the long way.
    if (first == nullptr || size - 1 >= first->off || traced()) return false;
    return size < first->off ? (first->flags & ~kChainLarge) == 0
                             : first->plain() && first == buf->tail;
}

inline void drain_first(evbuffer* buf, std::size_t size) {
    evbuffer_chain* first = buf->first;
    first->off -= size;
    first->misalign = first->off != 0 ? first->misalign + size : 0;
    buf->total_len -= size;
    ++buf->layout;
    if constexpr (kVerifyBuffers) evbuffer_assert_ok_(buf);
}

/// Copies into the room of a chain and counts the bytes.
void add_to_chain(evbuffer* buf, evbuffer_chain* chain, const void* data, std::size_t size,
                  bytesfrom how) {
    if (size == 0) return;
    std::memcpy(chain->space(), data, size);
    evbuffer_added_(buf, chain, size, how);
}

int add_long(evbuffer* buf, const void* data, std::size_t size) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen)) return -1;
    return evbuffer_append_(buf, data, size) ? 0 : -1;
}

/// How much is drained, or -1 where that is not allowed.
int drain_long(evbuffer* buf, std::size_t size) {
    const BufferEdit edit(buf);
    if (buf->total_len == 0) return 0;
    if (buf->is_slow(kSlowFrontFrozen)) return -1;
    evbuffer_drop_(buf, std::min(size, buf->total_len));
    return 0;
}

int remove_long(evbuffer* buf, void* data, std::size_t size) {
    const BufferEdit edit(buf);
    size = std::min({size, buf->total_len, std::size_t{INT_MAX}});
    if (size == 0) return 0;
    if (buf->is_slow(kSlowFrontFrozen)) return -1;
    if (!evbuffer_copy_from_(buf, {buf->first, 0}, data, size)) return -1;
    evbuffer_drop_(buf, size);
    return static_cast<int>(size);
}

/// Into the unused bytes at the front of the first chain: as many of the last bytes as fit.
std::size_t room_in_front(const evbuffer* buf) {
    const evbuffer_chain* first = buf->first;
    if (first == nullptr || !first->writable()) return 0;
    return first->off == 0 ? first->buffer_len : first->misalign;
}

void prepend_to_first(evbuffer* buf, const void* data, std::size_t size) {
    evbuffer_chain* first = buf->first;
    if (first->off == 0) first->misalign = first->buffer_len;
    first->misalign -= size;
    first->off += size;
    std::memcpy(first->bytes(), data, size);
    buf->total_len += size;
    buf->n_add_for_cb += size;
    ++buf->layout;
    TRACE(buffer_prepend, .buffer = buf, .chain = first, .bytes = size, .misalign = first->misalign,
          .used = first->off, .length = buf->total_len);
}

}  // namespace

int evbuffer_add(evbuffer* buf, const void* data, size_t size) {
    if (buf->is_slow(kNoShortAdd)) return add_long(buf, data, size);
    evbuffer_chain* const tail = buf->tail;
    if (tail != nullptr && size - 1 < tail->room() && !traced()) [[likely]] {
        std::memcpy(tail->space(), data, size);
        tail->off += size;
        buf->total_len += size;
        if constexpr (kVerifyBuffers) evbuffer_assert_ok_(buf);
        if (buf->is_slow(kSlowCallbacks)) {
            buf->n_add_for_cb += size;
            evbuffer_end_edit_(buf);
        }
        return 0;
    }
    return add_long(buf, data, size);
}

int evbuffer_remove(evbuffer* buf, void* data, size_t size) {
    if (!short_drain(buf, size)) return remove_long(buf, data, size);
    std::memcpy(data, buf->first->bytes(), size);
    drain_first(buf, size);
    return static_cast<int>(size);
}

int evbuffer_drain(evbuffer* buf, size_t size) {
    if (!short_drain(buf, size)) return drain_long(buf, size);
    drain_first(buf, size);
    return 0;
}

bool evbuffer_realign_(evbuffer* buf, std::size_t size) {
    evbuffer_chain* chain = buf->tail;
    if (chain == nullptr || !chain->writable() || chain->off > kMaxToRealign ||
        chain->off > chain->buffer_len / 2 || chain->buffer_len - chain->off < size)
        return false;
    std::memmove(chain->buffer, chain->bytes(), chain->off);
    chain->misalign = 0;
    TRACE(chain_realign, .buffer = buf, .chain = chain, .misalign = 0, .used = chain->off);
    return true;
}

bool evbuffer_append_(evbuffer* buf, const void* data, std::size_t size) {
    if (size == 0) return true;
    if (size > EVBUFFER_CHAIN_MAX - buf->total_len) return false;
    evbuffer_chain* tail = buf->tail;
    if (tail != nullptr && (tail->room() >= size || evbuffer_realign_(buf, size))) {
        add_to_chain(buf, tail, data, size, bytesfrom::copy);
        return true;
    }
    // Fill what room there is, and put the rest into one more chain. A chain without a byte is left
    // out, so that what is added to an empty buffer lies in one piece.
    const auto* bytes = static_cast<const unsigned char*>(data);
    const std::size_t room = tail != nullptr ? tail->room() : 0;
    evbuffer_chain* next = tail != nullptr ? tail->next : nullptr;
    if (next != nullptr && next->buffer_len >= size - room) {
        add_to_chain(buf, tail, bytes, room, bytesfrom::copy);
        add_to_chain(buf, next, bytes + room, size - room, bytesfrom::copy);
        return true;
    }
    const std::size_t here = tail != nullptr && tail->off != 0 ? room : 0;
    const std::size_t rest = size - here;
    evbuffer_chain* fresh = evbuffer_chain_new_for(buf, evbuffer_chain_next_size(tail, rest));
    if (fresh == nullptr) return false;
    if (here != 0) add_to_chain(buf, tail, bytes, here, bytesfrom::copy);
    std::memcpy(fresh->buffer, bytes + here, rest);
    fresh->off = rest;
    evbuffer_chain_insert(buf, fresh, bytesfrom::copy);
    return true;
}

void evbuffer_added_(evbuffer* buf, evbuffer_chain* chain, std::size_t size, bytesfrom how) {
    if (size == 0) return;
    chain->off += size;
    buf->total_len += size;
    buf->n_add_for_cb += size;
    buf->tail = chain;
    TRACE(buffer_add, .buffer = buf, .chain = chain, .bytes = size, .used = chain->off,
          .length = buf->total_len, .how = how);
    static_cast<void>(how);
}

void evbuffer_drop_(evbuffer* buf, std::size_t size) {
    if (size == 0) return;
    std::size_t left = size;
    while (left >= buf->first->off) {
        evbuffer_chain* chain = buf->first;
        left -= chain->off;
        buf->total_len -= chain->off;
        chain->off = 0;
        const bool is_tail = chain == buf->tail;
        if (is_tail && chain->plain()) {
            chain->misalign = 0;
        } else {
            evbuffer_chain_release(buf, evbuffer_chain_unlink_first(buf));
        }
        if (is_tail || left == 0) break;
    }
    if (left != 0) {
        buf->first->misalign += left;
        buf->first->off -= left;
        buf->total_len -= left;
    }
    buf->n_del_for_cb += size;
    ++buf->layout;
    const evbuffer_chain* first = buf->first;
    TRACE(buffer_drain, .buffer = buf, .bytes = size, .length = buf->total_len, .chain = first,
          .misalign = first != nullptr ? first->misalign : 0,
          .used = first != nullptr ? first->off : 0);
    static_cast<void>(first);
}

bool evbuffer_copy_from_(evbuffer* buf, BufferPosition from, void* out, std::size_t size) {
    if (!evbuffer_readable_(from, size)) return false;
    auto* bytes = static_cast<unsigned char*>(out);
    std::size_t left = size;
    for (const evbuffer_chain* chain = from.chain; left != 0; chain = chain->next) {
        const std::size_t here = std::min(left, chain->off - from.at);
        std::memcpy(bytes, chain->bytes() + from.at, here);
        bytes += here;
        left -= here;
        from.at = 0;
    }
    TRACE(buffer_copyout, .buffer = buf, .bytes = size);
    static_cast<void>(buf);
    return true;
}

ev_ssize_t evbuffer_copyout(evbuffer* buf, void* data, size_t size) {
    return evbuffer_copyout_from(buf, nullptr, data, size);
}

ev_ssize_t evbuffer_copyout_from(evbuffer* buf, const evbuffer_ptr* from, void* data, size_t size) {
    const BufferEdit edit(buf);
    BufferPosition position{buf->first, 0};
    std::size_t there = buf->total_len;
    if (from != nullptr) {
        if (!evbuffer_find_position_(buf, *from, &position)) return -1;
        there -= static_cast<std::size_t>(from->pos);
    }
    size = std::min(size, there);
    if (size == 0) return 0;
    if (buf->is_slow(kSlowFrontFrozen)) return -1;
    if (!evbuffer_copy_from_(buf, position, data, size)) return -1;
    return static_cast<ev_ssize_t>(size);
}

int evbuffer_prepend(evbuffer* buf, const void* data, size_t size) {
    const BufferEdit edit(buf);
    if (size == 0) return 0;
    if (buf->is_slow(kSlowFrontFrozen)) return -1;
    if (size > EVBUFFER_CHAIN_MAX - buf->total_len) return -1;
    // Trailing chains without a byte would end up behind the only one that has some: that is right.
    const std::size_t here = std::min(size, room_in_front(buf));
    const std::size_t rest = size - here;
    const auto* bytes = static_cast<const unsigned char*>(data);
    if (rest == 0) {
        prepend_to_first(buf, bytes, size);
        return 0;
    }
    evbuffer_chain* fresh = evbuffer_chain_new_for(buf, rest);
    if (fresh == nullptr) return -1;
    if (here != 0) prepend_to_first(buf, bytes + rest, here);
    // At the chain's end, so that more can be prepended.
    fresh->misalign = fresh->buffer_len - rest;
    fresh->off = rest;
    std::memcpy(fresh->bytes(), bytes, rest);
    evbuffer_chain_insert_front(buf, fresh, bytesfrom::copy);
    return 0;
}

size_t evbuffer_add_iovec(evbuffer* buf, evbuffer_iovec* vec, int n_vec) {
    const BufferHold hold(buf);
    std::size_t total = 0;
    for (int i = 0; i < n_vec; ++i) {
        if (__builtin_add_overflow(total, vec[i].iov_len, &total)) return 0;
    }
    if (buf->is_slow(kSlowBackFrozen)) return 0;
    if (total == 0 || evbuffer_expand_fast_(buf, total, 2) < 0) return 0;
    std::size_t added = 0;
    for (int i = 0; i < n_vec; ++i) {
        if (evbuffer_add(buf, vec[i].iov_base, vec[i].iov_len) < 0) break;
        added += vec[i].iov_len;
    }
    return added;
}
