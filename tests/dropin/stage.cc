// Directories, processes and traces of one run.
#include "tests/dropin/stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/live/tmux.h"
#include "trace/timeline.h"

extern char** environ;

namespace evglass::dropin {
namespace {

namespace fs = std::filesystem;
using viz::testing::output_of;
using viz::testing::shell_word;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Problems of one trace; counts it if a loop ran in it.
std::string faults_of(const std::string& path, int& loops) {
    auto opened = trace::Timeline::open(path, {.keep = 1000});
    if (!opened.timeline) return path + ": " + opened.error + "\n";
    while (opened.timeline->poll() > 0) {
    }
    std::string out;
    for (const std::string& warning : opened.timeline->reader().warnings())
        out += path + ": " + warning + "\n";
    for (const trace::Problem& problem : opened.timeline->problems())
        out += path + " record " + std::to_string(problem.record) + ": " + problem.text + "\n";
    for (const auto& base : opened.timeline->head().bases()) loops += base.second.turn > 0 ? 1 : 0;
    return out;
}

/// Lines of a log without numbers, which are times, ports and process ids.
std::set<std::string> kinds_of_lines(const std::string& log) {
    std::istringstream in(log);
    std::set<std::string> out;
    for (std::string line; std::getline(in, line);) {
        std::erase_if(line, [](unsigned char c) { return std::isdigit(c) != 0; });
        out.insert(line);
    }
    return out;
}

std::string new_lines(const std::string& log, const std::string& known) {
    std::string out;
    const std::set<std::string> old = kinds_of_lines(known);
    for (const std::string& line : kinds_of_lines(log))
        if (!old.contains(line)) out += line + "\n";
    return out;
}

}  // namespace

Stage::Stage(Library library) : library_(library) {
    std::string name = (fs::temp_directory_path() / "evglass-dropin-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for a test");
    directory_ = name;
    // Programs that drop their rights still have to reach their own files; the traces stay private.
    chmod(directory_.c_str(), 0755);
    fs::create_directory(file("run"));
    chmod(file("run").c_str(), 0700);
    setenv("XDG_RUNTIME_DIR", file("run").c_str(), 1);
}

Stage::~Stage() {
    for (const pid_t pid : started_) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

pid_t Stage::start(const std::vector<std::string>& words, bool under_it) {
    std::vector<std::string> all;
    if (under_it && library_ == Library::evglass) all = {evglass_command(), "run", "-q", "--"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : all) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, file("log").c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = -1;
    const int error =
        posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(error, 0) << arguments[0];
    if (error == 0) started_.push_back(pid);
    return pid;
}

int Stage::stop(pid_t pid, int signal) {
    kill(pid, signal);
    int status = 0;
    if (!wait_until([&] { return waitpid(pid, &status, WNOHANG) == pid; })) return -1;
    std::erase(started_, pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string Stage::under_library(const std::string& words) const {
    return library_ == Library::stock ? words
                                      : shell_word(evglass_command()) + " run -q -- " + words;
}

std::string Stage::shell(const std::string& command) const {
    int status = 0;
    std::string out = output_of("cd " + shell_word(directory_) + " && " + command, &status);
    return out + "status " + std::to_string(status) + "\n";
}

void Stage::write(const std::string& name, const std::string& content) const {
    std::ofstream(file(name)) << content;
}

std::string Stage::read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

std::vector<std::string> Stage::traces() const {
    std::vector<std::string> out;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(file("run/evglass"), failed))
        if (entry.file_size() > 0) out.push_back(entry.path().string());
    return out;
}

std::string Stage::faults_of_traces(int& loops) const {
    std::string out;
    loops = 0;
    for (const std::string& path : traces()) out += faults_of(path, loops);
    return out;
}

bool wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
        if (condition()) return true;
        usleep(5000);
    }
    return false;
}

std::string evglass_command() {
    const char* directory = std::getenv("EVGLASS_BIN");
    return (directory != nullptr ? std::string(directory) : "build/bin") + "/evglass";
}

pid_t pid_in(const std::string& text) {
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    return pid;
}

bool is_over(pid_t pid) {
    if (pid <= 1 || kill(pid, 0) != 0) return true;
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(in, text);
    const std::size_t name_end = text.rfind(')');
    return name_end == std::string::npos || text.compare(name_end, 3, ") Z") == 0;
}

bool installed(const std::string& program) {
    int status = 1;
    output_of("command -v " + shell_word(program), &status);
    return status == 0;
}

int free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(fd);
    return bound ? ntohs(address.sin_port) : 0;
}

bool accepts(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const bool connected =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

void compare(int loops, const std::vector<std::string>& must_show,
             const std::function<std::string(Stage&)>& scene) {
    std::string stock, ours, stock_log, our_log, faults;
    int loops_seen = 0;
    {
        Stage stage(Library::stock);
        stock = scene(stage);
        stock_log = stage.log();
    }
    {
        Stage stage(Library::evglass);
        ours = scene(stage);
        our_log = stage.log();
        faults = stage.faults_of_traces(loops_seen);
    }
    for (const std::string& text : must_show)
        EXPECT_NE(stock.find(text), std::string::npos) << text << " is not in\n" << stock;
    EXPECT_EQ(ours, stock);
    EXPECT_EQ(faults, "") << "a trace that is not whole, or a model that disagrees";
    EXPECT_GE(loops_seen, loops) << "loops in the traces";
    EXPECT_EQ(new_lines(our_log, stock_log), "") << "stock wrote:\n" << stock_log;
}

}  // namespace evglass::dropin
