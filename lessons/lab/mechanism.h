// One way of waiting for many descriptors, small enough to be written by hand for each: what the
// scenarios of the lab run on. There are five by hand (raw_*.cc) and one that is the library, on
// each of its backends (reactor.cc). A mechanism says who is ready and does no reading or writing.
// Read next: raw_select.cc, the oldest; scenario.h, what is run on it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

constexpr int kRead = 1;
constexpr int kWrite = 2;

/// Who is told that a descriptor is ready. It may add, change and remove any descriptor meanwhile.
class Handler {
 public:
    virtual ~Handler() = default;
    virtual void on_ready(int fd, int what) = 0;
};

class Mechanism {
 public:
    virtual ~Mechanism() = default;

    /// Watches a descriptor for kRead and kWrite bits. With a timeout, one that is silent for so
    /// long counts as ready, for nothing. False where the mechanism can't: refusal() says why.
    virtual bool add(int fd, int what, int timeout_ms = 0) = 0;
    virtual void change(int fd, int what) = 0;
    virtual void remove(int fd) = 0;
    /// Waits until something is ready (or only looks, where `may_sleep` is false), tells the
    /// handler of each, and returns how many there were.
    virtual int turn(Handler& handler, bool may_sleep) = 0;
    /// Is readiness told once for each arrival? Then a handler must read until nothing is left.
    virtual bool edge() const { return false; }
    /// Completions taken out of a ring; no system call tells of them.
    virtual long completions() const { return 0; }

    const std::string& refusal() const { return refusal_; }

 protected:
    bool refuse(std::string why) {
        refusal_ = std::move(why);
        return false;
    }

 private:
    std::string refusal_;
};

struct MechanismInfo {
    std::string_view name, doc;
    std::unique_ptr<Mechanism> (*make)(std::string_view name);
};

/// Those written by hand, then those of the library.
const std::vector<MechanismInfo>& mechanisms();

std::unique_ptr<Mechanism> make_raw_select(std::string_view);
std::unique_ptr<Mechanism> make_raw_poll(std::string_view);
std::unique_ptr<Mechanism> make_raw_epoll(std::string_view name);  ///< level, or edge by its name
std::unique_ptr<Mechanism> make_raw_uring(std::string_view);
std::unique_ptr<Mechanism> make_reactor(std::string_view name);

}  // namespace lab
