// Every screen at 60x16, 80x24 and 160x50, cell by cell, text and style, against frames/*.txt,
// which somebody has looked at (tests/support/golden.h).
#include <gtest/gtest.h>

#include <string>

#include "tests/support/golden.h"
#include "tests/support/sample_model.h"
#include "tests/unit/viz-live/moments.h"
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

/// What a program wrote, and which processes there are, no recording tells: a moment made by hand.
Moment beside_the_recording(Moment moment) {
    moment.path = "/run/user/1000/evglass/4711.evg";
    moment.has_output = true;
    moment.output = {"listening on 127.0.0.1:7000",
                     "client A:\tconnected",
                     "warning: \x1b[31mred\x1b[0m and a bell\x07",
                     "客户端 B 已连接, café",
                     std::string(200, '='),
                     "client B: 5 bytes"};
    moment.processes = {{.path = moment.path,
                         .program = "echo-server",
                         .command = "./echo-server --port 7000",
                         .pid = 4711,
                         .parent_pid = 4000,
                         .live = true,
                         .held = 1},
                        {.path = "/run/user/1000/evglass/4712.evg",
                         .program = "echo-server",
                         .command = "./echo-server --port 7000 --worker 1 --log /var/log/echo.log",
                         .pid = 4712,
                         .parent_pid = 4711,
                         .live = true},
                        {.path = "/run/user/1000/evglass/1234.evg",
                         .program = "memcached",
                         .command = "",
                         .pid = 1234,
                         .parent_pid = 1}};
    return moment;
}

std::string told_by_hand(const std::string& name, Screen screen, int selected, int columns,
                         int rows) {
    testing::SampleMoment sample;
    fill(sample);
    ViewState view;
    view.screen = screen;
    view.selected = selected;
    const Moment moment = beside_the_recording(sample.moment);
    return testing::told_frame(name, draw_frame(moment, view, columns, rows));
}

void compare(int columns, int rows) {
    std::string all;
    for (const Shot& shot : kShots) all += told(shot, columns, rows);
    all += told_by_hand("program output", Screen::output, 0, columns, rows);
    all += told_by_hand("processes, one chosen", Screen::processes, 1, columns, rows);
    testing::expect_as_on_file("tests/unit/viz-live/frames/" + std::to_string(columns) + "x" +
                                   std::to_string(rows) + ".txt",
                               all);
}

TEST(Frames, AreThoseOnFileAt60x16) {
    compare(kLeastColumns, kLeastRows);
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
