// Bytes from one buffer to another. Whole chains change hands and nothing is copied; where a chain
// is cut in two, a part of a writable one is copied, a part of another's memory is shared.
// evbuffer_add_buffer_reference copies no byte either: both buffers refer to the same chains.
// Read next: chain.cc (evbuffer_chain_share).
#include <algorithm>
#include <climits>

#include "src/buffer/evbuffer.h"

namespace {

using evglass::trace::field::bytesfrom;
using evglass::trace::field::end;

/// The chains of src up to and including `last`, unlinked, are dst's from now on. `last` has bytes.
void splice(evbuffer* dst, evbuffer* src, evbuffer_chain* last, std::size_t bytes, end to) {
    evbuffer_chain* first = src->first;
    src->first = last->next;
    if (src->first == nullptr) src->last = nullptr;
    if (src->tail == last) src->tail = src->first;
    src->total_len -= bytes;
    src->n_del_for_cb += bytes;
    ++src->layout;
    if (to == end::back) {
        last->next = nullptr;
        (dst->last != nullptr ? dst->last->next : dst->first) = first;
        dst->tail = dst->last = last;
    } else {
        last->next = dst->first;
        if (dst->total_len == 0) dst->tail = last;
        if (dst->last == nullptr) dst->last = last;
        dst->first = first;
        ++dst->layout;
    }
    dst->total_len += bytes;
    dst->n_add_for_cb += bytes;
    TRACE(buffer_move, .buffer = dst, .source = src, .last = last, .bytes = bytes,
          .length = dst->total_len, .source_length = src->total_len, .to = to);
}

/// An empty chain that dst does not need any more may serve src, which has none left.
void hand_over_spare(evbuffer* dst, evbuffer* src) {
    evbuffer_chain* spare = dst->first;
    if (dst->total_len != 0 || spare == nullptr || src->last != src->tail || !spare->plain())
        return;
    evbuffer_chain_unlink_first(dst);
    evbuffer_chain_insert_empty(src, spare);
}

/// All of src. False if the sum would be too large.
bool move_all(evbuffer* dst, evbuffer* src, end to) {
    if (src->total_len > EVBUFFER_CHAIN_MAX - dst->total_len) return false;
    hand_over_spare(dst, src);
    if (to == end::back || dst->total_len == 0) evbuffer_free_trailing_empty_chains(dst);
    splice(dst, src, src->tail, src->total_len, dst->total_len == 0 ? end::back : to);
    return true;
}

int move_buffer(evbuffer* dst, evbuffer* src, end to, std::uint8_t frozen) {
    const TwoBufferEdit edit(src, dst);
    if (src->total_len == 0 || dst == src) return 0;
    if (dst->is_slow(frozen) || src->is_slow(kSlowFrontFrozen)) return -1;
    return move_all(dst, src, to) ? 0 : -1;
}

/// The chains that fit whole into `size` bytes: how many bytes, and the last one.
struct WholeChains {
    std::size_t bytes = 0;
    evbuffer_chain* last = nullptr;
};

WholeChains whole_chains(const evbuffer* src, std::size_t size) {
    WholeChains whole;
    for (evbuffer_chain* chain = src->first; chain->off <= size - whole.bytes;
         chain = chain->next) {
        whole.bytes += chain->off;
        whole.last = chain;
    }
    return whole;
}

/// Moves fewer bytes than src has. What may fail is done first.
bool move_part(evbuffer* dst, evbuffer* src, std::size_t size) {
    if (size > EVBUFFER_CHAIN_MAX - dst->total_len) return false;
    const WholeChains whole = whole_chains(src, size);
    const std::size_t rest = size - whole.bytes;
    evbuffer_chain* cut = whole.last != nullptr ? whole.last->next : src->first;
    evbuffer_chain* shared = nullptr;
    if (rest != 0 && !cut->writable()) {
        shared = evbuffer_chain_share(src, cut, 0, rest);
        if (shared == nullptr) return false;
    } else if (rest != 0 && whole.last != nullptr) {
        // Into a chain of its own, because the whole ones come first.
        shared = evbuffer_chain_new(rest);
        if (shared == nullptr) return false;
        std::copy_n(cut->bytes(), rest, shared->buffer);
        shared->off = rest;
    } else if (rest != 0 && !evbuffer_append_(dst, cut->bytes(), rest)) {
        return false;
    }
    if (whole.last != nullptr) {
        evbuffer_free_trailing_empty_chains(dst);
        splice(dst, src, whole.last, whole.bytes, end::back);
    }
    if (shared != nullptr)
        evbuffer_chain_insert(dst, shared, cut->writable() ? bytesfrom::copy : bytesfrom::share);
    evbuffer_drop_(src, rest);
    return true;
}

/// May the chains of a buffer be shared? A file's may not, nor shared ones again: so does stock.
bool can_share(const evbuffer* buf) {
    for (const evbuffer_chain* chain = buf->first; chain != nullptr; chain = chain->next) {
        if ((chain->flags & (kChainFile | kChainSendfile | kChainShared)) != 0) return false;
    }
    return true;
}

/// Chains that share all of src's bytes; null on failure.
evbuffer_chain* share_all(evbuffer* src) {
    evbuffer_chain* shares = nullptr;
    evbuffer_chain** end = &shares;
    for (evbuffer_chain* chain = src->first; chain != nullptr && chain->off != 0;
         chain = chain->next) {
        *end = evbuffer_chain_share(src, chain, 0, chain->off);
        if (*end == nullptr) {
            while (evbuffer_chain* share = shares) {
                shares = share->next;
                evbuffer_chain_free(share);
            }
            return nullptr;
        }
        end = &(*end)->next;
    }
    return shares;
}

}  // namespace

int evbuffer_add_buffer(evbuffer* dst, evbuffer* src) {
    return move_buffer(dst, src, end::back, kSlowBackFrozen);
}

int evbuffer_prepend_buffer(evbuffer* dst, evbuffer* src) {
    return move_buffer(dst, src, end::front, kSlowFrontFrozen);
}

int evbuffer_remove_buffer(evbuffer* src, evbuffer* dst, size_t size) {
    TwoBufferEdit edit(dst, src);
    size = std::min(size, std::size_t{INT_MAX});
    if (size == 0 || dst == src) return 0;
    if (dst->is_slow(kSlowBackFrozen) || src->is_slow(kSlowFrontFrozen)) return -1;
    if (size < src->total_len) return move_part(dst, src, size) ? static_cast<int>(size) : -1;
    // As evbuffer_add_buffer, which tells the source's callbacks first.
    edit.swap_order();
    size = src->total_len;
    return size == 0 || move_all(dst, src, end::back) ? static_cast<int>(size) : -1;
}

int evbuffer_add_buffer_reference(evbuffer* dst, evbuffer* src) {
    const TwoBufferEdit edit(src, dst);
    if (src->total_len == 0) return 0;
    if (dst == src || dst->is_slow(kSlowBackFrozen) || !can_share(src)) return -1;
    if (src->total_len > EVBUFFER_CHAIN_MAX - dst->total_len) return -1;
    evbuffer_chain* shares = share_all(src);
    if (shares == nullptr) return -1;
    // Empty chains may stand behind a chain that has no room any more: that is still right.
    while (evbuffer_chain* share = shares) {
        shares = share->next;
        evbuffer_chain_insert(dst, share, bytesfrom::share);
    }
    return 0;
}
