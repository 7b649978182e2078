// The other side of lesson 3's exercise: clients that speak and hang up in one breath, one that
// resets its connection, and a while of silence.
#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    driver::Client talker(given.port);
    talker.echo(given.text(given.number(1, 500)));

    const int partings = given.number(3, 8);
    for (int i = 0; i < partings; ++i) {
        driver::Client one(given.port);
        const std::string words = given.text(given.number(1, 250));
        one.send(words);
        one.finish_sending();
        const std::string heard = one.receive_all();
        if (heard != words)
            driver::failed("expected '%s' back from a client that hung up after it; got '%s'",
                           driver::shown(words).c_str(), driver::shown(heard).c_str());
    }
    driver::Client(given.port).reset();
    talker.echo("still there?\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // silence: nobody is to be woken
    talker.echo("goodbye\n");
    std::fprintf(stderr, "partings: %d\n", partings);
    driver::passed();
}
