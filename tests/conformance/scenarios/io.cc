// Scenarios: events on file descriptors: several on one fd, edges, hang-ups and errors, fds that
// are closed or replaced behind the library's back, files that no backend can watch.
// Read next: timers.cc.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/conformance/scenarios/scenario.h"

using namespace evglass::conformance;

namespace {

void drain(Teller& t) {
    Ends::drain(t.fd());
}
void tell_bytes(Teller& t) {
    say("%s got %d", t.name(), Ends::drain(t.fd()));
}

/// The error of fd, from the kernel, is not looked at: the scenario is about what the loop says.
void reset_peer(Ends& ends) {
    // Unread data at close makes the other end see a reset.
    if (write(ends.a(), "unread", 6) != 6) say("short write");
    ends.close_b();
}

}  // namespace

SCENARIO(T064_a_regular_file) {
    const Base base = new_base();
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::tmpfile(), std::fclose);
    Teller reader(base.get(), "file", fileno(file.get()), EV_READ);
    const int result = reader.add();
    say("add = %d, pending %s", result, reader.pending().c_str());
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T066_a_negative_fd_is_a_plain_timer) {
    const Base base = new_base();
    Teller timer(base.get(), "timer", -1, EV_READ);
    const int result = timer.add(1);
    say("add = %d, pending %s", result, timer.pending().c_str());
    loop(base.get());
}

SCENARIO(T068_several_readers_of_one_fd) {
    const Base base = new_base();
    Ends ends;
    Teller one(base.get(), "one", ends.a(), EV_READ);
    Teller two(base.get(), "two", ends.a(), EV_READ);
    one.add();
    two.add();
    ends.write_b("x");
    one.del();
    loop(base.get());
}

SCENARIO(T070_the_newest_event_of_an_fd_runs_first) {
    const Base base = new_base();
    Ends ends;
    Teller one(base.get(), "one", ends.a(), EV_READ);
    Teller two(base.get(), "two", ends.a(), EV_READ);
    Teller three(base.get(), "three", ends.a(), EV_READ);
    one.add();
    two.add();
    three.add();
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(T041_a_listening_event_is_added_once_and_takes_in_all) {
    const Base base = new_base();
    const Fd listening(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    say("bind %d, listen %d", bind(listening, name, size), listen(listening, 8));
    getsockname(listening, name, &size);
    Teller listener(base.get(), "listener", listening, EV_READ | EV_PERSIST,
                    [](Teller& t) { close(accept(t.fd(), nullptr, nullptr)); });
    listener.add();
    for (int i = 0; i < 3; ++i) {
        const Fd client(socket(AF_INET, SOCK_STREAM, 0));
        say("connect %d", connect(client, name, size));
        loop(base.get(), EVLOOP_ONCE);
    }
    listener.del();
}

SCENARIO(T071_reader_and_writer_on_one_fd) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        tell_bytes(t);
        t.del();
    });
    Teller writer(base.get(), "writer", ends.a(), EV_WRITE);
    reader.add();
    writer.add();
    loop(base.get(), EVLOOP_ONCE);
    say("pending %s, %s", reader.pending().c_str(), writer.pending().c_str());
    ends.write_b("abc");
    loop(base.get());
}

