// The environment of a traced program, its start, and the passing on of signals.
#include "viz/cli/launcher.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "trace/schema.h"
#include "viz/cli/missing_names.h"
#include "viz/cli/program.h"

extern char** environ;

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kPassedOn[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};

sigset_t waited_for() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : kPassedOn) sigaddset(&set, number);
    sigaddset(&set, SIGCHLD);
    return set;
}

// The mask that this process had before hold_signals(): the program gets it.
sigset_t& original_mask() {
    static sigset_t mask = [] {
        sigset_t now;
        pthread_sigmask(SIG_SETMASK, nullptr, &now);
        return now;
    }();
    return mask;
}

std::vector<std::string> environment(const std::string& libraries, const std::string& trace) {
    std::vector<std::string> out;
    std::string path = "LD_LIBRARY_PATH=" + libraries;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (text.starts_with("EVGLASS_TRACE=")) continue;
        if (text.starts_with("LD_LIBRARY_PATH=")) {
            const std::string_view old = text.substr(text.find('=') + 1);
            if (!old.empty()) path += ":" + std::string(old);
            continue;
        }
        out.emplace_back(text);
    }
    out.push_back(path);
    out.push_back("EVGLASS_TRACE=" + trace);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// The two attribute objects of posix_spawn, released at the end of the scope.
class Attributes {
 public:
    explicit Attributes(const Launch& launch) {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
        short flags = POSIX_SPAWN_SETSIGMASK;
        posix_spawnattr_setsigmask(&attributes, &original_mask());
        if (launch.apart) {
            flags |= POSIX_SPAWN_SETPGROUP;
            posix_spawnattr_setpgroup(&attributes, 0);
        }
        posix_spawnattr_setflags(&attributes, flags);
        if (launch.output.empty()) return;
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, launch.output.c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    }
    ~Attributes() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
};

std::string add_categories(const std::string& list, std::string& error) {
    std::string out;
    std::string rest = list + ",";
    std::replace(rest.begin(), rest.end(), '+', ',');
    for (std::size_t comma; (comma = rest.find(',')) != std::string::npos;
         rest.erase(0, comma + 1)) {
        const std::string name = rest.substr(0, comma);
        if (name.empty()) continue;
        if (name != "all" && trace::category_bit(name) == 0) {
            error = "'" + name +
                    "' is no category: there are state, syscall, buffer, lock, call, net, all";
            return "";
        }
        out += (out.empty() ? ",only=" : "+") + name;
    }
    if (out.empty()) error = "--only names no category: write for example --only state,call";
    return out;
}

// The kernel sends a terminal's ^C to every process of the group: passed on, it would come twice.
bool from_terminal(const siginfo_t& info) {
    return info.si_code == SI_KERNEL;
}

}  // namespace

std::string Recording::variable(std::string& error) const {
    std::string out = "auto";
    if (!file.empty()) {
        std::error_code failed;
        out = fs::absolute(file, failed).string();
        if (failed) error = "can't tell where '" + file + "' is: " + failed.message();
        if (out.find(',') != std::string::npos)
            error = "the trace's path can't have a ',' in it: " + out;
        if (fs::exists(fs::symlink_status(out, failed)))
            error = "'" + file + "' exists: remove it, or choose another name with -o";
        const fs::path parent = fs::path(out).parent_path();
        if (!fs::is_directory(parent, failed))
            error = "there is no directory '" + parent.string() + "' for the trace";
    }
    out += full ? ",full" : ",ring";
    if (!size.empty()) out += "=" + size;
    if (!categories.empty()) out += add_categories(categories, error);
    return out;
}

bool is_of_program(const trace::TraceEntry& entry, pid_t pid) {
    const auto wanted = static_cast<std::uint64_t>(pid);
    if (entry.pid == wanted || entry.parent_pid == wanted) return true;
    const std::string id = "." + std::to_string(pid);
    const std::string name = fs::path(entry.path).stem().string();
    return name.ends_with(id) || name.find(id + "-") != std::string::npos;
}

std::string library_directory(std::string& error) {
    std::error_code failed;
    const fs::path self = fs::read_symlink("/proc/self/exe", failed);
    const fs::path beside = self.parent_path().parent_path() / "lib";
    for (const fs::path& directory : {beside, beside / "evglass"}) {
        if (fs::exists(directory / "libevent_core-2.1.so.7", failed)) return directory.string();
    }
    error = "evglass's libraries are not beside the command, in " + beside.string() +
            ": build them with `make libs`, or install again";
    return "";
}

Launched launch(const Launch& launch) {
    Launched out;
    Program program = find_program(launch.program.empty() ? "" : launch.program.front());
    out.path = program.path;
    out.note = program.note;
    out.error = program.error;
    if (!out.error.empty()) return out;
    const std::string libraries = library_directory(out.error);
    if (!out.error.empty()) return out;
    out.error = missing_names(program.path, libraries);
    if (!out.error.empty()) return out;

    std::vector<std::string> arguments = launch.program;
    std::vector<std::string> variables = environment(libraries, launch.trace);
    const Attributes how(launch);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.path.c_str(), &how.actions, &how.attributes,
                                  pointers(arguments).data(), pointers(variables).data());
    if (error == ENOEXEC)
        out.error =
            "'" + program.path +
            "' is no program that the kernel can start: a script needs a first line with #!";
    else if (error != 0)
        out.error = "can't start '" + program.path + "': " + std::strerror(error);
    else
        out.pid = pid;
    return out;
}

void hold_signals() {
    original_mask();
    std::signal(SIGCHLD, SIG_DFL);
    const sigset_t set = waited_for();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int wait_for_program(pid_t pid) {
    const sigset_t set = waited_for();
    while (true) {
        int status = 0;
        const pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (ended < 0 && errno != EINTR) return 2;
        siginfo_t info{};
        const int number = sigwaitinfo(&set, &info);
        if (number > 0 && number != SIGCHLD && !from_terminal(info)) kill(pid, number);
    }
}

}  // namespace evglass::viz::cli
