// Runs the built command as a user does, and keeps what it said. Every test has a private directory
// and its own XDG_RUNTIME_DIR, so that it sees no trace but its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace evglass::cli_test {

struct Result {
    int status = -1;  ///< the exit status, or 128 and the signal's number
    std::string out, err;
};

class CommandTest : public ::testing::Test {
 protected:
    void SetUp() override;
    void TearDown() override;

    /// `evglass ARGS...`, waited for (with a limit of some seconds).
    Result evglass(const std::vector<std::string>& arguments);
    /// Starts it and comes back; its output goes to the files "out" and "err".
    pid_t start(const std::vector<std::string>& arguments);
    /// What the shell makes of a line, in the test's directory; its output goes to `log` and
    /// `log`.err.
    pid_t start_shell(const std::string& line, const std::string& log);
    Result shell(const std::string& line);
    Result wait(pid_t pid) { return wait(pid, "out", "err"); }
    Result wait(pid_t pid, const std::string& out, const std::string& err);
    /// Waits until the file has this text in it; false after some seconds.
    bool appears(const std::string& file, const std::string& text);

    std::string file(const std::string& name) const { return directory_ + "/" + name; }
    std::string contents(const std::string& name) const;
    /// The program of loop_main.cc.
    static std::string loop_program();
    /// The program of server_main.cc.
    static std::string server_program();
    /// The program of faults_main.cc.
    static std::string faulty_program();
    /// A trace of that program, made by `evglass run`.
    std::string make_trace(const std::string& name, const std::vector<std::string>& options = {},
                           const std::string& ticks = "5");

    std::string directory_;

 private:
    pid_t spawn(std::vector<std::string> words, const std::string& out, const std::string& err);
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
/// One line that begins with "evglass ...: ".
inline bool is_one_line(const std::string& err) {
    return err.starts_with("evglass") && err.find('\n') == err.size() - 1;
}

}  // namespace evglass::cli_test
