// Exercise of lesson 24, solved: each buffer refers to the page, and says when it has left.
#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int cleanups = 0;

void one_less(const void*, std::size_t, void*) {
    ++cleanups;
}

/// Puts the page into a client's buffer.
void put(evbuffer* out, const std::string& page) {
    evbuffer_add_reference(out, page.data(), page.size(), one_less, nullptr);
}

/// One client: true if it gets the whole page.
bool serve(const std::string& page) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return false;
    evbuffer* out = evbuffer_new();
    put(out, page);
    std::string got;
    char piece[4096];
    while (evbuffer_get_length(out) > 0) {
        if (evbuffer_write(out, ends[0]) <= 0) break;
        ssize_t n = 0;
        while ((n = read(ends[1], piece, sizeof piece)) > 0)
            got.append(piece, static_cast<std::size_t>(n));
    }
    evbuffer_free(out);
    close(ends[0]);
    close(ends[1]);
    return got == page;
}

}  // namespace

int main(int argc, char** argv) {
    const int clients = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    event_base* base = event_base_new();  // the trace begins with it
    const std::string page(20'000, 'p');
    int sent = 0;
    for (int i = 0; i < clients; ++i) sent += serve(page);
    std::printf("sent: %d\n", sent);
    std::printf("cleanups: %d\n", cleanups);
    event_base_free(base);
    return 0;
}
