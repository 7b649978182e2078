// Lesson 23: an evbuffer is a queue of chunks of memory, its chains. No loop, no descriptor: bytes
// go in and out. V1 is `mail`, V2 is `parcel`. Seven acts, each begins with a mark in the trace:
//   add      two small texts, then one that does not fit
//   drain    bytes leave at the front
//   prepend  bytes enter at the front, into the room that the drain left
//   move     the chains of V2 move to the end of V1
//   pullup   the first bytes made contiguous: free where they are, a copy where they are not
//   lines    evbuffer_readln and evbuffer_search
//   record   a length in front of each record, and a liar
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void add(evbuffer* buffer, const std::string& text) {
    evbuffer_add(buffer, text.data(), text.size());
}

void pull(evbuffer* buffer, std::size_t bytes) {
    std::printf(
        "the first %zu bytes: %s\n", bytes,
        evbuffer_pullup(buffer, static_cast<ev_ssize_t>(bytes)) != nullptr ? "there" : "not there");
}

void lines_act() {
    evglass_mark("lines");
    evbuffer* letter = evbuffer_new();
    add(letter, "first\r\nsecond\r\nthird");
    std::size_t length = 0;
    while (char* line = evbuffer_readln(letter, &length, EVBUFFER_EOL_CRLF)) {
        std::printf("line of %zu: %s\n", length, line);
        std::free(line);
    }
    const evbuffer_ptr found = evbuffer_search(letter, "ird", 3, nullptr);
    std::printf("ird is at %zd\n", static_cast<ssize_t>(found.pos));
    evbuffer_free(letter);
}

/// One record: four bytes of length, in network order, and as many bytes. As
/// the libevent book has it, `length + 4` is computed in 32 bits. Returns
/// "whole", "wait", or "liar".
const char* judge(evbuffer* buffer, bool as_in_the_book) {
    constexpr std::uint32_t kLongest = 1 << 16;
    std::uint32_t length = 0;
    if (evbuffer_copyout(buffer, &length, sizeof length) != sizeof length) return "wait";
    length = ntohl(length);
    const std::size_t there = evbuffer_get_length(buffer);
    if (as_in_the_book) return there < length + 4 ? "wait" : "whole";
    if (length > kLongest) return "liar";
    return there < std::size_t{length} + 4 ? "wait" : "whole";
}

void record_act() {
    evglass_mark("record");
    evbuffer* record = evbuffer_new();
    const std::uint32_t huge = 0xffffffff;
    evbuffer_add(record, &huge, sizeof huge);
    add(record, "abc");
    std::printf("the book's check says: %s\n", judge(record, true));
    std::printf("a careful check says: %s\n", judge(record, false));
    evbuffer_free(record);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* base = event_base_new();  // nobody uses it: the trace begins with it
    evbuffer* mail = evbuffer_new();
    evbuffer* parcel = evbuffer_new();

    evglass_mark("add");
    add(mail, "hello, ");
    add(mail, "world");
    add(mail, std::string(600, 'x'));

    evglass_mark("drain");
    evbuffer_drain(mail, 7);

    evglass_mark("prepend");
    evbuffer_prepend(mail, "HELLO, ", 7);

    evglass_mark("move");
    add(parcel, std::string(50, 'p'));
    evbuffer_add_buffer(mail, parcel);

    evglass_mark("pullup");
    pull(mail, 12);
    pull(mail, 650);

    lines_act();
    record_act();

    const std::size_t left = evbuffer_get_length(mail);
    evbuffer_free(parcel);
    evbuffer_free(mail);
    event_base_free(base);
    std::printf("%zu bytes were left\n", left);
    return left == 662 ? 0 : 1;
}
