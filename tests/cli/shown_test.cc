// What the README, the documents and --help tell people to type is typed here, in a directory in
// which things lie as a reader would have them by then: an echo server that was recorded with its
// clients (server.evg), one that runs (4711), two recordings to compare. It must end as told.
// What can't be run by a test stands in kOtherwise, each with the reason. Read next: shown.cc.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/cli/command.h"
#include "tests/cli/shown.h"

namespace evglass::cli_test {
namespace {

namespace fs = std::filesystem;

constexpr int kNotRun = -1;

// Commands that end otherwise than with 0, or are not run, by how they begin. The longest counts.
struct Otherwise {
    std::string begins;
    int status;
    std::string says;  ///< what it then says; for those that are not run: why
};

const std::vector<Otherwise> kOtherwise = {
    {"evglass live", 2, "no terminal here"},  // tests/live looks at it in tmux
    {"EVENT_USE_IO_URING=1 build/bin/evglass live", 2, "no terminal here"},
    {"evglass compare --live", 2, "needs a terminal"},
    {"evglass live 4711 --json", 0, ""},
    {"evglass live 4711 --once", 0, ""},
    {"evglass live server.evg --once", 0, ""},
    {"evglass diff", 1, "They part first"},  // epoll and poll do
    {"evglass diff old.evg new.evg --json", 1, "partings"},
    {"evglass compare", kNotRun, "measures for seconds; compare_test runs small cases"},
    {"evglass compare --list", 0, ""},
    {"evglass compare --trace", 0, ""},
    {"evglass compare --limits", 0, ""},
    {"evglass learn check 9", kNotRun, "unit-lessons runs it for every lesson"},
    {"evglass learn watch", kNotRun, "waits for its user to save"},
    {"evglass learn solution", 1, "once your file has passed"},
    {"evglass graph bufferevent S2 4711", 2, "S2"},  // this server has none
    {"evglass run -- memcached", kNotRun, "tests/dropin runs it, and asks more"},
    {"evglass run -o memcached.evg", kNotRun, "as above"},
    {"evglass dump memcached.evg", kNotRun, "as above"},
    {"evglass graph base memcached.evg", kNotRun, "as above"},
    {"evglass run -- tmux", kNotRun, "as above"},
    {"make", kNotRun, "everything else that is tested; its targets are looked up"},
};

const std::vector<std::string> kDocuments = {"README.md",
                                             "CONTRIBUTING.md",
                                             "docs/dropin.md",
                                             "docs/differences.md",
                                             "docs/loop.md",
                                             "docs/performance.md",
                                             "docs/query.md",
                                             "docs/trace-format.md",
                                             "docs/analysis-map.md",
                                             "docs/ARCHITECTURE.md",
                                             "docs/records.md",
                                             "lessons/FORMAT.md"};

// Those that make recordings last.
constexpr const char* kCommands[] = {"compare", "dump", "export", "graph", "learn",
                                     "lint",    "live", "ps",     "query", "report",
                                     "stat",    "why",  "run",    "diff"};

// A text's name for something that the reader has, and what stands for it here.
using Things = std::map<std::string, std::string>;

std::string with_things(std::string command, const Things& things) {
    for (const auto& [name, value] : things)
        command = std::regex_replace(command, std::regex("(^|[ =])" + name + "(?=[ ,]|$)"),
                                     "$01" + value);
    return command;
}

class ShownCommands : public CommandTest {
 protected:
    void SetUp() override {
        CommandTest::SetUp();
        if (IsSkipped()) return;
        fs::create_directory(file("build"));
        fs::create_symlink(std::getenv("EVGLASS_BIN"), file("build/bin"));
        fs::create_symlink(std::getenv("EVGLASS_LIB"), file("build/lib"));
        setenv("HOME", directory_.c_str(), 1);
        unsetenv("XDG_STATE_HOME");
        setenv("PATH", (file("build/bin") + ":" + std::getenv("PATH")).c_str(), 1);
    }
    void TearDown() override {
        if (running_ > 0) end_server(running_, "running");
        CommandTest::TearDown();
    }

