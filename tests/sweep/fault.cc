// The allocator that counts and the system calls that fail.
#include "tests/sweep/fault.h"

#include <event2/event.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "src/util/sys.h"

namespace evglass::sweep {
namespace {

Plan plan;
std::atomic<long> n_allocations{0}, n_calls{0}, n_live{0};
std::atomic<bool> happened{false};

/// Nothing is interrupted for ever: then "ever" is a row of so many.
constexpr long kRow = 50;

/// Is this the one? Counts it.
bool fails(Plan::What what, std::atomic<long>& counter) {
    const long n = ++counter;
    const bool passing = plan.error == EINTR || plan.error == EAGAIN;
    const long last = !plan.ever ? plan.nth : passing ? plan.nth + kRow : n;
    if (plan.what != what || n < plan.nth || n > last) return false;
    happened = true;
    return true;
}

void* allocate(std::size_t size) {
    void* memory = fails(Plan::What::memory, n_allocations) ? nullptr : std::malloc(size);
    if (memory != nullptr) ++n_live;
    return memory;
}
void* reallocate(void* old, std::size_t size) {
    void* moved = fails(Plan::What::memory, n_allocations) ? nullptr : std::realloc(old, size);
    if (old == nullptr && moved != nullptr) ++n_live;
    return moved;
}
void release(void* memory) {
    if (memory != nullptr) --n_live;
    std::free(memory);
}

/// A call of the table that may fail instead.
template <auto Entry>
struct Failing;
template <class Result, class... Args, Result (*sys::Table::*Entry)(Args...)>
struct Failing<Entry> {
    static Result call(Args... args) {
        if (!fails(Plan::What::system_call, n_calls)) return (sys::kernel.*Entry)(args...);
        errno = plan.error;
        return -1;
    }
};

/// A bufferevent's descriptor, which may fail in any way.
bool is_socket(int fd) {
    struct stat file {};
    return ::fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode);
}

/// A pipe or an eventfd fails in few ways. One that is full has bytes in it, so to say EAGAIN and
/// write nothing would be a lie.
ssize_t failing_read(int fd, void* buffer, size_t size) {
    const bool can = plan.error == EINTR || plan.error == EAGAIN || is_socket(fd);
    if (!fails(Plan::What::system_call, n_calls) || !can) return sys::kernel.read(fd, buffer, size);
    errno = plan.error;
    return -1;
}
ssize_t failing_write(int fd, const void* buffer, size_t size) {
    const bool can = plan.error == EINTR || is_socket(fd);
    if (!fails(Plan::What::system_call, n_calls) || !can)
        return sys::kernel.write(fd, buffer, size);
    errno = plan.error;
    return -1;
}

/// Linux closes the fd whatever close returns.
int failing_close(int fd) {
    const bool failing = fails(Plan::What::system_call, n_calls);
    const int result = sys::kernel.close(fd);
    if (!failing) return result;
    errno = plan.error;
    return -1;
}

void* failing_mmap(void* wish, size_t size, int protection, int flags, int fd, off_t offset) {
    if (!fails(Plan::What::system_call, n_calls))
        return sys::kernel.mmap(wish, size, protection, flags, fd, offset);
    errno = plan.error;
    return MAP_FAILED;
}

/// The clock never fails, so it is left as it is.
sys::Table failing_table() {
    sys::Table t = sys::kernel;
#define FAILING(entry) t.entry = Failing<&sys::Table::entry>::call
    FAILING(epoll_create1);
    FAILING(epoll_ctl);
    FAILING(epoll_wait);
    FAILING(epoll_pwait2);
    FAILING(poll);
    FAILING(select);
    FAILING(socket);
    FAILING(bind);
    FAILING(listen);
    FAILING(accept4);
    FAILING(connect);
    FAILING(pipe2);
    FAILING(eventfd);
    FAILING(socketpair);
    FAILING(sigaction);
    FAILING(setsockopt);
    FAILING(getsockopt);
    FAILING(readv);
    FAILING(writev);
    FAILING(sendfile);
    FAILING(fionread);
    FAILING(pread);
    FAILING(fstat);
    FAILING(open);
    FAILING(sendto);
    FAILING(recvfrom);
    FAILING(fcntl);
#undef FAILING
    t.mmap = failing_mmap;
    t.read = failing_read;
    t.write = failing_write;
    t.close = failing_close;
    return t;
}

}  // namespace

void install(const Plan& wanted) {
    static sys::Table table;
    plan = wanted;
    table = failing_table();
    sys::set_table(&table);
    event_set_mem_functions(allocate, reallocate, release);
}

long allocations() {
    return n_allocations;
}
long system_calls() {
    return n_calls;
}
long live_blocks() {
    return n_live;
}
bool has_failed() {
    return happened;
}

}  // namespace evglass::sweep
