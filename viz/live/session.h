// Time: which record the view stands at, and what the traced program is let do. It owns the trace's
// timeline and, for a running process, the control of it. It draws nothing and reads no key.
//
// Two things are kept apart. The *view* follows the newest record, stands at an earlier one, or
// plays. The *program* runs, or is held at the gate. Scrubbing never holds the program; holding it
// never moves the view.
//
// Invariants: (1) position_ is 0 or a record that the timeline holds (the oldest, if it went on);
// (2) with ViewTime::now position_ is the newest record. Not for several threads.
// Read next: moment.h (what a view gets), app.h (which key does what).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "trace/control.h"
#include "trace/lints/lints.h"
#include "trace/query.h"
#include "trace/symbols.h"
#include "trace/timeline.h"
#include "viz/live/child.h"
#include "viz/live/durations.h"
#include "viz/live/history.h"
#include "viz/live/moment.h"
#include "viz/live/source.h"

namespace evglass::viz {

/// What a key did, for the line at the bottom. Empty: the frame says it all.
struct Outcome {
    std::string text;
    bool is_error = false;
};

/// What costs something and only some screens show.
struct Wanted {
    bool history = false, durations = false, lints = false, processes = false;
    trace::Address life = 0;  ///< of this event
};

class Session {
 public:
    using Clock = std::chrono::steady_clock;

    struct Opened;
    /// Told, while a large trace is read for the first time, which part of it is; false: give up.
    using Progress = std::function<bool(double)>;
    /// Opens the trace and, if `controllable`, its control page. A trace that can't be controlled
    /// is still watched; notice() says why.
    static Opened open(const std::string& path, bool controllable, std::optional<pid_t> child,
                       const std::string& output_path, const Progress& progress = {});
    /// A session over records in memory, for tests.
    explicit Session(trace::Timeline timeline);

    /// Reads what came, moves the position on if it follows or plays. True if a frame may differ.
    bool poll(Clock::time_point now = Clock::now());
    /// The moment to draw, with up to `log_rows` records around it. Valid until the next call of
    /// anything here.
    Moment moment(int log_rows, std::size_t output_rows, Wanted wanted = {});
    /// Has what the last moment wanted not seen all of its records yet? (The next takes it
    /// further.)
    bool gathering() const { return gathering_; }

    // ---- the view's time
    void go(std::uint64_t number);
    Outcome back();
    Outcome forward();
    Outcome turn_back();
    Outcome turn_forward();
    void first();
    void now();
    void play(int records_per_second);  ///< 0 stops
    void faster(bool faster);
    Outcome next_match(bool forward);
    /// The next or the last record that is about this event.
    Outcome next_of(trace::Address event, bool forward);
    /// "480": a record; "t12": a turn; "+100", "-100": so many records on or back.
    Outcome jump(const std::string& where);
    void set_filter(const trace::Filter& filter, const std::string& text);
    Outcome toggle_bookmark();
    Outcome next_bookmark();
    Outcome next_base();
    /// A process that this one forked and that records now; each of them is told once.
    std::optional<trace::TraceEntry> new_child(Clock::time_point now = Clock::now());

    // ---- the program
    bool can_control() const { return control_.has_value() && !ended(); }
    Outcome hold_or_release();
    Outcome step();
    Outcome step_turn();
    Outcome run();
    /// In a replay: finds the next match. Now, and under control: runs until a record matches.
    Outcome run_to(const trace::Filter& filter, const std::string& text);

    ViewTime time() const { return time_; }
    ProgramState state() const;
    bool ended() const { return ended_; }  ///< nothing will come any more
    bool busy() const;                     ///< something may change without a key: keep polling
    std::uint64_t position() const { return position_; }
    std::uint64_t pid() const { return pid_; }
    const std::string& path() const { return path_; }
    const std::string& notice() const { return notice_; }
    Child& child() { return child_; }
    /// Lets the program go on and gives control back. The view may stay.
    void release();

 private:
    enum class Asked { nothing, hold, seek };

    bool read_on();
    std::string ended_text() const;
    trace::Filter resolve(const trace::Filter& filter);
    void advance_play(Clock::time_point now);
    void move_to(std::uint64_t number);
    std::optional<std::uint64_t> find_turn(bool forward);
    void choose_base(const trace::Model& model);
    const std::string& sentence(std::uint64_t number);
    void fill_log(Moment& moment, int rows);
    void fill_place(Moment& moment);
    void fill_wake(Moment& moment) const;
    void fill_time(Moment& moment);
    void fill_history(Moment& moment) const;
    void fill_durations(Moment& moment);
    void fill_life(Moment& moment, trace::Address event);
    void fill_lints(Moment& moment);
    void fill_processes(Moment& moment);

    trace::Timeline timeline_;
    bool has_reader_ = false;
    std::optional<trace::Control> control_;
    Child child_;
    OutputTail output_;
    SourceFinder sources_;
    std::unique_ptr<trace::Symbols> symbols_;
    trace::Model nothing_;  // before the first record
    std::string path_, program_, notice_;
    std::uint64_t pid_ = 0, start_wall_ns_ = 0;
    bool live_ = false;  // the trace was being written when it was opened
    bool virtual_clock_ = false;
    bool ended_ = false;
    ProgramState last_state_ = ProgramState::file;

    ViewTime time_ = ViewTime::now;
    Asked asked_ = Asked::nothing;
    std::uint64_t position_ = 0;
    int play_rate_ = 10;
    double play_credit_ = 0;
    Clock::time_point played_at_{};
    trace::Filter turn_filter_, filter_;
    std::string filter_text_;
    std::vector<std::uint64_t> bookmarks_;  // sorted
    trace::Address base_ = 0;
    std::optional<std::int64_t> clock_offset_ns_;  // monotonic clock minus the trace's time
    std::unordered_map<std::uint64_t, std::string> sentences_;
    bool gathering_ = false;
    std::unique_ptr<Durations> durations_;
    std::shared_ptr<const DurationsSeen> durations_seen_;
    std::uint64_t durations_at_ = 0;  // the record that those are of
    trace::Address life_of_ = 0;
    std::unique_ptr<HistoryMaker> life_;
    std::unique_ptr<trace::LintRun> lint_run_;
    std::shared_ptr<const LintsSeen> lints_seen_;
    Clock::time_point lints_told_{}, processes_told_{};
    std::vector<trace::TraceEntry> processes_;
    Clock::time_point children_looked_{};
    std::set<std::string> children_told_of_;  ///< paths
};

struct Session::Opened {
    std::unique_ptr<Session> session;
    std::string error;
};

}  // namespace evglass::viz
