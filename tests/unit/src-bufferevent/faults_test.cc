// The nth allocation and the nth system call fail, for every n: nothing crashes, leaks, hangs or
// loses a byte without saying so; and a peer that resets is an error, once.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "src/util/sys.h"
#include "tests/support/failing_memory.h"
#include "tests/unit/src-bufferevent/ends.h"

namespace {

using bevtest::Ends;
using bevtest::kBoth;
using bevtest::Kind;
using bevtest::kKinds;
using bevtest::run_ms;
using evglass::test::FailingMemory;

void quiet(int, const char*) {}

/// What one conversation came to.
struct Talk {
    std::string got;
    short events = 0;
};

void on_read(bufferevent* bev, void* arg) {
    auto* talk = static_cast<Talk*>(arg);
    char bytes[512];
    while (const size_t n = bufferevent_read(bev, bytes, sizeof bytes)) talk->got.append(bytes, n);
    if (talk->got.size() >= 2000) event_base_loopbreak(bufferevent_get_base(bev));
}
void on_event(bufferevent* bev, short what, void* arg) {
    auto* talk = static_cast<Talk*>(arg);
    talk->events = static_cast<short>(talk->events | what);
    event_base_loopbreak(bufferevent_get_base(bev));
}

/// One end sends, the other must have got a prefix of it.
void converse(event_base* base, Kind kind, bool expect_all) {
    Ends ends(base, kind);
    if (!ends.ok()) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        return;
    }
    Talk talk;
    Talk other;
    const std::string sent(2000, 's');
    bufferevent_setcb(ends.bev[0], nullptr, nullptr, on_event, &other);
    bufferevent_setcb(ends.bev[1], on_read, nullptr, on_event, &talk);
    bufferevent_setwatermark(ends.bev[1], EV_READ, 0, 700);
    const bool enabled = bufferevent_enable(ends.bev[1], EV_READ) == 0;
    const bool written = enabled && bufferevent_write(ends.bev[0], sent.data(), sent.size()) == 0;
    run_ms(base, 25);
    EXPECT_EQ(talk.got, sent.substr(0, talk.got.size()));
    if (expect_all && written && talk.events == 0 && other.events == 0) {
        EXPECT_EQ(talk.got.size(), sent.size());
    }
    ends.free();
    event_base_loop(base, EVLOOP_NONBLOCK);
}

TEST(Faults, the_nth_allocation_fails) {
    event_set_log_callback(quiet);
    for (const Kind kind : kKinds) {
        for (int n = 1; n < 60; ++n) {
            const int fds = bevtest::open_fds();
            {
                FailingMemory memory;
                event_base* base = event_base_new();
                memory.fail_at(n);
                converse(base, kind, false);
                memory.heal();
                event_base_assert_ok_nolock_(base);
                event_base_free(base);
                EXPECT_EQ(memory.live(), 0) << "allocation " << n;
            }
            EXPECT_EQ(bevtest::open_fds(), fds) << "allocation " << n;
        }
    }
    event_set_log_callback(nullptr);
}

int until_failure;
int with_errno;
bool fails() {
    if (--until_failure != 0) return false;
    errno = with_errno;
    return true;
}

sys::Table failing_table() {
    sys::Table table = sys::kernel;
    table.read = [](int a, void* b, size_t c) -> ssize_t {
        return fails() ? -1 : sys::kernel.read(a, b, c);
    };
    table.write = [](int a, const void* b, size_t c) -> ssize_t {
        return fails() ? -1 : sys::kernel.write(a, b, c);
    };
    table.readv = [](int a, const iovec* b, int c) -> ssize_t {
        return fails() ? -1 : sys::kernel.readv(a, b, c);
    };
    table.writev = [](int a, const iovec* b, int c) -> ssize_t {
        return fails() ? -1 : sys::kernel.writev(a, b, c);
    };
    table.epoll_ctl = [](int a, int b, int c, epoll_event* d) {
        return fails() ? -1 : sys::kernel.epoll_ctl(a, b, c, d);
    };
    table.epoll_wait = [](int a, epoll_event* b, int c, int d) {
        if (with_errno == EINTR && fails()) return -1;
        return sys::kernel.epoll_wait(a, b, c, d);
    };
    return table;
}

TEST(Faults, the_nth_system_call_fails) {
    event_set_log_callback(quiet);
    const sys::Table table = failing_table();
    for (const int error : {EINTR, EAGAIN, ENOMEM, ECONNRESET}) {
        for (const Kind kind : {Kind::socket, Kind::filter}) {
            for (int n = 1; n < 20; ++n) {
                event_base* base = event_base_new();
                until_failure = n;
                with_errno = error;
                sys::set_table(&table);
                converse(base, kind, true);
                sys::set_table(nullptr);
                event_base_assert_ok_nolock_(base);
                event_base_free(base);
            }
        }
    }
    event_set_log_callback(nullptr);
}

/// A connection over the loopback; [1] resets it when closed.
void tcp_pair(int (&fds)[2]) {
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(bind(listening, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listening, 1), 0);
    getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
    fds[1] = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(connect(fds[1], reinterpret_cast<sockaddr*>(&address), size), 0);
    fds[0] = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK);
    const linger reset{1, 0};
    setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(listening);
}

TEST(Faults, a_peer_that_resets_is_one_error) {
    std::signal(SIGPIPE, SIG_IGN);
    event_base* base = event_base_new();
    int fds[2]{-1, -1};
    tcp_pair(fds);
    bufferevent* bev = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
    static int errors;
    static int error;
    errors = 0;
    bufferevent_setcb(
        bev, nullptr, nullptr,
        [](bufferevent*, short what, void*) {
            error = errno;
            errors += (what & BEV_EVENT_ERROR) != 0 ? 1 : 0;
        },
        nullptr);
    bufferevent_enable(bev, kBoth);
    event_base_loop(base, EVLOOP_NONBLOCK);
    close(fds[1]);
    run_ms(base, 20);
    EXPECT_EQ(errors, 1);
    EXPECT_EQ(error, ECONNRESET);
    bufferevent_write(bev, "late", 4);
    run_ms(base, 20);
    EXPECT_EQ(errors, 2);  // writing hears of it on its own
    bufferevent_free(bev);
    event_base_free(base);
}

}  // namespace
