// Runs `dot`. Both pipes are served by one poll loop, because a child that writes before it has
// read all of its input would else wait for us while we wait for it.
#include "viz/graph/render.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kAtOnce = 50;            // pictures of one process
constexpr std::string_view kEnd = "</svg>\n";  // of a picture; in its text a '<' is escaped

/// A file descriptor that closes itself.
class Fd {
 public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        reset();
        fd_ = std::exchange(other.fd_, -1);
        return *this;
    }
    void reset() {
        if (fd_ >= 0) close(std::exchange(fd_, -1));
    }
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }

 private:
    int fd_;
};

struct Pipe {
    Fd read, write;
    bool make() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return false;
        read = Fd(ends[0]);
        write = Fd(ends[1]);
        return true;
    }
};

/// SIGPIPE off while we write to a child that may end early.
class NoSigpipe {
 public:
    NoSigpipe() {
        struct sigaction ignore = {};
        ignore.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &ignore, &old_);
    }
    ~NoSigpipe() { sigaction(SIGPIPE, &old_, nullptr); }
    NoSigpipe(const NoSigpipe&) = delete;
    NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
    struct sigaction old_ = {};
};

// Starts `dot` with our pipes as its input, output and errors. 0 or an errno.
int start(std::vector<std::string> words, const Pipe& in, const Pipe& out, const Pipe& err,
          pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

void feed(Fd& to, const std::string& text, std::size_t& sent) {
    const ssize_t n = write(to.get(), text.data() + sent, text.size() - sent);
    if (n > 0) sent += static_cast<std::size_t>(n);
    const bool over = n < 0 && errno != EAGAIN && errno != EINTR;
    if (over || sent == text.size()) to.reset();
}

void drain(Fd& from, std::string& into) {
    char buffer[65536];
    const ssize_t n = read(from.get(), buffer, sizeof(buffer));
    if (n > 0) into.append(buffer, static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
}

void serve(Pipe& in, Pipe& out, Pipe& err, const std::string& text, std::string& result,
           std::string& complaint) {
    fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
    std::size_t sent = 0;
    while (in.write.open() || out.read.open() || err.read.open()) {
        pollfd fds[] = {
            {in.write.get(), POLLOUT, 0}, {out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
        if (poll(fds, 3, -1) < 0 && errno != EINTR) return;
        if (fds[0].revents != 0) feed(in.write, text, sent);
        if (fds[1].revents != 0) drain(out.read, result);
        if (fds[2].revents != 0) drain(err.read, complaint);
    }
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

Rendered failure(const std::string& why) {
    return {"", why};
}

Rendered run(const std::vector<std::string>& words, const std::string& dot) {
    const NoSigpipe quiet;
    Pipe in, out, err;
    if (!in.make() || !out.make() || !err.make())
        return failure("can't start dot: " + std::string(std::strerror(errno)));
    pid_t pid = 0;
    const int error = start(words, in, out, err, pid);
    if (error == ENOENT)
        return failure(
            "Graphviz is not installed: install the package graphviz, or ask for a .dot file");
    if (error != 0) return failure("can't start dot: " + std::string(std::strerror(error)));
    in.read.reset();
    out.write.reset();
    err.write.reset();

    Rendered rendered;
    std::string complaint;
    serve(in, out, err, dot, rendered.bytes, complaint);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return failure("dot failed: " +
                       (complaint.empty() ? "it was killed" : first_line(complaint)));
    return rendered;
}

std::string type_of(Format format) {
    return format == Format::svg ? "-Tsvg" : format == Format::png ? "-Tpng" : "-Tdot";
}

}  // namespace

bool format_of(const std::string& path, Format& format) {
    const auto ends = [&](const char* with) { return path.ends_with(with); };
    if (ends(".dot") || ends(".gv"))
        format = Format::dot;
    else if (ends(".svg"))
        format = Format::svg;
    else if (ends(".png"))
        format = Format::png;
    else
        return false;
    return true;
}

Rendered render(const std::string& dot, Format format) {
    if (format == Format::dot) return {dot, ""};
    return run({"dot", type_of(format)}, dot);
}

Rendered render_placed(const std::string& dot, Format format) {
    if (format == Format::dot) return {dot, ""};
    return run({"dot", "-Kneato", "-n2", type_of(format)}, dot);
}

RenderedAll render_svgs(const std::vector<std::string>& dots, bool placed) {
    RenderedAll all;
    std::vector<std::string> words = {"dot", type_of(Format::svg)};
    if (placed) words.insert(words.end(), {"-Kneato", "-n2"});
    for (std::size_t from = 0; from < dots.size(); from += kAtOnce) {
        const std::size_t to = std::min(dots.size(), from + kAtOnce);
        std::string some;
        for (std::size_t i = from; i < to; ++i) some += dots[i] + "\n";
        const Rendered drawn = run(words, some);
        if (!drawn.error.empty()) return {{}, drawn.error};
        std::string_view rest = drawn.bytes;
        for (std::size_t i = from; i < to; ++i) {
            const std::size_t end = rest.find(kEnd);
            if (end == std::string_view::npos)
                return {{}, "dot failed: it drew fewer pictures than it was given"};
            all.pictures.emplace_back(rest.substr(0, end + kEnd.size()));
            rest.remove_prefix(end + kEnd.size());
        }
    }
    return all;
}

Rendered lay_out(const std::string& dot) {
    return run({"dot", "-Tplain"}, dot);
}

}  // namespace evglass::viz::graph
