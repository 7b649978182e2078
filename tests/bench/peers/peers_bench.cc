// Runs each peer on each workload, in turn, and prints a table in Markdown: nanoseconds, and the
// ratio to stock libevent in the same round. With a file it puts the table between its marks there.
//
//   peers_bench PEER_FOLDER OUR_LIB ROUNDS [FILE]
//
// Every round runs each peer once, one after the other, so that a busy machine disturbs all of
// them; figures are medians over the rounds. Nothing is typed by hand.
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/rounds.h"

namespace {

struct Peer {
    std::string name, program, library;
};
struct Workload {
    std::string name, what;
    std::map<std::string, std::vector<double>> ns;  ///< by peer, then by round
};

std::string output_of(const Peer& peer, const std::string& word) {
    std::vector<std::string> variables;
    if (!peer.library.empty()) variables.push_back("LD_LIBRARY_PATH=" + peer.library);
    return bench::output_of({peer.program, word}, variables);
}

double ratio(const Workload& workload, const std::string& peer) {
    return bench::median(bench::ratios(workload.ns.at(peer), workload.ns.at("libevent")));
}

std::string machine() {
    std::ifstream info("/proc/cpuinfo");
    std::string processor = "an unknown processor";
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name")) processor = line.substr(line.find(": ") + 2);
    utsname kernel{};
    uname(&kernel);
    const std::string release = kernel.release;
    return processor + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) +
           " processors, Linux " + release.substr(0, release.find('-'));
}

std::string cell(double ns, double to_stock) {
    char text[64];
    std::snprintf(text, sizeof text, ns < 99.5 ? " %.1f (%.2f) |" : " %.0f (%.2f) |", ns, to_stock);
    return text;
}

std::string table(const std::vector<Peer>& peers, const std::vector<Workload>& workloads,
                  long rounds) {
    std::string out =
        "Measured on " + machine() + ", medians of " + std::to_string(rounds) +
        " rounds. Nanoseconds of CPU time for one operation; in brackets the ratio to\n"
        "stock libevent in the same round.\n\n| workload |";
    for (const Peer& peer : peers) out += " " + peer.name + " |";
    out += "\n|---|";
    for (std::size_t i = 0; i < peers.size(); ++i) out += "---|";
    out += "\n";
    for (const Workload& workload : workloads) {
        out += "| " + workload.what + " |";
        for (const Peer& peer : peers)
            out += cell(bench::median(workload.ns.at(peer.name)), ratio(workload, peer.name));
        out += "\n";
    }
    return out;
}

std::vector<Workload> workloads_of(const Peer& peer) {
    std::vector<Workload> all;
    std::istringstream list(output_of(peer, "--list"));
    for (std::string line; std::getline(list, line);)
        all.push_back({line.substr(0, line.find('\t')), line.substr(line.find('\t') + 1), {}});
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: peers_bench PEER_FOLDER OUR_LIB ROUNDS [FILE]\n", stderr);
        return 2;
    }
    const std::string folder = argv[1];
    const long rounds = std::max(1L, std::strtol(argv[3], nullptr, 10));
    const std::vector<Peer> peers = {{"libevent", folder + "/peer_libevent", ""},
                                     {"evglass", folder + "/peer_libevent", argv[2]},
                                     {"libev", folder + "/peer_libev", ""},
                                     {"libuv", folder + "/peer_libuv", ""},
                                     {"asio", folder + "/peer_asio", ""},
                                     {"raw epoll", folder + "/peer_raw", ""}};
    std::vector<Workload> workloads = workloads_of(peers.front());
    for (long round = 0; round < rounds; ++round)
        for (Workload& workload : workloads)
            for (const Peer& peer : peers) {
                const double ns = std::strtod(output_of(peer, workload.name).c_str(), nullptr);
                if (ns <= 0) {
                    std::fprintf(stderr, "%s failed on %s\n", peer.name.c_str(),
                                 workload.name.c_str());
                    return 1;
                }
                workload.ns[peer.name].push_back(ns);
            }
    if (workloads.empty()) return 1;
    const std::string text = table(peers, workloads, rounds);
    std::fputs(text.c_str(), stdout);
    if (argc < 5 || bench::put_into(argv[4], "bench-peers", text)) return 0;
    std::fprintf(stderr, "%s has no place for the table, or can't be written\n", argv[4]);
    return 1;
}
