// A child process, for as long as this object lives: with nothing open but its standard
// descriptors, bounded in what it may write, and killed and waited for when the object goes.
// Read next: program.h (what is run), build.h (the compiler).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace evglass::lessons {

/// A descriptor that is closed when the object goes.
class Descriptor {
 public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    void reset(int fd) {
        close();
        fd_ = fd;
    }
    void close();
    int get() const { return fd_; }

 private:
    int fd_;
};

struct Spawn {
    std::string program;  ///< a path, or a name that is looked up in PATH
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  ///< whole: "NAME=value"
    int input = -1;                        ///< its standard input; -1: nothing to read
    int output = -1;                       ///< its standard output; -1: the file `printed`
    std::string printed;  ///< a file for standard error, and output where not given
};

class Process {
 public:
    using Clock = std::chrono::steady_clock;
    /// On failure pid() is 0 and errno says why.
    explicit Process(const Spawn& spawn);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits until it has ended or the time has come. Its wait status, once it has ended.
    std::optional<int> wait_until(Clock::time_point end);
    /// Sends a signal if it still runs.
    void signal(int number);

 private:
    pid_t pid_ = 0;
    std::optional<int> status_;
};

/// The variables of this process, without those that change what a loop or a trace does.
std::vector<std::string> plain_environment();
/// What a file holds, at most so much of it.
std::string read_start(const std::string& path, std::size_t most);

}  // namespace evglass::lessons
