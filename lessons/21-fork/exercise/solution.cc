// Exercise of lesson 21, solved: the child makes its base its own before it
// touches it.
#include <event2/event.h>
#include <event2/evglass.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

int heard = 0;

void on_letter(evutil_socket_t fd, short, void*) {
    char byte = 0;
    if (read(fd, &byte, 1) == 1) ++heard;
}

/// Returns 0 if all could be freed.
int child_cleans_up(event_base* base, event* letter) {
    if (event_reinit(base) != 0) return 1;
    event_free(letter);
    event_base_free(base);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    const int letters = argc == 2 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 3;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return 1;
    event_base* base = event_base_new();
    event* letter = event_new(base, ends[0], EV_READ | EV_PERSIST, on_letter, nullptr);
    evglass_name_event(letter, "letter");
    event_add(letter, nullptr);

    const pid_t child = fork();
    if (child == 0) _exit(child_cleans_up(base, letter));
    int status = -1;
    waitpid(child, &status, 0);
    std::printf("the child ended with: %d\n", WEXITSTATUS(status));

    for (int i = 0; i < letters; ++i)
        if (write(ends[1], "!", 1) != 1) return 1;
    event_base_loop(base, EVLOOP_NONBLOCK);
    std::printf("heard: %d\n", heard);
    event_free(letter);
    event_base_free(base);
    return 0;
}
