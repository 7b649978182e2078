// Drives the exercise of lesson 26: one that is silent, one that talks, one
// that sends and never reads.
#include "lessons/wire/driver.h"

int main(int argc, char** argv) {
    driver::Given given(argc, argv);
    driver::Client talker(given.port);
    for (int i = 0; i < 6; ++i) talker.echo(given.text(given.number(1, 20'000)));

    // Never reads. The kernel takes some megabytes for both sides; a server
    // without a bound takes all.
    driver::Client deaf(given.port);
    const std::string flood = given.text(1 << 20);
    std::size_t taken = 0;
    constexpr std::size_t kAll = 64U << 20;
    while (taken < kAll) {
        pollfd one{deaf.fd(), POLLOUT, 0};
        if (poll(&one, 1, 150) <= 0) break;
        const ssize_t n =
            ::send(deaf.fd(), flood.data(), flood.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0) break;
        taken += static_cast<std::size_t>(n);
    }
    if (taken >= kAll) driver::failed("expected to be held back; the server took %zu bytes", taken);

    driver::Client silent(given.port);
    silent.echo("hello");
    const auto began = driver::Clock::now();
    silent.receive_all();
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(driver::Clock::now() - began).count();
    if (waited < 200)
        driver::failed("expected 300 ms of patience; it hung up after %d ms",
                       static_cast<int>(waited));
    driver::passed();
}
