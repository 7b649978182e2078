// Lesson 34: an event's memory, and who may take it back. Each act begins with a mark:
//   free      event_free of a pending event
//   embedded  an event inside of a struct: event_del, then the memory
//   other     two events are active; the first one's callback frees the second
//   finalize  event_free_finalize: a last callback, when nobody uses the event any more
// With the argument `reused`: memory that was given back while its event was pending, and given out
// again. Time is virtual, so every run is the same.
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

namespace {

struct Line {
    int here = -1, there = -1;
    Line() {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
        here = ends[0];
        there = ends[1];
    }
    ~Line() {
        close(here);
        close(there);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    bool say(const char* text) const { return write(there, text, 1) == 1; }
};

void run(event_base* base) {
    event_base_loop(base, EVLOOP_NONBLOCK);
}

void on_read(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) std::printf("read %c\n", byte);
}

void free_act(event_base* base) {
    evglass_mark("free");
    const Line line;
    event* reader = event_new(base, line.here, EV_READ | EV_PERSIST, on_read, nullptr);
    evglass_name_event(reader, "reader");
    event_add(reader, nullptr);
    event_free(reader);
    run(base);
}

struct Client {
    event read{};
    char name = '?';
};

void embedded_act(event_base* base) {
    evglass_mark("embedded");
    const Line line;
    auto client = std::make_unique<Client>();
    event_assign(&client->read, base, line.here, EV_READ | EV_PERSIST, on_read, nullptr);
    evglass_name_event(&client->read, "client");
    event_add(&client->read, nullptr);
    event_del(&client->read);
    client.reset();
    run(base);
}

/// Frees the other of two that are both active.
void on_rival(evutil_socket_t, short, void* other) {
    auto** event_of_other = static_cast<event**>(other);
    evglass_mark("frees the other");
    event_free(*event_of_other);
    *event_of_other = nullptr;
}

void other_act(event_base* base) {
    evglass_mark("other");
    const Line one, two;
    event* first = nullptr;
    event* second = event_new(base, two.here, EV_READ, on_read, nullptr);
    first = event_new(base, one.here, EV_READ, on_rival, &second);
    evglass_name_event(first, "first");
    evglass_name_event(second, "second");
    event_add(first, nullptr);
    event_add(second, nullptr);
    if (!one.say("1") || !two.say("2")) return;
    run(base);
    event_free(first);
    if (second != nullptr) event_free(second);
}

void on_gone(event*, void*) {
    std::printf("finalized\n");
}

void on_last(evutil_socket_t, short, void* self) {
    event_free_finalize(0, *static_cast<event**>(self), on_gone);
    evglass_mark("asked for the end");
}

void finalize_act(event_base* base) {
    evglass_mark("finalize");
    const Line line;
    event* last = nullptr;
    last = event_new(base, line.here, EV_READ | EV_PERSIST, on_last, &last);
    evglass_name_event(last, "last");
    event_add(last, nullptr);
    if (!line.say("x")) return;
    run(base);
}

/// Called again and again, for one byte: the base's list leads from the event to itself.
void on_client(evutil_socket_t fd, short, void* arg) {
    constexpr int kPatience = 3;
    static int calls = 0;
    char byte = 0;
    const auto got = read(fd, &byte, 1);
    std::printf("called: %c\nread: %s\n", static_cast<Client*>(arg)->name,
                got == 1 ? "a byte" : "nothing");
    std::fflush(stdout);
    if (++calls == kPatience) _exit(0);
}

/// One place for clients: as an allocator does, it gives the same memory again.
void reused_run(event_base* base) {
    constexpr unsigned kSeconds = 5;  // a list that leads to itself may be walked without end
    static Client place;
    const Line one, two;
    evglass_mark("reused");
    place.name = 'A';
    event_assign(&place.read, base, one.here, EV_READ | EV_PERSIST, on_client, &place);
    evglass_name_event(&place.read, "A");
    event_add(&place.read, nullptr);
    evglass_mark("A's memory is given back");
    place.name = 'B';
    event_assign(&place.read, base, two.here, EV_READ | EV_PERSIST, on_client, &place);
    evglass_name_event(&place.read, "B");
    event_add(&place.read, nullptr);
    evglass_mark("a byte for A");
    if (!one.say("a")) return;
    alarm(kSeconds);
    run(base);
    _exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    if (argc == 2 && std::strcmp(argv[1], "reused") == 0) reused_run(base);
    free_act(base);
    embedded_act(base);
    other_act(base);
    finalize_act(base);
    event_base_free(base);
    return 0;
}
