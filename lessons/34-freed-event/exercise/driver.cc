// Drives the exercise of lesson 34: clients one after the other. Some hang up before the next one
// comes, some are still there.
#include <vector>

#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    const int clients = given.number(3, 9);
    std::fprintf(stderr, "gone: %d\n", clients - 1);  // the last one may still be there
    std::vector<driver::Client> stayed;
    for (int i = 1; i <= clients; ++i) {
        driver::Client client(given.port);
        for (int n = given.number(1, 3); n > 0; --n) {
            const std::string text = given.text(given.number(1, 500));
            client.send(text);
            if (!client.readable_within(1500))
                driver::failed("expected an echo for client %d of %d; nothing came within 1.5 s", i,
                               clients);
            const std::string back = client.receive(text.size());
            if (back != text)
                driver::failed("client %d: expected '%s' back; got '%s'", i,
                               driver::shown(text).c_str(), driver::shown(back).c_str());
        }
        for (driver::Client& before : stayed)  // it lost its place
            if (!before.receive_all().empty()) driver::failed("expected the end, not bytes");
        stayed.clear();
        if (given.number(0, 1) == 0) stayed.push_back(std::move(client));
    }
    driver::passed();
}
