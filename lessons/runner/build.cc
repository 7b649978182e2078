// See build.h.
#include "lessons/runner/build.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "lessons/runner/process.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kLongestBuild = 120s;
constexpr std::size_t kMostMessages = 8 * 1024;

using Words = std::vector<std::string>;

void append(Words& words, std::initializer_list<std::string> more) {
    words.insert(words.end(), more.begin(), more.end());
}

/// As a program of a user: against the shared libraries, its system calls wrapped.
void user_program(Words& words, const Toolchain& tools) {
    append(words, {"-I" + tools.include, "@" + tools.root + "/lessons/wire/wrap.flags",
                   "-L" + tools.lib, "-Wl,-rpath," + tools.lib});
    // A group: under a sanitizer the library, too, calls what is wrapped.
    append(words, {"-Wl,--start-group", "-levglass_wire", "-levent_core", "-levent_pthreads",
                   "-Wl,--end-group", "-ldw"});
}

/// In front of the library's own objects: what the file defines is not taken from there.
void core_program(Words& words, const Toolchain& tools, const std::string& main) {
    append(words, {"-I" + tools.root, "-I" + tools.root + "/src/include", "-DEVGLASS_TRACE=1"});
    append(words, {main, tools.lib + "/libevent_core.a"});
}

void scenario_program(Words& words, const Toolchain& tools) {
    append(words, {"-I" + tools.root, "-I" + tools.root + "/src/include", "-DEVGLASS_TRACE=1",
                   "-Wl,--whole-archive", tools.lib + "/libevglass_scenarios.a",
                   "-Wl,--no-whole-archive", tools.lib + "/libevent_core.a", "-lssl", "-lcrypto"});
}

/// What CXXFLAGS asks for besides, as a make of the learner's would add it.
void flags_of_the_environment(Words& words) {
    const char* flags = std::getenv("CXXFLAGS");
    std::istringstream each(flags != nullptr ? flags : "");
    for (std::string word; each >> word;) words.push_back(word);
}

Words compiler_words(const Exercise& exercise, const Toolchain& tools, const std::string& directory,
                     const std::string& source, const std::string& program) {
    Words words = {"-std=c++20", "-g",       "-O1", "-Wall", "-Wextra",
                   "-Werror",    "-pthread", "-o",  program, source};
    flags_of_the_environment(words);
    switch (exercise.build) {
        case Exercise::Build::program:
            user_program(words, tools);
            break;
        case Exercise::Build::core:
            core_program(words, tools, directory + "/main.cc");
            break;
        case Exercise::Build::scenarios:
            scenario_program(words, tools);
            break;
    }
    return words;
}

}  // namespace

Built build_exercise(const Exercise& exercise, const Toolchain& tools, const std::string& directory,
                     const std::string& source, const std::string& program, const Labels& words) {
    std::error_code ignored;
    if (!fs::is_regular_file(source, ignored))
        return {fmt::format("there is no file {}", trace::safe(source)), {}};
    const char* chosen = std::getenv("CXX");
    const std::string printed = program + ".messages";
    Spawn spawn{chosen != nullptr ? chosen : "g++",
                compiler_words(exercise, tools, directory, source, program),
                plain_environment(),
                -1,
                -1,
                printed};
    Process process(spawn);
    if (process.pid() == 0)
        return {fmt::format("the compiler {} can't be started: {}", spawn.program,
                            std::strerror(errno)),
                {}};
    const auto status = process.wait_until(Process::Clock::now() + kLongestBuild);
    Built built;
    const std::string said = read_start(printed, kMostMessages);
    std::size_t at = 0;
    while (at < said.size()) {
        const std::size_t end = std::min(said.find('\n', at), said.size());
        built.messages += trace::safe(said.substr(at, end - at)) + "\n";
        at = end + 1;
    }
    if (!status)
        built.error = words("the compiler did not end in time");
    else if (*status != 0)
        built.error = words("{} does not compile", trace::safe(source));
    return built;
}

}  // namespace evglass::lessons
