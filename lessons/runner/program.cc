// Runs a lesson's program. See program.h.
#include "lessons/runner/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kLongestRun = 20s;
constexpr std::size_t kMostOutput = 64 * 1024;

std::vector<std::string> environment(const std::string& trace) {
    std::vector<std::string> variables;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable = *each;
        if (!variable.starts_with("EVENT_") && !variable.starts_with("EVGLASS_"))
            variables.emplace_back(variable);
    }
    variables.push_back("EVGLASS_TRACE=" + trace + ",full,only=state+syscall+call+net");
    return variables;
}

class FileActions {
 public:
    FileActions() { posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    void output_to(const std::string& path) {
        posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, 1, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        posix_spawn_file_actions_adddup2(&actions_, 1, 2);
        posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
    posix_spawn_file_actions_t actions_{};
};

/// Starts the program; 0 and errno where that fails.
pid_t start(const std::string& program, const std::string& trace, const std::string& output) {
    FileActions actions;
    actions.output_to(output);
    std::vector<std::string> variables = environment(trace);
    std::vector<char*> env;
    for (std::string& variable : variables) env.push_back(variable.data());
    env.push_back(nullptr);
    std::string name = program;
    char* const argv[] = {name.data(), nullptr};
    pid_t pid = 0;
    const int error = posix_spawn(&pid, program.c_str(), actions.get(), nullptr, argv, env.data());
    errno = error;
    return error == 0 ? pid : 0;
}

/// Waits for the program, at most as long as it may take. Returns what was wrong.
std::string wait_for(pid_t pid) {
    const auto end = std::chrono::steady_clock::now() + kLongestRun;
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(1ms);
            continue;
        }
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        return "it did not end in time and was stopped";
    }
    if (WIFSIGNALED(status)) return fmt::format("signal {} ended it", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) return fmt::format("it exited with {}", WEXITSTATUS(status));
    return {};
}

std::string read_output(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMostOutput, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
    std::error_code ignored;
    std::string path = (fs::temp_directory_path(ignored) / "evglass-lesson-XXXXXX").string();
    if (mkdtemp(path.data()) != nullptr) path_ = path;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

ProgramRun run_program(const std::string& program, const ScratchDirectory& scratch) {
    ProgramRun result;
    if (scratch.path().empty()) {
        result.error =
            fmt::format("no temporary directory could be made: {}", std::strerror(errno));
        return result;
    }
    const std::string trace = scratch.path() + "/run.evg";
    const std::string output = scratch.path() + "/output";
    const pid_t pid = start(program, trace, output);
    if (pid == 0) {
        result.error =
            fmt::format("{} can't be started: {}; `make` builds it", program, std::strerror(errno));
        return result;
    }
    const std::string wrong = wait_for(pid);
    result.output = read_output(output);
    if (!wrong.empty()) {
        result.error = fmt::format("{}: {}", program, wrong);
        return result;
    }
    trace::Timeline::Opened opened = trace::Timeline::open(trace);
    if (!opened.timeline) {
        result.error = opened.error;
        return result;
    }
    Run run(std::move(*opened.timeline));
    if (run.timeline().empty()) {
        result.error = fmt::format("{} left an empty trace", program);
        return result;
    }
    result.run.emplace(std::move(run));
    return result;
}

}  // namespace evglass::lessons
