// Read next: herd.cc, the one that needs threads.
#include "lessons/lab/limits.h"

#include <algorithm>
#include <ctime>

#include "lessons/lab/calls.h"
#include "lessons/lab/descriptor.h"
#include "lessons/lab/mechanism.h"

namespace lab {
namespace {

/// A handler that only counts, or reads so many bytes each time.
class Reader final : public Handler {
 public:
    explicit Reader(std::size_t at_once = 0) : bytes_(at_once) {}
    void on_ready(int fd, int) override {
        ++times;
        if (bytes_.empty()) return;
        const ssize_t got = ::read(fd, bytes_.data(), bytes_.size());
        if (got > 0) read += got;
    }
    long times = 0, read = 0;

 private:
    std::vector<char> bytes_;
};

std::unique_ptr<Mechanism> mechanism(std::string_view name) {
    for (const MechanismInfo& info : mechanisms())
        if (info.name == name) return info.make(name);
    give_up("no such mechanism");
}

void put(const Pipe& pipe, std::size_t bytes) {
    const std::string text(bytes, 'x');
    if (::write(pipe.write.get(), text.data(), bytes) != static_cast<ssize_t>(bytes))
        give_up("write");
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 9.95 ? "%.1f" : "%.0f", value);
    return text;
}

// ---- FD_SETSIZE -------------------------------------------------------------------------------

std::vector<std::string> show_fd_setsize() {
    Pipe pipe;
    pipe.read.move_up(FD_SETSIZE + 500);
    const std::string fd = std::to_string(pipe.read.get());
    std::vector<std::string> seen;
    const auto by_hand = mechanism("raw-select");
    seen.push_back(by_hand->add(pipe.read.get(), kRead)
                       ? "the loop by hand took descriptor " + fd
                       : "the loop by hand refuses: " + by_hand->refusal());
    const auto library = mechanism("select");
    put(pipe, 1);
    Reader reader(1);
    if (library->add(pipe.read.get(), kRead)) library->turn(reader, false);
    seen.push_back(reader.read == 1
                       ? "the library on select served descriptor " + fd +
                             ": its sets are arrays of its own, as long as the highest number needs"
                       : "the library on select did not serve descriptor " + fd);
    return seen;
}

// ---- the scan ---------------------------------------------------------------------------------

/// CPU time of one look at n silent descriptors.
double nanoseconds_of_a_look(std::string_view name, std::size_t n) {
    constexpr int kLooks = 200;
    const auto loop = mechanism(name);
    const std::vector<Pipe> pipes(n);
    for (const Pipe& pipe : pipes)
        if (!loop->add(pipe.read.get(), kRead)) give_up("add");
    Reader reader;
    timespec from{}, to{};
    loop->turn(reader, false);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < kLooks; ++i) loop->turn(reader, false);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (static_cast<double>(to.tv_sec - from.tv_sec) * 1e9 +
            static_cast<double>(to.tv_nsec - from.tv_nsec)) /
           kLooks;
}

std::vector<std::string> show_scan() {
    constexpr std::size_t kFew = 10, kMany = 400;
    std::vector<std::string> seen;
    for (const std::string_view name : {"raw-poll", "raw-epoll"}) {
        const double few = nanoseconds_of_a_look(name, kFew);
        const double many = nanoseconds_of_a_look(name, kMany);
        seen.push_back(std::string(name) + ": a look at " + std::to_string(kFew) +
                       " silent descriptors takes " + number(few) + " ns, at " +
                       std::to_string(kMany) + " " + number(many) + " ns: " +
                       number(std::max(0.0, many - few) / static_cast<double>(kMany - kFew)) +
                       " ns for each one more");
    }
    return seen;
}

// ---- an edge that is not drained --------------------------------------------------------------

std::vector<std::string> show_undrained() {
    constexpr std::size_t kCame = 250, kRead_ = 100;
    std::vector<std::string> seen;
    for (const std::string_view name : {"raw-epoll", "raw-epoll-et"}) {
        const Pipe pipe;
        const auto loop = mechanism(name);
        loop->add(pipe.read.get(), kRead);
        put(pipe, kCame);
        Reader reader(kRead_);  // one read for each time it is told, edge or not
        while (loop->turn(reader, false) > 0) {
        }
        seen.push_back(std::string(name) + ": " + std::to_string(kCame) +
                       " bytes came, each time " + std::to_string(kRead_) + " were read: told " +
                       times(reader.times) + ", " +
                       std::to_string(static_cast<long>(kCame) - reader.read) +
                       " bytes stay and nobody is told of them");
    }
    return seen;
}

// ---- level and edge for who is slow -----------------------------------------------------------

std::vector<std::string> show_slow() {
    constexpr int kLooks = 1000;
    constexpr std::size_t kMessage = 100;
    std::vector<std::string> seen;
    for (const std::string_view name : {"raw-epoll", "raw-epoll-et"}) {
        const Pipe roomy;
        const auto loop = mechanism(name);
        loop->add(roomy.write.get(), kWrite);
        Reader idle;
        for (int i = 0; i < kLooks; ++i) loop->turn(idle, false);
        const Pipe pipe;
        const auto other = mechanism(name);
        other->add(pipe.read.get(), kRead);
        put(pipe, kMessage);
        Reader slow(1);
        while (other->turn(slow, false) > 0) {
        }
        seen.push_back(std::string(name) + ": with nothing to write but still watched for room, " +
                       std::to_string(idle.times) + " of " + std::to_string(kLooks) +
                       " looks find it ready; who takes a byte at a time of " +
                       std::to_string(kMessage) + " is told " + times(slow.times));
    }
    return seen;
}

}  // namespace

std::string times(long count) {
    return count == 1 ? "once" : std::to_string(count) + " times";
}

const std::vector<Limit>& limits() {
    static const std::vector<Limit> kTable = {
        {"fd-setsize", "What becomes of a descriptor above FD_SETSIZE?",
         "FD_SET above it writes behind the set: a loop by hand has to look before",
         show_fd_setsize},
        {"scan", "What does one more silent descriptor cost?",
         "poll pays for all that are watched, epoll for those that are ready", show_scan},
        {"undrained", "What if an edge is not drained?",
         "with EPOLLET read until EAGAIN; a level asks again by itself", show_undrained},
        {"herd", "Whom does one connection wake?",
         "several who wait for one listener want EPOLLEXCLUSIVE, or a listener each (SO_REUSEPORT)",
         show_herd},
        {"slow", "What does a slow reader do to level and edge?",
         "with a level, watch for room only while something waits to be written", show_slow},
    };
    return kTable;
}

}  // namespace lab
