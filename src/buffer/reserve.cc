// Room behind the bytes: expand makes it, reserve lends it out, commit turns it into bytes.
// Room is what is left in tail, and in the empty chains behind it.
// Read next: io.cc, which reads into such room.
#include <algorithm>

#include "src/buffer/evbuffer.h"

namespace {

using evglass::trace::field::bytesfrom;

/// A chain with room for `size` bytes, in place of the empty ones.
evbuffer_chain* add_empty_chain(evbuffer* buf, std::size_t size) {
    evbuffer_chain* chain = evbuffer_chain_new_for(buf, evbuffer_chain_next_size(buf->tail, size));
    if (chain == nullptr) return nullptr;
    evbuffer_free_trailing_empty_chains(buf);
    evbuffer_chain_insert_empty(buf, chain);
    return chain;
}

/// The chain whose room a vector names, from `chain` on; null if there is none.
evbuffer_chain* find_reserved(evbuffer_chain* chain, const evbuffer_iovec& vec) {
    while (chain != nullptr && (chain->space() != vec.iov_base || chain->room() == 0))
        chain = chain->next;
    return chain != nullptr && vec.iov_len <= chain->room() ? chain : nullptr;
}

/// Unlinks the chains without a byte from `old_tail` up to the tail, which has some.
void drop_empty_chains(evbuffer* buf, evbuffer_chain* old_tail) {
    if (old_tail == buf->tail) return;
    // A tail without bytes is the first chain.
    evbuffer_chain** place = old_tail->off != 0 ? &old_tail->next : &buf->first;
    while (*place != buf->tail) {
        evbuffer_chain* chain = *place;
        *place = chain->next;
        TRACE(chain_unlink, .buffer = buf, .chain = chain);
        evbuffer_chain_release(buf, chain);
    }
}

}  // namespace

evbuffer_chain* evbuffer_expand_singlechain(evbuffer* buf, std::size_t size) {
    for (evbuffer_chain* chain = buf->tail; chain != nullptr; chain = chain->next) {
        if (chain->room() >= size && chain->room() != 0) return chain;
    }
    if (size > EVBUFFER_CHAIN_MAX - buf->total_len) return nullptr;
    if (evbuffer_realign_(buf, size)) return buf->tail;
    return add_empty_chain(buf, size);
}

int evbuffer_expand_fast_(evbuffer* buf, std::size_t size, int max_chains) {
    if (max_chains < 2) return evbuffer_expand_singlechain(buf, size) != nullptr ? 0 : -1;
    std::size_t room = 0;
    int used = 0;
    for (const evbuffer_chain* chain = buf->tail; chain != nullptr; chain = chain->next) {
        if (chain->room() == 0) continue;
        room += chain->room();
        if (room >= size) return 0;
        if (++used == max_chains) break;
    }
    if (size > EVBUFFER_CHAIN_MAX - buf->total_len) return -1;
    // A tail without bytes keeps its place only if somebody counts on it: nobody does yet.
    const std::size_t here = buf->tail != nullptr && buf->total_len != 0 ? buf->tail->room() : 0;
    return add_empty_chain(buf, size - here) != nullptr ? 0 : -1;
}

int evbuffer_read_setup_vecs_(evbuffer* buf, ev_ssize_t size, evbuffer_iovec* vecs, int n_vecs) {
    std::size_t given = 0;
    int used = 0;
    for (evbuffer_chain* chain = buf->tail; chain != nullptr && used < n_vecs;
         chain = chain->next) {
        if (given >= static_cast<std::size_t>(size)) break;
        if (chain->room() == 0) continue;
        vecs[used++] = {chain->space(), chain->room()};
        given += chain->room();
    }
    TRACE(buffer_reserve, .buffer = buf, .wanted = static_cast<std::uint64_t>(size), .given = given,
          .pieces = static_cast<std::uint32_t>(used));
    return used;
}

int evbuffer_expand(evbuffer* buf, size_t size) {
    const BufferEdit edit(buf);
    return evbuffer_expand_singlechain(buf, size) != nullptr ? 0 : -1;
}

int evbuffer_reserve_space(evbuffer* buf, ev_ssize_t size, evbuffer_iovec* vec, int n_vec) {
    const BufferEdit edit(buf);
    if (buf->is_slow(kSlowBackFrozen) || n_vec < 1 || size < 0) return -1;
    const auto wanted = static_cast<std::size_t>(size);
    if (n_vec == 1) {
        const evbuffer_chain* chain = evbuffer_expand_singlechain(buf, wanted);
        if (chain == nullptr) return -1;
        vec[0] = {chain->space(), chain->room()};
        TRACE(buffer_reserve, .buffer = buf, .wanted = wanted, .given = chain->room(), .pieces = 1);
        return 1;
    }
    if (evbuffer_expand_fast_(buf, wanted, n_vec) < 0) return -1;
    return evbuffer_read_setup_vecs_(buf, size, vec, n_vec);
}

int evbuffer_commit_(evbuffer* buf, const evbuffer_iovec* vec, int n_vec, bytesfrom how) {
    // First see that all is right, so that nothing is committed otherwise.
    evbuffer_chain* chain = buf->tail;
    for (int i = 0; i < n_vec; ++i) {
        chain = find_reserved(chain, vec[i]);
        if (chain == nullptr) return -1;
        chain = chain->next;
    }
    chain = buf->tail;
    for (int i = 0; i < n_vec; ++i) {
        chain = find_reserved(chain, vec[i]);
        evbuffer_chain* next = chain->next;
        if (vec[i].iov_len != 0) {
            evbuffer_chain* old_tail = buf->tail;
            evbuffer_added_(buf, chain, vec[i].iov_len, how);
            drop_empty_chains(buf, old_tail);
        }
        chain = next;
    }
    return 0;
}

int evbuffer_commit_space(evbuffer* buf, evbuffer_iovec* vec, int n_vec) {
    const BufferEdit edit(buf);
    if (n_vec <= 0) return 0;
    if (buf->is_slow(kSlowBackFrozen)) return -1;
    return evbuffer_commit_(buf, vec, n_vec, bytesfrom::commit);
}
