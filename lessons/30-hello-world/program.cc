// Lesson 30: hello-world, the sample that ships with libevent and that the
// source study walks through. The server is the sample's, with its five
// functions and their names; only the port is any free one. Three timers play
// the people outside:
//   first    10 ms: one client connects
//   crowd     1 s:  five clients connect at once
//   ctrl_c    2 s:  somebody presses Ctrl-C
//   late      3 s:  one more client, after the Ctrl-C
// Time is virtual, so every run is the same and takes no time.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

// ---- the sample
// ----------------------------------------------------------------------------------

constexpr char kMessage[] = "Hello, World!\n";

void conn_writecb(bufferevent* bev, void*) {
    evbuffer* output = bufferevent_get_output(bev);
    if (evbuffer_get_length(output) != 0) return;
    std::printf("flushed answer\n");
    bufferevent_free(bev);
}

void conn_eventcb(bufferevent* bev, short events, void*) {
    if ((events & BEV_EVENT_EOF) != 0)
        std::printf("Connection closed.\n");
    else if ((events & BEV_EVENT_ERROR) != 0)
        std::printf("Got an error on the connection: %s\n", std::strerror(errno));
    bufferevent_free(bev);
}

void listener_cb(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* user_data) {
    static int guests = 0;
    auto* base = static_cast<event_base*>(user_data);
    bufferevent* bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (bev == nullptr) {
        event_base_loopbreak(base);
        return;
    }
    const std::string name = "guest" + std::to_string(++guests);
    evglass_name_event(&bev->ev_read, (name + ".read").c_str());
    evglass_name_event(&bev->ev_write, (name + ".write").c_str());
    bufferevent_setcb(bev, nullptr, conn_writecb, conn_eventcb, nullptr);
    bufferevent_enable(bev, EV_WRITE);
    bufferevent_disable(bev, EV_READ);
    bufferevent_write(bev, kMessage, sizeof kMessage - 1);
}

void signal_cb(evutil_socket_t, short, void* user_data) {
    const timeval delay{2, 0};
    std::printf("Caught an interrupt signal; exiting cleanly in two seconds.\n");
    event_base_loopexit(static_cast<event_base*>(user_data), &delay);
}

// ---- the people outside
// --------------------------------------------------------------------------

struct Street {
    sockaddr_in door{};
    std::vector<int> clients;
    void arrive(int how_many) {
        for (int i = 0; i < how_many; ++i) {
            const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(client, reinterpret_cast<sockaddr*>(&door), sizeof door) == 0)
                clients.push_back(client);
        }
    }
};

void one_arrives(evutil_socket_t, short, void* street) {
    static_cast<Street*>(street)->arrive(1);
}
void five_arrive(evutil_socket_t, short, void* street) {
    static_cast<Street*>(street)->arrive(5);
}
void press_ctrl_c(evutil_socket_t, short, void*) {
    std::raise(SIGINT);
}

event* after(event_base* base, int ms, event_callback_fn what, Street* street, const char* name) {
    event* timer = evtimer_new(base, what, street);
    evglass_name_event(timer, name);
    const timeval delay{ms / 1000, (ms % 1000) * 1000};
    evtimer_add(timer, &delay);
    return timer;
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    Street street;
    street.door.sin_family = AF_INET;
    street.door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    evconnlistener* listener =
        evconnlistener_new_bind(base, listener_cb, base, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE,
                                -1, reinterpret_cast<sockaddr*>(&street.door), sizeof street.door);
    if (listener == nullptr) return 1;
    socklen_t size = sizeof street.door;
    getsockname(evconnlistener_get_fd(listener), reinterpret_cast<sockaddr*>(&street.door), &size);

    event* signal_event = evsignal_new(base, SIGINT, signal_cb, base);
    evglass_name_event(signal_event, "signal_event");
    if (event_add(signal_event, nullptr) < 0) return 1;

    event* const timers[] = {after(base, 10, one_arrives, &street, "first"),
                             after(base, 1000, five_arrive, &street, "crowd"),
                             after(base, 2000, press_ctrl_c, &street, "ctrl_c"),
                             after(base, 3000, one_arrives, &street, "late")};
    const int result = event_base_dispatch(base);
    std::printf("done\n");

    evconnlistener_free(listener);
    event_free(signal_event);
    for (event* timer : timers) event_free(timer);
    event_base_free(base);
    std::size_t greeted = 0;
    for (const int client : street.clients) {
        char text[64];
        greeted += read(client, text, sizeof text) == sizeof kMessage - 1;
        close(client);
    }
    std::printf("%zu clients got their greeting\n", greeted);
    return result == 0 && greeted == 7 ? 0 : 1;
}
