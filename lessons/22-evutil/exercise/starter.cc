// Exercise of lesson 22: parse_port takes what is no port. Digits only, from 1 to 65535.
#include <event2/event.h>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace {

/// The port, or -1.
int parse_port(std::string_view text) {
    return static_cast<int>(std::strtol(text.data(), nullptr, 10));
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
