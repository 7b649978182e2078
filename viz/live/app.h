// What a key does: input goes in, the session and the view's state change, frames come out. It
// knows no terminal, so a test presses keys and reads frames. Read next: live.cc (the loop around
// it), input.h (the keys).
#pragma once

#include "viz/live/grid.h"
#include "viz/live/input.h"
#include "viz/live/session.h"
#include "viz/live/view.h"

namespace evglass::viz {

class App {
 public:
    /// What is to become of the program when one leaves.
    enum class Leave { stay, leave, end_program, change_process };

    App(Session& session, bool unicode);
    void press(const Key& key);
    /// A frame of this size, now.
    Grid frame(int columns, int rows);
    Leave leaving() const { return leave_; }
    const ViewState& view() const { return view_; }
    /// With Leave::change_process: the trace to watch instead. Called, the view stays again.
    trace::TraceEntry take_other_process();
    /// Changes to a child that was forked. What is not of one process stays as it is there.
    void follow(const trace::TraceEntry& child);
    void follow_forks(bool on) { view_.follow_forks = on; }
    /// Clicks and the wheel do something here, and no longer select text in the terminal.
    void use_mouse(bool on);
    /// A line at the bottom, until the next key.
    void say(const std::string& error) { view_.message = {error, true}; }

 private:
    void type(const Key& key);
    void toggle_mouse();
    void point(const Key& key);
    void click(const Spot& spot);
    void answer_leaving(const Key& key);
    void obey(Command command);
    void obey_program(Command command);
    void obey_time(Command command);
    void obey_row(Command command);
    void obey_view(Command command);
    void faster(bool faster);
    void escape();
    void ask(Prompt::Kind kind, const std::string& label, const std::string& text);
    void typed();
    void submit();
    void submit_filter();
    void check_filter();
    void move_selection(int by);
    void move_event(int by);
    void skip_titles(int direction, int length);
    void choose();
    void show_event(trace::Address event);
    void go_to_evidence();
    void change_process();
    void run_to_row();
    void change_of_event(bool forward);
    void sort(bool reverse);
    void turn_screen(int by);
    void show(Screen screen);
    Moment moment(int log_rows);
    void tell(const Outcome& outcome) { view_.message = {outcome.text, outcome.is_error}; }

    Session& session_;
    ViewState view_;
    int columns_ = kLeastColumns;  ///< of the frame that was drawn last
    int rows_ = 1;                 ///< of its screen's list
    Spots spots_;                  ///< what stands where in it
    Leave leave_ = Leave::stay;
    trace::TraceEntry other_;
};

}  // namespace evglass::viz
