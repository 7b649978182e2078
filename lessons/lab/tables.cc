// The two tables of the lab: what is compared, and on what. `lab --list` prints them; the command
// `evglass compare` asks for them there, so there is one list of each.
#include "lessons/lab/mechanism.h"
#include "lessons/lab/scenario.h"

namespace lab {
namespace {

/// No mechanism at all: it knows who is next in a ring with one byte. What is left is the work.
class Nothing final : public Mechanism {
 public:
    bool add(int fd, int, int) override {
        fds_.push_back(fd);
        return true;
    }
    void change(int, int) override {}
    void remove(int) override {}
    int turn(Handler& handler, bool) override {
        handler.on_ready(fds_[next_], kRead);
        next_ = (next_ + 1) % fds_.size();
        return 1;
    }

 private:
    std::vector<int> fds_;
    std::size_t next_ = 0;
};

std::unique_ptr<Mechanism> make_nothing(std::string_view) {
    return std::make_unique<Nothing>();
}

/// Two descriptors for each, and some for the program itself and a mechanism.
constexpr int kRoom = 128;
int two_each(Size size) {
    return 2 * size.n + kRoom;
}
int up_to_n(Size size) {
    return size.n + kRoom;
}

}  // namespace

const std::vector<MechanismInfo>& mechanisms() {
    static const std::vector<MechanismInfo> kTable = {
        {"none", "no waiting: the work alone (idle only)", make_nothing},
        {"raw-select", "select(2), by hand", make_raw_select},
        {"raw-poll", "poll(2), by hand", make_raw_poll},
        {"raw-epoll", "epoll(7), level-triggered, by hand", make_raw_epoll},
        {"raw-epoll-et", "epoll(7), edge-triggered, by hand", make_raw_epoll},
        {"raw-io_uring", "io_uring(7), multishot polls, by hand", make_raw_uring},
        {"select", "the library on select", make_reactor},
        {"poll", "the library on poll", make_reactor},
        {"epoll", "the library on epoll", make_reactor},
        {"changelist", "the library on epoll with a changelist", make_reactor},
        {"io_uring", "the library on io_uring", make_reactor},
    };
    return kTable;
}

const std::vector<ScenarioInfo>& scenarios() {
    static const std::vector<ScenarioInfo> kTable = {
        {"idle",
         "many descriptors, one of them busy",
         "descriptors that are watched",
         {10, 30, 100, 300, 1000, 3000, 8000},
         1,
         make_ring,
         two_each},
        {"active",
         "all descriptors busy",
         "descriptors, all busy",
         {10, 100, 1000},
         0,
         make_ring,
         two_each},
        {"churn",
         "one descriptor out and in again for each event",
         "descriptors that are watched",
         {10, 1000},
         1,
         make_ring,
         two_each},
        {"wide",
         "ten descriptors with high numbers, one busy",
         "the highest number",
         {30, 1000, 10000},
         1,
         make_ring,
         up_to_n},
        {"short",
         "clients connect, say a byte, get it back and are gone",
         "clients at once",
         {1, 100},
         0,
         make_short,
         two_each},
        {"slow",
         "slow readers: the server waits for room to write",
         "readers",
         {10, 300},
         0,
         make_slow,
         two_each},
        {"timers",
         "a timeout on every descriptor",
         "descriptors, a tenth of them busy",
         {10, 100, 1000},
         -10,
         make_ring,
         two_each},
    };
    return kTable;
}

}  // namespace lab
