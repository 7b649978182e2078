// A ring of pipes: who is readable reads a byte and passes it on to the next. `active` bytes are on
// their way, all other pipes are silent. (Where all are busy each passes to itself: bytes would
// else catch up with each other.) With a change for each event it is churn, with high numbers it
// shows what select pays for, with a timeout on each descriptor it is a server's day. Read next:
// connections.cc, for what a ring can't show.
#include <algorithm>

#include "lessons/lab/calls.h"
#include "lessons/lab/descriptor.h"
#include "lessons/lab/scenario.h"

namespace lab {
namespace {

/// What is asked of a ring beyond passing bytes on.
struct Ways {
    int pipes;
    int lowest;     ///< number of the first reading end; 0: as they come
    int step;       ///< to whom a byte is passed: the next one, or (0) itself
    bool churn;     ///< each event takes one silent descriptor out and puts it back
    bool timeouts;  ///< each descriptor has one
};

class Ring final : public Scenario {
 public:
    Ring(Mechanism& mechanism, const Ways& ways, int active)
        : Scenario(mechanism), ways_(ways), active_(std::clamp(active, 1, ways.pipes)) {}

    std::string set_up() override {
        pipes_.reserve(static_cast<std::size_t>(ways_.pipes));
        for (int i = 0; i < ways_.pipes; ++i) {
            Pipe& pipe = pipes_.emplace_back();
            pipe.write.move_up(std::max(ways_.pipes, ways_.lowest) + kRoom);
            if (ways_.lowest > 0) pipe.read.move_up(ways_.lowest);
        }
        for (std::size_t i = 0; i < pipes_.size(); ++i) {
            const int fd = pipes_[i].read.get();
            if (static_cast<std::size_t>(fd) >= seats_.size())
                seats_.resize(static_cast<std::size_t>(fd) + 1);
            seats_[static_cast<std::size_t>(fd)] = i;
            if (!mechanism_.add(fd, kRead, timeout_of(i))) return mechanism_.refusal();
        }
        return {};
    }

    void run(long events) override {
        to_pass_ = std::max(events - active_, 0L);
        for (int i = 0; i < active_; ++i)
            pass_to((next_ + static_cast<std::size_t>(i) * pipes_.size() /
                                 static_cast<std::size_t>(active_)) %
                        pipes_.size(),
                    1);
        on_their_way_ = active_;
        while (on_their_way_ > 0) turn(true);
    }

    void on_ready(int fd, int what) override {
        if (what == 0) return;  // its timeout: no descriptor is silent for so long here
        char bytes[kMost];
        ssize_t got = 0;
        do {
            got = told::read(fd, bytes, sizeof bytes);
            if (got > 0) serve(fd, got);
            // Fewer bytes than asked for: the pipe is empty, and no further read is needed.
        } while (got == static_cast<ssize_t>(sizeof bytes) && mechanism_.edge());
    }

 private:
    static constexpr int kRoom = 32;
    static constexpr int kMost = 64;

    int timeout_of(std::size_t seat) const {
        constexpr int kShortest = 20000, kSpread = 10000, kPrime = 7919;
        return ways_.timeouts ? kShortest + static_cast<int>(seat * kPrime % kSpread) : 0;
    }
    void serve(int fd, long bytes) {
        events_ += bytes;
        const std::size_t seat = seats_[static_cast<std::size_t>(fd)];
        if (ways_.churn) replace((seat + pipes_.size() / 2) % pipes_.size());
        const long on = std::min(bytes, to_pass_);
        to_pass_ -= on;
        on_their_way_ -= bytes - on;
        next_ = (seat + static_cast<std::size_t>(ways_.step)) % pipes_.size();
        if (on > 0) pass_to(next_, on);
    }
    void replace(std::size_t seat) {
        const int fd = pipes_[seat].read.get();
        mechanism_.remove(fd);
        mechanism_.add(fd, kRead, timeout_of(seat));
    }
    /// What a client does: no call of the server.
    void pass_to(std::size_t seat, long bytes) {
        static constexpr char kBytes[kMost] = {};
        const auto size = static_cast<std::size_t>(bytes);
        if (::write(pipes_[seat].write.get(), kBytes, size) != bytes) give_up("write");
    }

    Ways ways_;
    int active_;
    std::vector<Pipe> pipes_;
    std::vector<std::size_t> seats_;  ///< by descriptor
    std::size_t next_ = 0;            ///< after the seat that was served last
    long to_pass_ = 0, on_their_way_ = 0;
};

}  // namespace

std::unique_ptr<Scenario> make_ring(Mechanism& mechanism, const ScenarioInfo& info, Size size) {
    constexpr int kFew = 10;
    const bool wide = info.name == "wide";
    const Ways ways{
        .pipes = wide ? kFew : size.n,
        .lowest = wide ? std::max(size.n - kFew + 1, kFew) : 0,
        .step = size.active < size.n ? 1 : 0,
        .churn = info.name == "churn",
        .timeouts = info.name == "timers",
    };
    return std::make_unique<Ring>(mechanism, ways, size.active);
}

}  // namespace lab
