// The screens. Each is a pure function: Moment and ViewState in, cells out. A view draws into the
// Canvas it is given, whatever its size, and keeps nothing.
// frame.cc puts them together; to add one: a row in screens(), a function in a new view_NAME.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/lints/lints.h"
#include "viz/live/grid.h"
#include "viz/live/moment.h"

namespace evglass::viz {

enum class Screen : std::uint8_t {
    loop,
    events,
    heap,
    queues,
    fds,
    calls,
    source,
    output,
    buffers,
    lanes,
    histograms,
    lints,
    detail,     ///< of one event; no tab leads there, but Enter on a row
    processes,  ///< nor there, but P
    help
};

/// By what the events are listed.
enum class Sort : std::uint8_t { order, name, target, state, since, fires, busy, count_ };

/// The line in which the user types.
struct Prompt {
    enum class Kind : std::uint8_t { find, jump, events };
    bool open = false;
    Kind kind = Kind::find;
    std::string label, text, error;
};

/// A line that answers the last key, until the next one.
struct Message {
    std::string text;
    bool is_error = false;
};

struct ViewState {
    Screen screen = Screen::loop;
    Screen before_help = Screen::loop;
    Screen before_detail = Screen::events;
    int selected = 0;           ///< the row chosen, or how far a list that grows is scrolled
    bool picked = false;        ///< the user has chosen that row
    trace::Address chosen = 0;  ///< the event chosen, on whichever screen
    Sort sort = Sort::order;
    bool reversed = false;
    std::string only;  ///< events are listed that have this in their row
    int zoom = 0;      ///< of the lanes: in (> 0) or out
    bool lanes_by_time = false;
    trace::LintSet lints_on;
    std::size_t evidence = 0;  ///< how many records of the chosen lint were gone to
    int scroll = 0;            ///< of the help text
    bool unicode = true;
    bool follow_forks = false;  ///< change to a forked child when it appears
    bool mouse = false;         ///< clicks and the wheel are the view's, not the terminal's
    bool leaving = false;       ///< asked how to leave: the program still runs
    Prompt prompt;
    Message message;
};

inline constexpr int kLeastColumns = 60;
inline constexpr int kLeastRows = 16;
inline constexpr int kWide = 120;  ///< from here on, there is room beside or below a screen's list

struct ScreenInfo {
    Screen screen;
    char key;
    std::string_view name, brief;  ///< brief where there is little room
    void (*draw)(Canvas, const Moment&, const ViewState&);
};
/// All screens that a number key chooses, in order.
std::span<const ScreenInfo> screens();

/// The whole frame.
Grid draw_frame(const Moment& moment, const ViewState& view, int columns, int rows);
/// How many rows the screen's list has in it at most: as far as a key that turns a page goes.
int list_rows(const ViewState& view, int columns, int rows);
/// What stands there when the terminal has less than kLeastColumns or kLeastRows.
Grid too_small(int columns, int rows, bool unicode);

void view_loop(Canvas canvas, const Moment& moment, const ViewState& view);
void view_events(Canvas canvas, const Moment& moment, const ViewState& view);
void view_heap(Canvas canvas, const Moment& moment, const ViewState& view);
void view_queues(Canvas canvas, const Moment& moment, const ViewState& view);
void view_fds(Canvas canvas, const Moment& moment, const ViewState& view);
void view_calls(Canvas canvas, const Moment& moment, const ViewState& view);
void view_source(Canvas canvas, const Moment& moment, const ViewState& view);
void view_output(Canvas canvas, const Moment& moment, const ViewState& view);
void view_buffers(Canvas canvas, const Moment& moment, const ViewState& view);
void view_lanes(Canvas canvas, const Moment& moment, const ViewState& view);
void view_histograms(Canvas canvas, const Moment& moment, const ViewState& view);
void view_lints(Canvas canvas, const Moment& moment, const ViewState& view);
void view_detail(Canvas canvas, const Moment& moment, const ViewState& view);
void view_processes(Canvas canvas, const Moment& moment, const ViewState& view);
void view_help(Canvas canvas, const Moment& moment, const ViewState& view);
/// The list of records around the one at hand.
void view_log(Canvas canvas, const Moment& moment, const ViewState& view);
/// How many rows the help has on a screen so wide.
int help_rows(int columns);
/// How many rows the source around the record at hand needs, up to `most`: few where it is missing.
int source_rows(const Moment& moment, int most);
/// How many rows a screen's list has, so that scrolling ends where the list does.
int heap_length(const Moment& moment);
int queues_length(const Moment& moment);
int fds_length(const Moment& moment);
/// The fds that the fds screen lists, row by row.
std::vector<int> listed_fds(const Moment& moment);
/// The place in the heap's array that each row of the timers screen shows, `rows` being there.
std::vector<std::size_t> listed_timers(const Moment& moment, int rows);
/// One bar each; here `selected` is the bar whose chains are shown.
int buffers_length(const Moment& moment);

/// The events of the watched base that match `view.only`, sorted as the view asks: event_list.cc.
std::vector<const trace::Event*> listed_events(const Moment& moment, const ViewState& view);
/// So many events that lie around one in memory, of any base: found without a look at all others.
std::vector<const trace::Event*> events_around(const Moment& moment, trace::Address event,
                                               int rows);
/// How many those are, but `most` where they are more: a look at each of 100,000 takes its time.
int count_listed(const Moment& moment, const ViewState& view, int most);
/// The row of an event in such a list; -1 if it isn't there.
int chosen_row(const Moment& moment, const std::vector<const trace::Event*>& events,
               trace::Address chosen);

}  // namespace evglass::viz
