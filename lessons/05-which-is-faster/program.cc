// The program of lesson 5: it measures on this machine what poll and epoll_wait cost, with one
// descriptor ready and with all, and tells the trace what it found (evglass_note). Then a loop of
// the library does one turn with twenty descriptors and one of them ready. Time is real here:
// two runs don't find the same numbers. Read next: lesson.md; lessons/lab, the whole comparison.
#include <event2/event.h>
#include <event2/evglass.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Free {
    void operator()(event* e) const { event_free(e); }
    void operator()(event_base* b) const { event_base_free(b); }
};

/// So many descriptors, each a counter: readable while it is not 0. They are watched by an array
/// for poll and by a set of epoll.
class Descriptors {
 public:
    explicit Descriptors(std::size_t n) : set_(epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < n; ++i) {
            const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
            array_.push_back({fd, POLLIN, 0});
            epoll_event interest{};
            interest.events = EPOLLIN;
            interest.data.fd = fd;
            epoll_ctl(set_, EPOLL_CTL_ADD, fd, &interest);
        }
        answer_.resize(n);
    }
    ~Descriptors() {
        for (const pollfd& each : array_) close(each.fd);
        close(set_);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;

    void make_ready(std::size_t i) { eventfd_write(array_[i].fd, 1); }

    // By number, not by name: these calls are measured, and not told to the trace.
    long poll_now() { return syscall(SYS_poll, array_.data(), array_.size(), 0); }
    long epoll_now(int timeout_ms = 0) {
        return syscall(SYS_epoll_wait, set_, answer_.data(), static_cast<int>(answer_.size()),
                       timeout_ms);
    }

 private:
    int set_;
    std::vector<pollfd> array_;
    std::vector<epoll_event> answer_;
};

double cpu_now() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Nanoseconds of one call: the best of several tries, because what disturbs only ever adds.
template <class Call>
double nanoseconds(Call call) {
    constexpr int kTries = 5, kCalls = 60;
    double best = 0;
    for (int i = 0; i < kTries; ++i) {
        const double began = cpu_now();
        for (int j = 0; j < kCalls; ++j) call();
        const double each = (cpu_now() - began) / kCalls;
        best = i == 0 ? each : std::min(best, each);
    }
    return best;
}

void note(const std::string& name, double value) {
    evglass_note(name.c_str(), std::lround(value));
    std::printf("%s: %ld\n", name.c_str(), std::lround(value));
}

/// Two costs that grow with n: where the first is ten times the second, on a line in logarithms.
class Tenfold {
 public:
    void add(std::size_t n, double slow, double fast) {
        const double x = std::log(static_cast<double>(n)), y = std::log(slow / fast / 10);
        if (before_ && last_y_ < 0 && y >= 0)
            found = std::exp(last_x_ + (x - last_x_) * -last_y_ / (y - last_y_));
        last_x_ = x;
        last_y_ = y;
        before_ = true;
    }
    double found = 0;

 private:
    bool before_ = false;
    double last_x_ = 0, last_y_ = 0;
};

void measure() {
    Tenfold tenfold;
    std::vector<double> epoll_all;
    for (const std::size_t n : {10, 30, 100, 300, 1000}) {
        Descriptors descriptors(n);
        descriptors.make_ready(n / 2);
        const std::string size = std::to_string(n);
        const double poll_one = nanoseconds([&] { descriptors.poll_now(); });
        const double epoll_one = nanoseconds([&] { descriptors.epoll_now(); });
        note("poll_one_" + size, poll_one);
        note("epoll_one_" + size, epoll_one);
        note("times_one_" + size, poll_one / epoll_one);
        tenfold.add(n, poll_one, epoll_one);
        for (std::size_t i = 0; i < n; ++i) descriptors.make_ready(i);
        const double poll_all = nanoseconds([&] { descriptors.poll_now(); });
        epoll_all.push_back(nanoseconds([&] { descriptors.epoll_now(); }));
        note("poll_all_" + size, poll_all);
        note("epoll_all_" + size, epoll_all.back());
        note("percent_all_" + size, 100 * epoll_all.back() / poll_all);
    }
    note("tenfold", tenfold.found);
    note("growth_all", epoll_all.back() / epoll_all.front());
}

/// One-byte messages, read one at a time or until nothing is left: how many calls that takes.
long calls_for_messages(bool edge) {
    constexpr int kMessages = 100;
    const int set = epoll_create1(EPOLL_CLOEXEC);
    const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    epoll_event interest{};
    interest.events = EPOLLIN | (edge ? unsigned{EPOLLET} : 0U);
    epoll_ctl(set, EPOLL_CTL_ADD, fd, &interest);
    long calls = 0;
    for (int i = 0; i < kMessages; ++i) {
        eventfd_write(fd, 1);
        epoll_event event{};
        ++calls;
        if (syscall(SYS_epoll_wait, set, &event, 1, 0) != 1) break;
        eventfd_t value = 0;
        do ++calls;
        while (syscall(SYS_read, fd, &value, sizeof value) > 0 && edge);
    }
    close(fd);
    close(set);
    return calls;
}

/// How often this thread gives up the processor while it waits 60 ms for something that never
/// comes.
long sleeps_in_a_wait() {
    constexpr int kWait = 60;
    Descriptors silent(10);
    rusage before{}, after{};
    getrusage(RUSAGE_THREAD, &before);
    silent.epoll_now(kWait);
    getrusage(RUSAGE_THREAD, &after);
    return after.ru_nvcsw - before.ru_nvcsw;
}

/// Can the program see what epoll keeps? Its descriptor can't be mapped.
bool can_be_mapped() {
    constexpr std::size_t kPage = 4096;
    const int set = epoll_create1(EPOLL_CLOEXEC);
    void* memory = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, set, 0);
    const bool mapped = memory != MAP_FAILED;
    if (mapped) munmap(memory, kPage);
    close(set);
    return mapped;
}

void on_ready(evutil_socket_t fd, short, void* arg) {
    eventfd_t value = 0;
    eventfd_read(fd, &value);
    event_base_loopbreak(static_cast<event_base*>(arg));
}

/// One turn of a loop that watches twenty descriptors, of which one is ready.
int turn() {
    constexpr std::size_t kWatched = 20;
    const std::unique_ptr<event_base, Free> base(event_base_new());
    std::vector<int> counters;
    std::vector<std::unique_ptr<event, Free>> events;
    for (std::size_t i = 0; i < kWatched; ++i) {
        counters.push_back(eventfd(i == kWatched / 2 ? 1 : 0, EFD_NONBLOCK | EFD_CLOEXEC));
        events.emplace_back(
            event_new(base.get(), counters.back(), EV_READ | EV_PERSIST, on_ready, base.get()));
        evglass_name_event(events.back().get(), ("fd " + std::to_string(i)).c_str());
        event_add(events.back().get(), nullptr);
    }
    const int result = event_base_dispatch(base.get());
    events.clear();
    for (const int fd : counters) close(fd);
    return result;
}

}  // namespace

int main() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    measure();
    note("calls_level", static_cast<double>(calls_for_messages(false)));
    note("calls_edge", static_cast<double>(calls_for_messages(true)));
    note("sleeps", static_cast<double>(sleeps_in_a_wait()));
    note("mapped", can_be_mapped() ? 1 : 0);
    return turn() == 0 ? 0 : 1;
}
