// See process.h.
#include "lessons/runner/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string_view>
#include <thread>

namespace evglass::lessons {
namespace {

constexpr rlim_t kLargestFile = 512UL * 1024 * 1024;

class FileActions {
 public:
    explicit FileActions(const Spawn& spawn) {
        posix_spawn_file_actions_init(&actions_);
        if (spawn.input >= 0)
            posix_spawn_file_actions_adddup2(&actions_, spawn.input, 0);
        else
            posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, 2, spawn.printed.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
        posix_spawn_file_actions_adddup2(&actions_, spawn.output >= 0 ? spawn.output : 2, 1);
        posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
    posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

void Descriptor::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Process::Process(const Spawn& spawn) {
    const FileActions actions(spawn);
    std::vector<std::string> words = {spawn.program};
    words.insert(words.end(), spawn.arguments.begin(), spawn.arguments.end());
    std::vector<std::string> variables = spawn.environment;
    const int error = posix_spawnp(&pid_, spawn.program.c_str(), actions.get(), nullptr,
                                   pointers(words).data(), pointers(variables).data());
    if (error != 0) pid_ = 0;
    const rlimit limit{kLargestFile, kLargestFile};
    if (pid_ != 0) prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr);
    errno = error;
}

Process::~Process() {
    signal(SIGKILL);
    if (pid_ != 0 && !status_) waitpid(pid_, nullptr, 0);
}

std::optional<int> Process::wait_until(Clock::time_point end) {
    using namespace std::chrono_literals;
    int status = 0;
    while (pid_ != 0 && !status_) {
        if (waitpid(pid_, &status, WNOHANG) == pid_)
            status_ = status;
        else if (Clock::now() < end)
            std::this_thread::sleep_for(1ms);
        else
            break;
    }
    return status_;
}

void Process::signal(int number) {
    if (pid_ != 0 && !status_) kill(pid_, number);
}

std::vector<std::string> plain_environment() {
    std::vector<std::string> variables;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable = *each;
        if (!variable.starts_with("EVENT_") && !variable.starts_with("EVGLASS_"))
            variables.emplace_back(variable);
    }
    return variables;
}

std::string read_start(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    std::string text(most, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace evglass::lessons
