// Chains: their memory, and the list of a buffer's chains. Every link and unlink is here, with its
// record; who copies bytes into them or takes them out is in edit.cc, move.cc, reserve.cc.
#include "src/buffer/chain.h"

#include <algorithm>
#include <new>
#include <utility>

#include "src/buffer/evbuffer.h"
#include "src/buffer/file_segment.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

constexpr std::size_t kHeader = sizeof(evbuffer_chain);
/// The smallest block, header included; up to where blocks are a power of two; how far they grow by
/// themselves while bytes are added.
constexpr std::size_t kSmallestBlock = 512;
constexpr std::size_t kLargestRoundBlock = 4096;
constexpr std::size_t kLargestGrownBlock = 16384;
/// An empty chain up to this size is kept for the next bytes: a read's 4 KiB fit.
constexpr std::size_t kLargestKept = 4608;

static_assert(kHeader % alignof(ChainOwner) == 0, "the owner, or the bytes, stand right behind");

/// Blocks of a few sizes are easier on the allocator.
std::size_t block_size(std::size_t size) {
    const std::size_t wanted = size + kHeader;
    if (wanted > kLargestRoundBlock) return (wanted + 511) / 512 * 512;
    std::size_t block = kSmallestBlock;
    while (block < wanted) block *= 2;
    return block;
}

/// The list's new end, after a chain was put behind what was the last one.
void tell_link(evbuffer* buf, const evbuffer_chain* chain, const evbuffer_chain* after,
               evglass::trace::field::bytesfrom how) {
    TRACE(chain_link, .buffer = buf, .chain = chain, .after = after, .size = chain->buffer_len,
          .misalign = chain->misalign, .used = chain->off, .length = buf->total_len,
          .refs = chain->refcnt.load(std::memory_order_relaxed), .flags = chain->flags, .how = how);
    static_cast<void>(buf), static_cast<void>(chain), static_cast<void>(after);
    static_cast<void>(how);
}

}  // namespace

evbuffer_chain* evbuffer_chain_new(std::size_t size) {
    if (size > EVBUFFER_CHAIN_MAX - kHeader - kLargestGrownBlock) return nullptr;
    const std::size_t block = block_size(size);
    void* memory = mm_malloc(block);
    if (memory == nullptr) return nullptr;
    auto* chain = ::new (memory) evbuffer_chain;
    chain->buffer_len = block - kHeader;
    chain->buffer = static_cast<unsigned char*>(memory) + kHeader;
    if (block > kLargestKept) chain->flags = kChainLarge;
    return chain;
}

evbuffer_chain* evbuffer_chain_new_for(evbuffer* buf, std::size_t size) {
    evbuffer_chain* spare = buf->spare;
    if (spare == nullptr || spare->buffer_len < size) return evbuffer_chain_new(size);
    buf->spare = nullptr;
    return spare;
}

evbuffer_chain* evbuffer_chain_take_idle(evbuffer* buf) {
    const BufferLook look(buf);
    if (buf->total_len != 0) return nullptr;
    evbuffer_chain* chain = buf->first != nullptr ? buf->first : buf->spare;
    if (chain == nullptr || !chain->plain() || chain->buffer_len < EVBUFFER_MAX_READ)
        return nullptr;
    if (chain == buf->spare) return std::exchange(buf->spare, nullptr);
    BufferEdit::checkpoint(buf);
    return evbuffer_chain_unlink_first(buf);
}

std::size_t evbuffer_chain_next_size(const evbuffer_chain* before, std::size_t size) {
    if (before == nullptr || before->buffer_len + kHeader > kLargestGrownBlock) return size;
    return std::max(size,
                    std::min(2 * (before->buffer_len + kHeader), kLargestGrownBlock) - kHeader);
}

evbuffer_chain* evbuffer_chain_new_foreign(std::uint32_t flags, const void* data,
                                           std::size_t size) {
    void* memory = mm_malloc(kHeader + sizeof(ChainOwner));
    if (memory == nullptr) return nullptr;
    auto* chain = ::new (memory) evbuffer_chain;
    ::new (static_cast<void*>(chain + 1)) ChainOwner{};
    chain->flags = flags | kChainImmutable;
    chain->buffer_len = chain->off = size;
    // Never written to: the chain is immutable.
    chain->buffer = static_cast<unsigned char*>(const_cast<void*>(data));
    return chain;
}

void evbuffer_chain_make_immutable(evbuffer* buf, evbuffer_chain* chain) {
    if ((chain->flags & kChainImmutable) != 0) return;
    chain->flags |= kChainImmutable;
    chain->buffer_len = chain->misalign + chain->off;
    TRACE(chain_immutable, .buffer = buf, .chain = chain, .size = chain->buffer_len,
          .refs = chain->refcnt.load(std::memory_order_relaxed));
    static_cast<void>(buf);
}

