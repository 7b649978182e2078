// Exercise of lesson 22, solved: std::from_chars takes digits and nothing else, and says where it
// ended.
#include <event2/event.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace {

/// The port, or -1.
int parse_port(std::string_view text) {
    unsigned port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data(), end, port);
    const bool good = problem == std::errc() && stopped == end && port >= 1 && port <= 65535;
    return good ? static_cast<int>(port) : -1;
}

}  // namespace

int main(int argc, char** argv) {
    event_base* base = event_base_new();  // the trace begins with it
    std::printf("port: %d\n", parse_port(argc == 2 ? argv[1] : "80"));
    int refused = 0;
    for (const char* text : {" 80", "+80", "80x", "", "0", "65536"})
        refused += parse_port(text) == -1;
    std::printf("refused: %d\n", refused);
    event_base_free(base);
    return 0;
}
