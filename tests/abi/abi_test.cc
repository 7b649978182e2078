// The ABI: names, shapes, and programs that were compiled against one library and run on the other.
// Stock libevent is the oracle, as it is installed. exports/*.txt are the public functions of each
// library, as data. Read next: user.cc (the program that is run four times).
#include <gtest/gtest.h>

#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/conformance/child.h"

namespace evglass {
namespace {

std::string variable(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

std::string output_of(const std::string& command) {
    std::string out;
    const conformance::Outcome outcome = conformance::run_program({"/bin/sh", "-c", command}, {});
    for (std::size_t i = 0; i + 1 < outcome.lines.size(); ++i) out += outcome.lines[i] + "\n";
    return out;
}

const std::string& stock_directory() {
    static const std::string directory = [] {
        std::string out = output_of("pkg-config --variable=libdir libevent");
        return out.substr(0, out.find('\n'));
    }();
    return directory;
}
std::string our_directory() {
    return variable("EVGLASS_LIB", "build/lib");
}

std::set<std::string> exported(const std::string& library) {
    std::istringstream lines(output_of("nm -D --defined-only '" + library + "-2.1.so.7'"));
    std::set<std::string> out;
    for (std::string address, type, name; lines >> address >> type >> name;) out.insert(name);
    return out;
}

std::set<std::string> listed(const std::string& library) {
    std::ifstream in(variable("EVGLASS_ROOT", ".") + "/tests/abi/exports/" + library + ".txt");
    std::set<std::string> out;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') out.insert(line);
    return out;
}

// All words that stand before a parenthesis.
std::set<std::string> called_in(const std::string& text) {
    std::set<std::string> out;
    std::string word;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
            word += c;
            continue;
        }
        if (c == '(') out.insert(word);
        word.clear();
    }
    return out;
}

// libevent_extra is a shell: its names lie in core (docs/decisions/002).
constexpr const char* kShell = "libevent_extra";
std::string holder_of(const std::string& library) {
    return library == kShell ? "libevent_core" : library;
}
// Of stock's libevent_extra we have evdns; HTTP, RPC and tags are not there yet.
bool is_ours_to_have(const std::string& library, const std::string& name) {
    return library != kShell || name.starts_with("evdns_");
}

class Exports : public testing::TestWithParam<const char*> {};

TEST_P(Exports, AllPublicNamesAreThere) {
    const std::set<std::string> names = listed(GetParam()),
                                ours = exported(our_directory() + "/" + holder_of(GetParam()));
    ASSERT_FALSE(names.empty());
    for (const std::string& name : names) EXPECT_TRUE(ours.contains(name)) << name;
}

// Beyond the list there are evglass's own functions, those of libevent 2.2, and doors for our other
// libraries, whose names end in '_' in front of the parameters that C++ adds.
TEST_P(Exports, NothingElseLeavesTheLibrary) {
    const std::regex own(
        "evglass_.*|evwatch_.*|event_mm_.*_|_Z[0-9]+(event|evbuffer|bufferevent|evutil|evthread)_["
        "a-z_]*_?[PRKib0-9].*");
    std::set<std::string> names = listed(GetParam());
    if (holder_of(kShell) == GetParam()) names.merge(listed(kShell));
    for (const std::string& name : exported(our_directory() + "/" + GetParam()))
        EXPECT_TRUE(names.contains(name) || std::regex_match(name, own)) << name;
}

TEST_P(Exports, StockHasTheSame) {
    const std::set<std::string> stock = exported(stock_directory() + "/" + GetParam());
    ASSERT_FALSE(stock.empty()) << "libevent-dev is not installed";
    const std::set<std::string> names = listed(GetParam());
    for (const std::string& name : names) EXPECT_TRUE(stock.contains(name)) << name;
    const std::set<std::string> declared = called_in(output_of("cat /usr/include/event2/*.h"));
    for (const std::string& name : stock)
        EXPECT_TRUE(!declared.contains(name) || names.contains(name) ||
                    !is_ours_to_have(GetParam(), name))
            << name << " is public in stock";
}

INSTANTIATE_TEST_SUITE_P(Libraries, Exports,
                         testing::Values("libevent_core", "libevent_extra", "libevent_pthreads",
                                         "libevent_openssl"),
                         [](const auto& info) { return std::string(info.param); });

std::string run_user(const std::string& headers, const std::string& libraries) {
    return output_of("env -u EVGLASS_TRACE LD_LIBRARY_PATH='" + libraries + "' '" +
                     variable("EVGLASS_TESTS", "build/tests") + "/abi-user-" + headers + "'");
}

TEST(Abi, AProgramCompiledAgainstEitherRunsOnBothAlike) {
    const std::string expected = run_user("stock", stock_directory());
    ASSERT_GT(expected.size(), 1000U);
    EXPECT_EQ(run_user("stock", our_directory()), expected);
    EXPECT_EQ(run_user("ours", our_directory()), expected);
    EXPECT_EQ(run_user("ours", stock_directory()), expected);
}

// A program in C, compiled for as long as this object lives.
struct Compiled {
    Compiled(const std::string& source, const std::string& flags) {
        const int fd = mkstemp(path.data());
        if (fd >= 0) close(fd);
        output_of("echo '" + source + "' | cc -x c - -o " + path + " " + flags);
    }
    ~Compiled() { unlink(path.c_str()); }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    std::string path = "/tmp/evglass-abi-XXXXXX";
};

TEST(Abi, PkgConfigGivesWhatCompilesAndRuns) {
    for (const std::string name : {"libevent", "libevent_core", "libevent_extra",
                                   "libevent_pthreads", "libevent_openssl", "evglass"}) {
        const std::string out = output_of("PKG_CONFIG_PATH='" + our_directory() +
                                          "/pkgconfig' pkg-config --cflags --libs " + name);
        EXPECT_NE(out.find("-levent"), std::string::npos) << name;
        EXPECT_EQ(out.find("/usr/include"), std::string::npos) << out;
    }
    const Compiled program(
        "#include <event2/event.h>\n#include <event2/evglass.h>\n#include <stdio.h>\n"
        "int main(void) { puts(event_base_get_method(event_base_new())); evglass_mark(\"built\"); "
        "}",
        "$(PKG_CONFIG_PATH='" + our_directory() +
            "/pkgconfig' pkg-config --cflags --libs libevent)");
    EXPECT_EQ(output_of(program.path), "epoll\n");
}

TEST(Abi, AProgramThatNeedsMoreIsToldSoBeforeItStarts) {
    const std::string run = variable("EVGLASS_BIN", "build/bin") + "/evglass run -- ";
    const std::string tail = " 2>&1; echo $?";
    const Compiled http(
        "#include <event2/http.h>\n#include <stdio.h>\n"
        "int main(void) { puts(\"started\"); return evhttp_new(0) != 0; }",
        "-levent");
    EXPECT_EQ(output_of(run + http.path + tail),
              "evglass run: '" + http.path +
                  "' needs functions of libevent that evglass does not have yet: evhttp_new\n2\n");
    // A library of the family that nobody has.
    const std::string library = http.path + ".so";
    output_of("cc -shared -x c /dev/null -Wl,-soname,libevent_other-2.1.so.7 -o " + library);
    const Compiled other("int main(void) { return 0; }", "-Wl,--no-as-needed -x none " + library);
    unlink(library.c_str());
    EXPECT_EQ(output_of(run + other.path + tail),
              "evglass run: '" + other.path +
                  "' needs libevent_other-2.1.so.7, which evglass does not have yet\n2\n");
}

TEST(Abi, AProgramThatNeedsDnsIsRun) {
    const Compiled program(
        "#include <event2/dns.h>\n#include <event2/event.h>\n#include <stdio.h>\n"
        "int main(void) { puts(evdns_base_new(event_base_new(), 0) ? \"made\" : \"none\"); }",
        "-Wl,--no-as-needed -levent_extra -levent_core");
    EXPECT_EQ(output_of(variable("EVGLASS_BIN", "build/bin") + "/evglass run -q -- " +
                        program.path + " 2>/dev/null; echo $?"),
              "made\n0\n");
}

}  // namespace
}  // namespace evglass
