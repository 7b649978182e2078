// The inside of an evbuffer: a queue of bytes in a list of chains, and what the library's own parts
// may do with one. Functions keep libevent's names where accounts of libevent walk through them.
// Nothing here is for users: theirs is <event2/buffer.h>.
// Read next: chain.h (one chain), edit.cc (add, drain, remove), move.cc, io.cc.
#pragma once

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/event_struct.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "src/buffer/chain.h"
#include "src/util/threads.h"
#include "trace/probe.h"

struct bufferevent;
struct event_base;

/// A callback's entry. It stays in the list, dead, while callbacks run: the walk goes on from it.
struct evbuffer_cb_entry {
    evbuffer_cb_entry* next = nullptr;
    evbuffer_cb_func cb = nullptr;
    evbuffer_cb old_cb = nullptr;  ///< in place of cb: an entry of evbuffer_setcb
    void* arg = nullptr;
    ev_uint32_t flags = 0;  ///< EVBUFFER_CB_ENABLED, kCallbackNoDefer, kCallbackForAdded
    bool dead = false;      ///< removed while callbacks run; freed when the last walk ends
};

/// A callback that runs at once although the buffer's callbacks are deferred.
inline constexpr ev_uint32_t kCallbackNoDefer = 2;
/// A callback of the library's own, which is not called where bytes only left.
inline constexpr ev_uint32_t kCallbackForAdded = 0x10000;

/// How a buffer keeps its owner's lock and memory alive while a deferred callback waits.
struct evbuffer_parent_ops {
    void (*hold)(bufferevent*);
    void (*release)(bufferevent*);
};

/// Reasons against the short way through add and remove: one test decides. It comes before any
/// other look at the buffer, because a buffer with a lock may be another thread's just now.
enum BufferSlow : std::uint8_t {
    kSlowLock = 1,
    kSlowFrontFrozen = 2,
    kSlowBackFrozen = 4,
    kSlowCallbacks = 8,
};

/// Bytes in a list of chains.
/// Invariants, checked by evbuffer_assert_ok_:
///  1. first, last and tail are all null or none is; last is the end of first's list.
///  2. total_len is the sum of the chains' off.
///  3. tail is the last chain with bytes; if there are no bytes, tail is first. So the bytes of an
///     add go to tail, and every chain behind tail is empty and writable.
///  4. No chain before tail is empty.
///  5. An immutable chain ends where its bytes end: it has no room.
///  6. slow says exactly what lock, freezes and callbacks say.
/// Thread rule: everything is guarded by `lock`; without one, one thread at a time. The reference
/// counts of chains are atomic, because buffers with different locks may share them.
/// Lifetime: refcnt counts the owner, a scheduled deferred callback, and callbacks that run now.
struct evbuffer {
    bool is_slow(unsigned reasons) const {
        return (slow.load(std::memory_order_relaxed) & reasons) != 0;
    }
    void set_slow(unsigned reason, bool on) {
        const unsigned others = slow.load(std::memory_order_relaxed) & ~reason;
        slow.store(static_cast<std::uint8_t>(others | (on ? reason : 0)),
                   std::memory_order_relaxed);
    }

    // --- what every operation touches ---
    evbuffer_chain* first = nullptr;
    evbuffer_chain* tail = nullptr;
    evbuffer_chain* last = nullptr;
    std::size_t total_len = 0;
    evbuffer_chain* doomed = nullptr;   ///< unlinked; freed when the operation ends
    evbuffer_chain* spare = nullptr;    ///< unlinked, plain and empty: for the next that is needed
    std::atomic<std::uint8_t> slow{0};  ///< BufferSlow bits; who has no lock yet asks it first
    bool own_lock = false;
    bool deferred_cbs = false;
    std::uint32_t layout = 0;  ///< counts changes that move positions; see src/buffer/position.h
    void* lock = nullptr;
    int refcnt = 1;
    int running = 0;                  ///< callbacks of this buffer on the stack
    bool has_dead_callbacks = false;  ///< some of them were removed meanwhile
    ev_uint64_t flags = 0;            ///< EVBUFFER_FLAG_*
    std::size_t read_hint = 0;        ///< how much the last reads brought; see io.cc

