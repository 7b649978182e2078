// A loop on io_uring(7), by hand: requests go into a ring of memory that is shared with the kernel,
// completions come out of another. One poll request for each descriptor stays and completes at each
// arrival (a multishot poll), so it tells like an edge. One system call hands over all changes and
// waits. The library's own, with all that a library must cope with: src/backend/io_uring.cc.
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "lessons/lab/calls.h"
#include "lessons/lab/deadlines.h"
#include "lessons/lab/mechanism.h"
#include "lessons/lab/registrations.h"

namespace lab {
namespace {

constexpr unsigned kSubmissions = 256;
constexpr unsigned kCompletions = 16384;

unsigned load(const unsigned* shared) {
    return __atomic_load_n(shared, __ATOMIC_ACQUIRE);
}
void store(unsigned* shared, unsigned value) {
    __atomic_store_n(shared, value, __ATOMIC_RELEASE);
}

/// Both queues. Who writes a place moves the tail after it; who reads it moves the head.
class Rings {
 public:
    Rings() {
        io_uring_params params{};
        params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
                       IORING_SETUP_DEFER_TASKRUN;
        params.cq_entries = kCompletions;
        fd_ = told::io_uring_setup(kSubmissions, &params);
        if (fd_ >= 0) map(params);
    }
    ~Rings() {
        if (fd_ < 0) return;
        munmap(sqes_, kSubmissions * sizeof(io_uring_sqe));
        munmap(memory_, size_);
        told::close(fd_);
    }
    Rings(const Rings&) = delete;
    Rings& operator=(const Rings&) = delete;

    bool open() const { return fd_ >= 0; }

    /// A request to fill in; a full queue is handed over first.
    io_uring_sqe& request() {
        if (tail_ - load(sq_head_) >= kSubmissions) enter(0, nullptr);
        io_uring_sqe& sqe = sqes_[tail_++ & (kSubmissions - 1)];
        sqe = io_uring_sqe{};
        return sqe;
    }
    /// Hands over all requests, and waits for so many completions.
    void enter(unsigned completions, const timespec* timeout) {
        store(sq_tail_, tail_);
        const unsigned requests = tail_ - load(sq_head_);
        if (told::io_uring_enter(fd_, requests, completions, IORING_ENTER_GETEVENTS, timeout) < 0 &&
            errno != EINTR && errno != ETIME)
            give_up("io_uring_enter");
    }
    bool take(io_uring_cqe& out) {
        const unsigned head = *cq_head_;
        if (head == load(cq_tail_)) return false;
        out = cqes_[head & (kCompletions - 1)];
        store(cq_head_, head + 1);
        return true;
    }

 private:
    void map(const io_uring_params& params) {
        size_ = std::max(params.sq_off.array + params.sq_entries * sizeof(unsigned),
                         params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe));
        constexpr int kHow = MAP_SHARED | MAP_POPULATE;
        constexpr int kBoth = PROT_READ | PROT_WRITE;
        memory_ = mmap(nullptr, size_, kBoth, kHow, fd_, IORING_OFF_SQ_RING);
        void* sqes =
            mmap(nullptr, kSubmissions * sizeof(io_uring_sqe), kBoth, kHow, fd_, IORING_OFF_SQES);
        if (memory_ == MAP_FAILED || sqes == MAP_FAILED) give_up("mmap of the rings");
        sqes_ = static_cast<io_uring_sqe*>(sqes);
        const auto at = [this](unsigned offset) {
            return reinterpret_cast<unsigned*>(static_cast<char*>(memory_) + offset);
        };
        sq_head_ = at(params.sq_off.head);
        sq_tail_ = at(params.sq_off.tail);
        cq_head_ = at(params.cq_off.head);
        cq_tail_ = at(params.cq_off.tail);
        cqes_ = reinterpret_cast<io_uring_cqe*>(at(params.cq_off.cqes));
        for (unsigned i = 0; i < kSubmissions; ++i) at(params.sq_off.array)[i] = i;
    }

    int fd_ = -1;
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    io_uring_sqe* sqes_ = nullptr;
    io_uring_cqe* cqes_ = nullptr;
    unsigned* sq_head_ = nullptr;
    unsigned* sq_tail_ = nullptr;
    unsigned* cq_head_ = nullptr;
    unsigned* cq_tail_ = nullptr;
    unsigned tail_ = 0;
};

class RawUring final : public Mechanism {
 public:
    bool add(int fd, int what, int timeout_ms) override {
        if (!rings_.open())
            return refuse(std::string("this kernel gives no ring: ") + std::strerror(errno));
        const auto at = static_cast<std::size_t>(fd);
        if (at >= watched_.size()) watched_.resize(at + 1);
        watched_[at] = what;
        ask(fd);
        deadlines_.restart(fd, timeout_ms);
        return true;
    }
    void change(int fd, int what) override {
        take_back(fd);
        watched_[static_cast<std::size_t>(fd)] = what;
        ask(fd);
    }
    void remove(int fd) override {
        take_back(fd);
        deadlines_.stop(fd);
        // The request holds the file open: it must be gone before a close() can close.
        rings_.enter(0, nullptr);
    }

    int turn(Handler& handler, bool may_sleep) override {
        const int wait = deadlines_.wait_ms();
        const timespec time{wait / 1000, wait % 1000 * 1000000L};
        rings_.enter(may_sleep ? 1 : 0, wait < 0 || !may_sleep ? nullptr : &time);
        int ready = 0;
        for (io_uring_cqe done{}; rings_.take(done); ++completions_) {
            if (done.user_data == kNobody || !registrations_.is_current(done.user_data)) continue;
            const int fd = Registrations::fd_of(done.user_data);
            if ((done.flags & IORING_CQE_F_MORE) == 0) ask(fd);  // the kernel let go of it
            ++ready;
            deadlines_.touch(fd);
            handler.on_ready(fd, ((done.res & POLLOUT) != 0 ? kWrite : 0) |
                                     ((done.res & ~POLLOUT) != 0 ? kRead : 0));
        }
        for (int fd = deadlines_.expired(); fd >= 0; fd = deadlines_.expired())
            handler.on_ready(fd, 0);
        return ready;
    }
    bool edge() const override { return true; }
    long completions() const override { return completions_; }

 private:
    static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

    void ask(int fd) {
        const int what = watched_[static_cast<std::size_t>(fd)];
        io_uring_sqe& sqe = rings_.request();
        sqe.opcode = IORING_OP_POLL_ADD;
        sqe.fd = fd;
        sqe.len = IORING_POLL_ADD_MULTI;
        sqe.poll32_events = ((what & kRead) != 0 ? unsigned{POLLIN} : 0U) |
                            ((what & kWrite) != 0 ? unsigned{POLLOUT} : 0U);
        sqe.user_data = registrations_.name(fd);
    }
    void take_back(int fd) {
        io_uring_sqe& sqe = rings_.request();
        sqe.opcode = IORING_OP_POLL_REMOVE;
        sqe.fd = -1;
        sqe.addr = registrations_.name(fd);
        sqe.user_data = kNobody;
        registrations_.end(fd);  // it may still complete once
    }

    Rings rings_;
    std::vector<int> watched_;  ///< what for, by descriptor
    Registrations registrations_;
    Deadlines deadlines_;
    long completions_ = 0;
};

}  // namespace

std::unique_ptr<Mechanism> make_raw_uring(std::string_view) {
    return std::make_unique<RawUring>();
}

}  // namespace lab
