// The keys are those of the live view: what goes a turn on there goes an action on here.
#include "viz/compare/stage.h"

#include <algorithm>
#include <utility>

namespace evglass::viz::compare {

Stage::Stage(std::vector<Story> stories, bool unicode)
    : stories_(std::move(stories)), aligned_(align(stories_)) {
    view_.unicode = unicode;
    view_.chosen = aligned_.stories.size() > 1 ? 1 : 0;
    to_what_speaks();
}

void Stage::press(const Key& key) {
    if (key.code == Key::Code::resize) return;
    view_.message.clear();
    const Command command = command_for(key);
    if (command == Command::quit) {
        leaving_ = true;
    } else if (view_.help) {
        view_.help = command != Command::help && command != Command::escape;
    } else {
        obey(command);
    }
}

void Stage::obey(Command command) {
    switch (command) {
        case Command::back:
        case Command::previous_screen:
            return choose(-1);
        case Command::forward:
        case Command::next_screen:
            return choose(1);
        case Command::turn_back:
            return to_step(-1);
        case Command::turn_forward:
        case Command::turn:
        case Command::hold_or_play:
            return to_step(1);
        case Command::up:
            move(false);
            return;
        case Command::down:
        case Command::step:
            move(true);
            return;
        case Command::first:
            view_.step = 0;
            return to_what_speaks();
        case Command::now:
            view_.step = aligned_.steps.size() - 1;
            return to_what_speaks();
        case Command::next_match:
            return to_difference(true);
        case Command::previous_match:
            return to_difference(false);
        case Command::filter_rows:
            return to_first_difference();
        case Command::run:
            return compare_with_chosen();
        case Command::choose:
            place_ = place();
            return;
        case Command::help:
            view_.help = true;
            return;
        default:
            return;
    }
}

void Stage::choose(int by) {
    std::size_t at = view_.chosen;
    do {
        if (by < 0 ? at == 0 : at + 1 >= aligned_.stories.size()) return;
        at = by < 0 ? at - 1 : at + 1;
    } while (at == aligned_.reference);
    view_.chosen = at;
    if (!speaks()) to_what_speaks();
}

void Stage::compare_with_chosen() {
    const std::size_t before = aligned_.reference, step = view_.step;
    if (view_.chosen == before) return;
    aligned_ = align(stories_, view_.chosen);
    view_.chosen = before;
    view_.step = std::min(step, aligned_.steps.size() - 1);
    to_what_speaks();  // the rows are others now
    view_.message = "compared with " + aligned_.stories[aligned_.reference]->mechanism;
}

void Stage::to_step(int by) {
    if (by < 0 ? view_.step == 0 : view_.step + 1 >= aligned_.steps.size()) return;
    view_.step = by < 0 ? view_.step - 1 : view_.step + 1;
    to_what_speaks();
}

/// Does the chosen story, or the one it is compared with, do something in this row? Others' rows
/// are passed over: their columns may not even be on the screen.
bool Stage::speaks() const {
    if (view_.row >= rows().size()) return false;
    const AlignedRow& row = rows()[view_.row];
    return row.calls[view_.chosen] != nullptr || row.calls[aligned_.reference] != nullptr;
}

/// The first such row of the action.
void Stage::to_what_speaks() {
    for (view_.row = 0; view_.row < rows().size(); ++view_.row)
        if (speaks()) return;
    view_.row = 0;
}

/// One call on or back, over the borders of the actions; false, and nothing moved, at the end.
bool Stage::move(bool forward) {
    const StageView before = view_;
    while (true) {
        if (forward ? view_.row + 1 < rows().size() : view_.row > 0) {
            view_.row = forward ? view_.row + 1 : view_.row - 1;
        } else if (forward ? view_.step + 1 < aligned_.steps.size() : view_.step > 0) {
            view_.step = forward ? view_.step + 1 : view_.step - 1;
            view_.row = forward || rows().empty() ? 0 : rows().size() - 1;
        } else {
            view_ = before;
            return false;
        }
        if (speaks()) return true;
    }
}

void Stage::to_difference(bool forward) {
    const StageView before = view_;
    while (move(forward))
        if (aligned_.differs(view_.step, view_.row, view_.chosen)) return;
    view_ = before;
    view_.message = forward ? "no difference after this" : "no difference before this";
}

void Stage::to_first_difference() {
    const Divergence& first = aligned_.parts[view_.chosen];
    if (!first.found) {
        view_.message = aligned_.stories[view_.chosen]->mechanism + " does the same all along";
        return;
    }
    view_.step = first.step;
    view_.row = first.row;
}

Place Stage::place() const {
    const Story& story = *aligned_.stories[view_.chosen];
    const AlignedStep& step = aligned_.steps[view_.step];
    const StoryCall* call =
        view_.row < step.rows.size() ? step.rows[view_.row].calls[view_.chosen] : nullptr;
    if (call != nullptr) return {story.trace, call->record};
    return {story.trace, view_.step < story.steps.size() ? story.steps[view_.step].record : 0};
}

std::optional<Place> Stage::take_place() {
    return std::exchange(place_, std::nullopt);
}

}  // namespace evglass::viz::compare
