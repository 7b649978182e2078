// A walk through the live view in a real terminal, at three sizes: each key of each screen, and
// what it changes there. A step fails, too, where what it is to bring about was there before.
// Read next: live_test.cc (a program that runs, ways out), viz/live/input.cc (the keys).
#include <gtest/gtest.h>
#include <regex.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/live/live_fixture.h"

namespace evglass::viz {
namespace {

using testing::Tmux;

/// Keys as tmux names them, `=text` to type, `@text` to click on (with + for a blank); then what
/// appears and what goes, as expressions. Where the chosen tab or row is on the screen, it stands
/// in «». `~x`: what x finds there changes.
struct Step {
    const char* keys;
    const char* appears;
    const char* goes = nullptr;
};
using Steps = std::vector<Step>;

/// The screen as text in which what has the ground of chosen things (theme.cc) stands in «».
std::string marked(const std::string& colored) {
    std::string out;
    bool chosen = false;
    const auto choose = [&](bool now) {
        if (now != chosen) out += now ? "«" : "»";
        chosen = now;
    };
    for (std::size_t i = 0; i < colored.size(); ++i) {
        if (colored[i] != '\033') {
            if (colored[i] == '\n') choose(false);
            out += colored[i];
            continue;
        }
        const std::size_t end = std::min(colored.find('m', i), colored.size() - 1);
        const std::string code = colored.substr(i, end - i);
        const bool ground = code.find("[48;") != std::string::npos || code == "\033[49" ||
                            code == "\033[0" || code == "\033[";
        if (ground || code.find(";48;") != std::string::npos)
            choose(code.find("48;5;25") == code.size() - 7);
        i = end;
    }
    return out;
}

std::optional<std::string> found(const std::string& screen, std::string expression) {
    // What is chosen ends where it ends.
    const std::string open = "«.*";
    if (const auto at = expression.find(open); at != std::string::npos)
        expression.replace(at, open.size(), "«[^\n\xBB]*");
    // Not std::regex: it takes a stack frame for each character, and a sanitizer's are large.
    regex_t compiled;
    if (regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NEWLINE) != 0) {
        ADD_FAILURE() << expression << " is no expression";
        return std::nullopt;
    }
    regmatch_t match;
    const bool is_there = regexec(&compiled, screen.c_str(), 1, &match, 0) == 0;
    regfree(&compiled);
    if (!is_there) return std::nullopt;
    return screen.substr(static_cast<std::size_t>(match.rm_so),
                         static_cast<std::size_t>(match.rm_eo - match.rm_so));
}

class Walk : public testing::LiveTest, public ::testing::WithParamInterface<std::pair<int, int>> {
 protected:
    Walk() : tmux_(GetParam().first, GetParam().second) {}

