// Scenarios: bytes from one buffer to another, memory of others, parts of files, descriptors.
// Read next: buffer_search.cc.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tests/conformance/scenarios/buffer_support.h"

using namespace evglass::conformance;

namespace {

void given_back(const void*, std::size_t size, void* name) {
    say("%s given back, %zu bytes", static_cast<const char*>(name), size);
}

void segment_ended(evbuffer_file_segment const*, int flags, void* name) {
    say("%s ended, flags %d", static_cast<const char*>(name), flags);
}

void refer(const Buffer& b, const char* text, const char* name) {
    say("reference: %d", evbuffer_add_reference(b.get(), text, std::strlen(text), given_back,
                                                const_cast<char*>(name)));
}

/// A file with these bytes and no name.
int file_with(const std::string& bytes) {
    char name[] = "/tmp/evglass-conformance-XXXXXX";
    const int fd = mkstemp(name);
    unlink(name);
    if (write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return -1;
    return fd;
}

std::string digits(std::size_t size) {
    std::string s(size, ' ');
    for (std::size_t i = 0; i < size; ++i) s[i] = static_cast<char>('0' + i % 10);
    return s;
}

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

/// A file with these bytes, closed at the end of its scope unless it was given away.
struct File {
    explicit File(const std::string& bytes) : fd(file_with(bytes)) {}
    ~File() {
        if (!given) close(fd);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    void close_now() {
        close(fd);
        given = true;
    }
    /// A buffer that takes a file closes it.
    int give(const Buffer& b, ev_off_t offset, ev_off_t length) {
        const int result = evbuffer_add_file(b.get(), fd, offset, length);
        given = given || result == 0;
        return result;
    }
    int fd;
    bool given = false;
};
struct FreeSegment {
    void operator()(evbuffer_file_segment* s) const { evbuffer_file_segment_free(s); }
};
using Segment = std::unique_ptr<evbuffer_file_segment, FreeSegment>;

/// What arrives at a descriptor, up to `size` bytes.
std::string arrived(int fd, std::size_t size) {
    std::string s(size, '?');
    const ssize_t n = read(fd, s.data(), s.size());
    s.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return s;
}

}  // namespace

SCENARIO(T299_add_buffer_moves_everything) {
    const Buffer a = new_buffer("abc");
    const Buffer b = new_buffer("defg");
    const void* memory = evbuffer_pullup(b.get(), -1);
    say("%d", evbuffer_add_buffer(a.get(), b.get()));
    tell("a", a);
    tell("b", b);
    evbuffer_drain(a.get(), 3);
    say("the same memory: %s", yes_no(evbuffer_pullup(a.get(), -1) == memory));
    evbuffer_add(a.get(), "h", 1);
    evbuffer_add(b.get(), "i", 1);
    tell("a", a);
    tell("b", b);
}

SCENARIO(T299_add_buffer_to_an_empty_one) {
    const Buffer a = new_buffer();
    const Buffer b = new_buffer("defg");
    say("%d", evbuffer_add_buffer(a.get(), b.get()));
    say("from an empty one: %d", evbuffer_add_buffer(a.get(), b.get()));
    say("to itself: %d", evbuffer_add_buffer(a.get(), a.get()));
    tell("a", a);
    for (int i = 0; i < 5; ++i) {
        evbuffer_drain(a.get(), 2);
        evbuffer_add(b.get(), "xy", 2);
        evbuffer_add_buffer(a.get(), b.get());
    }
    tell("a", a);
}

SCENARIO(T299_add_buffer_where_room_was_reserved) {
    const Buffer a = new_buffer("abc");
    const Buffer b = new_buffer("def");
    evbuffer_expand(a.get(), 10000);
    evbuffer_expand(b.get(), 10000);
    say("%d", evbuffer_add_buffer(a.get(), b.get()));
    evbuffer_add(a.get(), "ghi", 3);
    evbuffer_add(b.get(), "jkl", 3);
    tell("a", a);
    tell("b", b);
}

SCENARIO(T300_remove_buffer_moves_at_most) {
    const Buffer a = new_buffer("hello");
    add_chain(a, " world");
    const Buffer b = new_buffer("<");
    for (const std::size_t n : {0, 2, 3, 4, 100, 1}) {
        say("%zu: %d", n, evbuffer_remove_buffer(a.get(), b.get(), n));
        tell("a", a);
        tell("b", b);
    }
    say("to itself: %d", evbuffer_remove_buffer(b.get(), b.get(), 3));
    tell("b", b);
}

SCENARIO(T300_remove_buffer_cuts_a_reference) {
    const Buffer a = new_buffer();
    refer(a, "0123456789", "digits");
    const Buffer b = new_buffer();
    say("%d", evbuffer_remove_buffer(a.get(), b.get(), 4));
    tell("a", a);
    tell("b", b);
    evbuffer_drain(b.get(), 4);
    say("b drained");
    evbuffer_drain(a.get(), 6);
    say("a drained");
}

SCENARIO(T301_prepend_buffer_moves_to_the_front) {
    const Buffer a = new_buffer("world");
    const Buffer b = new_buffer("hello ");
    say("%d", evbuffer_prepend_buffer(a.get(), b.get()));
    say("from an empty one: %d", evbuffer_prepend_buffer(a.get(), b.get()));
    say("to itself: %d", evbuffer_prepend_buffer(a.get(), a.get()));
    tell("a", a);
    tell("b", b);
    evbuffer_add(a.get(), "!", 1);
    evbuffer_prepend(a.get(), ">", 1);
    tell("a", a);
}

SCENARIO(T301_prepend_buffer_to_an_empty_one) {
    const Buffer a = new_buffer();
    const Buffer b = new_buffer("hello");
    say("%d", evbuffer_prepend_buffer(a.get(), b.get()));
    evbuffer_add(a.get(), "!", 1);
    tell("a", a);
}

SCENARIO(buffer_reference_of_a_buffer) {
    const Buffer a = new_buffer("<");
    const Buffer b = new_buffer("shared");
    say("%d", evbuffer_add_buffer_reference(a.get(), b.get()));
    tell("a", a);
    tell("b", b);
    evbuffer_add(b.get(), " more", 5);
    evbuffer_prepend(b.get(), "not ", 4);
    evbuffer_add(a.get(), ">", 1);
    tell("a", a);
    tell("b", b);
    say("shared again: %d", evbuffer_add_buffer_reference(b.get(), a.get()));
    say("itself: %d", evbuffer_add_buffer_reference(b.get(), b.get()));
    const Buffer empty = new_buffer();
    say("an empty one: %d", evbuffer_add_buffer_reference(b.get(), empty.get()));
}

SCENARIO(buffer_reference_outlives_its_source) {
    const Buffer a = new_buffer();
    {
        const Buffer b = new_buffer("0123");
        refer(b, "abcd", "letters");
        say("%d", evbuffer_add_buffer_reference(a.get(), b.get()));
        evbuffer_drain(b.get(), 6);
        tell("a", a);
    }
    say("source freed");
    tell("a", a);
    evbuffer_drain(a.get(), 8);
    say("drained");
}

SCENARIO(buffer_reference_to_many) {
    const Buffer source = new_buffer();
    refer(source, "broadcast", "it");
    Buffer to[3];
    for (Buffer& b : to) {
        b = new_buffer("[");
        evbuffer_add_buffer_reference(b.get(), source.get());
        evbuffer_add(b.get(), "]", 1);
    }
    evbuffer_drain(source.get(), 100);
    for (Buffer& b : to) {
        tell("one", b);
        b.reset();
    }
}

SCENARIO(T329_a_reference_is_not_copied) {
    static const char text[] = "somebody else's";
    const Buffer b = new_buffer();
    refer(b, text, "text");
    say("the same memory: %s",
        yes_no(static_cast<const void*>(evbuffer_pullup(b.get(), -1)) == text));
    evbuffer_drain(b.get(), 5);
    say("5 drained");
    evbuffer_drain(b.get(), 10);
    say("all drained");
}

SCENARIO(T329_references_are_given_back_in_order) {
    const Buffer b = new_buffer();
    refer(b, "one", "first");
    refer(b, "two", "second");
    refer(b, "three", "third");
    evbuffer_drain(b.get(), 7);
    tell("b", b);
}

SCENARIO(T329_a_reference_is_given_back_with_the_buffer) {
    Buffer b = new_buffer("abc");
    refer(b, "one", "it");
    b.reset();
    say("freed");
}

SCENARIO(T329_a_refused_reference_is_not_given_back) {
    const Buffer b = new_buffer("abc");
    evbuffer_freeze(b.get(), 0);
    refer(b, "one", "it");
    tell("b", b);
}

SCENARIO(T329_a_reference_pulled_up_is_given_back) {
    const Buffer b = new_buffer("abc");
    refer(b, "def", "it");
    say("%.6s", reinterpret_cast<const char*>(evbuffer_pullup(b.get(), 6)));
    evbuffer_add(b.get(), "ghi", 3);
    tell("b", b);
}

SCENARIO(T329_a_reference_moves_between_buffers) {
    const Buffer a = new_buffer("abc");
    const Buffer b = new_buffer();
    refer(b, "def", "it");
    evbuffer_add_buffer(a.get(), b.get());
    say("moved");
    evbuffer_drain(a.get(), 4);
    say("begun");
    evbuffer_drain(a.get(), 2);
}

SCENARIO(T329_bytes_around_a_reference) {
    const Buffer b = new_buffer("a");
    refer(b, "bc", "it");
    evbuffer_add(b.get(), "d", 1);
    evbuffer_prepend(b.get(), "_", 1);
    tell("b", b);
    char out[8] = {};
    say("%d %s", evbuffer_remove(b.get(), out, 5), out);
}

SCENARIO(T330_a_part_of_a_file) {
    File file(digits(5000));
    const Buffer b = new_buffer("<");
    say("%d", file.give(b, 4995, 5));
    evbuffer_add(b.get(), ">", 1);
    tell("b", b);
    say("open %s", yes_no(is_open(file.fd)));
    evbuffer_drain(b.get(), 6);
    say("open %s", yes_no(is_open(file.fd)));
    tell("b", b);
}

SCENARIO(T330_a_file_to_its_end) {
    const Buffer b = new_buffer();
    File file(digits(30));
    say("%d", file.give(b, 20, -1));
    tell("b", b);
}

SCENARIO(T330_a_file_that_is_only_sent_cannot_be_pulled_up) {
    const Buffer b = new_buffer();
    File file(digits(30));
    evbuffer_set_flags(b.get(), EVBUFFER_FLAG_DRAINS_TO_FD);
    say("%d", file.give(b, 0, 30));
    say("length %zu", evbuffer_get_length(b.get()));
    say("pullup %s", yes_no(evbuffer_pullup(b.get(), 5) != nullptr));
    say("drain %d", evbuffer_drain(b.get(), 10));
    say("length %zu", evbuffer_get_length(b.get()));
}

SCENARIO(T331_a_file_is_sent) {
    const Ends ends;
    File file(digits(3000));
    const Buffer b = new_buffer("head ");
    evbuffer_set_flags(b.get(), EVBUFFER_FLAG_DRAINS_TO_FD);
    file.give(b, 10, 100);
    evbuffer_add(b.get(), " tail", 5);
    while (evbuffer_get_length(b.get()) > 0) say("%d", evbuffer_write(b.get(), ends.b()));
    say("%s", arrived(ends.a(), 200).c_str());
    say("open %s", yes_no(is_open(file.fd)));
}

SCENARIO(T331_a_file_is_sent_in_parts) {
    const Ends ends;
    const Buffer b = new_buffer();
    File file(digits(100));
    evbuffer_set_flags(b.get(), EVBUFFER_FLAG_DRAINS_TO_FD);
    file.give(b, 0, -1);
    for (const int n : {7, 50, 100}) say("%d: %d", n, evbuffer_write_atmost(b.get(), ends.b(), n));
    say("%s", arrived(ends.a(), 200).c_str());
}

SCENARIO(T332_the_file_is_closed_with_the_buffer) {
    File file(digits(100));
    Buffer b = new_buffer();
    file.give(b, 0, -1);
    say("open %s", yes_no(is_open(file.fd)));
    b.reset();
    say("open %s", yes_no(is_open(file.fd)));
}

SCENARIO(T332_a_negative_offset_is_refused) {
    File file(digits(100));
    const Buffer b = new_buffer("abc");
    say("%d", file.give(b, -1, 5));
    say("%d", file.give(b, 200, -1));
    tell("b", b);
}

SCENARIO(buffer_file_segment_in_two_buffers) {
    File file(digits(100));
    const Buffer a = new_buffer("<");
    Buffer b = new_buffer();
    Segment seg(evbuffer_file_segment_new(file.fd, 10, 50,
                                          EVBUF_FS_DISABLE_SENDFILE | EVBUF_FS_CLOSE_ON_FREE));
    file.given = true;
    char name[] = "segment";
    evbuffer_file_segment_add_cleanup_cb(seg.get(), segment_ended, name);
    say("%d", evbuffer_add_file_segment(a.get(), seg.get(), 5, 10));
    say("%d", evbuffer_add_file_segment(b.get(), seg.get(), 40, -1));
    tell("a", a);
    tell("b", b);
    seg.reset();
    say("freed");
    evbuffer_drain(a.get(), 100);
    say("a drained");
    b.reset();
    say("open %s", yes_no(is_open(file.fd)));
}

SCENARIO(buffer_file_segment_read_into_memory) {
    const Buffer b = new_buffer();
    File file(digits(100));
    Segment seg(evbuffer_file_segment_new(
        file.fd, 3, 20,
        EVBUF_FS_DISABLE_SENDFILE | EVBUF_FS_DISABLE_MMAP | EVBUF_FS_DISABLE_LOCKING));
    say("%d", evbuffer_add_file_segment(b.get(), seg.get(), 0, -1));
    file.close_now();
    seg.reset();
    tell("b", b);
    say("pullup %.4s", reinterpret_cast<const char*>(evbuffer_pullup(b.get(), 4)));
}

SCENARIO(T321_read_returns_bytes_end_or_error) {
    Ends ends;
    const Buffer b = new_buffer("<");
    errno = 0;
    say("%d, EAGAIN %s", evbuffer_read(b.get(), ends.a(), -1), yes_no(errno == EAGAIN));
    ends.write_b("hello world");
    say("%d", evbuffer_read(b.get(), ends.a(), 5));
    say("%d", evbuffer_read(b.get(), ends.a(), -1));
    tell("b", b);
    ends.close_b();
    say("%d", evbuffer_read(b.get(), ends.a(), -1));
    errno = 0;
    say("%d, EBADF %s", evbuffer_read(b.get(), -1, 10), yes_no(errno == EBADF));
    tell("b", b);
}

SCENARIO(T321_read_at_most_4096_at_once) {
    Ends ends;
    ends.write_b(digits(10000).c_str());
    const Buffer b = new_buffer();
    for (const int n : {-1, 100000, 3000, 3000})
        say("%d: %d", n, evbuffer_read(b.get(), ends.a(), n));
    say("length %zu", evbuffer_get_length(b.get()));
    std::string all(10000, '?');
    evbuffer_remove(b.get(), all.data(), all.size());
    say("%s", yes_no(all == digits(10000)));
}

SCENARIO(T321_read_from_a_pipe) {
    Ends ends(Ends::Kind::pipe);
    ends.write_b("through a pipe");
    const Buffer b = new_buffer();
    say("%d", evbuffer_read(b.get(), ends.a(), -1));
    tell("b", b);
}

SCENARIO(T322_write_is_write_atmost_minus_one) {
    const Ends ends;
    const Buffer b = new_buffer("0123456789");
    add_chain(b, "abcdef");
    say("%d", evbuffer_write_atmost(b.get(), ends.b(), 4));
    say("%d", evbuffer_write_atmost(b.get(), ends.b(), 8));
    say("%d", evbuffer_write(b.get(), ends.b()));
    say("%s", arrived(ends.a(), 100).c_str());
    tell("b", b);
}

SCENARIO(T322_write_of_nothing) {
    const Ends ends;
    const Buffer b = new_buffer();
    say("%d", evbuffer_write(b.get(), ends.b()));
    evbuffer_add(b.get(), "abc", 3);
    say("%d", evbuffer_write_atmost(b.get(), ends.b(), 0));
    tell("b", b);
}

SCENARIO(T322_a_failed_write_keeps_the_bytes) {
    const Buffer b = new_buffer("abc");
    errno = 0;
    say("%d, EBADF %s", evbuffer_write(b.get(), -1), yes_no(errno == EBADF));
    tell("b", b);
}

SCENARIO(T322_write_until_the_socket_is_full) {
    const Ends ends;
    const Buffer b = new_buffer();
    const std::string block = digits(65536);
    for (int i = 0; i < 40; ++i) evbuffer_add(b.get(), block.data(), block.size());
    const std::size_t before = evbuffer_get_length(b.get());
    std::size_t sent = 0;
    int n = 0;
    while ((n = evbuffer_write(b.get(), ends.b())) > 0) sent += static_cast<std::size_t>(n);
    say("%d, EAGAIN %s", n, yes_no(errno == EAGAIN));
    say("nothing lost: %s", yes_no(sent + evbuffer_get_length(b.get()) == before && sent > 0));
    std::string got = arrived(ends.a(), 1000);
    say("%s", yes_no(got == digits(1000)));
}
