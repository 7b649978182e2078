// The screens. Each is a pure function: Moment and ViewState in, cells out. A view draws into the
// Canvas it is given, whatever its size, and keeps nothing.
// frame.cc puts them together; to add one: a row in screens(), a function in a new view_NAME.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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
    help
};

/// The line in which the user types a filter.
struct Prompt {
    bool open = false;
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
    int selected = 0;           ///< how far the screen's list is scrolled
    trace::Address chosen = 0;  ///< the event chosen on the events screen
    int scroll = 0;             ///< of the help text
    bool unicode = true;
    bool leaving = false;  ///< asked how to leave: the program still runs
    Prompt prompt;
    Message message;
};

inline constexpr int kLeastColumns = 60;
inline constexpr int kLeastRows = 16;

struct ScreenInfo {
    Screen screen;
    char key;
    std::string_view name;
    void (*draw)(Canvas, const Moment&, const ViewState&);
};
/// All screens that a number key chooses, in order.
std::span<const ScreenInfo> screens();

/// The whole frame.
Grid draw_frame(const Moment& moment, const ViewState& view, int columns, int rows);

void view_loop(Canvas canvas, const Moment& moment, const ViewState& view);
void view_events(Canvas canvas, const Moment& moment, const ViewState& view);
void view_heap(Canvas canvas, const Moment& moment, const ViewState& view);
void view_queues(Canvas canvas, const Moment& moment, const ViewState& view);
void view_fds(Canvas canvas, const Moment& moment, const ViewState& view);
void view_calls(Canvas canvas, const Moment& moment, const ViewState& view);
void view_source(Canvas canvas, const Moment& moment, const ViewState& view);
void view_output(Canvas canvas, const Moment& moment, const ViewState& view);
void view_buffers(Canvas canvas, const Moment& moment, const ViewState& view);
void view_help(Canvas canvas, const Moment& moment, const ViewState& view);
/// The list of records around the one at hand.
void view_log(Canvas canvas, const Moment& moment, const ViewState& view);
int help_rows();
/// How many rows a screen's list has, so that scrolling ends where the list does.
int heap_length(const Moment& moment);
int queues_length(const Moment& moment);
int fds_length(const Moment& moment);
/// One bar each; here `selected` is the bar whose chains are shown.
int buffers_length(const Moment& moment);

/// The events of the watched base that the events screen lists, in its order: those being run
/// first, then active, pending, and the others by age. Internal events come last.
std::vector<const trace::Event*> listed_events(const Moment& moment);

}  // namespace evglass::viz
