// Frames compared as text: what each screen says of the sample, at several sizes.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/scene.h"
#include "tests/unit/viz-live/moments.h"
#include "viz/live/text_width.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using testing::fill;
using testing::frame_text;
using testing::SampleMoment;

ViewState on(Screen screen) {
    ViewState view;
    view.screen = screen;
    return view;
}

bool has(const std::string& frame, const std::string& text) {
    return frame.find(text) != std::string::npos;
}

constexpr Screen kAll[] = {Screen::loop,    Screen::events, Screen::heap,   Screen::queues,
                           Screen::fds,     Screen::calls,  Screen::source, Screen::output,
                           Screen::buffers, Screen::help};

/// Rows of a frame, and that each is no wider than it may be.
void expect_fits(const Grid& grid) {
    for (int y = 0; y < grid.height(); ++y) {
        EXPECT_LE(text_columns(grid.row(y)), grid.width());
    }
}

TEST(Frame, LoopScreenShowsEverythingAt80x24) {
    const std::string frame = frame_text(Screen::loop, 80, 24);
    EXPECT_TRUE(has(frame, " echo-server 4711  B1 epoll  turn 3  record 135  lost 0"));
    EXPECT_TRUE(has(frame, "HELD"));
    EXPECT_TRUE(has(frame, "›[active]"));
    EXPECT_TRUE(has(frame, "may sleep 2 s, until E3 status timer is due"));
    EXPECT_TRUE(has(frame, "woken by fd 7 READ, fd 8 READ"));
    EXPECT_TRUE(has(frame, "E5 client A      fd 7    R+P     running"));
    EXPECT_TRUE(has(frame, "[0] E3 status timer"));
    EXPECT_TRUE(has(frame, "in 1.69 s"));
    EXPECT_TRUE(has(frame, "1 E6 client B"));
    EXPECT_TRUE(has(frame, "▶      135"));
    EXPECT_TRUE(has(frame, "src/event/read.cc:12"));
}

TEST(Frame, HeaderKeepsTheStateAndTheLossWhateverTheWidth) {
    SampleMoment s;
    fill(s);
    s.moment.lost = 1234;
    s.moment.program = std::string(200, 'p');
    s.moment.time = ViewTime::back;
    s.moment.position = 100;
    for (int columns = kLeastColumns; columns <= 200; columns += 7) {
        const std::string header = draw_frame(s.moment, {}, columns, 24).row(0);
        EXPECT_TRUE(has(header, "lost 1,234")) << columns;
        EXPECT_TRUE(has(header, "REPLAY -35")) << columns;
    }
}

TEST(Frame, EveryStateHasItsWord) {
    SampleMoment s;
    fill(s);
    const auto header = [&](ProgramState state, ViewTime time) {
        s.moment.state = state;
        s.moment.time = time;
        return draw_frame(s.moment, {}, 120, 24).row(0);
    };
    EXPECT_TRUE(has(header(ProgramState::runs, ViewTime::now), "FOLLOWING"));
    EXPECT_TRUE(has(header(ProgramState::holding, ViewTime::now), "HOLDING"));
    EXPECT_TRUE(has(header(ProgramState::seeking, ViewTime::now), "RUNNING TO THE STOP"));
    EXPECT_TRUE(has(header(ProgramState::held, ViewTime::back), "program held"));
    EXPECT_TRUE(has(header(ProgramState::runs, ViewTime::back), "program runs"));
    EXPECT_TRUE(has(header(ProgramState::file, ViewTime::playing), "PLAYING"));
    EXPECT_TRUE(has(header(ProgramState::file, ViewTime::now), "END OF TRACE"));
    s.moment.ended = "exit status 3";
    EXPECT_TRUE(has(header(ProgramState::ended, ViewTime::now), "ENDED, exit status 3"));
}

TEST(Frame, EventsScreenListsThemInOrderOfFirstSight) {
    const std::string frame = frame_text(Screen::events, 80, 24);
    std::size_t at = 0;
    for (const char* name : {"E2 listener", "E3 status timer", "E4", "E5 client A", "E6 client B",
                             "E7 spare", "E1 signal pipe"}) {
        const std::size_t found = frame.find(std::string("\n  ") + name, at);
        ASSERT_NE(found, std::string::npos) << name;
        at = found;
    }
    EXPECT_TRUE(has(frame, "7 events, 1 running, 1 active, 4 pending, 1 initialized"));
    EXPECT_TRUE(has(frame, "SIGINT"));
}

TEST(Frame, WideEventsScreenTellsCallbackAndTimes) {
    const std::string frame = frame_text(Screen::events, 240, 24);
    EXPECT_TRUE(has(frame, "on_event (echo-server.cc:41)"));
    EXPECT_TRUE(has(frame, "READ|PERSIST"));
    EXPECT_TRUE(has(frame, "in it"));
}