evbuffer_chain* evbuffer_chain_share(evbuffer* buf, evbuffer_chain* chain, std::size_t skip,
                                     std::size_t size) {
    // A chain of chains of references would keep memory alive for ever: refer to where it lies.
    evbuffer_chain* source = (chain->flags & kChainShared) != 0 ? owner_of(chain).shared : chain;
    evbuffer_chain* shared = evbuffer_chain_new_foreign(kChainShared, chain->bytes() + skip, size);
    if (shared == nullptr) return nullptr;
    if ((chain->flags & kChainFile) != 0) {
        shared->flags = chain->flags;
        owner_of(shared).segment = evbuffer_file_segment_incref_(owner_of(chain).segment);
        if ((chain->flags & kChainSendfile) != 0) {
            shared->buffer = nullptr;
            shared->misalign = chain->misalign + skip;
            shared->buffer_len = shared->misalign + size;
        }
        return shared;
    }
    owner_of(shared).shared = source;
    source->refcnt.fetch_add(1, std::memory_order_relaxed);
    evbuffer_chain_make_immutable(buf, chain);
    return shared;
}

void evbuffer_chain_free(evbuffer_chain* chain) {
    // Who holds the only reference needs no atomic subtraction to drop it.
    if (chain->refcnt.load(std::memory_order_acquire) != 1 &&
        chain->refcnt.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
    ChainOwner owner{};
    const std::uint32_t flags = chain->flags;
    if ((flags & kChainForeign) != 0) owner = owner_of(chain);
    const unsigned char* data = chain->buffer;
    TRACE(chain_free, .chain = chain, .size = chain->buffer_len, .flags = flags);
    mm_free(chain);
    if ((flags & kChainShared) != 0) evbuffer_chain_free(owner.shared);
    if ((flags & kChainFile) != 0) evbuffer_file_segment_free(owner.segment);
    if ((flags & kChainReference) != 0 && owner.reference.cleanup != nullptr)
        owner.reference.cleanup(data, owner.reference.size, owner.reference.arg);
}

void evbuffer_chain_release(evbuffer* buf, evbuffer_chain* chain) {
    const bool tells_nobody =
        (chain->flags & kChainForeign) == 0 ||
        ((chain->flags & kChainReference) != 0 && owner_of(chain).reference.cleanup == nullptr);
    if (tells_nobody) return evbuffer_chain_free(chain);
    // In the order in which they leave: users' cleanup functions see that order.
    chain->next = nullptr;
    evbuffer_chain** end = &buf->doomed;
    while (*end != nullptr) end = &(*end)->next;
    *end = chain;
}

void evbuffer_free_doomed_(evbuffer* buf) {
    while (evbuffer_chain* chain = buf->doomed) {
        buf->doomed = chain->next;
        evbuffer_chain_free(chain);
    }
}

void evbuffer_chain_insert(evbuffer* buf, evbuffer_chain* chain,
                           evglass::trace::field::bytesfrom how) {
    evbuffer_free_trailing_empty_chains(buf);
    const evbuffer_chain* after = buf->last;
    (buf->last != nullptr ? buf->last->next : buf->first) = chain;
    chain->next = nullptr;
    buf->tail = buf->last = chain;
    buf->total_len += chain->off;
    buf->n_add_for_cb += chain->off;
    tell_link(buf, chain, after, how);
}

void evbuffer_chain_insert_empty(evbuffer* buf, evbuffer_chain* chain) {
    const evbuffer_chain* after = buf->last;
    (buf->last != nullptr ? buf->last->next : buf->first) = chain;
    chain->next = nullptr;
    buf->last = chain;
    if (buf->tail == nullptr) buf->tail = chain;
    tell_link(buf, chain, after, evglass::trace::field::bytesfrom::nowhere);
}

void evbuffer_chain_insert_front(evbuffer* buf, evbuffer_chain* chain,
                                 evglass::trace::field::bytesfrom how) {
    if (buf->total_len == 0) return evbuffer_chain_insert(buf, chain, how);
    chain->next = buf->first;
    buf->first = chain;
    buf->total_len += chain->off;
    buf->n_add_for_cb += chain->off;
    ++buf->layout;
    tell_link(buf, chain, nullptr, how);
}

void evbuffer_free_trailing_empty_chains(evbuffer* buf) {
    if (buf->tail == buf->last && buf->total_len != 0) return;
    evbuffer_chain* empty = nullptr;
    if (buf->total_len == 0) {
        empty = buf->first;
        buf->first = buf->tail = buf->last = nullptr;
    } else {
        empty = buf->tail->next;
        buf->tail->next = nullptr;
        buf->last = buf->tail;
    }
    while (empty != nullptr) {
        evbuffer_chain* next = empty->next;
        TRACE(chain_unlink, .buffer = buf, .chain = empty);
        if (buf->spare == nullptr && empty->plain()) {
            buf->spare = empty;
        } else {
            evbuffer_chain_free(empty);
        }
        empty = next;
    }
}

evbuffer_chain* evbuffer_chain_unlink_first(evbuffer* buf) {
    evbuffer_chain* chain = buf->first;
    buf->first = chain->next;
    if (buf->first == nullptr) buf->last = nullptr;
    if (buf->tail == chain) buf->tail = buf->first;
    chain->next = nullptr;
    TRACE(chain_unlink, .buffer = buf, .chain = chain);
    return chain;
}
