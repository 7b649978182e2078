// One chain of an evbuffer: a block of memory with bytes in it, and who owns that memory.
// The list of a buffer's chains is changed only by the functions below, so that invariants and
// trace records have one place.
// Read next: chain.cc, evbuffer.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "trace/probe.h"

struct evbuffer;
struct evbuffer_file_segment;

/// A chain is at most this large, so that sizes fit ev_ssize_t and off_t.
inline constexpr std::size_t EVBUFFER_CHAIN_MAX = SIZE_MAX / 2;

/// What evbuffer_read reads at most, and a bufferevent until it knows its peer.
inline constexpr std::size_t EVBUFFER_MAX_READ = 4096;

/// What a chain's memory is (trace: chainflags).
enum ChainFlags : std::uint32_t {
    kChainImmutable = 1,  ///< bytes may not be changed, and none may be added
    kChainReference = 2,  ///< a user's memory, with a function to call when it is no longer used
    kChainFile = 4,       ///< a part of a file segment
    kChainSendfile =
        8,              ///< of its bytes only the place in the file is known: misalign is an offset
    kChainShared = 16,  ///< bytes of another chain, which it holds a reference to
    kChainLarge = 32,   ///< too large to be kept for later when it is empty
    /// Any kind of memory that is not the chain's own.
    kChainForeign = kChainReference | kChainFile | kChainShared,
};

/// buffer[misalign .. misalign+off) are bytes; what lies behind is room. A chain of another's
/// memory has a ChainOwner behind it, else the memory. Invariant: misalign + off <= buffer_len,
/// with equality if it is immutable.
struct evbuffer_chain {
    evbuffer_chain* next = nullptr;
    std::size_t buffer_len = 0;
    std::size_t misalign = 0;              ///< unused bytes in front: what was drained
    std::size_t off = 0;                   ///< bytes
    std::uint32_t flags = 0;               ///< ChainFlags
    std::atomic<std::uint32_t> refcnt{1};  ///< its buffer, and chains that share its bytes
    unsigned char* buffer = nullptr;

    std::size_t room() const { return buffer_len - misalign - off; }
    unsigned char* bytes() const { return buffer + misalign; }
    unsigned char* space() const { return buffer + misalign + off; }
    bool readable() const { return (flags & kChainSendfile) == 0; }
    bool writable() const { return (flags & kChainImmutable) == 0; }
    /// Small, and its own memory, so that it is kept when its last byte goes.
    bool plain() const { return flags == 0; }
};

/// What stands behind a chain of another's memory: by the chain's flags, one of these.
union ChainOwner {
    struct {
        void (*cleanup)(const void* data, std::size_t size, void* arg);
        void* arg;
        std::size_t size;  ///< of the whole memory, however much was drained
    } reference;
    evbuffer_file_segment* segment;
    evbuffer_chain* shared;
};

inline ChainOwner& owner_of(evbuffer_chain* chain) {
    return *reinterpret_cast<ChainOwner*>(chain + 1);
}

/// A chain with room for at least `size` bytes; null on failure.
evbuffer_chain* evbuffer_chain_new(std::size_t size);
/// The same for a buffer, which may have an unused chain aside.
evbuffer_chain* evbuffer_chain_new_for(evbuffer* buf, std::size_t size);
/// Out of an empty buffer: a chain into which a read fits, to serve another buffer; null if it has
/// none.
evbuffer_chain* evbuffer_chain_take_idle(evbuffer* buf);
/// How large a chain should follow `before`, when at least `size` bytes are to be added.
std::size_t evbuffer_chain_next_size(const evbuffer_chain* before, std::size_t size);
/// A chain of `size` bytes at `data` that belong to someone else; the caller fills in its owner.
evbuffer_chain* evbuffer_chain_new_foreign(std::uint32_t flags, const void* data, std::size_t size);
/// A chain for `size` of the bytes of `chain`, from `skip` on, which shares them without copying.
/// From now on `chain` is immutable. Null on failure.
evbuffer_chain* evbuffer_chain_share(evbuffer* buf, evbuffer_chain* chain, std::size_t skip,
                                     std::size_t size);
/// Drops one reference; with the last one the memory goes, and its owner is told.
/// A user's cleanup function runs here: never call it in the middle of a change.
void evbuffer_chain_free(evbuffer_chain* chain);
/// Frees an unlinked chain: at once, or if somebody must be told of it, when the operation on the
/// buffer ends.
void evbuffer_chain_release(evbuffer* buf, evbuffer_chain* chain);
/// Frees the chains that wait for the end of an operation. Cleanup functions run.
void evbuffer_free_doomed_(evbuffer* buf);
/// From now on its bytes stay as they are, and it has no room.
void evbuffer_chain_make_immutable(evbuffer* buf, evbuffer_chain* chain);

/// Links a chain and its bytes in at the end, in place of the empty chains there.
void evbuffer_chain_insert(evbuffer* buf, evbuffer_chain* chain,
                           evglass::trace::field::bytesfrom how);
/// Links an empty chain in as the last one, behind those that have room already.
void evbuffer_chain_insert_empty(evbuffer* buf, evbuffer_chain* chain);
/// Links a chain and its bytes in at the front.
void evbuffer_chain_insert_front(evbuffer* buf, evbuffer_chain* chain,
                                 evglass::trace::field::bytesfrom how);
/// Unlinks the empty chains behind `tail` (and tail, if it is empty too) and frees them.
void evbuffer_free_trailing_empty_chains(evbuffer* buf);
/// Unlinks the first chain, whose bytes are gone. The caller frees it.
evbuffer_chain* evbuffer_chain_unlink_first(evbuffer* buf);
