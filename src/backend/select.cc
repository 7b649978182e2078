// The select backend: one bit for each fd, in three arrays that go to the kernel and come back with
// only the ready bits set. The oldest way, and the same everywhere.
//
// A fixed fd_set ends at FD_SETSIZE (1024). The kernel has no such limit: it reads as many bits as
// the first argument says. So the arrays here are our own, and grow with the highest fd.
// Read next: poll.cc, which lists fds instead of marking bits.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/select.h>

#include <algorithm>

#include "src/backend/ready.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

namespace {

using Word = unsigned long;
constexpr int kBits = static_cast<int>(8 * sizeof(Word));
constexpr int kFirstWords = 1024 / kBits;

/// What is wanted (in) and where the kernel answers (out), for reading and for writing.
struct selectop {
    int maxfd;  ///< highest fd that is wanted, -1 for none
    int words;
    int out_words;
    Word* readset_in;
    Word* writeset_in;
    Word* readset_out;
    Word* writeset_out;
};

void* select_init(event_base* base) {
    TRACE_CALL(base);
    auto* op = mm_new<selectop>();
    if (op == nullptr) return nullptr;
    op->maxfd = -1;
    if (evsig_init_(base) == 0) return op;
    mm_delete(op);
    return nullptr;
}

bool is_set(const Word* set, int fd) {
    return (set[fd / kBits] >> (fd % kBits) & 1) != 0;
}
void set_bit(Word* set, int fd) {
    set[fd / kBits] |= Word{1} << (fd % kBits);
}
void clear_bit(Word* set, int fd) {
    set[fd / kBits] &= ~(Word{1} << (fd % kBits));
}

/// Both arrays of a pair, or none of them, reach `n` words. Tails are zeroed.
bool grow_pair(Word*& a, Word*& b, int& words, int n) {
    const auto from = static_cast<std::size_t>(words);
    const auto to = static_cast<std::size_t>(n);
    if (!mm_grow(a, from, to) || !mm_grow(b, from, to)) return false;
    words = n;
    return true;
}

int select_add(event_base* base, evutil_socket_t fd, short, short events, void*) {
    TRACE_CALL(base);
    auto* op = static_cast<selectop*>(base->evbase);
    if (fd / kBits >= op->words) {
        int n = std::max(op->words, kFirstWords);
        while (n <= fd / kBits) n *= 2;
        if (!grow_pair(op->readset_in, op->writeset_in, op->words, n)) return -1;
    }
    op->maxfd = std::max(op->maxfd, fd);
    if ((events & EV_READ) != 0) set_bit(op->readset_in, fd);
    if ((events & EV_WRITE) != 0) set_bit(op->writeset_in, fd);
    return 0;
}

/// A lower maximum saves the kernel work at each call.
void lower_maxfd(selectop* op) {
    while (op->maxfd >= 0 && !is_set(op->readset_in, op->maxfd) &&
           !is_set(op->writeset_in, op->maxfd)) {
        --op->maxfd;
    }
}

int select_del(event_base* base, evutil_socket_t fd, short, short events, void*) {
    TRACE_CALL(base);
    auto* op = static_cast<selectop*>(base->evbase);
    if (fd > op->maxfd) return 0;
    if ((events & EV_READ) != 0) clear_bit(op->readset_in, fd);
    if ((events & EV_WRITE) != 0) clear_bit(op->writeset_in, fd);
    lower_maxfd(op);
    return 0;
}

void copy_sets(selectop* op) {
    const auto bytes = static_cast<std::size_t>(op->words) * sizeof(Word);
    if (bytes == 0) return;
    memcpy(op->readset_out, op->readset_in, bytes);
    memcpy(op->writeset_out, op->writeset_in, bytes);
}

int call_select(const selectop* op, int nfds, const timeval* tv) {
    // select may write the rest of the wait into its timeout.
    timeval wait = tv == nullptr ? timeval{} : *tv;
    // Longer waits are refused by some kernels; one more turn a month is cheap.
    constexpr long kMaxSeconds = 31L * 24 * 60 * 60;
    wait.tv_sec = std::clamp(wait.tv_sec, 0L, kMaxSeconds);
    return sys::select(nfds, op->readset_out, op->writeset_out, nullptr,
                       tv == nullptr ? nullptr : &wait);
}

/// select says EBADF for the whole set: finds the fds that are not open, which are lost.
void drop_closed_fds(event_base* base, selectop* op) {
    for (int fd = 0; fd <= op->maxfd; ++fd) {
        if (!is_set(op->readset_in, fd) && !is_set(op->writeset_in, fd)) continue;
        if (sys::fcntl(fd, F_GETFD, 0) >= 0 || errno != EBADF) continue;
        clear_bit(op->readset_in, fd);
        clear_bit(op->writeset_in, fd);
        evmap_io_lost_(base, fd, EBADF);
    }
    lower_maxfd(op);
}

int select_dispatch(event_base* base, const timeval* tv) {
    TRACE_CALL(base);
    auto* op = static_cast<selectop*>(base->evbase);
    if (op->out_words < op->words &&
        !grow_pair(op->readset_out, op->writeset_out, op->out_words, op->words)) {
        return -1;
    }
    copy_sets(op);
    const int nfds = op->maxfd + 1;
    int ready = 0;
    {
        const BaseUnlock unlocked(base);
        ready = call_select(op, nfds, tv);
    }
    if (ready < 0) {
        if (errno == EINTR) return 0;
        if (errno == EBADF) {
            drop_closed_fds(base, op);
            return 0;
        }
        event_warn("select");
        return -1;
    }
    for (int fd = 0; fd < nfds && ready > 0; ++fd) {
        const short events = static_cast<short>((is_set(op->readset_out, fd) ? EV_READ : 0) |
                                                (is_set(op->writeset_out, fd) ? EV_WRITE : 0));
        if (events != 0) evmap_ready(base, fd, events);
    }
    return 0;
}

void select_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    auto* op = static_cast<selectop*>(base->evbase);
    mm_free(op->readset_in);
    mm_free(op->writeset_in);
    mm_free(op->readset_out);
    mm_free(op->writeset_out);
    mm_delete(op);
}

}  // namespace

extern const eventop selectops;
const eventop selectops = {
    .name = "select",
    .init = select_init,
    .add = select_add,
    .del = select_del,
    .dispatch = select_dispatch,
    .dealloc = select_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_FDS,
    .on_request = false,
    .fdinfo_len = 0,
    .write_keyframe = nullptr,
};
