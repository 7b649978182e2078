// The queues are rings of indices that only grow: who writes a place moves the tail after it (a
// release store), who reads it loads the tail before it (an acquire load), and the other way round
// for the heads. The kernel does the same on its side.
#include "src/backend/uring_ring.h"

#include <errno.h>
#include <pthread.h>

#include <atomic>

#include "src/util/sys_io.h"
#include "src/util/sys_uring.h"

namespace {

constexpr unsigned kSubmissions = 256;
constexpr unsigned kCompletions = 4096;

unsigned load(const unsigned* shared) {
    return __atomic_load_n(shared, __ATOMIC_ACQUIRE);
}
void store(unsigned* shared, unsigned value) {
    __atomic_store_n(shared, value, __ATOMIC_RELEASE);
}

/// After a fork the child has the parent's memory, and with it the parent's queues.
std::atomic<unsigned> forks{0};

const void* this_thread() {
    static thread_local char place;
    return &place;
}

}  // namespace

bool UringRing::open() {
    static const int registered =
        pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
    if (registered != 0) {
        errno = registered;
        return false;
    }
    io_uring_params params{};
    params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_R_DISABLED |
                   IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
                   IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
    params.cq_entries = kCompletions;
    fd_ = sys::io_uring_setup(kSubmissions, &params, params.flags);
    if (fd_ < 0) return false;
    if (map(params)) return true;
    const int error = errno;
    close();
    errno = error;
    return false;
}

bool UringRing::map(const io_uring_params& params) {
    // Kernels that know the flags above map both rings in one.
    const std::size_t sq_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    const std::size_t cq_size = params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe);
    rings_size_ = sq_size > cq_size ? sq_size : cq_size;
    rings_ = sys::mmap_ring(rings_size_, fd_, IORING_OFF_SQ_RING);
    if (rings_ == nullptr) return false;
    sqes_size_ = params.sq_entries * sizeof(io_uring_sqe);
    sqes_ = static_cast<io_uring_sqe*>(sys::mmap_ring(sqes_size_, fd_, IORING_OFF_SQES));
    if (sqes_ == nullptr) return false;

    auto* bytes = static_cast<char*>(rings_);
    const auto at = [bytes](unsigned offset) {
        return reinterpret_cast<unsigned*>(bytes + offset);
    };
    sq_entries_ = params.sq_entries;
    sq_head_ = at(params.sq_off.head);
    sq_ktail_ = at(params.sq_off.tail);
    sq_flags_ = at(params.sq_off.flags);
    sq_tail_ = load(sq_ktail_);
    // Which request stands at which place of the queue: always its own.
    for (unsigned i = 0; i < sq_entries_; ++i) at(params.sq_off.array)[i] = i;
    cq_head_ = at(params.cq_off.head);
    cq_tail_ = at(params.cq_off.tail);
    cq_mask_ = params.cq_entries - 1;
    cqes_ = reinterpret_cast<io_uring_cqe*>(bytes + params.cq_off.cqes);
    return true;
}

void UringRing::close() {
    if (sqes_ != nullptr) sys::munmap(sqes_, sqes_size_);
    if (rings_ != nullptr) sys::munmap(rings_, rings_size_);
    if (fd_ >= 0) sys::close(fd_);
    sqes_ = nullptr;
    rings_ = nullptr;
    fd_ = -1;
    owner_ = nullptr;
}

bool UringRing::enable() {
    if (sys::io_uring_register(fd_, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) < 0) return false;
    owner_ = this_thread();
    forks_ = forks.load(std::memory_order_relaxed);
    return true;
}

bool UringRing::is_mine() const {
    return owner_ == this_thread() && forks_ == forks.load(std::memory_order_relaxed);
}

io_uring_sqe* UringRing::get_sqe() {
    if (sq_tail_ - load(sq_head_) >= sq_entries_) return nullptr;
    io_uring_sqe* sqe = &sqes_[sq_tail_++ & (sq_entries_ - 1)];
    *sqe = io_uring_sqe{};
    return sqe;
}

int UringRing::enter(unsigned min_complete, const timespec* timeout) {
    store(sq_ktail_, sq_tail_);
    return sys::io_uring_enter(fd_, sq_tail_ - load(sq_head_), min_complete, IORING_ENTER_GETEVENTS,
                               timeout);
}

bool UringRing::has_requests() const {
    return sq_tail_ != load(sq_head_);
}

unsigned UringRing::ready() const {
    return load(cq_tail_) - *cq_head_;
}

io_uring_cqe UringRing::take() {
    const unsigned head = *cq_head_;
    const io_uring_cqe cqe = cqes_[head & cq_mask_];
    store(cq_head_, head + 1);
    return cqe;
}

bool UringRing::has_work() const {
    return (load(sq_flags_) & IORING_SQ_TASKRUN) != 0;
}

bool UringRing::has_more() const {
    return (load(sq_flags_) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;
}