    // --- callbacks ---
    std::size_t n_add_for_cb = 0;  ///< since callbacks ran last
    std::size_t n_del_for_cb = 0;
    evbuffer_cb_entry* callbacks = nullptr;  ///< the newest first
    event_base* cb_queue = nullptr;          ///< whose loop runs deferred callbacks
    event_callback deferred{};
    bufferevent* parent = nullptr;
    bufferevent* deferred_parent = nullptr;  ///< held for the scheduled deferred callback
    const evbuffer_parent_ops* parent_ops = nullptr;

    // --- the trace ---
    const void* creator = nullptr;  ///< the code that made it
    ev_uint64_t trace_stamp = 0;    ///< travels with the lock from thread to thread
    evglass::trace::KeyframeMark keyframe;
};

// --- lifetime and locks: evbuffer.cc ---
/// evbuffer_new for the library's own use; `creator` is the code that is told to have made it.
evbuffer* evbuffer_new_(const void* creator);
void evbuffer_incref_(evbuffer* buf);
void evbuffer_incref_and_lock_(evbuffer* buf);
/// Drops a reference and the lock; frees the buffer if it was the last one.
void evbuffer_decref_and_unlock_(evbuffer* buf);
/// The bufferevent whose lock and life this buffer shares; null: none.
void evbuffer_set_parent_(evbuffer* buf, bufferevent* parent, const evbuffer_parent_ops* ops);

inline void EVBUFFER_LOCK(evbuffer* buf) {
    if (buf->lock == nullptr) return;
    evlock_lock_slow(buf->lock);
    evglass::trace::clock_join(buf->trace_stamp);
}
inline void EVBUFFER_UNLOCK(evbuffer* buf) {
    if (buf->lock == nullptr) return;
    evglass::trace::clock_publish(buf->trace_stamp);
    evlock_unlock_slow(buf->lock);
}

/// evbuffer_get_length, without a call where there is no lock.
inline std::size_t evbuffer_length_(const evbuffer* buf) {
    return buf->lock == nullptr ? buf->total_len : evbuffer_get_length(buf);
}

// --- callbacks.cc ---
/// Tells the callbacks what changed since they were told last. With the lock held. The buffer may
/// be gone afterwards unless the caller has a reference.
void evbuffer_invoke_callbacks_(evbuffer* buf);
/// The end of an operation where users' functions must be called: cleanup functions, then
/// callbacks. Gives the lock back; the buffer may be gone.
void evbuffer_end_edit_(evbuffer* buf);

// --- io.cc: for a bufferevent, which owns the buffer's frozen end ---
/// Reads once, without asking how much is there: at most `most` bytes, even where the end is
/// frozen. Returns the count, 0 at the end of the stream, -1 and errno.
ev_ssize_t evbuffer_read_(evbuffer* buf, evutil_socket_t fd, std::size_t most);
/// Writes once, at most `most` bytes, even where the front is frozen. Returns the count, or -1 and
/// errno; 0 if the buffer was empty.
ev_ssize_t evbuffer_write_(evbuffer* buf, evutil_socket_t fd, std::size_t most);

// --- reserve.cc: room behind the bytes ---
/// Makes room for `size` bytes in at most `max_chains` chains from tail on. 0 or -1.
int evbuffer_expand_fast_(evbuffer* buf, std::size_t size, int max_chains);
/// One chain with room for `size` bytes in one piece, behind all bytes; null on failure.
evbuffer_chain* evbuffer_expand_singlechain(evbuffer* buf, std::size_t size);

/// Fills in where the room is that expand_fast_ made. Returns how many vectors.
int evbuffer_read_setup_vecs_(evbuffer* buf, ev_ssize_t size, evbuffer_iovec* vecs, int n_vecs);
/// Room that was filled becomes bytes. 0; -1 if a vector is none that was lent out.
int evbuffer_commit_(evbuffer* buf, const evbuffer_iovec* vec, int n_vec,
                     evglass::trace::field::bytesfrom how);

