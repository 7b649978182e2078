// What servers do to themselves before they begin: cli-server WORD... does what each word says, in
// order, then makes its first base, runs it for a moment and prints "done".
//
//   fork     becomes a daemon: goes on in a child; the parent ends
//   fds      closes every descriptor but the first three
//   env      cleans its environment
//   chroot   into an empty directory (root)
//   rights   becomes nobody (root)
//   base     makes a base before the rest, as clients that turn into servers do
#include <event2/event.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

void run_a_moment(event_base* base) {
    const timeval moment = {0, 2000};
    event_base_loopexit(base, &moment);
    event_base_dispatch(base);
}

void become_daemon() {
    const pid_t child = fork();
    if (child == 0) return;
    // The tests want to read what the child wrote: wait, where a daemon's parent would not.
    int status = 1;
    waitpid(child, &status, 0);
    _exit(WEXITSTATUS(status));
}

bool obey(const char* word) {
    constexpr uid_t kNobody = 65534;
    if (std::strcmp(word, "fork") == 0) become_daemon();
    if (std::strcmp(word, "fds") == 0) closefrom(3);
    if (std::strcmp(word, "env") == 0) return clearenv() == 0;
    if (std::strcmp(word, "rights") == 0) return setgid(kNobody) == 0 && setuid(kNobody) == 0;
    if (std::strcmp(word, "chroot") == 0) {
        char directory[] = "/tmp/evglass-empty-XXXXXX";
        if (mkdtemp(directory) == nullptr || chdir(directory) != 0 || rmdir(directory) != 0)
            return false;
        return chroot(".") == 0;
    }
    return true;
}

}  // namespace

/// (For builds with AddressSanitizer: its search for leaks needs /proc, which chroot takes away.)
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options();
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options() {
    return "detect_leaks=0";
}

int main(int argc, char** argv) {
    event_base* early = nullptr;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "base") == 0) run_a_moment(early = event_base_new());
        if (!obey(argv[i])) {
            std::perror(argv[i]);
            return 1;
        }
    }
    if (early != nullptr && event_reinit(early) != 0) return 1;
    event_base* base = early != nullptr ? early : event_base_new();
    run_a_moment(base);
    event_base_free(base);
    std::puts("done");
    return 0;
}
