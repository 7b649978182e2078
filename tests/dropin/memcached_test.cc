// memcached with four worker threads: several clients at once, small and large values, statistics,
// SIGTERM; and as a daemon.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <thread>

#include "tests/dropin/cache_client.h"
#include "tests/dropin/stage.h"

namespace evglass::dropin {
namespace {

constexpr int kClients = 6, kRounds = 200;

std::string value_of(int client, int round) {
    const auto size = static_cast<std::size_t>(round % 50 == 7 ? 200'000 : 10 + round);
    return std::string(size, static_cast<char>('a' + (client * 7 + round) % 26));
}

// What one client saw that it should not have seen.
std::string play_client(int port, int number) {
    CacheClient cache(port);
    std::string wrong;
    const auto expect = [&](const std::string& got, const std::string& wanted) {
        if (got != wanted)
            wrong += "wanted " + wanted.substr(0, 40) + ", got " + got.substr(0, 40) + "\n";
    };
    for (int round = 0; round < kRounds; ++round) {
        const std::string key = "k" + std::to_string(number) + "." + std::to_string(round);
        expect(cache.set(key, value_of(number, round)), "STORED\n");
        expect(cache.get(key), value_of(number, round));
        if (round % 10 == 3) expect(cache.ask("delete " + key), "DELETED\n");
        if (round % 10 == 3) expect(cache.get(key), "(none)");
    }
    expect(cache.set("n" + std::to_string(number), "41"), "STORED\n");
    expect(cache.ask("incr n" + std::to_string(number) + " 1"), "42\n");
    expect(cache.ask("nonsense"), "ERROR\n");
    return wrong;
}

std::string statistics(int port) {
    std::istringstream all(CacheClient(port).ask("stats"));
    std::string out;
    for (std::string line; std::getline(all, line);)
        for (const char* name : {"threads", "cmd_get", "cmd_set", "get_hits", "get_misses",
                                 "delete_hits", "curr_items", "incr_hits"})
            if (line.starts_with("STAT " + std::string(name) + " ")) out += line + "\n";
    return out;
}

std::vector<std::string> command(int port) {
    std::vector<std::string> words = {"memcached", "-l", "127.0.0.1",         "-U", "0", "-t",
                                      "4",         "-p", std::to_string(port)};
    // As root it wants somebody else's name, and drops root's rights before its first base.
    if (geteuid() == 0) words.insert(words.end(), {"-u", "nobody"});
    return words;
}

std::string play(int port) {
    std::vector<std::string> wrong(kClients);
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i)
        clients.emplace_back([&, i] { wrong[static_cast<std::size_t>(i)] = play_client(port, i); });
    for (std::thread& client : clients) client.join();
    std::string out;
    for (const std::string& text : wrong) out += text;
    return out + statistics(port);
}

TEST(Memcached, FourThreadsServeManyClients) {
    SKIP_UNLESS_INSTALLED("memcached");
    compare(5, {"STAT threads 4", "STAT cmd_set 1206", "STAT get_misses 120", "ended"},
            [](Stage& stage) {
                const int port = free_port();
                const pid_t server = stage.start(command(port));
                if (!wait_until([&] { return accepts(port); }))
                    return std::string("does not accept");
                const std::string transcript = play(port);
                return transcript + "ended with " + std::to_string(stage.stop(server, SIGTERM));
            });
}

TEST(Memcached, RunsAsADaemon) {
    SKIP_UNLESS_INSTALLED("memcached");
    compare(5, {"STAT threads 4", "STAT cmd_set 1206", "STAT get_misses 120", "0 and went"},
            [](Stage& stage) {
                const int port = free_port();
                std::vector<std::string> words = command(port);
                words.insert(words.end(), {"-d", "-P", stage.file("ids/pid")});
                mkdir(stage.file("ids").c_str(), 0755);
                // It is nobody when it writes its id.
                chmod(stage.file("ids").c_str(), 0777);
                const int started = stage.stop(stage.start(words), 0);
                if (!wait_until([&] { return accepts(port); }))
                    return std::string("does not accept");
                const std::string transcript = play(port);
                wait_until([&] { return pid_in(stage.read("ids/pid")) > 1; });
                const pid_t daemon = pid_in(stage.read("ids/pid"));
                if (daemon > 1) kill(daemon, SIGTERM);
                const bool over = daemon > 1 && wait_until([&] { return is_over(daemon); });
                return transcript + std::to_string(started) + (over ? " and went" : " and hangs");
            });
}

// The text that follows `key` in `text`, up to the next space.
std::string value_after(const std::string& text, const std::string& key) {
    const std::size_t at = text.find(key);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size();
    return text.substr(begin, text.find(' ', begin) - begin);
}

// Debian's memcached has no symbols: its code has the names that a debugger would give it.
TEST(Memcached, InAStrippedProgramACallbackIsModuleAndOffset) {
    SKIP_UNLESS_INSTALLED("memcached");
    Stage stage(Library::evglass);
    const int port = free_port();
    const pid_t server = stage.start(command(port));
    ASSERT_TRUE(wait_until([&] { return accepts(port); }));
    EXPECT_EQ(stage.stop(server, SIGTERM), 0);
    std::string trace, assigned;
    for (const std::string& path : stage.traces()) {
        const std::string all =
            stage.shell(evglass_command() + " dump " + path + " --where name=event_assign");
        const std::size_t at = all.find("callback=memcached+0x");
        if (at == std::string::npos) continue;
        trace = path;
        assigned =
            all.substr(all.rfind('\n', at) + 1, all.find('\n', at) - all.rfind('\n', at) - 1);
    }
    ASSERT_NE(trace, "") << "no trace has a callback of memcached's own";
    stage.shell(evglass_command() + " graph event " + trace + " --event " +
                value_after(assigned, " event=") + " -o event.dot");
    const std::string picture = stage.read("event.dot");
    EXPECT_TRUE(value_after(assigned, " creator=").starts_with("memcached+0x")) << assigned;
    EXPECT_NE(picture.find(value_after(assigned, " callback=")), std::string::npos) << picture;
}

}  // namespace
}  // namespace evglass::dropin
