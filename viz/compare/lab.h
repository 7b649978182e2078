// The lab's program (lessons/lab) seen from outside: what it can run, and one case run by it, first
// timed, then counted under trace. It knows no mechanism and no scenario by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/compare/case.h"
#include "viz/compare/story.h"

namespace evglass::viz::compare {

struct MechanismRow {
    std::string name, doc;
    bool by_hand() const { return name.starts_with("raw-"); }
};
struct ScenarioRow {
    std::string name, doc, n_means;
    std::vector<int> sizes;
    int active = 0;  ///< busy ones; 0: all; below 0: n divided by so many
};

struct Effort {
    int repeats = 5;
    int milliseconds = 10;  ///< of each repeat
};

class Lab {
 public:
    struct Opened;
    /// `libraries`: where evglass's libraries lie.
    static Opened open(const std::string& program, const std::string& libraries);

    const std::vector<MechanismRow>& mechanisms() const { return mechanisms_; }
    const std::vector<ScenarioRow>& scenarios() const { return scenarios_; }

    Outcome run(const Case& what, const Effort& effort) const;
    /// The small story on one mechanism, recorded into a file that must not exist.
    Story story(const std::string& mechanism, const std::string& trace) const;
    /// The limits, shown and measured, as text in lines of at most `width`.
    std::string limits(std::size_t width, std::string& error) const;
    /// Runs it with these words. Its output; a failure leaves one line in `error`.
    std::string say(const std::vector<std::string>& words, std::string& error) const;

 private:
    Lab(std::string program, std::string libraries)
        : program_(std::move(program)), libraries_(std::move(libraries)) {}
    bool time(const Case& what, const Effort& effort, Outcome& out) const;
    void count(const Case& what, Outcome& out) const;

    std::string program_, libraries_;
    std::vector<MechanismRow> mechanisms_;
    std::vector<ScenarioRow> scenarios_;
};
struct Lab::Opened {
    std::optional<Lab> lab;
    std::string error;
};

/// A directory of this user alone, gone with the object. `path` is empty if there is none.
class ScratchDirectory {
 public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    std::string path;
};

}  // namespace evglass::viz::compare
