// Drives the exercise of lesson 25: lines in random pieces, several at once,
// and one that is too long.
#include "lessons/wire/driver.h"

namespace {

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    driver::Client client(given.port);
    for (int round = 0; round < 5; ++round) {
        std::string lines;
        for (int i = given.number(1, 4); i > 0; --i)
            lines += given.text(given.number(0, 900)) + "\n";
        for (std::size_t at = 0; at < lines.size();) {
            const auto piece = static_cast<std::size_t>(given.number(1, 400));
            client.send(lines.substr(at, piece));
            at += piece;
        }
        const std::string back = client.receive(lines.size());
        if (back != upper(lines))
            driver::failed("expected '%s'; got '%s'", driver::shown(upper(lines)).c_str(),
                           driver::shown(back).c_str());
    }
    client.send("half");
    if (client.readable_within(50)) driver::failed("expected silence after half a line; got bytes");
    driver::Client talker(given.port);
    talker.send(given.text(3000));
    const std::string got = talker.receive_all();
    if (!got.empty())
        driver::failed("expected the end after a line of 3000 bytes; got %zu bytes", got.size());
    client.send("\n");
    if (client.receive(5) != "HALF\n") driver::failed("expected 'HALF' after the rest of the line");
    driver::passed();
}
