// What the mouse does, where the user has given it to the view: a click chooses what stands there,
// a second one opens it, and the wheel goes through the list. The views have said what stands where
// (Spots). See app.h.
#include "viz/live/app.h"

namespace evglass::viz {

void App::use_mouse(bool on) {
    view_.mouse = on;
}

void App::toggle_mouse() {
    use_mouse(!view_.mouse);
    tell({view_.mouse ? "the mouse is the view's: click, again to open, wheel; Shift selects text"
                      : "the mouse is the terminal's again, and selects text",
          false});
}

/// Clicks beside the line in which one types, or beside a question, are none.
void App::point(const Key& key) {
    if (!view_.mouse || view_.leaving || view_.prompt.open) return;
    constexpr int kRowsOfWheel = 3;
    view_.message = {};
    if (key.code == Key::Code::wheel_up) return move_selection(-kRowsOfWheel);
    if (key.code == Key::Code::wheel_down) return move_selection(kRowsOfWheel);
    click(spots_.at(key.mouse.x, key.mouse.y));
}

void App::click(const Spot& spot) {
    switch (spot.kind) {
        case Spot::Kind::tab:
            if (static_cast<Screen>(spot.value) == Screen::help) return obey(Command::help);
            return show(static_cast<Screen>(spot.value));
        case Spot::Kind::record:
            return session_.go(spot.value);
        case Spot::Kind::event:
            if (view_.chosen == spot.value) return show_event(spot.value);
            view_.chosen = spot.value;
            return;
        case Spot::Kind::row:
            if (view_.picked && view_.selected == static_cast<int>(spot.value)) return choose();
            view_.selected = static_cast<int>(spot.value);
            view_.picked = true;
            view_.evidence = 0;
            return;
        case Spot::Kind::nothing:
            return;
    }
}

}  // namespace evglass::viz
