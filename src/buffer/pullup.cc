// The first bytes in one piece (pullup), and looking at bytes where they lie (peek).
// Read next: search.cc.
#include <algorithm>
#include <cstring>

#include "src/buffer/evbuffer.h"
#include "src/buffer/position.h"

namespace {

using evglass::trace::field::bytesfrom;

/// Copies `size` bytes from the chains behind `into` to its end, and takes them away from there.
void take_from_next(evbuffer* buf, evbuffer_chain* into, std::size_t size) {
    std::size_t left = size;
    while (left != 0) {
        evbuffer_chain* chain = into->next;
        const std::size_t here = std::min(left, chain->off);
        std::memcpy(into->space(), chain->bytes(), here);
        into->off += here;
        left -= here;
        chain->misalign += here;
        chain->off -= here;
        TRACE(chain_take, .buffer = buf, .chain = chain, .misalign = chain->misalign,
              .used = chain->off);
        if (chain->off != 0) continue;
        into->next = chain->next;
        if (buf->tail == chain) buf->tail = into;
        if (buf->last == chain) buf->last = into;
        TRACE(chain_unlink, .buffer = buf, .chain = chain);
        evbuffer_chain_release(buf, chain);
    }
}

/// The first chain, with `size` bytes in it. Null on failure.
evbuffer_chain* pull_together(evbuffer* buf, std::size_t size) {
    evbuffer_chain* first = buf->first;
    std::size_t copied = size - first->off;
    if (!first->writable() || first->buffer_len - first->misalign < size) {
        evbuffer_chain* fresh = evbuffer_chain_new_for(buf, size);
        if (fresh == nullptr) return nullptr;
        fresh->next = first;
        buf->first = first = fresh;
        copied = size;
        TRACE(chain_link, .buffer = buf, .chain = fresh, .after = nullptr,
              .size = fresh->buffer_len, .misalign = 0, .used = 0, .length = buf->total_len,
              .refs = 1, .flags = fresh->flags, .how = bytesfrom::nowhere);
    }
    take_from_next(buf, first, copied);
    ++buf->layout;
    TRACE(buffer_pullup, .buffer = buf, .bytes = size, .copied = copied, .chain = first,
          .misalign = first->misalign, .used = first->off);
    return first;
}

/// What a peek found so far.
struct Peek {
    evbuffer_iovec* vec;
    int n_vec;
    int count = 0;
    std::size_t bytes = 0;

    void see(const evbuffer_chain* chain, std::size_t skip) {
        if (count < n_vec) vec[count] = {chain->bytes() + skip, chain->off - skip};
        ++count;
        bytes += chain->off - skip;
    }
};

}  // namespace

unsigned char* evbuffer_pullup(evbuffer* buf, ev_ssize_t size) {
    const BufferEdit edit(buf);
    const std::size_t wanted = size < 0 ? buf->total_len : static_cast<std::size_t>(size);
    if (wanted == 0 || wanted > buf->total_len) return nullptr;
    if (!evbuffer_readable_({buf->first, 0}, wanted)) return nullptr;
    if (buf->first->off >= wanted) return buf->first->bytes();
    evbuffer_chain* chain = pull_together(buf, wanted);
    return chain != nullptr ? chain->bytes() : nullptr;
}

int evbuffer_peek(evbuffer* buf, ev_ssize_t len, evbuffer_ptr* start, evbuffer_iovec* vec,
                  int n_vec) {
    const BufferLook look(buf);
    BufferPosition from{buf->first, 0};
    if (start != nullptr && !evbuffer_find_position_(buf, *start, &from)) return 0;
    if (from.chain == nullptr) return 0;
    if (vec == nullptr) n_vec = 0;
    // Without vectors, all there is; else as much as they hold.
    const bool all = len < 0 && n_vec == 0;
    const bool fill = len < 0 && n_vec != 0;
    Peek peek{vec, n_vec};
    // From a pointer, its own chain is always seen.
    if (start != nullptr) {
        if (!from.chain->readable()) return 0;
        peek.see(from.chain, from.at);
        from.chain = from.chain->next;
    }
    for (const evbuffer_chain* chain = from.chain; chain != nullptr; chain = chain->next) {
        if (fill ? peek.count >= n_vec : !all && peek.bytes >= static_cast<std::size_t>(len)) break;
        if (chain->off == 0 || !chain->readable()) break;
        peek.see(chain, 0);
    }
    return peek.count;
}
