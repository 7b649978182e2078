// Lesson 3: a server on poll, by hand.
//   Server           an echo server with an array of descriptors
//   parting_words    five clients that say something and hang up at once, met in two orders
//   too_short        a wait of "3"
//   unasked          what poll reports though nobody asked for it
//   in_the_library   the same backend in libevent: the only event_base here
// Clients and server are one process, and the script waits until the kernel has delivered what it
// sent. So every run is the same.
#include <event2/event.h>
#include <event2/evglass.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

int must(long result, const char* what) {
    if (result >= 0) return static_cast<int>(result);
    std::perror(what);
    std::exit(1);
}

constexpr int kGone = -1;  // of an entry: poll skips it, as any negative number

struct Pair {
    int ours = -1, theirs = -1;
    Pair() {
        int fds[2];
        must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), "socketpair");
        ours = fds[0];
        theirs = fds[1];
    }
    void say(const std::string& text) const {
        must(write(theirs, text.data(), text.size()), "write");
    }
};

/// A server for connections that are there already: one entry for each.
class Server {
 public:
    void take_in(int fd) { entries.push_back({fd, POLLIN, 0}); }

    void turn() {
        must(poll(entries.data(), entries.size(), 1000), "poll");
        for (pollfd& entry : entries)
            if (entry.revents != 0) serve(entry);
        std::erase_if(entries, [](const pollfd& entry) { return entry.fd == kGone; });
    }

    /// Data first, the end after it: they may come together.
    void serve(pollfd& entry) {
        char bytes[100];
        const ssize_t n = read(entry.fd, bytes, sizeof bytes);
        if (n > 0) {
            must(write(entry.fd, bytes, static_cast<size_t>(n)), "write");
        } else if (n == 0 || errno != EAGAIN) {
            close(entry.fd);
            entry.fd = kGone;
        }
    }

    std::vector<pollfd> entries;
};

void serving() {
    Server server;
    Pair a, b, c;
    evglass_name_fd(a.ours, "a");
    evglass_name_fd(b.ours, "b");
    evglass_name_fd(c.ours, "c");
    for (const Pair* each : {&a, &b, &c}) server.take_in(each->ours);
    b.say("hello\n");
    server.turn();
    server.entries[0].fd = ~server.entries[0].fd;  // a is to be left out for a while
    a.say("hello\n");
    c.say("hello\n");
    server.turn();
    server.entries[0].fd = ~server.entries[0].fd;
    server.turn();
}

/// What the demo does: it looks for the end first, and closes.
int end_first(const pollfd& entry) {
    if ((entry.revents & POLLRDHUP) != 0) return 0;
    char bytes[100];
    return (entry.revents & POLLIN) != 0 && read(entry.fd, bytes, sizeof bytes) > 0 ? 1 : 0;
}

int data_first(const pollfd& entry) {
    char bytes[100];
    return (entry.revents & POLLIN) != 0 && read(entry.fd, bytes, sizeof bytes) > 0 ? 1 : 0;
}

void parting_words(const char* name, int (*serve)(const pollfd&)) {
    std::vector<pollfd> entries;
    for (int i = 0; i < 5; ++i) {
        const Pair pair;
        pair.say("precious\n");
        must(shutdown(pair.theirs, SHUT_WR), "shutdown");
        entries.push_back({pair.ours, POLLIN | POLLRDHUP, 0});
    }
    must(poll(entries.data(), entries.size(), 0), "poll");
    int heard = 0;
    for (const pollfd& entry : entries) heard += serve(entry);
    std::printf("%s: %d\n", name, heard);
}

void too_short() {
    Pair silent;
    pollfd entry{silent.ours, POLLIN, 0};
    must(poll(&entry, 1, 3), "poll");  // "poll util 3 seconds", says the demo
}

void unasked() {
    Pair gone, closed;
    close(gone.theirs);
    close(closed.ours);
    pollfd entries[] = {{gone.ours, 0, 0}, {closed.ours, 0, 0}};
    must(poll(entries, 2, 0), "poll");
    const bool told = (entries[0].revents & POLLHUP) != 0 && (entries[1].revents & POLLNVAL) != 0;
    std::printf("not asked for, and told: %s\n", told ? "HUP and NVAL" : "nothing");
}

void limits() {
    rlimit files{};
    must(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    const rlimit fewer{100, files.rlim_max};
    must(setrlimit(RLIMIT_NOFILE, &fewer), "setrlimit");
    std::vector<pollfd> entries(200, pollfd{-1, 0, 0});
    const int result = poll(entries.data(), entries.size(), 0);
    std::printf("200 entries where 100 files may be open: %s\n",
                result < 0 ? std::strerror(errno) : "fine");
    must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
    const auto distance =
        reinterpret_cast<char*>(&entries[1]) - reinterpret_cast<char*>(&entries[0]);
    std::printf("from one entry to the next: %td bytes\n", distance);
}

void in_the_library() {
    evglass_use_virtual_clock(1);
    event_config* config = event_config_new();
    event_config_avoid_method(config, "epoll");
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    Pair pair;
    event* plain = event_new(
        base, pair.ours, EV_READ, [](evutil_socket_t, short, void*) {}, nullptr);
    evglass_name_event(plain, "plain");
    event_add(plain, nullptr);
    pair.say("!");
    event_base_dispatch(base);
    event_free(plain);
    event_base_free(base);
}

}  // namespace

int main() {
    serving();
    parting_words("heard, end first", end_first);
    parting_words("heard, data first", data_first);
    too_short();
    unasked();
    limits();
    in_the_library();
    return 0;
}
