// Drives tmux through its command line: one server for each object, on a socket of its own name, so
// that no tmux of the user is touched. See tmux.h.
#include "tests/live/tmux.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace evglass::viz::testing {
namespace {

constexpr int kPatience = 1500;       ///< looks
constexpr useconds_t kLook = 20'000;  ///< between them: half a minute in all

template <class Condition>
bool wait_until(Condition condition) {
    for (int i = 0; i < kPatience; ++i) {
        if (condition()) return true;
        usleep(kLook);
    }
    return false;
}

}  // namespace

std::string shell_word(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string output_of(const std::string& command, int* status) {
    std::string out;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return out;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::string words[] = {"sh", "-c", command};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    pid_t pid = -1;
    const bool started = posix_spawnp(&pid, "sh", &actions, nullptr, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char buffer[4096];
    for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
        out.append(buffer, static_cast<std::size_t>(n));
    }
    close(ends[0]);
    int ended = -1;
    if (started) waitpid(pid, &ended, 0);
    if (status != nullptr) *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return out;
}

Tmux::Tmux(int columns, int rows) {
    static int count = 0;
    name_ = "evglass-test-" + std::to_string(getpid()) + "-" + std::to_string(count++);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    command("-f /dev/null new-session -d -x " + std::to_string(columns) + " -y " +
            std::to_string(rows) + " 'TERM=screen-256color PS1=prompt\\> exec sh'");
    command("set-option -g status off");
    command("resize-window -x " + std::to_string(columns) + " -y " + std::to_string(rows));
    shows("prompt>");
}

Tmux::~Tmux() {
    command("kill-server");
}

std::string Tmux::command(const std::string& arguments) const {
    return output_of("tmux -u -L " + name_ + " " + arguments);
}

void Tmux::run(const std::string& line) const {
    type(line);
    press("Enter");
}

void Tmux::press(const std::string& key) const {
    command("send-keys -- " + shell_word(key));
}

void Tmux::press_all(const std::string& keys) const {
    command("send-keys -- " + keys);
}

void Tmux::type(const std::string& text) const {
    command("send-keys -l -- " + shell_word(text));
}

void Tmux::resize(int columns, int rows) const {
    command("resize-window -x " + std::to_string(columns) + " -y " + std::to_string(rows));
}

std::string Tmux::screen() const {
    return command("capture-pane -p");
}

std::string Tmux::screen_with_colors() const {
    return command("capture-pane -e -p");
}

std::string Tmux::variable(const std::string& name) const {
    std::string value = command("display-message -p " + shell_word("#{" + name + "}"));
    if (!value.empty() && value.back() == '\n') value.pop_back();
    return value;
}

bool Tmux::shows(const std::string& text) const {
    return becomes([&](const std::string& now) { return now.find(text) != std::string::npos; });
}

bool Tmux::hides(const std::string& text) const {
    return becomes([&](const std::string& now) { return now.find(text) == std::string::npos; });
}

bool Tmux::becomes(const std::function<bool(const std::string& screen)>& as_wanted) const {
    return wait_until([&] { return as_wanted(screen()); });
}

}  // namespace evglass::viz::testing
