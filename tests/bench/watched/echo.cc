// A bufferevent echo server under load, watched: build/bin/echo-bufferevent, and clients in this
// process. An operation is a message.
#include "tests/bench/load/clients.h"
#include "tests/bench/watched/watched.h"

namespace bench {

Cost run_echo(const Paths& paths, Mode mode) {
    constexpr std::size_t kClients = 50;
    constexpr std::chrono::seconds kLength{2};
    Program server(start_of(paths, mode, {paths.echo_server}));
    Clients clients(server.line(), kClients);
    if (!clients.connected()) return {};
    Cost cost;
    Viewer viewer(paths, mode);
    const auto began = std::chrono::steady_clock::now();
    const auto messages = static_cast<double>(clients.talk(kLength));
    const std::chrono::duration<double, std::nano> passed =
        std::chrono::steady_clock::now() - began;
    cost.frames_per_second = viewer.end();
    cost.clock_ns = passed.count() / messages;
    cost.processor_ns = server.end() / messages;
    return cost;
}

}  // namespace bench