TEST(Frame, HeapScreenDrawsATree) {
    const std::string frame = frame_text(Screen::heap, 80, 24);
    EXPECT_TRUE(has(frame, "Timers ─ 2 timers, first in 1.69 s"));
    EXPECT_TRUE(has(frame, "[0] E3 status timer"));
    EXPECT_TRUE(has(frame, "└─[1] E6 client B"));
    EXPECT_TRUE(has(frame, "every 2 s"));
    EXPECT_TRUE(has(frame_text(Screen::heap, 80, 24, false), "`-[1] E6 client B"));
}

TEST(Frame, HeapShowsTheHoleWhileAnEventLooksForItsPlace) {
    SampleMoment s;
    fill(s);
    trace::Base base = *s.moment.base;
    base.heap_lifted = s.sample.client_b;
    base.heap_lifted_deadline = *s.moment.now_usec + 5'000'000;
    base.heap_hole = 1;
    s.moment.base = &base;
    const std::string frame = draw_frame(s.moment, on(Screen::heap), 80, 24).text();
    EXPECT_TRUE(has(frame, "E6 client B (in 5 s) looks for a place"));
    EXPECT_TRUE(has(frame, "└─[1] (hole)"));
}

TEST(Frame, BigHeapIsListedAsTheArray) {
    SampleMoment s;
    fill(s);
    trace::Base base = *s.moment.base;
    for (int i = 0; i < 100; ++i) base.heap.push_back({s.sample.timer, 1'000'000 * (5 + i)});
    s.moment.base = &base;
    ViewState view = on(Screen::heap);
    EXPECT_TRUE(has(draw_frame(s.moment, view, 80, 24).text(), "1-17 of 102"));
    view.selected = 101;
    const std::string end = draw_frame(s.moment, view, 80, 24).text();
    EXPECT_TRUE(has(end, "86-102 of 102"));
    EXPECT_TRUE(has(end, "[101] E3"));
}

TEST(Frame, SaysWhichOfSeveralBases) {
    EXPECT_TRUE(has(frame_text(Screen::loop, 80, 24), "B1 epoll"));
    SampleMoment s;
    fill(s);
    s.sample.builder.add(trace::rec::base_new{.base = std::uint64_t{0x999}, .flags = 0});
    trace::Model two = *s.moment.model;
    static_cast<void>(two.apply(s.sample.builder.records().back(), nullptr));
    s.moment.model = &two;
    s.moment.base = two.base(s.sample.base);
    EXPECT_TRUE(has(draw_frame(s.moment, on(Screen::loop), 80, 24).text(), "B1 (1 of 2) epoll"));
    s.moment.base = two.base(0x999);
    EXPECT_TRUE(has(draw_frame(s.moment, on(Screen::loop), 80, 24).text(), "B2 (2 of 2)"));
}

