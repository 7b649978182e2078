// Lesson 6: getting the library ready. What concerns the whole process is said once, before the
// first event_base. Each act begins with a mark: versions, memory, messages, debug, threads, base,
// event, warning, end. Arguments show what becomes of other orders:
//   late-threads   evthread_use_pthreads after the base was made
//   late-debug     event_enable_debug_mode after the base was made
//   twice          an event is assigned again while it is pending; with debug mode
//   twice-plain    the same, without
#include <event2/event.h>
#include <event2/evglass.h>
#include <event2/thread.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

// ---- memory: an allocator that knows how much of it is in use -----------------------------------

/// In front of each block. As large as the strictest alignment, so that what follows is aligned.
struct alignas(std::max_align_t) Header {
    std::size_t size;
};
long long live = 0, asked = 0, nulls = 0;

void* counted(Header* header, std::size_t size) {
    if (header == nullptr) return nullptr;
    header->size = size;
    live += static_cast<long long>(size);
    return header + 1;
}

void* my_malloc(std::size_t size) {
    ++asked;
    evglass_note("malloc", static_cast<long long>(size));
    return counted(static_cast<Header*>(std::malloc(sizeof(Header) + size)), size);
}

void my_free(void* block) {
    if (block == nullptr) {
        ++nulls;
        return;
    }
    Header* header = static_cast<Header*>(block) - 1;
    evglass_note("free", static_cast<long long>(header->size));
    live -= static_cast<long long>(header->size);
    std::free(header);
}

void* my_realloc(void* block, std::size_t size) {
    if (block == nullptr) return my_malloc(size);
    if (size == 0) {
        my_free(block);
        return nullptr;
    }
    Header* header = static_cast<Header*>(block) - 1;
    const std::size_t before = header->size;
    evglass_note("realloc", static_cast<long long>(size));
    auto* grown = static_cast<Header*>(std::realloc(header, sizeof(Header) + size));
    if (grown == nullptr) return nullptr;  // the old block is as it was, and still counted
    live -= static_cast<long long>(before);
    return counted(grown, size);
}

// ---- messages -----------------------------------------------------------------------------------

void on_log(int severity, const char* text) {
    static const char* const kNames[] = {"debug", "msg", "warn", "err"};
    evglass_note("severity", severity);
    std::printf("%s: %s\n", severity >= 0 && severity < 4 ? kNames[severity] : "?", text);
}

/// It must not return.
void on_fatal(int error) {
    evglass_note("fatal", error);
    std::printf("fatal: %d\n", error);
    std::exit(3);
}

void on_event(evutil_socket_t, short, void*) {}

// ---- the acts -----------------------------------------------------------------------------------

void versions() {
    evglass_mark("versions");
    evglass_note("compiled", LIBEVENT_VERSION_NUMBER);
    evglass_note("running", event_get_version_number());
    std::printf("compiled with: %s\nruns with: %s\n", LIBEVENT_VERSION, event_get_version());
    const unsigned number = event_get_version_number();
    std::printf("bytes: %u.%u.%u.%u\n", number >> 24, number >> 16 & 255, number >> 8 & 255,
                number & 255);
    std::printf("lowest byte: %u\nminor: %u\n", number & 255, number >> 16 & 255);
#if LIBEVENT_VERSION_NUMBER < 0x02000100
#error "this program needs the API of libevent 2.0"
#endif
    if (number < 0x02010000) std::puts("too old: common bugs of 2.0 are not worked around");
}

void memory() {
    evglass_mark("memory");
    event_set_mem_functions(my_malloc, my_realloc, my_free);
}

void messages() {
    evglass_mark("messages");
    event_set_log_callback(on_log);
    event_set_fatal_callback(on_fatal);
}

void debug() {
    evglass_mark("debug");
    event_enable_debug_mode();
}

int threads() {
    evglass_mark("threads");
    return evthread_use_pthreads();
}

event_base* make_base() {
    evglass_mark("base");
    const long long before = asked;
    event_base* base = event_base_new();
    evglass_note("asked by event_base_new", asked - before);
    evglass_note("live with a base", live);
    return base;
}

void with_an_event(event_base* base) {
    evglass_mark("event");
    int ends[2];
    if (pipe(ends) != 0) return;
    event* reader = event_new(base, ends[0], EV_READ, on_event, nullptr);
    evglass_name_event(reader, "reader");
    event_add(reader, nullptr);
    event_free(reader);
    close(ends[0]);
    close(ends[1]);
}

/// The kernel refuses a descriptor that is not open, and the library says so.
void warning(event_base* base) {
    evglass_mark("warning");
    constexpr int kNotOpen = 40;
    event* lost = event_new(base, kNotOpen, EV_READ, on_event, nullptr);
    evglass_name_event(lost, "lost");
    evglass_note("event_add returned", event_add(lost, nullptr));
    event_free(lost);
}

void assign_twice(event_base* base) {
    evglass_mark("twice");
    event* alarm = evtimer_new(base, on_event, nullptr);
    evglass_name_event(alarm, "alarm");
    const timeval second{1, 0};
    event_add(alarm, &second);
    std::printf("pending before: %d\n", event_pending(alarm, EV_TIMEOUT, nullptr) != 0);
    evtimer_assign(alarm, base, on_event, nullptr);
    std::printf("pending after: %d\n", event_pending(alarm, EV_TIMEOUT, nullptr) != 0);
    std::fflush(stdout);
    _exit(0);  // the base still has the event, and must not be touched any more
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc == 2 ? argv[1] : "";
    evglass_use_virtual_clock(1);
    versions();
    memory();
    messages();
    if (what != "late-debug" && what != "twice-plain") debug();
    if (what != "late-threads") threads();
    event_base* base = make_base();
    if (what == "late-threads") std::printf("late threads: %d\n", threads());
    if (what == "late-debug") debug();
    if (what == "twice" || what == "twice-plain") assign_twice(base);
    with_an_event(base);
    warning(base);
    evglass_mark("end");
    event_base_free(base);
    evglass_note("live without a base", live);
    libevent_global_shutdown();
    evglass_note("live in the end", live);
    std::printf("live in the end: %lld\nfree of null: %lld\n", live, nulls);
    return 0;
}
