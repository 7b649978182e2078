// See golden.h.
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace evglass::viz::testing {
namespace {

/// One letter for each style, so that a frame's styles can be read beside its text.
char letter(Style style) {
    return static_cast<char>('A' + static_cast<int>(style));
}

}  // namespace

std::string told_frame(const std::string& title, const Grid& grid) {
    std::string text = "==== " + title + "\n" + grid.text() + "---- styles\n";
    for (int y = 0; y < grid.height(); ++y) {
        std::string row;
        for (int x = 0; x < grid.width(); ++x) row += letter(grid.at(x, y).style);
        row.erase(row.find_last_not_of('A') + 1);
        text += row + "\n";
    }
    return text;
}

void expect_as_on_file(const std::string& name, const std::string& all) {
    const char* root = std::getenv("EVGLASS_ROOT");
    const std::string path = std::string(root != nullptr ? root : ".") + "/" + name;
    if (std::getenv("EVGLASS_UPDATE_FRAMES") != nullptr) {
        std::ofstream(path) << all;
        return;
    }
    std::ifstream in(path);
    ASSERT_TRUE(in) << path;
    const std::string wanted{std::istreambuf_iterator<char>(in), {}};
    std::istringstream is(all), should(wanted);
    std::string line, other, shot;
    int number = 0, differ = 0;
    while (std::getline(is, line)) {
        ++number;
        std::getline(should, other);
        if (line.starts_with("====")) shot = line;
        if (line == other || ++differ > 6) continue;
        ADD_FAILURE() << path << ":" << number << " (" << shot << ")\n is     " << line
                      << "\n should " << other;
    }
    EXPECT_EQ(all.size(), wanted.size());
}

}  // namespace evglass::viz::testing
