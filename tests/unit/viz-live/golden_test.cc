// Every screen at 80x24 and 160x50, cell by cell, text and style, against frames/*.txt, which
// somebody has looked at. EVGLASS_UPDATE_FRAMES=1 writes the files anew: look at what changed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "tests/support/sample_model.h"
#include "viz/live/app.h"

namespace evglass::viz {
namespace {

struct Shot {
    const char* name;
    const char* keys;
};
/// The moment is client A's callback; E5 is client A.
constexpr Shot kShots[] = {
    {"loop", "1"},
    {"events", "2"},
    {"events sorted by state, one chosen", "2ooo<Down><Down>"},
    {"events with client", "2fclient<Enter>"},
    {"timers", "3<Down>"},
    {"queues", "4"},
    {"fds", "5<Down>"},
    {"syscalls", "6<Up><Up>"},
    {"source", "7"},
    {"buffers", "9"},
    {"lanes", "0"},
    {"lanes by time", "0o"},
    {"histograms", "H"},
    {"lints", "L<Down>"},
    {"event", "2<Down><Down><Down><Down><Enter><Down>"},
    {"help", "?"},
};

/// One letter for each style, so that a frame's styles can be read beside its text.
char letter(Style style) {
    return static_cast<char>('A' + static_cast<int>(style));
}

std::string told(const Shot& shot, int columns, int rows) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    Session session(sample.timeline());
    session.go(sample.in_callback + 1);
    App app(session, true);
    std::string error;
    const auto keys = parse_keys(shot.keys, error);
    EXPECT_EQ(error, "");
    for (const Key& key : *keys) app.press(key);
    const Grid grid = app.frame(columns, rows);
    std::string text = std::string("==== ") + shot.name + "\n";
    for (int y = 0; y < rows; ++y) text += grid.row(y) + "\n";
    text += "---- styles\n";
    for (int y = 0; y < rows; ++y) {
        std::string row;
        for (int x = 0; x < columns; ++x) row += letter(grid.at(x, y).style);
        row.erase(row.find_last_not_of('A') + 1);
        text += row + "\n";
    }
    return text;
}

std::string path_of(int columns, int rows) {
    const char* root = std::getenv("EVGLASS_ROOT");
    return std::string(root != nullptr ? root : ".") + "/tests/unit/viz-live/frames/" +
           std::to_string(columns) + "x" + std::to_string(rows) + ".txt";
}

void compare(int columns, int rows) {
    std::string all;
    for (const Shot& shot : kShots) all += told(shot, columns, rows);
    const std::string path = path_of(columns, rows);
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

TEST(Frames, AreThoseOnFileAt80x24) {
    compare(80, 24);
}

TEST(Frames, AreThoseOnFileAt160x50) {
    compare(160, 50);
}

/// At every size from the least one on, nothing is written where it doesn't belong and the frame
/// keeps its header and its keys.
TEST(Frames, KeepTheirHeaderAndTheirKeysAtTheLeastSize) {
    for (const Shot& shot : kShots) {
        const std::string text = told(shot, kLeastColumns, kLeastRows);
        EXPECT_NE(text.find("lost 0"), std::string::npos) << text;
        EXPECT_NE(text.find("q quit"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace evglass::viz