SCENARIO(T071_one_event_for_both_directions) {
    const Base base = new_base();
    Ends ends;
    Teller both(base.get(), "both", ends.a(), EV_READ | EV_WRITE);
    both.add();
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(T074_an_fd_that_was_closed_and_reused) {
    const Base base = new_base();
    Ends old_ends, new_ends;
    Teller reader(base.get(), "reader", old_ends.a(), EV_READ | EV_PERSIST, drain);
    reader.add();
    // The same number, another file: what the kernel knew of the fd is gone.
    dup2(new_ends.a(), old_ends.a());
    Teller writer(base.get(), "writer", old_ends.a(), EV_WRITE);
    say("add = %d", writer.add());
    loop(base.get(), EVLOOP_ONCE);
    new_ends.write_b("x");
    loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

SCENARIO(T075_a_dup_of_a_watched_fd) {
    const Base base = new_base();
    Ends ends;
    const Fd second(dup(ends.a()));
    // Which of the two comes first is the kernel's affair.
    Teller one(base.get(), "reader", ends.a(), EV_READ);
    Teller two(base.get(), "reader", second, EV_READ);
    say("add = %d", one.add());
    say("add = %d", two.add());
    ends.write_b("x");
    event_base_loop(base.get(), EVLOOP_ONCE);
    say("both ran: %s", yes_no(one.fires() + two.fires() == 2));
}

SCENARIO(T076_closed_before_del) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add();
    ends.close_a();
    say("del = %d", reader.del());
    loop(base.get());
}

SCENARIO(T086_a_reset_wakes_both_directions) {
    const Base base = new_base();
    Ends ends;
    Teller both(base.get(), "both", ends.a(), EV_READ | EV_WRITE);
    reset_peer(ends);
    both.add();
    loop(base.get());
}

SCENARIO(T086_a_writer_sees_that_the_reader_is_gone) {
    const Base base = new_base();
    Ends ends(Ends::Kind::pipe);
    Teller writer(base.get(), "writer", ends.b(), EV_WRITE);
    ends.close_a();
    writer.add();
    loop(base.get());
}

SCENARIO(T087_a_pipe_whose_writer_is_gone) {
    const Base base = new_base();
    Ends ends(Ends::Kind::pipe);
    Teller reader(base.get(), "reader", ends.a(), EV_READ, tell_bytes);
    reader.add();
    ends.close_b();
    loop(base.get());
}

SCENARIO(T087_data_before_the_end_is_read_first) {
    const Base base = new_base();
    Ends ends(Ends::Kind::pipe);
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        tell_bytes(t);
        if (t.fires() == 2) t.del();
    });
    reader.add();
    ends.write_b("last words");
    ends.close_b();
    loop(base.get());
}

SCENARIO(T088_half_closed_peer_with_and_without_closed) {
    const Base base = new_base();
    Ends ends;
    Teller closed(base.get(), "closed", ends.a(), EV_CLOSED);
    const int result = closed.add();
    say("add = %d, pending %s", result, closed.pending().c_str());
    shutdown(ends.b(), SHUT_WR);
    loop(base.get(), EVLOOP_NONBLOCK);
    closed.del();
    Teller reader(base.get(), "reader", ends.a(), EV_READ, tell_bytes);
    reader.add();
    loop(base.get(), EVLOOP_NONBLOCK);
}

SCENARIO(T090_forty_ready_fds) {
    const Base base = new_base();
    std::vector<std::unique_ptr<Ends>> ends;
    std::vector<std::unique_ptr<Teller>> readers;
    static int ran;
    for (int i = 0; i < 40; ++i) {
        ends.push_back(std::make_unique<Ends>(Ends::Kind::pipe));
        readers.push_back(std::make_unique<Teller>(base.get(), "reader", ends.back()->a(), EV_READ,
                                                   [](Teller&) { ++ran; }));
        readers.back()->add();
        ends.back()->write_b("x");
    }
    loop(base.get());
    say("ran %d", ran);
}

SCENARIO(T161_the_callback_gets_fd_what_and_argument) {
    const Base base = new_base();
    Ends ends;
    struct Seen {
        int fd;
        void* self;
    } seen{ends.a(), nullptr};
    seen.self = &seen;
    const Event ev(event_new(
        base.get(), ends.a(), EV_READ,
        [](evutil_socket_t fd, short what, void* arg) {
            const auto* s = static_cast<Seen*>(arg);
            say("fd %s, what %s, argument %s", yes_no(fd == s->fd), what_text(what).c_str(),
                yes_no(arg == s->self));
        },
        &seen));
    event_add(ev.get(), nullptr);
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(T166_an_edge_is_told_once) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_ET | EV_PERSIST);
    const int result = reader.add();
    say("add = %d", result);
    ends.write_b("x");
    for (int turn = 0; turn < 3; ++turn) event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    ends.write_b("y");
    for (int turn = 0; turn < 2; ++turn) event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    say("fired %d", reader.fires());
}