// --- edit.cc: without lock, freeze test, and callbacks ---
/// Moves the tail's bytes to its front, if that makes room for `size` more and is cheap.
bool evbuffer_realign_(evbuffer* buf, std::size_t size);
/// Appends a copy. False on failure: nothing has changed.
[[nodiscard]] bool evbuffer_append_(evbuffer* buf, const void* data, std::size_t size);
/// Drops bytes from the front; size is at most total_len.
void evbuffer_drop_(evbuffer* buf, std::size_t size);
/// Bytes are in the room of `chain` now: counts them. The chain is the tail from now on.
void evbuffer_added_(evbuffer* buf, evbuffer_chain* chain, std::size_t size,
                     evglass::trace::field::bytesfrom how);

// --- watching itself ---
/// Every invariant above; aborts on the first that does not hold.
void evbuffer_assert_ok_(const evbuffer* buf);
/// Before the first record of a buffer that a new keyframe generation doesn't know: its whole
/// state.
void evbuffer_tell_state_(evbuffer* buf);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(EVGLASS_VERIFY)
inline constexpr bool kVerifyBuffers = true;
#else
inline constexpr bool kVerifyBuffers = false;
#endif

/// Holds the lock for one operation on a buffer. When it ends, and everything is consistent, the
/// callbacks are told; they may edit the buffer or free it.
class BufferEdit {
 public:
    explicit BufferEdit(evbuffer* buf) : buf_(buf) {
        EVBUFFER_LOCK(buf);
        checkpoint(buf);
    }
    ~BufferEdit() { end(buf_); }
    BufferEdit(const BufferEdit&) = delete;
    BufferEdit& operator=(const BufferEdit&) = delete;

    /// Before the first record of an operation.
    static void checkpoint(evbuffer* buf) {
        if (evglass::trace::enabled(evglass::trace::Category::buffer)) [[unlikely]]
            evbuffer_tell_state_(buf);
    }
    /// After the last change: tells whoever must be told, and gives the lock back.
    static void end(evbuffer* buf) {
        if constexpr (kVerifyBuffers) evbuffer_assert_ok_(buf);
        if (buf->is_slow(kSlowCallbacks) || buf->doomed != nullptr) [[unlikely]]
            return evbuffer_end_edit_(buf);
        buf->n_add_for_cb = buf->n_del_for_cb = 0;
        EVBUFFER_UNLOCK(buf);
    }

 private:
    evbuffer* buf_;
};

/// Holds the lock and the buffer over several operations, each of which may run callbacks.
class BufferHold {
 public:
    explicit BufferHold(evbuffer* buf) : buf_(buf) { evbuffer_incref_and_lock_(buf); }
    ~BufferHold() { evbuffer_decref_and_unlock_(buf_); }
    BufferHold(const BufferHold&) = delete;
    BufferHold& operator=(const BufferHold&) = delete;

 private:
    evbuffer* buf_;
};

/// Two buffers in one operation. They are locked in the order of their addresses, so that two
/// threads can't each wait for the other. At the end the callbacks of `first` run first.
class TwoBufferEdit {
 public:
    TwoBufferEdit(evbuffer* first, evbuffer* second);
    ~TwoBufferEdit();
    TwoBufferEdit(const TwoBufferEdit&) = delete;
    TwoBufferEdit& operator=(const TwoBufferEdit&) = delete;
    /// Changes whose callbacks run first.
    void swap_order() { std::swap(first_, second_); }

 private:
    evbuffer* first_;
    evbuffer* second_;
};

/// Holds the lock to look at a buffer.
class BufferLook {
 public:
    explicit BufferLook(const evbuffer* buf) : buf_(const_cast<evbuffer*>(buf)) {
        EVBUFFER_LOCK(buf_);
    }
    ~BufferLook() { EVBUFFER_UNLOCK(buf_); }
    BufferLook(const BufferLook&) = delete;
    BufferLook& operator=(const BufferLook&) = delete;

 private:
    evbuffer* buf_;
};