    void open(const std::string& arguments) {
        tmux_.run(noting("viewer", evglass_ + " live " + arguments));
        ASSERT_TRUE(tmux_.shows("END OF TRACE")) << tmux_.screen();
    }
    std::string now() const { return marked(tmux_.screen_with_colors()); }
    void press(const std::string& keys) const {
        std::istringstream words(keys);
        for (std::string word; words >> word;) {
            if (word.size() > 1 && word.front() == '=') {
                tmux_.type(word.substr(1));
            } else if (word.size() > 1 && word.front() == '@') {
                std::replace(word.begin(), word.end(), '+', ' ');
                point(word.substr(1));
            } else {
                tmux_.press(word);
            }
        }
    }
    /// What a terminal sends for a click on this text, or for the wheel.
    void point(const std::string& text) const {
        if (text.starts_with("wheel"))
            return tmux_.type(text == "wheel-up" ? "\033[<64;9;9M" : "\033[<65;9;9M");
        const std::string all = tmux_.screen();
        // A tab's key stands in the second line, whatever else has that letter.
        const auto from = text.size() == 1 ? all.find('\n') : 0;
        const auto at = all.find(text, from);
        ASSERT_NE(at, std::string::npos) << text << "\n" << all;
        const auto line = all.rfind('\n', at) + 1;
        const auto columns = std::count_if(all.begin() + static_cast<std::ptrdiff_t>(line),
                                           all.begin() + static_cast<std::ptrdiff_t>(at),
                                           [](char c) { return (c & 0xC0) != 0x80; });
        const auto row =
            std::count(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const std::string where = std::to_string(columns + 1) + ";" + std::to_string(row + 1);
        tmux_.type("\033[<0;" + where + "M\033[<0;" + where + "m");
    }
    static bool as_wanted(const Step& step, const std::string& before, const std::string& now) {
        if (step.goes != nullptr && found(now, step.goes)) return false;
        if (step.appears == nullptr) return true;
        if (*step.appears != '~') return found(now, step.appears).has_value();
        const auto is = found(now, step.appears + 1);
        return is && is != found(before, step.appears + 1);
    }
    /// Walks until a step fails.
    void go(const Steps& steps) const {
        for (const Step& step : steps) {
            const std::string before = now();
            ASSERT_FALSE(as_wanted(step, before, before)) << step.keys << ": there before\n"
                                                          << before;
            press(step.keys);
            ASSERT_TRUE(tmux_.becomes([&](const std::string&) {
                return as_wanted(step, before, now());
            })) << step.keys
                << " does not show " << (step.appears != nullptr ? step.appears : "what it should")
                << "\n"
                << now();
        }
    }

    Tmux tmux_;
};

/// The time, the prompts, and what leads away from a screen and back: the same on all of them.
const Steps kEverywhere{
    {"Home", "record 1/", "END OF TRACE"},
    {"Right", "record 2/"},
    {"l", "record 3/"},
    {"s", "record 4/"},
    {"Left", "record 3/"},
    {"h", "record 2/"},
    {"]", "turn 1 +record"},
    {"t", "turn 2 +record"},
    {"PageDown", "turn 3 +record"},
    {"[", "turn 2 +record"},
    {"PageUp", "turn 1 +record"},
    {"n", "no filter yet"},
    {"Home", "record 1/"},
    {"/", "find ▏"},
    {"=name=turn_beg Enter", "no record is called"},
    {"=in Enter", "\n [0-9:.]+  turn 1 begins", "find name="},
    {"n", "~record [0-9]+"},
    {"N", "~record [0-9]+"},
    {":", "go to ▏"},
    {"=t9999 Enter", "turn 9999 is not among the records"},
    {"Escape", nullptr, "go to t9999"},
    {": =t2 Enter", "turn 2 +record"},
    {": =-1 Enter", "turn 1 +record"},
    {": =1 Enter", "record 1/"},
    {"'", "no bookmark yet"},
    {"m", "bookmark 1 set"},
    {"Right", "record 2/"},
    {"'", "record 1/"},
    {"m", "bookmark taken away"},
    {"space", "PLAYING 10/s"},
    {"+", "PLAYING 20/s"},
    {"-", "PLAYING 10/s"},
    {"space", "REPLAY", "PLAYING"},
    {"r", "END OF TRACE"},
    {"Home", "record 1/"},
    {"g", "END OF TRACE"},
    {"b", "there is no other event_base"},
    {"F", "a forked child will be changed to"},
    {"F", "forks are not followed"},
    {"P", "─ Processes ─"},
    {"Enter", "is being watched already"},
    {"P", "─ Events ─", "─ Processes ─"},
    {"?", "─ Help ─"},
    {"Down", "─ 2-[0-9]+ of"},
    {"Up", "─ 1-[0-9]+ of"},
    {"} } } } } } } } } } } }", "REPLAY -12"},
    {"{ { { { { { { { { { { {", "─ 1-[0-9]+ of"},
    {"?", "─ Events ─", "─ Help ─"},
    {"Tab", "«.?2.?Events"},
    {"BTab", "«.?1.?Loop"},
};

/// From here on at the first turn's begin, where the program's five events are pending.
const Steps kLoop{
    {"Home ]", "turn 1 +record"},
    {"Down", "«  E2 tick"},
    {"Down", "«  E3 byte"},
    {"x", "find event=E3▏"},
    {"Escape", nullptr, "find event"},
    {"Enter", "\n─ E3 byte ─"},
    {"Escape", "\n─ Events ─"},
    {"f", "events with ▏"},
    {"=timer", "1 event with \"timer\""},
    {"Escape Escape", "5 events", "«  E"},
};

const Steps kEvents{
    {"Home ] 2", "«.?2.?Events"},
    {"Down", "«  E2 tick"},
    {"j", "«  E3 byte"},
    {"k", "«  E2 tick"},
    {"j", "«  E3 byte"},
    {"Up", "«  E2 tick"},
    {"}", "«  E1 signal pipe"},
    {"{", "«  E2 tick"},
    {"x", "find event=E2▏"},
    {"Enter", "~record [0-9]+"},
    {".", "~record [0-9]+"},
    {",", "~record [0-9]+"},
    {"Enter", "\n─ E2 tick ─"},
    {"Escape", "\n─ Events ─"},
    {"o", "event▼"},
    {"O", "event▲"},
    {"f", "events with ▏"},
    {"=byte", "1 event with \"byte\""},
    {"Enter", "f filter", "events with ▏?byte"},
    {"Escape", "5 events", "with \"byte\""},
    {"o", "on▲", "event▲"},
};

const Steps kTimers{
    {"3", "«.?3.?Timers"},      {"Down", "«.*\\[0\\] E2 tick"}, {"Enter", "\n─ E2 tick ─"},
    {"Escape", "\n─ Timers ─"}, {"Down x", "find event=E2▏"},   {"Escape", nullptr, "find event"},
};

const Steps kQueues{
    {"4", "«.?4.?Queues"},        {"/ =name=event_activate Enter", "(▶| 00:0).*is made active"},
    {"Right", "1 E2 tick"},       {"Down", "«.*1 E2 tick"},
    {"Enter", "\n─ E2 tick ─"},   {"Escape", "\n─ Queues ─"},
    {"Down x", "find event=E2▏"}, {"Escape", nullptr, "find event"},
};

const Steps kFds{
    {"Home ] 5", "«.?5.?Fds"},
    {"Down", "«.*E3 byte"},
    {"Down", "«.*E1 signal"},
    {"Up", "«.*E3 byte"},
    {"x", "find name=io_add fd=[0-9]+▏"},
    {"Escape", nullptr, "find name"},
    {"Enter", "\n─ E3 byte ─"},
    {"Escape", "\n─ Fds ─"},
};

const Steps kCalls{
    {"6", "«.?6.?(Syscalls|Calls)"}, {"Up", "«.*sigaction\\(SIGUSR1"},
    {"Up", "«.*epoll_ctl"},          {"Down", "«.*sigaction\\(SIGUSR1"},
    {"x", "find name=sigaction▏"},   {"Escape", nullptr, "find name"},
    {"Enter", "~record [0-9]+"},
};

const Steps kSource{
    {"Home ] 7", "«.?7.?(Source|Src)"},
    {"Right", "~\n─ Source ─ .*:[0-9]+"},
    {"x", "find function=[a-z_]+▏"},
    {"Escape", nullptr, "find function"},
};

const Steps kBuffers{
    {"9", "«.?9.?(Buffers|Bufs)"},
    {"Down", "▶ V2 .*\n(.*\n)*.*─ Chains of V2 ─ 1 chain"},
    {"Up", "▶ V1 .*\n(.*\n)*.*─ Chains of V1 ─ 1 chain"},
};

const Steps kLanes{
    {"End [ 0", "«.?0.?Lanes"},
    {"-", "~a column is [0-9]+ record"},
    {"+", "~a column is [0-9]+ record"},
    {"o", "a column is [0-9.]+ [mun]?s"},
    {"-", "~a column is [0-9.]+ [mun]?s"},
    {"o", "a column is [0-9]+ record"},
    {"Escape Down Down", "«  E2 tick"},
    {"Enter", "\n─ E2 tick ─"},
    {"Up", "~[0-9]+-[0-9]+ of"},
    {"Up Up Down", "~[0-9]+-[0-9]+ of"},
    {"{", "~[0-9]+-[0-9]+ of"},
    {"}", "~[0-9]+-[0-9]+ of"},
    {"Escape", "\n─ Lanes ─"},
};

const Steps kHistogramsAndLints{
    {"H", "«.?H.?Hist"},
    {"[", "~all [0-9]+ records"},
    {"L", "«.?L.?Lints"},
    {"Down", "«.*starved-priority"},
    {"Up", "«.*slow-callback"},
    {"o", "«?\\[ \\].*slow-callback +off"},
    {"o", "«?\\[x\\].*slow-callback +·"},
    {"Enter", "this lint has found nothing"},
};

TEST_P(Walk, EachKeyOfEachScreenChangesWhatItShould) {
    open(recording(15));
    for (const Steps* steps : {&kEverywhere, &kLoop, &kEvents, &kTimers, &kQueues, &kFds, &kCalls,
                               &kSource, &kBuffers, &kLanes, &kHistogramsAndLints}) {
        go(*steps);
        if (HasFatalFailure()) return;
    }
    press("q");
    EXPECT_TRUE(tmux_.hides("lost 0")) << tmux_.screen();
}

/// All keys at once on each screen: none of them ends the view, garbles it or gets stuck.
TEST_P(Walk, AFlurryOfKeysLeavesEachScreenWhole) {
    open(recording());
    int record = 1;
    for (const char* screen : {"1", "2", "3", "4", "5", "6", "7", "9", "0", "H", "L", "P"}) {
        tmux_.press_all(std::string("End ") + screen +
                        " Down Down Up { } j k o O o + - Left h [ l Right ] m \\' , . n N b s t r"
                        " PageUp PageDown Home / BSpace : BSpace Tab BTab Space Space Home Down"
                        " Enter \\? \\? : " +
                        std::to_string(++record) + " Enter");
        const std::string there = "record " + std::to_string(record) + "/";
        // Where the last of them leads says that all were read.
        ASSERT_TRUE(tmux_.shows(there) && tmux_.shows("lost 0")) << screen << "\n"
                                                                 << tmux_.screen();
        tmux_.press("Escape");
        ASSERT_TRUE(runs("viewer")) << screen;
    }
}

/// What it wrote is a screen of its own; the keys of a program that runs.
TEST_P(Walk, KeysOfAProgramThatRuns) {
    watch_ticker(tmux_);
    ASSERT_TRUE(tmux_.shows("FOLLOWING") && tmux_.shows("tick")) << tmux_.screen();
    go({{"space", "HELD"},
        {"s", "~record [0-9,]+"},
        {"t", "~turn [0-9]+"},
        {"Left", "REPLAY -1, program held"},
        {"End", "HELD"},
        {"8", "«.?8.?(Output|Out)"},
        {"/ =name=callback_begin Enter", "\n [0-9:.]+  .*'s callback begins"},
        {"space", "FOLLOWING"},
        {"x", "no row is chosen"},
        {"q", "The program still runs"},
        {"Escape", "FOLLOWING", "still runs"},
        {"q", "The program still runs"}});
    press("k");
    EXPECT_TRUE(tmux_.shows("has ended: exit status 3")) << tmux_.screen();
}

/// The mouse: off unless asked for, and then what stands below it is chosen, and opened.
TEST_P(Walk, TheMouseChoosesWhatItPointsAt) {
    open(recording());
    EXPECT_EQ(tmux_.variable("mouse_any_flag"), "0");
    go({{"Home ]", "turn 1 +record"}, {"M", "the mouse is the view's"}});
    EXPECT_EQ(tmux_.variable("mouse_sgr_flag"), "1");
    tmux_.type("\033[<;;;M\033[<0;99999999999;1M\033[<0;4;2m\033[<?25h");
    go({{"@2", "«.?2.?Events"},
        {"@E3+byte", "«  E3 byte"},
        {"@wheel-down", "«  E1 signal"},
        {"@wheel-up", "«  E3 byte"},
        {"@E3+byte", "\n─ E3 byte ─"},
        {"@3", "«.?3.?Timers"},
        {"@E2+tick", "«.*E2 tick"},
        {"@E2+tick", "\n─ E2 tick ─"},
        {"@?", "─ Help ─"},
        {"@wheel-down", "─ 4-[0-9]+ of"},
        {"@1", "«.?1.?Loop"},
        {"Left", "turn 0 +record"},
        {"@turn+1+begins", "turn 1 +record"},
        {"M", "the mouse is the terminal's again"}});
    EXPECT_EQ(tmux_.variable("mouse_any_flag"), "0");
    press("@2");
    go({{"m", "bookmark [0-9]+ set"}});
    EXPECT_TRUE(found(now(), "«.?1.?Loop")) << "it is deaf again\n" << now();
}

std::string size_name(const ::testing::TestParamInfo<std::pair<int, int>>& info) {
    return std::to_string(info.param.first) + "x" + std::to_string(info.param.second);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Walk,
                         ::testing::Values(std::pair(60, 16), std::pair(80, 24),
                                           std::pair(160, 50)),
                         size_name);

}  // namespace
}  // namespace evglass::viz
