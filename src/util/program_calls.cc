// System calls of the program itself, through the seam of the loop's (sys.h), so that a trace shows
// both. It adds no behaviour: each function makes its call and tells of it at the caller's place.
// Read next: event2/evglass_sys.h (the contract), lessons/wire/wire.cc (who calls).
#include <event2/event.h>
#include <event2/evglass_sys.h>

#include "src/util/sys.h"
#include "src/util/sys_io.h"

namespace {

/// The place of a call; by the way, the recording begins where nobody made an event_base yet.
sys::Where place(evglass_at at) {
    evglass::trace::init_from_environment();
    if (at == nullptr) return {"", "", 0};
    return {at->file, at->function, at->line};
}

/// The EV_ bits that an epoll mask watches for.
short what_of(const epoll_event* event) {
    if (event == nullptr) return 0;
    short what = 0;
    if ((event->events & (EPOLLIN | EPOLLPRI)) != 0) what |= EV_READ;
    if ((event->events & EPOLLOUT) != 0) what |= EV_WRITE;
    if ((event->events & EPOLLRDHUP) != 0) what |= EV_CLOSED;
    if ((event->events & EPOLLET) != 0) what |= EV_ET;
    return what;
}

constexpr int kMostEntries = 256;  // of one call; a trace is not for benchmarks of ten thousand fds

bool tells_entries() {
    namespace trace = evglass::trace;
    return trace::enabled(trace::Category::state) && trace::enabled(trace::Category::syscall);
}

void tell_entry(const sys::Where& where, int fd, std::uint32_t asked, std::uint32_t got) {
    sys::tell(where, sys::rec::wait_entry{.fd = fd, .asked = asked, .got = got});
}

/// A copy of a select's three sets: it overwrites what it was asked with what it answers.
class Sets {
 public:
    Sets(const fd_set* readable, const fd_set* writable, const fd_set* urgent)
        : sets_{copy(readable), copy(writable), copy(urgent)} {}
    /// What an fd stands in, as bits of poll.
    std::uint32_t of(int fd) const {
        return (FD_ISSET(fd, &sets_[0]) ? EPOLLIN : 0u) |
               (FD_ISSET(fd, &sets_[1]) ? EPOLLOUT : 0u) |
               (FD_ISSET(fd, &sets_[2]) ? EPOLLPRI : 0u);
    }

 private:
    static fd_set copy(const fd_set* from) {
        fd_set none;
        FD_ZERO(&none);
        return from != nullptr ? *from : none;
    }
    fd_set sets_[3];
};

/// A call that failed leaves the sets as they were: then they answer nothing.
void tell_select(const sys::Where& where, int nfds, const Sets& asked, const Sets& got,
                 bool failed) {
    int told = 0;
    for (int fd = 0; fd < nfds && fd < FD_SETSIZE && told < kMostEntries; ++fd) {
        if (asked.of(fd) == 0) continue;
        tell_entry(where, fd, asked.of(fd), failed ? 0 : got.of(fd));
        ++told;
    }
}

}  // namespace

int evglass_sys_socket(evglass_at at, int domain, int type, int protocol) {
    return sys::socket(domain, type, protocol, place(at));
}
int evglass_sys_bind(evglass_at at, int fd, const sockaddr* address, socklen_t length) {
    return sys::bind(fd, address, length, place(at));
}
int evglass_sys_listen(evglass_at at, int fd, int backlog) {
    return sys::listen(fd, backlog, place(at));
}
int evglass_sys_accept4(evglass_at at, int fd, sockaddr* address, socklen_t* length, int flags) {
    return sys::accept4(fd, address, length, flags, place(at));
}
int evglass_sys_connect(evglass_at at, int fd, const sockaddr* address, socklen_t length) {
    return sys::connect(fd, address, length, place(at));
}
int evglass_sys_pipe2(evglass_at at, int fds[2], int flags) {
    return sys::pipe2(fds, flags, place(at));
}
int evglass_sys_socketpair(evglass_at at, int domain, int type, int protocol, int fds[2]) {
    return sys::socketpair(domain, type, protocol, fds, place(at));
}
int evglass_sys_eventfd(evglass_at at, unsigned count, int flags) {
    return sys::eventfd(count, flags, place(at));
}