TEST(Words, DurationsFitTheirColumn) {
    EXPECT_EQ(short_duration(1'240'000'000), "1.24 s");
    EXPECT_EQ(short_duration(145'000'000'000), "2m25s");
    EXPECT_EQ(short_duration(11'045'000'000'000), "3h04m");
    EXPECT_EQ(short_duration(200'000'000'000'000), "2d07h");
}

TEST(Frame, QueuesScreenTellsWhoRunsAndWhoIsNext) {
    const std::string frame = frame_text(Screen::queues, 80, 24);
    EXPECT_TRUE(has(frame, "now E5 client A              runs"));
    EXPECT_TRUE(has(frame, "  1 E6 client B              READ, waits"));
    EXPECT_TRUE(has(frame, "empty: priority 1, later"));
}

TEST(Frame, FdsScreenMarksDifferences) {
    EXPECT_TRUE(
        has(frame_text(Screen::fds, 80, 24), "7  READ          =  READ          1/0/0   E5"));
    SampleMoment s;
    fill(s);
    trace::Base base = *s.moment.base;
    base.interest[8] = 0x06;  // READ and WRITE: the map wants READ alone
    base.interest[99] = 0x02;
    s.moment.base = &base;
    const std::string frame = draw_frame(s.moment, on(Screen::fds), 80, 24).text();
    EXPECT_TRUE(has(frame, "5 fds, 2 differ"));
    EXPECT_TRUE(has(frame, "8  READ          != READ|WRITE"));
    EXPECT_TRUE(has(frame, "99  -             != READ"));
    EXPECT_TRUE(has(frame, "signals  SIGINT: E4"));
}

TEST(Frame, CallsScreenReadsLikeStrace) {
    const std::string frame = frame_text(Screen::calls, 80, 24);
    EXPECT_TRUE(has(frame, "accept4(6) = -1 EAGAIN"));
    EXPECT_LT(frame.find("epoll_create1"), frame.find("read(7"));
}

TEST(Frame, SourceScreenMarksTheLine) {
    const std::string frame = frame_text(Screen::source, 80, 24);
    EXPECT_TRUE(has(frame, "▶   12      read(fd, buffer, sizeof buffer);"));
    EXPECT_TRUE(has(frame, "event_base_loop › event_process_active"));
}

TEST(Frame, PromptShowsWhatIsWrong) {
    SampleMoment s;
    fill(s);
    ViewState view;
    view.prompt = {.open = true, .label = "run to", .text = "name=nope", .error = "no such record"};
    const Grid grid = draw_frame(s.moment, view, 80, 24);
    EXPECT_TRUE(has(grid.row(23), "run to name=nope"));
    EXPECT_TRUE(has(grid.row(22), "no such record"));
}

TEST(Frame, TooSmallSaysSoInsideTheTerminal) {
    EXPECT_EQ(frame_text(Screen::loop, 59, 24),
              "terminal is 59x24; this view needs 60x16\n" + std::string(23, '\n'));
    const std::string narrow = frame_text(Screen::loop, 12, 5);
    EXPECT_TRUE(has(narrow, "terminal is\n12x5;"));
    EXPECT_EQ(frame_text(Screen::loop, 0, 0), "");
    frame_text(Screen::loop, 1, 1);
}

TEST(Frame, NothingIsCutOnTheLeastTerminal) {
    const std::string frame = frame_text(Screen::loop, kLeastColumns, kLeastRows);
    EXPECT_TRUE(has(frame, "lost 0"));
    EXPECT_TRUE(has(frame, "[run]"));
    EXPECT_TRUE(has(frame, "E5 client A         fd 7"));
    EXPECT_TRUE(has(frame, "since fires\n"));
    EXPECT_TRUE(has(frame, "▶      135"));
}

TEST(Frame, EveryScreenFitsEverySize) {
    SampleMoment s;
    fill(s);
    s.moment.has_output = true;
    s.moment.output = {"one", "two\twith a tab", std::string(300, 'x')};
    Moment empty;
    const trace::Model nothing;
    empty.model = &nothing;
    for (const Screen screen : kAll) {
        for (int columns = 1; columns <= 220; columns += columns < 90 ? 3 : 13) {
            for (int rows = 1; rows <= 70; rows += rows < 30 ? 3 : 11) {
                ViewState view = on(screen);
                view.selected = columns % 50;
                expect_fits(draw_frame(s.moment, view, columns, rows));
                expect_fits(draw_frame(empty, view, columns, rows));
            }
        }
    }
}

TEST(Frame, AsciiFramesAreAscii) {
    for (const Screen screen : kAll) {
        for (const char c : frame_text(screen, 160, 50, false)) {
            ASSERT_LT(static_cast<unsigned char>(c), 0x80) << static_cast<int>(screen);
        }
    }
}

/// Text as an attacker would name an event, a file or a program.
std::string hostile(std::mt19937& random) {
    static constexpr std::string_view kParts[] = {"\x1B[2J",
                                                  "\x1B]0;x\x07",
                                                  "\r\n",
                                                  "\u202E",
                                                  "\u2066",
                                                  "\u200D",
                                                  "e\u0301\u0301\u0301\u0301",
                                                  "\x9B"
                                                  "31m",
                                                  "\xC2\x9B"
                                                  "2J",
                                                  "\xFF\xFE",
                                                  "事件",
                                                  "<b>&\"'",
                                                  "\b\b",
                                                  "a",
                                                  "\x7F",
                                                  "\t",
                                                  "%s%n"};
    std::string text;
    for (int i = 0; i < 6; ++i) text += kParts[random() % std::size(kParts)];
    return text.substr(0, 31);
}

bool harmless(const std::string& frame) {
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto c = static_cast<unsigned char>(frame[i]);
        if ((c < 0x20 && c != '\n') || c == 0x7F) return false;
        if (c == 0xC2 && static_cast<unsigned char>(frame[i + 1]) < 0xA0) return false;  // C1
    }
    return frame.find("\u202E") == std::string::npos && frame.find("\u2066") == std::string::npos;
}

TEST(Frame, NothingFromTheProgramReachesTheTerminalRaw) {
    std::mt19937 random(7);
    SampleMoment s;
    fill(s);
    for (int i = 0; i < 1000; ++i) {
        trace::testing::RecordBuilder builder;
        trace::testing::Scene scene(builder);
        const auto event = scene.make_event({.fd = 5, .events = 2, .name = hostile(random)});
        scene.add(event, 1'000'000);
        const trace::Model model = trace::testing::replay(builder);
        Moment m = s.moment;
        m.model = &model;
        m.base = model.current_base();
        m.program = hostile(random);
        m.sentence = m.filter = m.ended = hostile(random);
        m.log.back().sentence = hostile(random);
        m.source = {.file = hostile(random),
                    .function = hostile(random),
                    .line = 10,
                    .first_line = 10,
                    .lines = {hostile(random)},
                    .missing = ""};
        m.stack = {hostile(random)};
        m.has_output = true;
        m.output = {hostile(random)};
        m.symbol = [text = hostile(random)](trace::Address) { return text; };
        ViewState view = on(kAll[static_cast<std::size_t>(i) % std::size(kAll)]);
        view.message.text = hostile(random);
        view.prompt.text = hostile(random);
        view.prompt.open = i % 3 == 0;
        const Grid grid = draw_frame(m, view, i % 2 == 0 ? 80 : 200, 40);
        ASSERT_TRUE(harmless(grid.text())) << grid.text();
        expect_fits(grid);
    }
}

}  // namespace
}  // namespace evglass::viz
