// One run of a real program, on stock's libevent or on ours: a private directory, what was started
// in it, what it wrote, which traces it left. A test plays the same scene on both and compares. All
// ends with the object. Read next: memcached_test.cc.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace evglass::dropin {

enum class Library { stock, evglass };

class Stage {
 public:
    explicit Stage(Library library);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Starts a program, under `evglass run` where the library is ours. What it writes goes to
    /// log().
    /// `under_it`: false for helpers that are no part of what is compared.
    pid_t start(const std::vector<std::string>& words, bool under_it = true);
    /// Sends a signal to what start() gave and waits for the end: its exit status, -1 if it hangs.
    int stop(pid_t pid, int signal);
    /// `words` as a shell would start them under this library, for use in shell().
    std::string under_library(const std::string& words) const;
    /// Runs a shell command in the directory; its output and, as the last line, its exit status.
    std::string shell(const std::string& command) const;

    std::string file(const std::string& name) const { return directory_ + "/" + name; }
    void write(const std::string& name, const std::string& content) const;
    std::string read(const std::string& name) const;
    std::string log() const { return read("log"); }
    /// The traces in this stage's directory; those of processes that only forked are not among
    /// them.
    std::vector<std::string> traces() const;
    /// What the reader and the model object to in these traces, and how many of them have a loop.
    std::string faults_of_traces(int& loops) const;

 private:
    std::string directory_;
    Library library_;
    std::vector<pid_t> started_;
};

/// The command `evglass` that was built.
std::string evglass_command();
/// Looks every few milliseconds, for half a minute at most.
bool wait_until(const std::function<bool()>& condition);
/// The process id that a text begins with; 0 if it is none.
pid_t pid_in(const std::string& text);
/// Has the process ended? (One that nobody waits for stays as a zombie.)
bool is_over(pid_t pid);
bool installed(const std::string& program);
/// A port of loopback that was free just now.
int free_port();
bool accepts(int port);

/// Plays `scene` on both libraries. Stock's transcript is what ours must be; our traces must be
/// whole and have `loops` loops at least. `must_show`: what tells that the scene went as it should,
/// on stock too.
void compare(int loops, const std::vector<std::string>& must_show,
             const std::function<std::string(Stage&)>& scene);

}  // namespace evglass::dropin

#define SKIP_UNLESS_INSTALLED(program)                                            \
    if (!evglass::dropin::installed(program)) {                                   \
        GTEST_SKIP() << "the program " << (program) << " is not installed here: " \
                     << "`make deps` installs it";                                \
    }