ssize_t evglass_sys_read(evglass_at at, int fd, void* to, size_t size) {
    return sys::read(fd, to, size, place(at));
}
ssize_t evglass_sys_recv(evglass_at at, int fd, void* to, size_t size, int flags) {
    const sys::Where where = place(at);
    return sys::traced(
        [&] { return recv(fd, to, size, flags); },
        [&](ssize_t r, int e, std::uint64_t t) {
            sys::tell(where, sys::rec::sys_read{
                                 .fd = fd, .size = size, .result = r, .error = e, .duration = t});
        });
}
ssize_t evglass_sys_write(evglass_at at, int fd, const void* from, size_t size) {
    return sys::write(fd, from, size, place(at));
}
ssize_t evglass_sys_send(evglass_at at, int fd, const void* from, size_t size, int flags) {
    const sys::Where where = place(at);
    return sys::traced(
        [&] { return send(fd, from, size, flags); },
        [&](ssize_t r, int e, std::uint64_t t) {
            sys::tell(where, sys::rec::sys_write{
                                 .fd = fd, .size = size, .result = r, .error = e, .duration = t});
        });
}
ssize_t evglass_sys_readv(evglass_at at, int fd, const iovec* to, int pieces) {
    return sys::readv(fd, to, pieces, place(at));
}
ssize_t evglass_sys_writev(evglass_at at, int fd, const iovec* from, int pieces) {
    return sys::writev(fd, from, pieces, place(at));
}
int evglass_sys_close(evglass_at at, int fd) {
    return sys::close(fd, place(at));
}
int evglass_sys_fcntl(evglass_at at, int fd, int command, int argument) {
    return sys::fcntl(fd, command, argument, place(at));
}
int evglass_sys_setsockopt(evglass_at at, int fd, int level, int option, const void* value,
                           socklen_t length) {
    if (value == nullptr || length != sizeof(int))
        return setsockopt(fd, level, option, value, length);
    int number = 0;
    __builtin_memcpy(&number, value, sizeof number);
    return sys::setsockopt(fd, level, option, number, place(at));
}
int evglass_sys_sigaction(evglass_at at, int number, const struct sigaction* act,
                          struct sigaction* old) {
    if (act == nullptr) return sigaction(number, act, old);
    const bool is_restore = (act->sa_flags & SA_SIGINFO) == 0 && act->sa_handler == SIG_DFL;
    return sys::sigaction(number, act, old, is_restore, place(at));
}

int evglass_sys_select(evglass_at at, int nfds, fd_set* readable, fd_set* writable, fd_set* except,
                       timeval* timeout) {
    const sys::Where where = place(at);
    if (!tells_entries()) return sys::select(nfds, readable, writable, except, timeout, where);
    const Sets asked(readable, writable, except);
    const int result = sys::select(nfds, readable, writable, except, timeout, where);
    tell_select(where, nfds, asked, Sets(readable, writable, except), result < 0);
    return result;
}
int evglass_sys_poll(evglass_at at, pollfd* fds, nfds_t count, int timeout) {
    const sys::Where where = place(at);
    const int result = sys::poll(fds, count, timeout, where);
    if (!tells_entries() || fds == nullptr) return result;
    for (nfds_t i = 0; i < count && i < kMostEntries; ++i) {
        const auto got = result < 0 ? 0u : static_cast<unsigned short>(fds[i].revents);
        tell_entry(where, fds[i].fd, static_cast<unsigned short>(fds[i].events), got);
    }
    return result;
}
int evglass_sys_epoll_create1(evglass_at at, int flags) {
    return sys::epoll_create1(flags, place(at));
}
int evglass_sys_epoll_ctl(evglass_at at, int epfd, int op, int fd, epoll_event* event) {
    const short after = op == EPOLL_CTL_DEL ? short{0} : what_of(event);
    return sys::epoll_ctl(
        epfd, op, fd, event, 0, [after] { return after; }, place(at));
}
int evglass_sys_epoll_wait(evglass_at at, int epfd, epoll_event* events, int most, int timeout) {
    const sys::Where where = place(at);
    const int result = sys::epoll_wait(epfd, events, most, timeout, where);
    if (!tells_entries()) return result;
    for (int i = 0; i < result && i < kMostEntries; ++i)
        tell_entry(where, events[i].data.fd, 0, events[i].events);
    return result;
}

namespace {

/// A record that the program itself asked for, at its own place.
template <class Record>
void tell_of_itself(evglass_at at, const Record& fields) {
    const sys::Where where = place(at);
    if (evglass::trace::enabled(Record::kCategory)) sys::tell(where, fields);
}

}  // namespace

void evglass_mark_at(evglass_at at, const char* text) {
    if (text != nullptr) tell_of_itself(at, sys::rec::mark{.text = text});
}
void evglass_note_at(evglass_at at, const char* name, long long value) {
    if (name != nullptr) tell_of_itself(at, sys::rec::note{.label = name, .value = value});
}
void evglass_name_fd_at(evglass_at at, int fd, const char* name) {
    if (name != nullptr) tell_of_itself(at, sys::rec::fd_name{.fd = fd, .label = name});
}
void evglass_name_event_at(evglass_at at, event* ev, const char* name) {
    if (ev == nullptr || name == nullptr) return;
    tell_of_itself(at, sys::rec::event_name{.event = ev, .name = name});
}
