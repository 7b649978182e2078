// What EVGLASS_TRACE becomes, and which mistakes are caught before a program is started.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "viz/cli/launcher.h"

namespace evglass::viz::cli {
namespace {

std::string variable(const Recording& recording) {
    std::string error;
    const std::string value = recording.variable(error);
    EXPECT_EQ(error, "");
    return value;
}

std::string mistake(const Recording& recording) {
    std::string error;
    recording.variable(error);
    return error;
}

TEST(Recording, OptionsBecomeOneVariable) {
    EXPECT_EQ(variable({}), "auto,ring");
    EXPECT_EQ(variable({.file = "", .full = true, .size = "64M", .categories = "state,call"}),
              "auto,full=64M,only=state+call");
    EXPECT_EQ(variable({.file = "", .full = false, .size = "", .categories = "all"}),
              "auto,ring,only=all");
}

TEST(Recording, ThePathIsAbsoluteBecauseProgramsChangeDirectory) {
    const std::string value =
        variable({.file = "new-trace.evg", .full = false, .size = "", .categories = ""});
    EXPECT_EQ(value, (std::filesystem::current_path() / "new-trace.evg").string() + ",ring");
}

TEST(Recording, MistakesAreSaidBeforeTheProgramStarts) {
    EXPECT_NE(mistake({.file = "", .full = false, .size = "", .categories = "state,nosuch"})
                  .find("'nosuch' is no category"),
              std::string::npos);
    EXPECT_NE(mistake({.file = "", .full = false, .size = "", .categories = ","}), "");
    EXPECT_NE(mistake({.file = "/proc/self/exe", .full = false, .size = "", .categories = ""})
                  .find("exists: remove it"),
              std::string::npos);
    EXPECT_NE(mistake({.file = "/nonexistent/x.evg", .full = false, .size = "", .categories = ""})
                  .find("there is no directory"),
              std::string::npos);
    EXPECT_NE(mistake({.file = "a,b.evg", .full = false, .size = "", .categories = ""}).find("','"),
              std::string::npos);
}

}  // namespace
}  // namespace evglass::viz::cli
