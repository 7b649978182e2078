// Exercise of lesson 25, solved: whole lines are taken out of the input, and
// the rest waits there.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace {

constexpr std::size_t kLongest = 1000;

struct Free {
    void operator()(char* line) const { std::free(line); }
};

void on_read(bufferevent* bev, void*) {
    evbuffer* input = bufferevent_get_input(bev);
    std::size_t length = 0;
    while (std::unique_ptr<char, Free> line{evbuffer_readln(input, &length, EVBUFFER_EOL_LF)}) {
        if (length > kLongest) {
            bufferevent_free(bev);
            return;
        }
        for (std::size_t i = 0; i < length; ++i)
            line.get()[i] =
                static_cast<char>(std::toupper(static_cast<unsigned char>(line.get()[i])));
        bufferevent_write(bev, line.get(), length);
        bufferevent_write(bev, "\n", 1);
    }
    if (evbuffer_get_length(input) > kLongest) bufferevent_free(bev);
}

void on_event(bufferevent* bev, short, void*) {
    bufferevent_free(bev);
}

void on_accept(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
    bufferevent* bev =
        bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_read, nullptr, on_event, nullptr);
    bufferevent_enable(bev, EV_READ);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::signal(SIGPIPE, SIG_IGN);
    event_base* base = event_base_new();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::strtol(argv[1], nullptr, 10)));
    evconnlistener* listener =
        evconnlistener_new_bind(base, on_accept, nullptr, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE,
                                -1, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (listener == nullptr) return 1;
    event_base_dispatch(base);
    evconnlistener_free(listener);
    event_base_free(base);
    return 0;
}
