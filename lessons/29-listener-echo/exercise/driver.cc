// Drives the exercise of lesson 29: two at a time are served, the third one
// when somebody leaves.
#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    driver::Client first(given.port), second(given.port);
    first.echo(given.text(given.number(1, 500)));
    second.echo(given.text(given.number(1, 500)));

    driver::Client third(given.port);
    const std::string patience = given.text(given.number(1, 500));
    third.send(patience);
    if (third.readable_within(100))
        driver::failed("expected the third client to wait; it was served");
    first.echo("still here");
    (given.number(0, 1) == 0 ? first : second).close();
    const std::string back = third.receive(patience.size());
    if (back != patience) driver::failed("expected the third client's echo when one had left");
    driver::Client fourth(given.port);
    fourth.send("me too");
    if (fourth.readable_within(100)) driver::failed("expected the fourth to wait; it was served");
    third.close();
    if (fourth.receive(6) != "me too") driver::failed("expected the fourth client's echo");
    driver::passed();
}
