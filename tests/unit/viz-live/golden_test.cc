// Every screen at 80x24 and 160x50, cell by cell, text and style, against frames/*.txt, which
// somebody has looked at (tests/support/golden.h).
#include <gtest/gtest.h>

#include <string>

#include "tests/support/golden.h"
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

std::string told(const Shot& shot, int columns, int rows) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    Session session(sample.timeline());
    session.go(sample.in_callback + 1);
    App app(session, true);
    std::string error;
    const auto keys = parse_keys(shot.keys, error);
    EXPECT_EQ(error, "");
    for (const Key& key : *keys) app.press(key);
    return testing::told_frame(shot.name, app.frame(columns, rows));
}

void compare(int columns, int rows) {
    std::string all;
    for (const Shot& shot : kShots) all += told(shot, columns, rows);
    testing::expect_as_on_file("tests/unit/viz-live/frames/" + std::to_string(columns) + "x" +
                                   std::to_string(rows) + ".txt",
                               all);
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
