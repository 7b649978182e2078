// What `make install` puts into a directory, used as a stranger would: programs that find the
// library with pkg-config and with CMake, the command, its manual page, the lessons. Nothing of the
// build tree may be needed, so the installed tree is moved to another place before it is used.
// Read next: src/package/, and the target `install` in the Makefile.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/program_output.h"

namespace evglass {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

std::string contents(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

constexpr const char* kProgram = R"(#include <event2/event.h>
#include <stdio.h>
int main(void) {
    struct event_base* base = event_base_new();
    printf("%s by %s\n", event_get_version(), event_base_get_method(base));
    event_base_free(base);
    return 0;
}
)";

constexpr const char* kProject = R"(cmake_minimum_required(VERSION 3.18)
project(stranger C)
find_package(Libevent 2.1 REQUIRED COMPONENTS core pthreads)
add_executable(stranger stranger.c)
target_link_libraries(stranger libevent::core libevent::pthreads)
)";

/// A record that every program with a loop writes.
constexpr const char* kBegin = "backend_chosen";

/// Installs once, for all tests.
class Install : public ::testing::Test {
 protected:
    static void SetUpTestSuite() {
        std::string name = (fs::temp_directory_path() / "evglass-install.XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        room_ = name;
        const fs::path stage = room_ / "stage";
        const std::string log = sh("make -s -C '" + variable("EVGLASS_ROOT", ".") +
                                   "' install DESTDIR='" + stage.string() + "' PREFIX=/opt/glass");
        ASSERT_EQ(status_, 0) << log;
        fs::rename(stage / "opt/glass", room_ / "glass");
        std::ofstream(room_ / "stranger.c") << kProgram;
        std::ofstream(room_ / "CMakeLists.txt") << kProject;
    }
    static void TearDownTestSuite() { fs::remove_all(room_); }

    /// What a command line says, run in the room; the environment knows nothing of the build.
    static std::string sh(const std::string& line) {
        std::string script =
            "exec 2>&1 </dev/null; cd '" + room_.string() + "' || exit; HOME=$PWD;";
        for (const char* name : {"BIN", "LIB", "ROOT", "TESTS"})
            script += std::string(" unset EVGLASS_") + name + ";";
        const test::ProgramOutput said = test::output_of({"sh", "-c", script + "\n" + line});
        status_ = said.status;
        return said.text;
    }

    static inline fs::path room_;
    static inline int status_ = 0;
};

TEST_F(Install, AProgramFindsItWithPkgConfig) {
    const std::string built =
        sh("export PKG_CONFIG_PATH=glass/lib/evglass/pkgconfig;"
           "cc -o with_pc stranger.c $(pkg-config --cflags --libs libevent_pthreads evglass)");
    EXPECT_EQ(status_, 0) << built;
    EXPECT_EQ(sh("./with_pc"), "2.1.12-stable by epoll\n");
    EXPECT_NE(sh("ldd with_pc").find("glass/lib/evglass"), std::string::npos);
}

TEST_F(Install, AProgramFindsItWithCMake) {
    const std::string built =
        sh("cmake -S . -B made -DLibevent_DIR=$PWD/glass/lib/evglass/cmake && cmake --build made");
    EXPECT_EQ(status_, 0) << built;
    EXPECT_EQ(sh("made/stranger"), "2.1.12-stable by epoll\n");
    EXPECT_NE(sh("ldd made/stranger").find("glass/lib/evglass"), std::string::npos);
}

TEST_F(Install, TheCommandRecordsAProgramThatWasBuiltAgainstIt) {
    sh("cc -o stranger stranger.c -Iglass/include/evglass -Lglass/lib/evglass -levent_core"
       " -Wl,-rpath,$PWD/glass/lib/evglass");
    EXPECT_EQ(sh("glass/bin/evglass run -o seen.evg -- ./stranger 2>log"),
              "2.1.12-stable by epoll\n");
    EXPECT_NE(sh("glass/bin/evglass dump seen.evg").find(kBegin), std::string::npos);
}

TEST_F(Install, AProgramOfTheSystemsLibeventIsGivenTheInstalledOne) {
    sh("cc -o theirs stranger.c -levent_core");
    EXPECT_EQ(sh("ldd theirs").find("glass"), std::string::npos);
    sh("glass/bin/evglass run -o theirs.evg -- ./theirs");
    EXPECT_NE(sh("glass/bin/evglass dump theirs.evg").find(kBegin), std::string::npos);
}

TEST_F(Install, ThePageOfTheManualNamesEachCommand) {
    const std::string page = contents(room_ / "glass/share/man/man1/evglass.1");
    for (const char* command : {"learn", "run", "live", "graph", "why", "compare"})
        EXPECT_NE(page.find(command), std::string::npos) << command;
    EXPECT_TRUE(fs::exists(room_ / "glass/share/bash-completion/completions/evglass"));
    EXPECT_TRUE(fs::exists(room_ / "glass/share/fish/vendor_completions.d/evglass.fish"));
}

TEST_F(Install, LessonsRunAndExercisesAreBuiltAndChecked) {
    // An exercise of each build: a program alone, one with the reactor inside, a backend.
    for (const char* lesson : {"9", "14", "32"}) {
        const std::string said = sh(std::string("glass/bin/evglass learn check ") + lesson);
        EXPECT_EQ(status_, 0) << lesson << ": " << said;
    }
}

}  // namespace
}  // namespace evglass
