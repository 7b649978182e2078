// One moment, ready to be drawn: the model at a record, and what the session knows around it.
// Views read a Moment and a ViewState and nothing else, so that a test can make both by hand.
// All text in here is raw: views pass it through trace::safe() when they write it.
// Read next: session.h (fills it), view.h (draws it).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trace/lints/lint.h"
#include "trace/locate.h"
#include "trace/model.h"
#include "trace/reader.h"

namespace evglass::viz {

struct DurationsSeen;
struct History;
struct LifeSeen;

/// What the traced program does, as far as we can tell.
enum class ProgramState {
    file,  ///< there is none: a recording
    runs,
    seeking,  ///< runs until a record matches the stop
    holding,  ///< asked to stop at its next record; not there yet
    held,     ///< a thread of it waits for us
    ended
};

/// What the view shows: the newest record, or an earlier one, or it plays the records one by one.
enum class ViewTime { now, back, playing };

/// One line of the list of records.
struct LogLine {
    std::uint64_t number = 0;
    std::int64_t time_ns = 0;
    std::uint16_t type = 0;
    std::string sentence;
    std::uint32_t thread = 0;  ///< T1, T2, ... in evglass dump: this and one
    bool current = false;
    bool bookmark = false;
    bool match = false;  ///< it matches the filter last used
};

/// Lines of the source around a record's probe. `lines` is empty where the file isn't found.
struct SourceText {
    std::string file, function;
    std::uint32_t line = 0;        ///< of the probe, from 1
    std::uint32_t first_line = 1;  ///< number of lines[0]
    std::vector<std::string> lines;
    std::string missing;  ///< why there are no lines
};

/// What ended the backend's last wait in this turn.
struct Wake {
    std::uint64_t record = 0;  ///< the system call that returned; 0: none yet in this turn
    int result = 0;            ///< what it returned: how many are ready, -1 if it was interrupted
    std::vector<std::pair<int, int>> ready;  ///< fd and what, as far as told by now
    unsigned timers = 0;                     ///< timers found due after it
};

/// What the lints have found, lint by lint, in the records up to `judged`.
struct LintsSeen {
    std::vector<std::vector<trace::Finding>> findings;
    std::uint64_t judged = 0, last = 0;
};

struct Moment {
    const trace::Model* model = nullptr;    ///< never null when drawn
    const trace::Record* record = nullptr;  ///< the record at hand; null: there is none yet
    const trace::Base* base = nullptr;      ///< the base being watched; null: none known
    std::string program, path;
    std::size_t threads = 1;  ///< how many have told something
    std::uint64_t pid = 0;
    std::uint64_t position = 0, first = 0, last = 0, lost = 0;
    ProgramState state = ProgramState::file;
    ViewTime time = ViewTime::now;
    int play_rate = 0;        ///< records per second while playing
    std::string ended;        ///< how the program ended, where it did: "exit status 0"
    std::int64_t now_ns = 0;  ///< the time that durations are told against, since the trace began
    std::optional<std::int64_t> now_usec;  ///< the same on the clock of deadlines
    std::vector<LogLine> log;              ///< oldest first; the record at hand is among them
    std::string sentence;                  ///< the record at hand as a sentence
    std::vector<std::string> stack;        ///< functions on the record's thread, outermost first
    SourceText source;
    Wake wake;
    std::shared_ptr<const History> history;          ///< null unless it was asked for
    std::shared_ptr<const DurationsSeen> durations;  ///< the same
    std::shared_ptr<const LifeSeen> life;            ///< the same
    std::shared_ptr<const LintsSeen> lints;          ///< the same
    std::vector<trace::TraceEntry> processes;        ///< the same
    std::vector<std::string> output;                 ///< last lines the program wrote
    bool has_output = false;
    std::size_t problems = 0;                           ///< records that the model found illegal
    std::string filter;                                 ///< the filter last used
    std::function<std::string(trace::Address)> symbol;  ///< name of a code address
};

}  // namespace evglass::viz
