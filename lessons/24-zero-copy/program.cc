// Lesson 24: bytes that nobody copies. Six acts, each begins with a mark in the trace:
//   reserve    room is lent out, filled from elsewhere, and committed
//   reference  bytes of the program's own in a buffer, and a word when they are done with
//   file       a part of a file into a socket: sendfile, where the buffer drains to a descriptor
//   mapped     the same part into a buffer that does not: mmap and write
//   callback   what a buffer's callback is told, at once and deferred
//   freeze     an end of a buffer that is closed
// V1 is `buffer`, made first. Time is virtual, so every run is the same.
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/evglass.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void reserve_act(evbuffer* buffer) {
    evglass_mark("reserve");
    evbuffer_iovec room[4];
    const int pieces = evbuffer_reserve_space(buffer, 1000, room, 4);
    std::printf("pieces lent: %d\n", pieces);
    std::memset(room[0].iov_base, 'r', 300);
    room[0].iov_len = 300;
    std::printf("commit: %d\n", evbuffer_commit_space(buffer, room, 1));
    evbuffer_drain(buffer, 300);
}

void done_with(const void*, std::size_t bytes, void*) {
    evglass_mark("done with");
    std::printf("cleanup of: %zu\n", bytes);
}

void reference_act(evbuffer* buffer) {
    evglass_mark("reference");
    static const std::string page(5000, 'p');
    evbuffer_add_reference(buffer, page.data(), page.size(), done_with, nullptr);
    evbuffer_add(buffer, "tail", 4);
    evbuffer_drain(buffer, 4999);
    evglass_mark("one byte left");
    evbuffer_drain(buffer, 1);
    evbuffer_drain(buffer, 4);
}

/// A file of 10000 bytes that has no name any more.
int some_file() {
    char path[] = "/tmp/evglass-lesson-XXXXXX";
    const int file = mkstemp(path);
    unlink(path);
    const std::string text(10'000, 'f');
    return write(file, text.data(), text.size()) == 10'000 ? file : -1;
}

bool file_act(bool to_descriptor) {
    evglass_mark(to_descriptor ? "file" : "mapped");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    evbuffer* out = evbuffer_new();
    if (to_descriptor) evbuffer_set_flags(out, EVBUFFER_FLAG_DRAINS_TO_FD);
    evbuffer_add_file(out, some_file(), 2000, 6000);
    evglass_mark("added");
    const int written = evbuffer_write(out, ends[0]);
    std::printf("written: %d\n", written);
    evbuffer_free(out);
    close(ends[0]);
    close(ends[1]);
    return written == 6000;
}

void told(evbuffer*, const evbuffer_cb_info* info, void* who) {
    std::printf("%s: before %zu, added %zu, deleted %zu\n", static_cast<const char*>(who),
                info->orig_size, info->n_added, info->n_deleted);
}

void callback_act(event_base* base) {
    static char now[] = "now", later[] = "later";
    evglass_mark("callback");
    for (const bool deferred : {false, true}) {
        evbuffer* buffer = evbuffer_new();
        if (deferred) evbuffer_defer_callbacks(buffer, base);
        evbuffer_add_cb(buffer, told, deferred ? later : now);
        evbuffer_add(buffer, "12345", 5);
        evbuffer_drain(buffer, 2);
        evbuffer_add(buffer, "67", 2);
        event_base_loop(base, EVLOOP_NONBLOCK);
        evbuffer_free(buffer);
    }
}

void freeze_act(evbuffer* buffer) {
    evglass_mark("freeze");
    evbuffer_freeze(buffer, 0);
    std::printf("add to a frozen end: %d\n", evbuffer_add(buffer, "x", 1));
    evbuffer_unfreeze(buffer, 0);
    std::printf("and after: %d\n", evbuffer_add(buffer, "x", 1));
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();
    evbuffer* buffer = evbuffer_new();
    reserve_act(buffer);
    reference_act(buffer);
    const bool sent = file_act(true);
    const bool mapped = file_act(false);
    callback_act(base);
    freeze_act(buffer);
    evbuffer_free(buffer);
    event_base_free(base);
    return sent && mapped ? 0 : 1;
}
