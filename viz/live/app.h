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
    enum class Leave { stay, leave, end_program };

    App(Session& session, bool unicode);
    void press(const Key& key);
    /// A frame of this size, now.
    Grid frame(int columns, int rows);
    Leave leaving() const { return leave_; }
    const ViewState& view() const { return view_; }

 private:
    void type(const Key& key);
    void answer_leaving(const Key& key);
    void obey(Command command);
    void obey_program(Command command);
    void obey_time(Command command);
    void obey_view(Command command);
    void submit_filter();
    void check_filter();
    void scroll(int by);
    void move_selection(int by);
    void find_chosen();
    void turn_screen(int by);
    void show(Screen screen);
    void tell(const Outcome& outcome) { view_.message = {outcome.text, outcome.is_error}; }

    Session& session_;
    ViewState view_;
    Leave leave_ = Leave::stay;
};

}  // namespace evglass::viz
