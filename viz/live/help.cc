// The help screen: the keys, and what the words and columns mean. One table; nothing else knows it.
// Which key does what is decided in input.cc and app.cc: a new key gets its row here too.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

/// A row: a title (no text), a key or word with its meaning, or an empty line.
struct HelpRow {
    std::string_view key, text;
};

constexpr std::array kHelp{
    HelpRow{"The program (only one that runs now)", ""},
    HelpRow{"space", "hold the program at its next record; again: let it go on"},
    HelpRow{"s", "one record: the held program does one, a replay shows the next"},
    HelpRow{"t", "one turn: run until the next turn of the loop begins"},
    HelpRow{"r  g", "let it run, and follow"},
    HelpRow{"/", "run until a record matches a filter; in a replay: find it"},
    HelpRow{"", ""},
    HelpRow{"Time (the program goes on meanwhile, unless it is held)", ""},
    HelpRow{"Left  Right", "one record back, forward"},
    HelpRow{"[  ]  PgUp PgDn", "one turn back, forward"},
    HelpRow{"Home  End", "the oldest record kept; now"},
    HelpRow{"space", "in a replay: play the records, + and - change the speed"},
    HelpRow{"n  N", "next, previous record that matches the filter"},
    HelpRow{"m  '", "bookmark this record; go to the next bookmark"},
    HelpRow{":", "go to a record (480), a turn (t12), so many records on or back (+100, -100)"},
    HelpRow{",  .", "the last, the next record about the chosen event"},
    HelpRow{"", ""},
    HelpRow{"Screens", ""},
    HelpRow{"Tab  1..9 0 H L", "the next screen; a screen by its key"},
    HelpRow{"Up  Down  {  }", "choose a row, or scroll; by a page"},
    HelpRow{"Enter", "the row's event with its history; or go to the row's record"},
    HelpRow{"x", "run to the row's next record (in a replay: find it); the filter can be changed"},
    HelpRow{"f", "only events that have these words in their row; Esc: all of them"},
    HelpRow{"o  O", "Events: sort by the next column; the other way round"},
    HelpRow{"o  +  -", "Lanes: by records or by time; nearer, farther"},
    HelpRow{"o", "Lints: switch the chosen one off or on"},
    HelpRow{"b", "the next event_base, where there are several"},
    HelpRow{"P", "the traced processes: Enter watches another one (a forked child, say)"},
    HelpRow{"F", "follow forks: change to a child of this process when it begins to tell"},
    HelpRow{"M", "the mouse: click on a row or a screen, again to open, wheel; M gives it back"},
    HelpRow{"q", "leave; the program goes on unless you say otherwise"},
    HelpRow{"", ""},
    HelpRow{"States of an event", ""},
    HelpRow{"initialized", "known (assigned), neither pending nor active"},
    HelpRow{"pending", "added: waits for its fd, its signal or its time"},
    HelpRow{"active", "happened: its callback is in a queue to be called"},
    HelpRow{"running", "its callback is being called now"},
    HelpRow{"", ""},
    HelpRow{"Columns", ""},
    HelpRow{"for", "R read  W write  C closed  S signal  T timeout  +P persists  +ET edge"},
    HelpRow{"since", "how long the event has been in this state"},
    HelpRow{"fires", "how often its callback was called"},
    HelpRow{"in it", "time spent in its callback, all calls together"},
    HelpRow{"last cause", "who put it into this state"},
    HelpRow{"r/w/c", "how many events of the fd want read, write, closed"},
    HelpRow{"[3]", "Timers: the place in the heap's array; a node's children are below it"},
    HelpRow{"1.2M came", "Buffers: bytes that entered it since it is known, all together"},
    HelpRow{"p50  p99", "half of all, and 99 of 100, took no longer"},
    HelpRow{"lost", "records that were overwritten before they were read; 0 is good"},
    HelpRow{"not exact", "records were lost: the state is a guess until the next keyframe"},
    HelpRow{"", ""},
    HelpRow{"The header's last word", ""},
    HelpRow{"FOLLOWING", "the program runs and the view shows its newest record"},
    HelpRow{"HOLDING", "it will stop at its next record; it is asleep or busy until then"},
    HelpRow{"HELD", "the program waits for you: s, t, / or space"},
    HelpRow{"REPLAY -12", "the view is 12 records back; what the program does stands after it"},
};

constexpr int kTextAt = 20;

/// A line of the screen: of a row that takes several, the first one has the key.
struct Line {
    std::string_view key, text;
    bool title;
};

std::vector<Line> help_lines(int columns) {
    std::vector<Line> lines;
    for (const HelpRow& row : kHelp) {
        if (row.text.empty()) lines.push_back({row.key, "", true});
        std::string_view key = row.key;
        for (const std::string_view text : broken(row.text, columns - kTextAt - 1))
            lines.push_back({std::exchange(key, ""), text, false});
    }
    return lines;
}

}  // namespace

int help_rows(int columns) {
    return static_cast<int>(help_lines(columns).size());
}

void view_help(Canvas canvas, const Moment&, const ViewState& view) {
    const auto lines = help_lines(canvas.width());
    const int count = static_cast<int>(lines.size());
    const int room = canvas.height() - 1;
    const int first = std::clamp(view.scroll, 0, std::max(0, count - room));
    canvas.rule(0, "Help", "Esc goes back", seen_text(first, room, count));
    for (int i = 0; i < room && first + i < count; ++i) {
        const Line& line = lines[static_cast<std::size_t>(first + i)];
        canvas.put(line.title ? 1 : 3, 1 + i, line.key, line.title ? Style::title : Style::key);
        canvas.put(kTextAt, 1 + i, line.text);
    }
}

}  // namespace evglass::viz
