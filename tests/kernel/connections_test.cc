// Sockets as a server's loop meets them, without a library: the queue of a listener, what an end of
// stream looks like, where a wake-up comes from. And one look from outside at a base's epoll set.
// Read next: lessons/01-backlogs.
#include <event2/event.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/kernel/kernel.h"

namespace evglass::kernel {
namespace {

/// A listener on a port of loopback that the kernel chose.
class Listener {
 public:
    explicit Listener(int backlog) : fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        EXPECT_EQ(bind(fd, name(), size), 0);
        EXPECT_EQ(listen(fd, backlog), 0);
        EXPECT_EQ(getsockname(fd, name(), &size), 0);
    }
    /// A client that has asked, and waits for nothing.
    Fd client() {
        Fd socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        EXPECT_TRUE(connect(socket_, name(), sizeof address_) == 0 || errno == EINPROGRESS);
        return socket_;
    }
    Fd fd;

 private:
    sockaddr* name() { return reinterpret_cast<sockaddr*>(&address_); }
    sockaddr_in address_{};
};

tcp_info info(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info;
}

/// Of a listener the kernel tells the length of its queue where others have unacknowledged data.
unsigned queued(const Listener& listener) {
    return info(listener.fd).tcpi_unacked;
}

TEST(Listener, T005_who_is_not_yet_accepted_waits_in_its_queue) {
    Listener listener(16);
    const Fd client = listener.client();
    pollfd connected{client, POLLOUT, 0};
    ASSERT_EQ(poll(&connected, 1, 5000), 1);
    EXPECT_EQ(info(client).tcpi_state, TCP_ESTABLISHED);
    EXPECT_EQ(queued(listener), 1U);
    const Fd accepted(accept(listener.fd, nullptr, nullptr));
    EXPECT_GE(accepted, 0);
    EXPECT_EQ(queued(listener), 0U);
}

TEST(Listener, T006_a_full_queue_lets_others_wait_and_refuses_nobody) {
    Listener listener(1);
    std::vector<Fd> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(listener.client());
    EXPECT_EQ(queued(listener), 2U);  // one more than was asked for
    const Fd& late = clients.back();
    pollfd asked{late, POLLOUT, 0};
    EXPECT_EQ(poll(&asked, 1, 0), 0);  // neither there nor turned away
    EXPECT_EQ(info(late).tcpi_state, TCP_SYN_SENT);
}

TEST(Stream, T033_a_read_of_no_bytes_is_the_peers_end) {
    Pair pair;
    char byte = 0;
    EXPECT_EQ(read(pair.near, &byte, 1), -1);
    EXPECT_EQ(errno, EAGAIN);  // open, and nothing there
    pair.far.reset();
    EXPECT_EQ(read(pair.near, &byte, 1), 0);
}

TEST(Stream, T036_the_peers_end_is_told_together_with_what_is_still_to_read) {
    const Pair pair;
    pair.send("last words");
    ASSERT_EQ(shutdown(pair.far, SHUT_WR), 0);
    pollfd asked{pair.near, POLLIN | POLLRDHUP, 0};
    ASSERT_EQ(poll(&asked, 1, 0), 1);
    EXPECT_EQ(asked.revents, POLLIN | POLLRDHUP);
    char bytes[16];
    EXPECT_EQ(read(pair.near, bytes, sizeof bytes), 10);
}

TEST(Descriptor, T037_not_to_block_is_a_status_flag) {
    const Pair pair;
    const Fd twin(dup(pair.near));
    ASSERT_EQ(fcntl(twin, F_SETFL, 0), 0);
    EXPECT_EQ(fcntl(pair.near, F_GETFL) & O_NONBLOCK, 0);  // of the open file, so of both
    ASSERT_EQ(fcntl(twin, F_SETFD, O_NONBLOCK), 0);        // the descriptor's flags know it not
    EXPECT_EQ(fcntl(twin, F_GETFL) & O_NONBLOCK, 0);
    ASSERT_EQ(fcntl(twin, F_SETFL, O_NONBLOCK), 0);
    EXPECT_NE(fcntl(pair.near, F_GETFL) & O_NONBLOCK, 0);
}

/// The numbers behind the first word of each line of a file of /proc, added up.
long long sum_of(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);  // the CPUs' names
    long long sum = 0;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        for (long long number = 0; words >> number;) sum += number;
    }
    return sum;
}

TEST(Interrupts, T009_softirqs_come_while_a_program_only_computes) {
    rusage before{}, after{};
    const long long soft = sum_of("/proc/softirqs");
    const long long hard = sum_of("/proc/interrupts");
    getrusage(RUSAGE_THREAD, &before);
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    while (std::chrono::steady_clock::now() < end) {  // the clock is read without a system call
    }
    getrusage(RUSAGE_THREAD, &after);
    EXPECT_EQ(after.ru_nvcsw, before.ru_nvcsw);  // it gave up its CPU not once: no call, no wait
    EXPECT_GT(sum_of("/proc/interrupts"), hard);
    EXPECT_GT(sum_of("/proc/softirqs"), soft);
}

TEST(Base, T385_it_holds_an_epoll_set_which_holds_the_fds) {
    const std::unique_ptr<event_config, void (*)(event_config*)> config(event_config_new(),
                                                                        event_config_free);
    event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV);
    const std::unique_ptr<event_base, void (*)(event_base*)> base(
        event_base_new_with_config(config.get()), event_base_free);
    ASSERT_STREQ(event_base_get_method(base.get()), "epoll");
    const Pair pair;
    const std::unique_ptr<event, void (*)(event*)> reader(
        event_new(
            base.get(), pair.near, EV_READ, [](evutil_socket_t, short, void*) {}, nullptr),
        event_free);
    EXPECT_EQ(watched_for(pair.near), 0U);
    event_add(reader.get(), nullptr);
    EXPECT_EQ(watched_for(pair.near) & EPOLLIN, EPOLLIN);
    event_del(reader.get());
    EXPECT_EQ(watched_for(pair.near), 0U);
}

}  // namespace
}  // namespace evglass::kernel
