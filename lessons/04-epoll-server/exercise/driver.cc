// The other side of lesson 4's exercise: several clients that speak in the same moment, a message
// longer than the server's buffer, and a client that hangs up.
#include <fstream>
#include <vector>

#include "lessons/wire/driver.h"

namespace {

/// Waits until the server is in this state: S asleep, T stopped.
void until(const driver::Given& given, char wanted) {
    const auto end = driver::Clock::now() + driver::kPatience;
    char state = '?';
    while (state != wanted) {
        std::ifstream stat("/proc/" + std::to_string(given.pid) + "/stat");
        std::string skipped;
        stat >> skipped >> skipped >> state;
        if (driver::Clock::now() > end)
            driver::failed("expected the server in state %c; it is in state %c", wanted, state);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/// All that the clients say while the server is stopped is reported by one epoll_wait. Stopping it
/// also interrupts the wait that it is in.
void all_at_once(const driver::Given& given, std::vector<driver::Client>& clients) {
    until(given, 'S');
    kill(given.pid, SIGSTOP);
    until(given, 'T');
    for (driver::Client& client : clients) client.send("\n");
    kill(given.pid, SIGCONT);
    for (std::size_t i = 0; i < clients.size(); ++i)
        if (!clients[i].readable_within(3000))
            driver::failed(
                "expected all %zu clients that spoke in the same moment to be answered; client %zu "
                "never was",
                clients.size(), i + 1);
    for (driver::Client& client : clients) client.receive(1);
}

}  // namespace

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    std::vector<driver::Client> clients;
    const int n = given.number(2, 6);
    for (int i = 0; i < n; ++i) {
        clients.emplace_back(given.port);
        clients.back().echo(given.text(given.number(1, 99)));
    }
    std::fprintf(stderr, "clients: %d\n", n);
    all_at_once(given, clients);
    clients.front().echo(given.text(given.number(101, 900)));
    clients.front().close();
    clients.back().echo(given.text(given.number(101, 900)));
    driver::passed();
}
