// Exercise of lesson 23: records, each with its length in front (four bytes,
// network order), come in pieces of any size. get_record is as a book has it:
// it believes the length. Mend it: a record has at most 65536 bytes, and who
// says more is a liar.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/evglass.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

enum class Got { record, wait, liar };

Got get_record(evbuffer* buffer, std::string& record) {
    std::uint32_t length = 0;
    if (evbuffer_copyout(buffer, &length, sizeof length) != sizeof length) return Got::wait;
    length = ntohl(length);
    if (evbuffer_get_length(buffer) < length + 4) return Got::wait;
    evbuffer_drain(buffer, 4);
    record.resize(evbuffer_get_length(buffer));  // the book: malloc(length)
    evbuffer_remove(buffer, record.data(), record.size());
    return Got::record;
}

std::string framed(std::uint32_t length, const std::string& text) {
    const std::uint32_t network = htonl(length);
    return std::string(reinterpret_cast<const char*>(&network), sizeof network) + text;
}

}  // namespace

int main(int argc, char** argv) {
    std::mt19937 random(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1);
    const int records = argc > 2 ? static_cast<int>(std::strtol(argv[2], nullptr, 10)) : 5;
    event_base* base = event_base_new();  // the trace begins with it
    std::string stream;
    std::size_t sent = 0;
    for (int i = 0; i < records; ++i) {
        const std::string text(random() % 2000, static_cast<char>('a' + i % 26));
        stream += framed(static_cast<std::uint32_t>(text.size()), text);
        sent += text.size();
    }
    stream += framed(0xffffffff, "abc");

    evbuffer* buffer = evbuffer_new();
    int whole = 0;
    std::size_t received = 0;
    Got last = Got::wait;
    while (!stream.empty() && last != Got::liar) {
        const std::size_t piece = std::min<std::size_t>(1 + random() % 300, stream.size());
        evbuffer_add(buffer, stream.data(), piece);
        stream.erase(0, piece);
        std::string record;
        while ((last = get_record(buffer, record)) == Got::record) {
            ++whole;
            received += record.size();
        }
    }
    std::printf("records: %d\n", whole);
    std::printf("bytes: %s\n", received == sent ? "as sent" : "not as sent");
    std::printf("the liar: %s\n", last == Got::liar ? "refused" : "believed");
    evbuffer_free(buffer);
    event_base_free(base);
    return 0;
}
