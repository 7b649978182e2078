// The work that every peer does, and how it is timed. A peer is a class around one event library
// (peer_*.cc); its program prints the nanoseconds of CPU time that one operation takes.
//
// What a peer must have:  explicit Peer(Work&);  void watch(int seat, int fd, int timeout_ms);
//   void run();  void stop();  void unwatch(int seat);  void rewatch(int seat);
//   void set_timer(int i, int ms);  void clear_timer(int i);
// and it calls work.readable(seat) for each descriptor that is readable.
// Read next: peer_raw.cc, the floor; peers_bench.cc, which runs them in turn.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string_view>
#include <vector>

namespace peers {

[[noreturn]] inline void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// A ring of pipes; each reader takes a byte and passes it on, until enough were passed.
class Work {
 public:
    explicit Work(int pipes) : reads_(static_cast<std::size_t>(pipes)), writes_(reads_.size()) {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        for (std::size_t i = 0; i < reads_.size(); ++i) {
            int ends[2];
            if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) give_up("pipe2");
            reads_[i] = ends[0];
            writes_[i] = ends[1];
        }
    }
    ~Work() {
        for (const int fd : reads_) close(fd);
        for (const int fd : writes_) close(fd);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    int pipes() const { return static_cast<int>(reads_.size()); }
    int fd(int seat) const { return reads_[static_cast<std::size_t>(seat)]; }
    /// What `stop` is: the peer's.
    std::function<void()> on_done;

    void start(long hops, int active) {
        left_ = hops;
        flying_ = active;
        for (int i = 0; i < active; ++i)
            pass(static_cast<std::size_t>(i) * reads_.size() / static_cast<std::size_t>(active));
    }
    void readable(int seat) {
        char byte = 0;
        if (read(fd(seat), &byte, 1) != 1) return;
        if (--left_ >= 0) return pass((static_cast<std::size_t>(seat) + 1) % reads_.size());
        if (--flying_ == 0) on_done();
    }

 private:
    void pass(std::size_t to) const {
        if (write(writes_[to], "x", 1) != 1) give_up("write");
    }
    std::vector<int> reads_, writes_;
    long left_ = 0;
    int flying_ = 0;
};

inline double cpu_now() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Calls `batch`, which does `size` operations, until the time is over.
template <class Batch>
double per_operation(long size, Batch batch) {
    constexpr double kLength = 150e6;
    batch();  // what is done only once is not measured
    const double began = cpu_now();
    double now = began;
    long operations = 0;
    for (; now - began < kLength; now = cpu_now()) {
        batch();
        operations += size;
    }
    return (now - began) / static_cast<double>(operations);
}

template <class Peer>
double ring(int pipes, int active, bool timeouts) {
    constexpr long kHops = 20000;
    constexpr int kShortest = 20000, kSpread = 10000, kPrime = 7919;
    Work work(pipes);
    Peer peer(work);
    work.on_done = [&peer] { peer.stop(); };
    for (int i = 0; i < pipes; ++i)
        peer.watch(i, work.fd(i), timeouts ? kShortest + i * kPrime % kSpread : 0);
    return per_operation(kHops + active, [&] {
        work.start(kHops, active);
        peer.run();
    });
}

template <class Peer>
double churn() {
    constexpr int kPipes = 100, kBatch = 1000;
    Work work(kPipes);
    Peer peer(work);
    for (int i = 0; i < kPipes; ++i) peer.watch(i, work.fd(i), 0);
    return per_operation(kBatch, [&] {
        for (int i = 0; i < kBatch; ++i) {
            peer.unwatch(i % kPipes);
            peer.rewatch(i % kPipes);
        }
    });
}

template <class Peer>
double timers(int pending) {
    constexpr int kBatch = 1000, kLong = 1000000, kSpread = 1000000, kPrime = 104729;
    Work work(1);
    Peer peer(work);
    for (int i = 0; i < pending; ++i)
        peer.set_timer(i, kLong + static_cast<int>(i * 7919L % kSpread));
    long n = 0;
    return per_operation(kBatch, [&] {
        for (int i = 0; i < kBatch; ++i) {
            peer.set_timer(pending, kLong + static_cast<int>(++n * kPrime % kSpread));
            peer.clear_timer(pending);
        }
    });
}

template <class Peer>
struct Workload {
    const char *name, *what;
    double (*run)();
};
template <class Peer>
inline constexpr Workload<Peer> kWorkloads[] = {
    {"one", "fd event: 1000 pipes, 1 byte on its way", [] { return ring<Peer>(1000, 1, false); }},
    {"hundred", "fd event: 1000 pipes, 100 bytes", [] { return ring<Peer>(1000, 100, false); }},
    {"timeouts", "the same with a timeout on every fd", [] { return ring<Peer>(1000, 100, true); }},
    {"churn", "an fd is let go and watched again", [] { return churn<Peer>(); }},
    {"timers", "a timer is set and cleared, 1000 pending", [] { return timers<Peer>(1000); }},
    {"many-timers", "the same, 100000 pending", [] { return timers<Peer>(100000); }},
};

/// `peer WORKLOAD` prints nanoseconds; `peer --list` the table.
template <class Peer>
int peer_main(int argc, char** argv) {
    const std::string_view asked = argc == 2 ? argv[1] : "";
    for (const Workload<Peer>& workload : kWorkloads<Peer>) {
        if (asked == "--list") std::printf("%s\t%s\n", workload.name, workload.what);
        if (asked != workload.name) continue;
        std::printf("%.2f\n", workload.run());
        return 0;
    }
    return asked == "--list" ? 0 : 2;
}

}  // namespace peers
