// Lesson 32: what a backend has to do. The same little story on three of them: a reader and a
// writer on one descriptor, one byte, and both deleted. Each act begins with a mark: epoll, poll,
// select. The bases are told with event_config_avoid_method which ones not to take. Time is
// virtual, so every run is the same and takes no time.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

void on_ready(evutil_socket_t fd, short what, void*) {
    char byte = 0;
    if ((what & EV_READ) != 0 && read(fd, &byte, 1) == 1) std::printf("read %c\n", byte);
}

event_base* base_without(const std::vector<const char*>& methods) {
    event_config* config = event_config_new();
    for (const char* method : methods) event_config_avoid_method(config, method);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

event* make(event_base* base, int fd, short what, const std::string& name) {
    event* made = event_new(base, fd, what, on_ready, nullptr);
    evglass_name_event(made, name.c_str());
    return made;
}

void story(const std::string& method, const std::vector<const char*>& without) {
    event_base* base = base_without(without);
    evglass_mark(method.c_str());
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
    event* reader = make(base, ends[0], EV_READ | EV_PERSIST, method + ".reader");
    event* second = make(base, ends[0], EV_READ | EV_PERSIST, method + ".second");
    event* writer = make(base, ends[0], EV_WRITE, method + ".writer");
    for (event* each : {reader, second, writer}) event_add(each, nullptr);
    if (write(ends[1], "!", 1) != 1) return;
    event_base_loop(base, EVLOOP_NONBLOCK);
    evglass_mark("del");
    for (event* each : {reader, second, writer}) event_free(each);
    event_base_free(base);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    story("epoll", {});
    story("poll", {"epoll"});
    story("select", {"epoll", "poll"});
    return 0;
}
