// A ring of io_uring: two queues in memory that a program shares with the kernel. Requests go in
// through one, completions come out of the other; one system call hands over any number of both.
//
// Why not through liburing: its submit functions call the kernel themselves, and here every call
// goes through the seam (src/util/sys.h), to be told and to be made to fail.
// Thread rule: the ring belongs to the thread that enabled it, in the process that did. The kernel
// then needs no locks, and does a completion's work only when that thread asks for completions.
// It knows nothing of polls and events: that is io_uring.cc. Read next: uring_ring.cc.
#pragma once

#include <linux/io_uring.h>

#include <cstddef>
#include <cstdint>

struct timespec;

class UringRing {
 public:
    UringRing() = default;
    ~UringRing() { close(); }
    UringRing(const UringRing&) = delete;
    UringRing& operator=(const UringRing&) = delete;

    /// Makes the ring; nobody owns it yet. False with errno where the kernel refuses (it must be
    /// 6.1 or newer, and may be told to refuse): nothing is open then.
    bool open();
    void close();
    /// The calling thread becomes the owner. REQUIRES: open, no owner yet.
    bool enable();
    /// May the calling thread use the queues?
    bool is_mine() const;
    /// Nobody owns it any more: the kernel said that the caller is not the owner.
    void disown() { owner_ = nullptr; }

    /// Room for one request, zeroed. Null: the queue is full; enter() empties it.
    io_uring_sqe* get_sqe();
    /// Hands the requests over, and waits for `min_complete` completions, at most for `timeout`
    /// (null: for ever). Without the base's lock where it may sleep. -1 with errno: ETIME, EINTR
    /// and EEXIST (another thread owns it) are among them.
    int enter(unsigned min_complete, const timespec* timeout);

    /// Requests that enter() will hand over?
    bool has_requests() const;
    /// Completions that are waiting here.
    unsigned ready() const;
    /// The oldest completion, out of the queue. REQUIRES: ready() != 0.
    io_uring_cqe take();
    /// Has the kernel put work off until it is entered again?
    bool has_work() const;
    /// Does the kernel hold completions back, for want of room or until it is asked again?
    bool has_more() const;

 private:
    bool map(const io_uring_params& params);

    int fd_ = -1;
    const void* owner_ = nullptr;  ///< a place that only the owner's thread has
    unsigned forks_ = 0;           ///< how often this process was forked off when it was enabled

    void* rings_ = nullptr;
    std::size_t rings_size_ = 0;
    io_uring_sqe* sqes_ = nullptr;
    std::size_t sqes_size_ = 0;

    unsigned sq_entries_ = 0;
    unsigned sq_tail_ = 0;  ///< ours; the kernel sees it at enter()
    unsigned* sq_head_ = nullptr;
    unsigned* sq_ktail_ = nullptr;
    unsigned* sq_flags_ = nullptr;
    unsigned* cq_head_ = nullptr;
    unsigned* cq_tail_ = nullptr;
    unsigned cq_mask_ = 0;
    io_uring_cqe* cqes_ = nullptr;
};
