// Runs a lesson's program. See program.h.
#include "lessons/runner/program.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "lessons/runner/entries.h"
#include "lessons/runner/process.h"
#include "trace/text.h"
#include "trace/why.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kLongestRun = 20s;
constexpr auto kLongestEnd = 5s;  // after its driver is done
constexpr std::size_t kMostOutput = 64 * 1024;

std::vector<std::string> environment(const std::string& trace, const Start& start) {
    std::vector<std::string> variables = plain_environment();
    variables.push_back("EVGLASS_TRACE=" + trace + ",full=256M,only=all");
    variables.insert(variables.end(), start.environment.begin(), start.environment.end());
    return variables;
}

/// What is wrong with how it ended; empty if nothing is.
std::string judge_end(const Ending& ending, const RunEnd& end, int stop_signal,
                      const Labels& words) {
    if (ending.any || (stop_signal != 0 && end.signal == stop_signal)) return {};
    if (end.signal != ending.signal) {
        const std::string what = end.signal == 0
                                     ? words("it exited with {}", end.status)
                                     : words("signal {} ended it", trace::signal_text(end.signal));
        return ending.signal == 0
                   ? what
                   : words("{}; signal {} was to end it", what, trace::signal_text(ending.signal));
    }
    if (end.signal == 0 && end.status != ending.status)
        return words("it exited with {}", end.status);
    return {};
}

void take_status(int status, RunEnd& end) {
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/// The program and its driver, side by side.
class Pair {
 public:
    Pair(const std::string& program, const std::string& files, const Start& start,
         const Driver& driver, const Labels& words)
        : driver_(driver), words_(words), files_(files) {
        if (!driver.program.empty()) open_pipe();
        Spawn spawn{program, start.arguments,  environment(files + ".evg", start), -1,
                    -1,      files + ".output"};
        spawn.input = reads_.get();
        spawn.printed = files + ".output";
        program_.emplace(spawn);
        started_error_ = program_->pid() == 0 ? errno : 0;
        reads_.close();
    }

    int started_error() const { return started_error_; }
    /// It did not end by itself.
    bool stopped() const { return stopped_; }

    /// Waits for both. Returns what was wrong.
    std::string finish(ProgramRun& result) {
        auto end = Process::Clock::now() + kLongestRun;
        if (!driver_.program.empty()) {
            result.driver = run_driver(end, result.driver_end);
            if (driver_.stop_signal != 0) program_->signal(driver_.stop_signal);
            end = std::min(end, Process::Clock::now() + kLongestEnd);
        }
        const auto status = program_->wait_until(end);
        result.end.output = read_start(files_ + ".output", kMostOutput);
        stopped_ = !status;
        if (stopped_)
            return words_(
                "it did not end within {} s and was stopped",
                std::chrono::seconds(driver_.program.empty() ? kLongestRun : kLongestEnd).count());
        take_status(*status, result.end);
        return {};
    }

 private:
    void open_pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return;
        reads_.reset(ends[0]);
        writes_.reset(ends[1]);
    }

    /// One line of what the driver was not content with.
    std::string run_driver(Process::Clock::time_point end, RunEnd& said) {
        Spawn spawn{driver_.program,
                    {std::to_string(driver_.seed), std::to_string(driver_.port),
                     std::to_string(program_->pid())},
                    plain_environment(),
                    -1,
                    writes_.get(),
                    files_ + ".driver"};
        Process process(spawn);
        const int error = process.pid() == 0 ? errno : 0;
        writes_.close();
        if (error != 0)
            return fmt::format("{} can't be started: {}; `make` builds it", driver_.program,
                               std::strerror(error));
        const auto status = process.wait_until(end);
        said.output = read_start(files_ + ".driver", kMostOutput);
        if (!status) return std::string(words_("the driver waited in vain and was stopped"));
        take_status(*status, said);
        if (*status == 0) return {};
        const std::vector<std::string> lines = split_list(said.output, '\n');
        return lines.empty() ? std::string(words_("the driver was not content, and says no more"))
                             : trace::safe(lines.back());
    }

    Driver driver_;
    Labels words_;
    std::string files_;
    Descriptor reads_, writes_;
    std::optional<Process> program_;
    int started_error_ = 0;
    bool stopped_ = false;
};

/// What keeps a program's loop from ending, in a sentence, as far as its trace tells.
std::string what_keeps_it(const std::string& trace) {
    constexpr std::uintmax_t kLargest = 64U << 20;  // a loop that spins says a lot
    std::error_code failed;
    const std::uintmax_t size = fs::file_size(trace, failed);
    if (failed || size > kLargest) return {};
    trace::Timeline::Opened opened = trace::Timeline::open(trace);
    if (!opened.timeline || opened.timeline->empty()) return {};
    return trace::why(*opened.timeline, "alive").sentence;
}

/// Opens the trace that a program left.
void open_trace(const std::string& trace, const std::string& program, const Labels& words,
                ProgramRun& result) {
    std::error_code ignored;
    if (!fs::exists(trace, ignored)) {
        result.error =
            words("{} left no trace: no event_base, and no call that a trace shows", program);
        return;
    }
    trace::Timeline::Opened opened = trace::Timeline::open(trace);
    if (!opened.timeline) {
        result.error = opened.error;
        return;
    }
    Run run(std::move(*opened.timeline));
    if (run.timeline().empty()) {
        result.error = words("{} left an empty trace", program);
        return;
    }
    run.set_end(result.end);
    run.set_path(trace);
    result.run.emplace(std::move(run));
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

ProgramRun run_program(const std::string& program, const ScratchDirectory& scratch,
                       const Start& start, const Driver& driver, const Labels& words) {
    ProgramRun result;
    if (scratch.path().empty()) {
        result.error =
            fmt::format("no temporary directory could be made: {}", std::strerror(errno));
        return result;
    }
    const std::string files =
        scratch.path() + "/" + (start.name.empty() ? "run" : "run-" + start.name);
    std::error_code ignored;
    fs::remove(files + ".evg", ignored);  // a trace never overwrites a file
    Pair pair(program, files, start, driver, words);
    if (pair.started_error() != 0) {
        result.error = fmt::format("{} can't be started: {}; `make` builds it", program,
                                   std::strerror(pair.started_error()));
        return result;
    }
    std::string wrong = pair.finish(result);
    if (wrong.empty()) wrong = judge_end(start.ending, result.end, driver.stop_signal, words);
    if (!wrong.empty()) {
        result.error = fmt::format("{}: {}", program, wrong);
        const std::string keeps = pair.stopped() ? what_keeps_it(files + ".evg") : std::string();
        if (!keeps.empty()) result.error += words("; the trace says: {}", keeps);
        return result;
    }
    result.ended = true;
    open_trace(files + ".evg", program, words, result);
    return result;
}

int free_port() {
    const Descriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (fd.get() < 0 || bind(fd.get(), generic, length) != 0 ||
        getsockname(fd.get(), generic, &length) != 0)
        return 0;
    return ntohs(address.sin_port);
}

}  // namespace evglass::lessons
