// unbound with two threads, in a chroot and without root's rights where the test has them to drop;
// dig asks for what it knows by itself: addresses, long answers over TCP, names that are not there.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/dropin/stage.h"

namespace evglass::dropin {
namespace {

std::string configuration(const Stage& stage, int port) {
    const bool root = geteuid() == 0;
    std::string text =
        "server:\n  interface: 127.0.0.1\n  port: " + std::to_string(port) +
        "\n  num-threads: 2\n  do-daemonize: no\n  use-syslog: no\n  logfile: \"\"\n  verbosity: "
        "1\n"
        "  module-config: \"iterator\"\n  do-ip6: no\n  pidfile: \"\"\n  access-control: "
        "127.0.0.0/8 allow\n"
        "  username: \"" +
        std::string(root ? "nobody" : "") + "\"\n  chroot: \"" + (root ? stage.file("") : "") +
        "\"\n  directory: \"" + stage.file("") +
        "\"\n  local-zone: \"test.\" static\n  local-data: \"a.test. 60 IN A 10.1.2.3\"\n"
        "  local-data: \"b.test. 60 IN AAAA 2001:db8::1\"\n";
    for (int i = 0; i < 60; ++i)
        text += "  local-data: 'long.test. 60 IN TXT \"" +
                std::string(200, static_cast<char>('a' + i % 26)) + std::to_string(i) + "\"'\n";
    return text + "remote-control:\n  control-enable: no\n";
}

std::string ask(const Stage& stage, int port, const std::string& question) {
    return stage.shell("dig @127.0.0.1 -p " + std::to_string(port) +
                       " +time=5 +tries=2 +noall +answer +comments " + question +
                       " | grep -v -e '^;; Got' -e '^;; Trunc' | sed 's/id: [0-9]*//' | sort");
}

TEST(Unbound, AnswersDig) {
    SKIP_UNLESS_INSTALLED("unbound");
    SKIP_UNLESS_INSTALLED("dig");
    compare(2, {"10.1.2.3", "2001:db8::1", "NXDOMAIN", "ended with 0"}, [](Stage& stage) {
        const int port = free_port();
        stage.write("unbound.conf", configuration(stage, port));
        const pid_t server = stage.start({"unbound", "-c", stage.file("unbound.conf")});
        if (!wait_until([&] { return accepts(port); })) return "does not accept: " + stage.log();
        std::string out;
        for (const char* question :
             {"a.test A", "b.test AAAA", "nothing.test A", "long.test TXT", "+tcp a.test A",
              "+tcp +keepopen a.test A b.test AAAA", "-x 127.0.0.1"})
            out += std::string(question) + "\n" + ask(stage, port, question);
        for (int i = 0; i < 50; ++i)
            out += stage.shell("dig @127.0.0.1 -p " + std::to_string(port) + " +short a.test");
        return out + "ended with " + std::to_string(stage.stop(server, SIGTERM));
    });
}

}  // namespace
}  // namespace evglass::dropin
