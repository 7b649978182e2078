// The program that was started for this view: whether it still runs, how it ended, and the last
// lines that it wrote. It starts nothing; it only ever signals the child it was given.
// Read next: session.h.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evglass::viz {

/// A child process of ours, or none. Reaps it.
class Child {
 public:
    Child() = default;
    explicit Child(std::optional<pid_t> pid) : pid_(pid) {}
    /// Looks whether it ended. True if that is news.
    bool poll();
    bool running() const { return pid_.has_value() && !status_; }
    /// "exit status 0", "killed by SIGKILL"; empty while it runs or if there is none.
    std::string ended_text() const;
    /// Asks it to end (SIGTERM) and waits a moment. True if it ended.
    bool end();

 private:
    std::optional<pid_t> pid_;
    std::optional<int> status_;
};

/// The end of a file that grows.
class OutputTail {
 public:
    OutputTail() = default;
    explicit OutputTail(std::string path) : path_(std::move(path)) {}
    bool any() const { return !path_.empty(); }
    /// Looks whether the file grew. True if so.
    bool poll();
    std::vector<std::string> lines(std::size_t most) const;

 private:
    std::string path_;
    std::int64_t size_ = 0;
};

}  // namespace evglass::viz