SCENARIO(T069_edges_and_levels_are_not_mixed) {
    const Base base = new_base();
    Ends ends;
    Teller level(base.get(), "level", ends.a(), EV_READ);
    Teller edge(base.get(), "edge", ends.a(), EV_READ | EV_ET);
    say("level %d", level.add());
    say("edge %d", edge.add());
    level.del();
    say("alone %d", edge.add());
    say("level %d", level.add());
}

SCENARIO(T166_a_level_is_told_until_it_is_drained) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST, [](Teller& t) {
        if (t.fires() == 3) Ends::drain(t.fd());
    });
    reader.add();
    ends.write_b("x");
    for (int turn = 0; turn < 5; ++turn) event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    say("fired %d", reader.fires());
}

SCENARIO(T167_three_events_for_one_condition) {
    const Base base = new_base();
    Ends ends;
    Teller persistent(base.get(), "persistent", ends.a(), EV_READ | EV_PERSIST);
    Teller single(base.get(), "single", ends.a(), EV_READ);
    Teller with_timeout(base.get(), "with a timeout", ends.a(), EV_READ);
    persistent.add();
    single.add();
    with_timeout.add(5000);
    ends.write_b("x");
    loop(base.get(), EVLOOP_ONCE);
    say("pending %s, %s, %s", persistent.pending().c_str(), single.pending().c_str(),
        with_timeout.pending().c_str());
}

SCENARIO(T167_one_of_them_deletes_the_next) {
    const Base base = new_base();
    Ends ends;
    Teller older(base.get(), "older", ends.a(), EV_READ);
    Teller newer(base.get(), "newer", ends.a(), EV_READ, [](Teller& t) { t.other->del(); });
    newer.other = &older;
    older.add();
    newer.add();
    ends.write_b("x");
    loop(base.get());
    say("older: %s", older.pending().c_str());
}

SCENARIO(T187_write_before_read_by_priority) {
    const Base base = new_base(2);
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    Teller writer(base.get(), "writer", ends.a(), EV_WRITE);
    event_priority_set(writer.ev(), 0);
    event_priority_set(reader.ev(), 1);
    reader.add();
    writer.add();
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(T393_a_timeout_when_nothing_comes) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ);
    reader.add(10);
    loop(base.get());
    say("pending %s", reader.pending().c_str());
}

SCENARIO(io_added_from_a_callback_is_watched_at_once) {
    const Base base = new_base();
    Ends one, two;
    Teller second(base.get(), "second", two.a(), EV_READ);
    Teller first(base.get(), "first", one.a(), EV_READ, [](Teller& t) { t.other->add(); });
    first.other = &second;
    first.add();
    one.write_b("x");
    two.write_b("x");
    loop(base.get());
}

SCENARIO(io_interest_changes_back_and_forth) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    Teller writer(base.get(), "writer", ends.a(), EV_WRITE | EV_PERSIST);
    ends.write_b("x");
    for (int round = 0; round < 2; ++round) {
        reader.add();
        event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
        writer.add();
        event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
        reader.del();
        event_base_loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
        writer.del();
        loop(base.get(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
    say("reader %d, writer %d", reader.fires(), writer.fires());
}

SCENARIO(io_an_event_is_added_twice_and_deleted_once) {
    const Base base = new_base();
    Ends ends;
    Teller reader(base.get(), "reader", ends.a(), EV_READ | EV_PERSIST);
    say("add = %d", reader.add());
    say("add = %d", reader.add());
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    say("del = %d", reader.del());
    say("in the base: %d", event_base_get_num_events(base.get(), EVENT_BASE_COUNT_ADDED));
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(io_high_fd_numbers) {
    const Base base = new_base();
    Ends ends;
    const Fd high(fcntl(ends.a(), F_DUPFD, 700));
    Teller reader(base.get(), "reader", high, EV_READ, tell_bytes);
    say("add = %d", reader.add());
    ends.write_b("x");
    loop(base.get());
}

SCENARIO(io_an_fd_that_is_not_open) {
    const Base base = new_base();
    Ends ends;
    const int gone = dup(ends.a());
    close(gone);
    Teller reader(base.get(), "reader", gone, EV_READ);
    const int result = reader.add();
    say("add = %d, pending %s", result, reader.pending().c_str());
}
