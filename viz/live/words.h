// Words and small tables that several views share: what an event is called, what it waits for,
// how long something lasts. Everything returned is safe to show.
// Read next: view.h.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "trace/model.h"
#include "trace/reader.h"
#include "viz/live/grid.h"
#include "viz/live/moment.h"

namespace evglass::viz {

/// "E3 listener"; "E3" where the event has no name; "event ?" where it isn't known.
std::string event_label(const Moment& moment, trace::Address event);
/// What an event waits on: "fd 6", "SIGINT", "timer", or "-" for one that only the program fires.
std::string target_text(const trace::Event& event);
/// Interest in a few letters: R read, W write, C closed, S signal, T timeout, +P persist, +ET edge.
std::string interest_text(const trace::Event& event);
/// Why an event's state is what it is: "event_add() in E2", "backend READ", "timeout".
std::string cause_text(const Moment& moment, const trace::Event& event);

Style state_style(trace::EventState state);

/// "1.24 s", "2m25s", "3h04m": never more than eight columns.
std::string short_duration(std::int64_t ns);
/// How long a state lasts, against the moment's time.
std::string since_text(const Moment& moment, std::int64_t since_ns);
/// A deadline against the moment's time: "in 1.24 s", "due 3.1 ms ago"; empty if it has none.
std::string deadline_text(const Moment& moment, std::int64_t deadline_usec);
/// Is it due? (Then it is shown so.)
bool is_due(const Moment& moment, std::int64_t deadline_usec);
/// "1.24 s" from microseconds.
std::string usec_text(std::int64_t usec);
/// "00:12.345678", since the trace began.
std::string clock_text(std::int64_t time_ns);
/// "12,345"
std::string count_text(std::uint64_t number);
/// "1 event", "2 events"
std::string plural(std::uint64_t number, std::string_view noun);

/// The event, or the fd, that a record is about: 0 and -1 if it isn't about one.
trace::Address event_of(const trace::Record* record);
int fd_of(const trace::Record* record);

/// "3-9 of 20" for the rows of a list that are seen; empty if all are.
std::string seen_text(int first, int rows, int count);
/// The row at the top of a list that was scrolled down by so many rows.
int scrolled_row(int scrolled, int count, int rows);
/// The row at the top, so that `selected` of `count` is visible in `rows`.
int first_row(int selected, int count, int rows);

}  // namespace evglass::viz
