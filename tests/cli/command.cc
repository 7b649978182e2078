// Spawning, with files for the output and a clock for what hangs.
#include "tests/cli/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

extern char** environ;

namespace evglass::cli_test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kLimit = 60s;

std::string program(const char* variable, const std::string& name) {
    const char* directory = std::getenv(variable);
    return (directory != nullptr ? std::string(directory) : std::string("build/") + variable) +
           "/" + name;
}

}  // namespace

void CommandTest::SetUp() {
    if (std::getenv("EVGLASS_BIN") == nullptr || std::getenv("EVGLASS_TESTS") == nullptr)
        GTEST_SKIP() << "EVGLASS_BIN and EVGLASS_TESTS say where the programs are: use `make test`";
    std::string name = (fs::temp_directory_path() / "evglass-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    fs::create_directory(file("run"));
    fs::permissions(file("run"), fs::perms::owner_all);
    setenv("XDG_RUNTIME_DIR", file("run").c_str(), 1);
}

void CommandTest::TearDown() {
    if (!directory_.empty()) fs::remove_all(directory_);
}

pid_t CommandTest::start(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {program("EVGLASS_BIN", "evglass")};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return spawn(std::move(words), "out", "err");
}

pid_t CommandTest::start_shell(const std::string& line, const std::string& log) {
    return spawn({"/bin/sh", "-c", "cd '" + directory_ + "' && " + line}, log, log + ".err");
}

Result CommandTest::shell(const std::string& line) {
    return wait(start_shell(line, "shell"), "shell", "shell.err");
}

pid_t CommandTest::spawn(std::vector<std::string> words, const std::string& out,
                         const std::string& err) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, file(out).c_str(), flags, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, file(err).c_str(), flags, 0600);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(error, 0) << argv[0];
    return pid;
}

Result CommandTest::wait(pid_t pid, const std::string& out, const std::string& err) {
    Result result;
    int status = 0;
    const auto end = std::chrono::steady_clock::now() + kLimit;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            ADD_FAILURE() << "the command did not end";
            break;
        }
        std::this_thread::sleep_for(2ms);
    }
    result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    result.out = contents(out);
    result.err = contents(err);
    return result;
}

Result CommandTest::evglass(const std::vector<std::string>& arguments) {
    return wait(start(arguments));
}

bool CommandTest::appears(const std::string& name, const std::string& text) {
    const auto end = std::chrono::steady_clock::now() + kLimit;
    while (std::chrono::steady_clock::now() < end) {
        if (contains(contents(name), text)) return true;
        std::this_thread::sleep_for(2ms);
    }
    return false;
}

std::string CommandTest::contents(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

std::string CommandTest::loop_program() {
    return program("EVGLASS_TESTS", "cli-loop");
}

std::string CommandTest::server_program() {
    return program("EVGLASS_TESTS", "cli-server");
}

std::string CommandTest::faulty_program() {
    return program("EVGLASS_TESTS", "cli-faults");
}

std::string CommandTest::make_trace(const std::string& name,
                                    const std::vector<std::string>& options,
                                    const std::string& ticks) {
    std::vector<std::string> words = {"run", "-q", "-o", file(name)};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", loop_program(), ticks, "0"});
    const Result made = evglass(words);
    EXPECT_EQ(made.status, 0) << made.err;
    return file(name);
}

}  // namespace evglass::cli_test
