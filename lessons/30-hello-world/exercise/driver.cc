// Drives the exercise of lesson 30: some clients have asked for much and read slowly, some have
// asked for nothing. Then SIGTERM: the idle ones must see the end, nobody else may come in, and
// those who asked must get every byte.
#include <vector>

#include "lessons/wire/driver.h"

namespace {

/// Waits until nobody listens there any more.
void expect_refusal(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto end = driver::Clock::now() + driver::kPatience;
    while (driver::Clock::now() < end) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool refused =
            connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
            errno == ECONNREFUSED;
        close(fd);
        if (refused) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    driver::failed("expected new clients to be refused after SIGTERM; they still get in");
}

struct Asked {
    driver::Client client;
    std::size_t bytes;
};

}  // namespace

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    std::vector<driver::Client> idle;
    std::vector<Asked> asked;
    for (int i = given.number(1, 3); i > 0; --i) idle.emplace_back(given.port);
    for (driver::Client& each : idle) {  // served once, so that it was surely accepted
        each.send("3\n");
        each.receive(3);
    }
    for (int i = given.number(1, 3); i > 0; --i) {
        // More than the sockets of both ends hold, so that the server still owes the rest.
        const int bytes = given.number(8'000'000, 12'000'000);
        asked.push_back({driver::Client(given.port), static_cast<std::size_t>(bytes)});
        asked.back().client.send(std::to_string(bytes) + "\n");
        if (!asked.back().client.readable_within(5000))
            driver::failed("expected %d bytes; none came within 5 s", bytes);
    }
    kill(given.pid, SIGTERM);
    for (driver::Client& each : idle) {
        const std::string more = each.receive_all();
        if (!more.empty()) driver::failed("expected the end for an idle client; got bytes");
    }
    expect_refusal(given.port);
    std::fprintf(stderr, "owed: %zu\n", asked.size());
    for (Asked& each : asked) {
        const std::size_t got = each.client.receive_all().size();
        if (got != each.bytes)
            driver::failed("a client had asked for %zu bytes before SIGTERM; it got %zu",
                           each.bytes, got);
    }
    driver::passed();
}
