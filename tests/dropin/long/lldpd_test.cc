// Two lldpd that meet over a veth pair between two network namespaces. Each is a pair of processes:
// a monitor that keeps root's rights, and a forked child in a chroot, without rights, with the
// loop. It needs root: for namespaces, and because lldpd does.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/dropin/stage.h"

namespace evglass::dropin {
namespace {

// A network namespace, held by a process that sleeps in it.
class Network {
 public:
    explicit Network(Stage& stage)
        : stage_(stage), pid_(stage.start({"unshare", "-n", "sleep", "600"}, false)) {
        wait_until([&] {
            return stage_.shell(here("readlink /proc/self/ns/net")) !=
                   stage_.shell("readlink /proc/self/ns/net");
        });
    }
    std::string here(const std::string& command) const {
        return "nsenter -t " + std::to_string(pid()) + " -n " + command;
    }
    pid_t pid() const { return pid_; }
    // The kernel says a moment later that a link is up.
    bool has_link(const std::string& interface) const {
        return wait_until([&] {
            return stage_.shell(here("ip -br link show " + interface)).find(" UP ") !=
                   std::string::npos;
        });
    }
    pid_t start(const std::string& interface) const {
        return stage_.start({"nsenter", "-t", std::to_string(pid()), "-n", "lldpd", "-d", "-I",
                             interface, "-u", stage_.file(interface + ".socket"), "-S",
                             "an evglass test"});
    }

 private:
    Stage& stage_;
    pid_t pid_;
};

// Which neighbour it sees on this interface, in words that are the same in each run.
std::string neighbour(const Stage& stage, const std::string& interface) {
    return stage.shell("lldpcli -u " + interface +
                       ".socket -f keyvalue show neighbors 2>&1 | grep -E "
                       "'chassis.descr|port.descr|chassis.name' | sort");
}

TEST(Lldpd, TwoMeetOverAVethPair) {
    SKIP_UNLESS_INSTALLED("lldpd");
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces and lldpd need root";
    Stage probe(Library::stock);
    if (probe.shell("unshare -n ip link add eva type veth peer name evb 2>&1") != "status 0\n")
        GTEST_SKIP() << "no network namespaces with veth pairs here";
    mkdir("/run/lldpd", 0755);
    compare(2, {"met\n", "ended with 0 and 0"}, [](Stage& stage) {
        Network left(stage), right(stage);
        std::string out = stage.shell(left.here("ip link add eva type veth peer name evb netns " +
                                                std::to_string(right.pid())));
        out += stage.shell(left.here("ip link set eva up")) +
               stage.shell(right.here("ip link set evb up"));
        if (!left.has_link("eva") || !right.has_link("evb")) return out + "no link";
        const pid_t one = left.start("eva"), two = right.start("evb");
        // Until its own client has let it begin, each neither sends nor listens, and by itself it
        // looks again only after half a minute. So they are asked to.
        const bool met = wait_until([&] {
            for (const char* order : {"eva.socket resume", "evb.socket resume", "eva.socket update",
                                      "evb.socket update"})
                stage.shell("lldpcli -u " + std::string(order) + " >/dev/null 2>&1");
            return neighbour(stage, "eva").find("evb") != std::string::npos &&
                   neighbour(stage, "evb").find("eva") != std::string::npos;
        });
        out += met ? "met\n" : "never met: " + stage.log();
        out += neighbour(stage, "eva") + neighbour(stage, "evb");
        out += "ended with " + std::to_string(stage.stop(one, SIGTERM));
        return out + " and " + std::to_string(stage.stop(two, SIGTERM));
    });
}

}  // namespace
}  // namespace evglass::dropin
