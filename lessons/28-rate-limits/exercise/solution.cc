// Exercise of lesson 28, solved: one configuration, whose burst is the rate.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr std::size_t kAll = 2000;
std::size_t received = 0;

void on_read(bufferevent* bev, void* base) {
    evbuffer* input = bufferevent_get_input(bev);
    received += evbuffer_get_length(input);
    evbuffer_drain(input, evbuffer_get_length(input));
    if (received == kAll) event_base_loopbreak(static_cast<event_base*>(base));
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const long rate = argc == 2 ? std::strtol(argv[1], nullptr, 10) : 100;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;
    event_base* base = event_base_new();
    bufferevent* bev = bufferevent_socket_new(base, ends[0], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_read, nullptr, nullptr, base);
    const timeval tick{0, 10'000};
    const auto bytes = static_cast<std::size_t>(rate);
    ev_token_bucket_cfg* limit = ev_token_bucket_cfg_new(bytes, bytes, bytes, bytes, &tick);
    bufferevent_set_rate_limit(bev, limit);
    bufferevent_enable(bev, EV_READ);
    const std::string text(kAll, 'b');
    if (write(ends[1], text.data(), text.size()) != static_cast<ssize_t>(kAll)) return 1;
    event_base_dispatch(base);
    std::printf("received: %zu\n", received);
    bufferevent_free(bev);
    event_base_free(base);
    ev_token_bucket_cfg_free(limit);
    close(ends[1]);
    return 0;
}
