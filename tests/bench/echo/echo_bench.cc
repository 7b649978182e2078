// Messages echoed by a bufferevent server (lessons/demo/echo-bufferevent.cc): with stock libevent,
// with ours, with ours while it records, and by a loop written by hand. Prints a table in Markdown;
// with a file it puts the table between its marks there.
//
//   echo_bench FOLDER OUR_LIB ROUNDS [FILE]      FOLDER has `server` and `by_hand`
//
// The server has one processor, the clients have the other. Every round runs each server once, in
// turn; ratios are those of a round, and medians with their quartiles are told.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/load/clients.h"
#include "tests/bench/load/program.h"
#include "tests/bench/rounds.h"

namespace {

struct Server {
    const char* name;
    bench::Start start;
    std::vector<double> messages_per_second = {}, processor_ns = {};
};

/// One run. False if nothing came back.
bool measure(Server& server, std::size_t connections) {
    constexpr std::chrono::milliseconds kLength{700};
    bench::stay_on(bench::Processor::program);
    bench::Program program(server.start);
    bench::stay_on(bench::Processor::view);
    bench::Clients clients(program.line(), connections);
    const auto messages = static_cast<double>(clients.connected() ? clients.talk(kLength) : 0);
    if (messages == 0) return false;
    server.messages_per_second.push_back(messages / std::chrono::duration<double>(kLength).count());
    server.processor_ns.push_back(program.end() / messages);
    return true;
}

std::string cell(const std::vector<double>& ratios) {
    char text[64];
    std::snprintf(text, sizeof text, " %.3f (%.3f to %.3f) |", bench::median(ratios),
                  bench::quantile(ratios, 0.25), bench::quantile(ratios, 0.75));
    return text;
}

std::string row(const Server& server, const Server& stock, std::size_t connections) {
    char begin[96];
    std::snprintf(begin, sizeof begin, "| %zu | %s | %.0f |", connections, server.name,
                  bench::median(server.messages_per_second));
    return begin + cell(bench::ratios(server.messages_per_second, stock.messages_per_second)) +
           cell(bench::ratios(server.processor_ns, stock.processor_ns)) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: echo_bench FOLDER OUR_LIB ROUNDS [FILE]\n", stderr);
        return 2;
    }
    const std::string folder = argv[1], ours = argv[2], trace = folder + "/echo.evg";
    const long rounds = std::max(1L, std::strtol(argv[3], nullptr, 10));
    std::string table =
        "| connections | server | messages a second | to stock | processor time, to stock |\n"
        "|---|---|---|---|---|\n";
    for (const std::size_t connections : {50, 500}) {
        std::vector<Server> servers = {
            {"stock libevent", {{folder + "/server"}}},
            {"evglass", {{folder + "/server"}, ours}},
            {"evglass, recording", {{folder + "/server"}, ours, trace}},
            {"by hand", {{folder + "/by_hand"}}},
        };
        for (long round = 0; round < rounds; ++round)
            for (Server& server : servers) {
                if (measure(server, connections)) continue;
                std::fprintf(stderr, "echo_bench: %s answered nothing\n", server.name);
                return 1;
            }
        for (const Server& server : servers) table += row(server, servers.front(), connections);
    }
    std::error_code ignored;
    std::filesystem::remove(trace, ignored);
    std::fputs(table.c_str(), stdout);
    if (argc < 5 || bench::put_into(argv[4], "bench-echo", table)) return 0;
    std::fprintf(stderr, "%s has no place for the table, or can't be written\n", argv[4]);
    return 1;
}
