// The other side of lesson 2's exercise: a silent client, some that talk, some that leave, one that
// resets its connection, and more than there is room for.
#include <vector>

#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    const driver::Client silent(given.port);
    driver::Client talker(given.port);
    talker.echo(given.text(given.number(1, 90)));

    const int quitters = given.number(2, 5);
    for (int i = 0; i < quitters; ++i) {
        driver::Client one(given.port);
        one.echo(given.text(given.number(1, 300)));
        if (i == 0) one.reset();
    }
    talker.echo("after a reset\n");

    std::vector<driver::Client> many;
    const int room = 16 - 3;  // the listener, the silent one and the talker have places
    const int more = given.number(1, 4);
    for (int i = 0; i < room + more; ++i) many.emplace_back(given.port);
    int served = 0, closed = 0;
    for (driver::Client& each : many) {
        each.send("?");
        const std::string answer = served < room ? each.receive(1) : each.receive_all();
        ++(answer.empty() ? closed : served);
    }
    if (served != room || closed != more)
        driver::failed("expected %d clients to be served and %d to be closed; it was %d and %d",
                       room, more, served, closed);
    talker.echo("and goodbye\n");
    std::fprintf(stderr, "closed: %d\n", quitters + more);
    driver::passed();
}
