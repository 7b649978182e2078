// Drives the exercises of lesson 33: short talks with pauses between them, and one client who sends
// much and reads late. It tells how many waits a loop may need for that.
#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    int messages = 0;
    driver::Client talker(given.port), silent(given.port);
    for (int i = given.number(3, 8); i > 0; --i, ++messages) {
        talker.echo(given.text(given.number(1, 2000)));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    driver::Client slow(given.port);
    // It sends until nobody takes any more: then the server's output is full of what it has not
    // read.
    std::string sent;
    const std::string piece = given.text(50'000);
    const std::size_t much = static_cast<std::size_t>(given.number(6, 9)) * 1'000'000;
    while (sent.size() < much) {
        slow.send(piece);
        sent += piece;
    }
    slow.finish_sending();
    const std::string back = slow.receive_all();
    if (back != sent)
        driver::failed("expected all %zu bytes back, for a client who reads late; got %zu%s",
                       sent.size(), back.size(),
                       back.size() == sent.size() ? ", with other bytes" : "");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    // A read takes up to 16384 bytes: with some to spare, so many turns are enough.
    std::fprintf(stderr, "limit: %zu\n",
                 100 + 4 * static_cast<std::size_t>(messages) + much / 4000);
    driver::passed();
}
