// Small workloads on the public API, timed: `loop_bench WORKLOAD` prints nanoseconds per operation.
//
// It is linked against a libevent by its soname alone, so the same program measures stock's library
// and ours (LD_LIBRARY_PATH), with the trace off or on (EVGLASS_TRACE).
// It never compares anything: compare_bench.cc does.
#include <event2/event.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
std::chrono::milliseconds length{200};

struct FreeBase {
    void operator()(event_base* b) const { event_base_free(b); }
};
struct FreeEvent {
    void operator()(event* e) const { event_free(e); }
};
using Base = std::unique_ptr<event_base, FreeBase>;
using Event = std::unique_ptr<event, FreeEvent>;

/// Calls `batch` (which does `size` operations) until the time is over; nanoseconds per operation.
template <class Batch>
double per_operation(long size, Batch batch) {
    batch();  // what is done only once is not measured
    long operations = 0;
    const auto began = Clock::now();
    auto now = began;
    for (; now - began < length; now = Clock::now()) {
        batch();
        operations += size;
    }
    return std::chrono::duration<double, std::nano>(now - began).count() /
           static_cast<double>(operations);
}

struct Pipe {
    int fd[2] = {-1, -1};
    Pipe() {
        if (pipe(fd) != 0) std::perror("pipe");
    }
    ~Pipe() {
        close(fd[0]);
        close(fd[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

void quiet(evutil_socket_t, short, void*) {}

/// A ring of pipes: each callback reads a byte and passes it on; `active` bytes are on their way.
class Ring {
 public:
    Ring(event_base* base, std::size_t pipes, std::size_t active) : base_(base), active_(active) {
        for (std::size_t i = 0; i < pipes; ++i) pipes_.push_back(std::make_unique<Pipe>());
        for (std::size_t i = 0; i < pipes; ++i) {
            seats_.push_back({this, pipes_[(i + 1) % pipes]->fd[1]});
        }
        for (std::size_t i = 0; i < pipes; ++i) {
            events_.emplace_back(
                event_new(base, pipes_[i]->fd[0], EV_READ | EV_PERSIST, pass, &seats_[i]));
            event_add(events_.back().get(), nullptr);
        }
    }
    void run(long hops) {
        hops_left_ = hops;
        for (std::size_t i = 0; i < active_; ++i) send(pipes_[i * pipes_.size() / active_]->fd[1]);
        in_flight_ = static_cast<long>(active_);
        while (in_flight_ > 0) event_base_loop(base_, EVLOOP_ONCE);
    }

 private:
    struct Seat {
        Ring* ring;
        int next;
    };
    static void send(int fd) {
        if (write(fd, "x", 1) != 1) std::perror("write");
    }
    static void pass(evutil_socket_t fd, short, void* arg) {
        const auto* seat = static_cast<Seat*>(arg);
        char byte = 0;
        if (read(fd, &byte, 1) != 1) std::perror("read");
        if (--seat->ring->hops_left_ >= 0) {
            send(seat->next);
        } else {
            --seat->ring->in_flight_;
        }
    }
    event_base* base_;
    std::size_t active_;
    std::vector<std::unique_ptr<Pipe>> pipes_;
    std::vector<Seat> seats_;
    std::vector<Event> events_;
    long hops_left_ = 0, in_flight_ = 0;
};

double ring(event_base* base) {
    constexpr long kHops = 5000, kActive = 50;
    Ring pipes(base, 400, kActive);
    return per_operation(kHops + kActive, [&] { pipes.run(kHops); });
}

double timers(event_base* base) {
    constexpr int kPending = 10000;
    std::vector<Event> pending;
    for (int i = 0; i < kPending; ++i) {
        pending.emplace_back(event_new(base, -1, 0, quiet, nullptr));
        const timeval tv{1000 + (i * 7919) % kPending, 0};
        event_add(pending.back().get(), &tv);
    }
    const Event one(event_new(base, -1, 0, quiet, nullptr));
    int n = 0;
    return per_operation(1000, [&] {
        for (int i = 0; i < 1000; ++i) {
            const timeval tv{1000 + (++n * 104729) % kPending, 0};
            event_add(one.get(), &tv);
            event_del(one.get());
        }
    });
}

double activate(event_base* base) {
    static long left;
    const Event self(event_new(
        base, -1, EV_PERSIST,
        [](evutil_socket_t, short, void* arg) {
            if (--left > 0) event_active(static_cast<event*>(arg), EV_WRITE, 1);
        },
        event_self_cbarg()));
    return per_operation(1000, [&] {
        left = 1000;
        event_active(self.get(), EV_WRITE, 1);
        event_base_loop(base, EVLOOP_NONBLOCK);
    });
}

double churn(event_base* base) {
    const Pipe pipe;
    const Event reader(event_new(base, pipe.fd[0], EV_READ | EV_PERSIST, quiet, nullptr));
    return per_operation(100, [&] {
        for (int i = 0; i < 100; ++i) {
            event_add(reader.get(), nullptr);
            event_del(reader.get());
        }
    });
}

double turn(event_base* base) {
    const Pipe pipe;
    const Event reader(event_new(base, pipe.fd[0], EV_READ | EV_PERSIST, quiet, nullptr));
    event_add(reader.get(), nullptr);
    return per_operation(100, [&] {
        for (int i = 0; i < 100; ++i) event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    });
}

struct Workload {
    const char* name;
    double (*run)(event_base*);
    const char* what;
};
constexpr Workload kWorkloads[] = {
    {"ring", ring, "one fd event: 400 pipes, 50 bytes on their way"},
    {"timers", timers, "add and del of a timer, 10000 pending"},
    {"activate", activate, "an event that makes itself active"},
    {"churn", churn, "add and del of an fd event"},
    {"turn", turn, "one turn of an idle loop"},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--list") == 0) {
        for (const Workload& w : kWorkloads) std::printf("%s\t%s\n", w.name, w.what);
        return 0;
    }
    for (const Workload& w : kWorkloads) {
        if (argc < 2 || std::strcmp(argv[1], w.name) != 0) continue;
        if (argc > 2) {
            int milliseconds = 0;
            std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), milliseconds);
            length = std::chrono::milliseconds(std::max(1, milliseconds));
        }
        const Base base(event_base_new());
        std::printf("%.2f\n", w.run(base.get()));
        return 0;
    }
    std::fputs("usage: loop_bench WORKLOAD [MILLISECONDS] | --list\n", stderr);
    return 2;
}