    static std::string text_of(const std::string& name) {
        std::ifstream in(std::string(std::getenv("EVGLASS_ROOT")) + "/" + name);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    static std::vector<Shown> blocks_of(const std::string& name) {
        std::vector<Shown> others;
        return shown_in_blocks(name, text_of(name), others);
    }

    // Starts the server as the text says, and learns its port and its process.
    pid_t serve(const std::string& command, const std::string& log) {
        const pid_t pid = start_shell("exec " + with_things(command, {{"7070", "0"}}), log);
        std::smatch found;
        const bool well = appears(log, "listening on");
        const std::string said = contents(log);
        if (!well || !std::regex_search(said, found, std::regex(R"(:(\d+) \(.*pid (\d+)\))")))
            throw std::runtime_error("no server: " + said + contents(log + ".err"));
        things_["7070"] = found[1];
        things_["4711"] = found[2];
        return pid;
    }
    void end_server(pid_t started, const std::string& log) {
        const pid_t server = std::stoi(things_["4711"]);
        kill(server, SIGINT);
        EXPECT_TRUE(appears(log, "interrupted"));
        kill(server, SIGINT);  // without the delay
        EXPECT_EQ(wait(started, log, log + ".err").status, 0) << contents(log + ".err");
    }

    void have_recordings();
    void have_a_running_server() {
        running_ = serve("build/bin/evglass run -- build/bin/echo-server --port 7070", "running");
    }
    void have_things() {
        have_recordings();
        have_a_running_server();
        things_["./your-server"] = "build/bin/lessons/08-four-calls";
        things_["big.evg"] = "server.evg";
        things_["PID"] = things_["4711"];
        things_["./server"] = "build/bin/lessons/08-four-calls";
    }

    // The exception for a command, or null; which of them are needed is kept.
    const Otherwise* otherwise(const std::string& command) {
        const std::string bare = command.starts_with("build/bin/") ? command.substr(10) : command;
        const Otherwise* best = nullptr;
        for (const Otherwise& row : kOtherwise)
            if (bare.starts_with(row.begins) &&
                (best == nullptr || row.begins.size() > best->begins.size()))
                best = &row;
        return best;
    }
    void expect_as_told(const Shown& shown);

    Things things_;
    pid_t running_ = 0;
};

// As the README says: a server, clients, Ctrl-C.
void ShownCommands::have_recordings() {
    std::string server, clients;
    for (const Shown& shown : blocks_of("README.md")) {
        if (shown.command.find(" -o server.evg -- ") != std::string::npos) server = shown.command;
        if (shown.command.starts_with("build/bin/echo-clients ")) clients = shown.command;
    }
    ASSERT_NE(server, "");
    ASSERT_NE(clients, "");
    const pid_t started = serve(server, "recorded");
    const Result talked =
        shell(with_things(clients, things_) + " --seconds 1 --clients 4 --slow 0 --idle 1");
    EXPECT_EQ(talked.status, 0) << talked.out << talked.err;
    end_server(started, "recorded");
    const std::string record = "build/bin/evglass run -q --full -o ";
    const std::string program = " -- build/bin/lessons/11-one-turn";
    EXPECT_EQ(shell(record + "old.evg" + program).status, 0);
    EXPECT_EQ(shell("EVENT_NOEPOLL=1 " + record + "new.evg" + program).status, 0);
}

void ShownCommands::expect_as_told(const Shown& shown) {
    SCOPED_TRACE(shown.where + ": " + shown.command);
    const Otherwise* row = otherwise(shown.command);
    if (row != nullptr && row->status == kNotRun) return;
    const Result r = shell(with_things(shown.command, things_));
    EXPECT_EQ(r.status, row == nullptr ? 0 : row->status) << r.out.substr(0, 2000) << r.err;
    EXPECT_TRUE(row == nullptr || contains(r.out + r.err, row->says)) << r.out << r.err;
}

TEST_F(ShownCommands, OfTheReadmeDoWhatItSays) {
    have_things();
    std::vector<Shown> others;
    const std::vector<Shown> all = shown_in_blocks("README.md", text_of("README.md"), others);
    EXPECT_GT(all.size(), 30U);
    EXPECT_TRUE(others.empty()) << others.front().where << ": " << others.front().command;
    for (const Shown& shown : all) {
        const bool done = shown.command.find(" -o server.evg -- ") != std::string::npos ||
                          shown.command.starts_with("build/bin/echo-clients ");
        if (!done) expect_as_told(shown);
    }
}

TEST_F(ShownCommands, OfTheDocumentsDoWhatTheySay) {
    have_things();
    for (const std::string& name : kDocuments)
        if (name != "README.md")
            for (const Shown& shown : blocks_of(name)) expect_as_told(shown);
}

// But for what other programs make of it: one has no jq.
TEST_F(ShownCommands, OfEachHelpDoWhatItSays) {
    have_things();
    for (const std::string command : kCommands) {
        if (command == "run") fs::remove(file("server.evg"));  // it makes its own
        const std::vector<Shown> all =
            shown_in_help("evglass " + command + " --help", evglass({command, "--help"}).out);
        EXPECT_FALSE(all.empty()) << command;
        for (Shown shown : all) {
            for (const char* next : {" | ", " && "})
                shown.command = shown.command.substr(0, shown.command.find(next));
            expect_as_told(shown);
        }
    }
}

TEST_F(ShownCommands, EachExceptionIsOfACommandThatIsShown) {
    std::set<const Otherwise*> used;
    for (const std::string& name : kDocuments)
        for (const Shown& shown : blocks_of(name)) used.insert(otherwise(shown.command));
    for (const char* command : kCommands)
        for (const Shown& shown : shown_in_help(command, evglass({command, "--help"}).out))
            used.insert(otherwise(shown.command));
    for (const Otherwise& row : kOtherwise) EXPECT_TRUE(used.contains(&row)) << row.begins;
}

// The Makefile's targets, and evglass's commands, wherever a document names one.
TEST_F(ShownCommands, NameTargetsAndCommandsThatExist) {
    const std::string makefile = text_of("Makefile");
    const std::string commands = evglass({"--help"}).out;
    for (const std::string& name : kDocuments) {
        std::vector<Shown> all = blocks_of(name);
        for (const Shown& shown : shown_in_lines(name, text_of(name))) all.push_back(shown);
        for (const Shown& shown : all) {
            SCOPED_TRACE(shown.where + ": " + shown.command);
            const std::string target = second_word(shown.command);
            if (shown.command.starts_with("make")) {
                if (target.empty()) continue;
                EXPECT_TRUE(std::regex_search(makefile, std::regex("(^|\n)" + target + ":")));
            } else if (shown.command.starts_with("evglass ")) {
                EXPECT_TRUE(contains(commands, "\n  " + target + " "));
            }
        }
    }
}

}  // namespace
}  // namespace evglass::cli_test
