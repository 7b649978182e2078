// Small operations on the public API, so many as one asks for: `operations NAME COUNT`. To be run
// under an instruction counter, with two counts: the difference is what the operations take, and
// what is done once falls out. Like the peers it is compiled with stock's headers, and measures the
// library that LD_LIBRARY_PATH leads to. It prints nothing but its list.
// Read next: instructions.sh, which counts.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

struct Free {
    void operator()(event* e) const { event_free(e); }
    void operator()(event_base* b) const { event_base_free(b); }
};
using Base = std::unique_ptr<event_base, Free>;
using Event = std::unique_ptr<event, Free>;

constexpr int kOnePass = EVLOOP_ONCE | EVLOOP_NONBLOCK;

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

void nothing(evutil_socket_t, short, void*) {}

struct Pipe {
    int end[2];
    Pipe() {
        if (pipe2(end, O_NONBLOCK | O_CLOEXEC) != 0) give_up("pipe2");
    }
    ~Pipe() {
        close(end[0]);
        close(end[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

/// A base that watches one fd on which nothing comes, so that it is never empty.
struct Scene {
    Base base{event_base_new()};
    Pipe silent;
    Event reader{event_new(base.get(), silent.end[0], EV_READ | EV_PERSIST, nothing, nullptr)};
    Scene() { event_add(reader.get(), nullptr); }
    void pass() const { event_base_loop(base.get(), kOnePass); }
};

/// A ring of pipes: each callback takes a byte and passes it on, until enough were passed.
class Ring {
 public:
    explicit Ring(const timeval* timeout) : pipes_(kPipes) {
        seats_.reserve(kPipes);
        for (std::size_t i = 0; i < kPipes; ++i) {
            seats_.push_back({this, pipes_[(i + 1) % kPipes].end[1]});
            events_.emplace_back(event_new(scene_.base.get(), pipes_[i].end[0],
                                           EV_READ | EV_PERSIST, take, &seats_[i]));
            event_add(events_.back().get(), timeout);
        }
    }
    void run(long hops) {
        left_ = hops;
        for (std::size_t i = 0; i < kActive; ++i) give(pipes_[i * (kPipes / kActive)].end[1]);
        event_base_dispatch(scene_.base.get());
    }

 private:
    static constexpr std::size_t kPipes = 400, kActive = 100;
    struct Seat {
        Ring* ring;
        int next;
    };
    static void give(int fd) {
        if (write(fd, "x", 1) != 1) give_up("write");
    }
    static void take(evutil_socket_t fd, short, void* arg) {
        const auto* seat = static_cast<Seat*>(arg);
        char byte = 0;
        if (read(fd, &byte, 1) != 1) give_up("read");
        if (--seat->ring->left_ > 0) return give(seat->next);
        event_base_loopbreak(seat->ring->scene_.base.get());
    }
    Scene scene_;
    std::vector<Pipe> pipes_;
    std::vector<Seat> seats_;
    std::vector<Event> events_;
    long left_ = 0;
};

void fd_event(long n) {
    Ring(nullptr).run(n);
}

void fd_event_with_timeout(long n) {
    const timeval timeout{10, 0};
    Ring(&timeout).run(n);
}

/// Bufferevents that echo, each with a client at the other end of a socket pair. The clients are
/// played directly, and cost the same with every library: a write and a read for each message.
class Echo {
 public:
    Echo() : clients_(kConnections) {
        for (int& client : clients_) {
            int end[2];
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, end) != 0)
                give_up("socketpair");
            client = end[0];
            servers_.emplace_back(
                bufferevent_socket_new(scene_.base.get(), end[1], BEV_OPT_CLOSE_ON_FREE));
            bufferevent_setcb(servers_.back().get(), answer, nullptr, nullptr, nullptr);
            bufferevent_enable(servers_.back().get(), EV_READ | EV_WRITE);
        }
        scene_.pass();
    }
    ~Echo() {
        for (const int client : clients_) close(client);
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;

    void run(long messages) {
        for (long i = 0; i < messages; i += kConnections) {
            for (const int client : clients_) send(client);
            // Stock's answer comes a pass later than its question.
            for (const int client : clients_)
                while (!receive(client)) scene_.pass();
        }
    }

 private:
    static constexpr int kConnections = 50, kSize = 64;
    struct FreeBufferevent {
        void operator()(bufferevent* b) const { bufferevent_free(b); }
    };
    static void answer(bufferevent* bev, void*) {
        evbuffer_add_buffer(bufferevent_get_output(bev), bufferevent_get_input(bev));
    }
    static void send(int client) {
        const char message[kSize] = {};
        if (write(client, message, kSize) != kSize) give_up("write");
    }
    static bool receive(int client) {
        char answer[kSize];
        return read(client, answer, kSize) == kSize;
    }
    Scene scene_;
    std::vector<int> clients_;
    std::vector<std::unique_ptr<bufferevent, FreeBufferevent>> servers_;
};

void echo(long n) {
    Echo().run(n);
}

void idle_pass(long n) {
    const Scene scene;
    for (long i = 0; i < n; ++i) scene.pass();
}

void self_activation(long n) {
    struct Again {
        event* ev = nullptr;
        long left = 0;
    } again{nullptr, n};
    const Scene scene;
    const Event self(event_new(
        scene.base.get(), -1, 0,
        [](evutil_socket_t, short, void* arg) {
            auto* a = static_cast<Again*>(arg);
            if (--a->left > 0) event_active(a->ev, EV_WRITE, 1);
        },
        &again));
    again.ev = self.get();
    event_active(self.get(), EV_WRITE, 1);
    scene.pass();
}

/// Activations and a pass that runs them, `size` at a time.
void activations(long n, long size) {
    const Scene scene;
    std::vector<Event> events;
    for (long i = 0; i < size; ++i)
        events.emplace_back(event_new(scene.base.get(), -1, 0, nothing, nullptr));
    for (long i = 0; i < n; i += size) {
        for (const Event& ev : events) event_active(ev.get(), EV_WRITE, 1);
        scene.pass();
    }
}

void one_of_a_batch(long n) {
    activations(n, 1000);
}

void activation_and_pass(long n) {
    activations(n, 1);
}

void fd_add_and_delete(long n) {
    const Scene scene;
    const Pipe pipe;
    const Event ev(
        event_new(scene.base.get(), pipe.end[0], EV_READ | EV_PERSIST, nothing, nullptr));
    for (long i = 0; i < n; ++i) {
        event_add(ev.get(), nullptr);
        event_del(ev.get());
    }
}

/// A thousand pending timers, and a row of deadlines that is the same in each run.
struct Timers {
    Scene scene;
    std::vector<Event> pending;
    unsigned number = 1;
    Timers() {
        for (int i = 0; i < 1000; ++i) {
            pending.emplace_back(event_new(scene.base.get(), -1, 0, nothing, nullptr));
            add(pending.back().get());
        }
    }
    unsigned any() { return number = number * 1664525U + 1013904223U; }
    void add(event* ev) {
        const timeval tv{1000 + any() % 1000, any() % 1000000};
        event_add(ev, &tv);
    }
};

/// In a callback, where the time is cached, as it is where programs set timers.
template <class Body>
void in_a_callback(event_base* base, Body body) {
    event_base_once(
        base, -1, EV_TIMEOUT,
        [](evutil_socket_t, short, void* arg) { (*static_cast<Body*>(arg))(); }, &body, nullptr);
    event_base_loop(base, kOnePass);
}

void timer_add_and_delete(long n) {
    Timers timers;
    const Event ev(event_new(timers.scene.base.get(), -1, 0, nothing, nullptr));
    in_a_callback(timers.scene.base.get(), [&] {
        for (long i = 0; i < n; ++i) {
            timers.add(ev.get());
            event_del(ev.get());
        }
    });
}

void timer_rearm(long n) {
    Timers timers;
    in_a_callback(timers.scene.base.get(), [&] {
        for (long i = 0; i < n; ++i)
            timers.add(timers.pending[timers.any() % timers.pending.size()].get());
    });
}

struct Operation {
    const char *name, *what;
    void (*run)(long);
};
constexpr Operation kOperations[] = {
    {"fd-event", "fd event (a read and a write in it)", fd_event},
    {"fd-timeout", "fd event with a timeout", fd_event_with_timeout},
    {"echo", "a message echoed by a bufferevent (50 connections)", echo},
    {"self", "self-activation", self_activation},
    {"batch", "one activation of a batch", one_of_a_batch},
    {"pass", "activation and pass", activation_and_pass},
    {"idle", "pass of an idle loop", idle_pass},
    {"fd-churn", "fd event: add and delete", fd_add_and_delete},
    {"timer", "timer: add and delete, 1,000 pending", timer_add_and_delete},
    {"rearm", "timer: re-arm, 1,000 pending", timer_rearm},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--list") == 0) {
        for (const Operation& o : kOperations) std::printf("%s\t%s\n", o.name, o.what);
        return 0;
    }
    for (const Operation& o : kOperations) {
        if (argc != 3 || std::strcmp(argv[1], o.name) != 0) continue;
        o.run(std::strtol(argv[2], nullptr, 10));
        return 0;
    }
    std::fputs("usage: operations NAME COUNT | --list\n", stderr);
    return 2;
}
