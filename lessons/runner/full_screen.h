// A lesson on the whole terminal: takes it, hands keys to the Lecture, shows its frames, gives it
// back. Read next: lecture.h (what happens), viz/live/terminal.h (who owns the terminal).
#pragma once

#include "lessons/runner/lecture.h"

namespace evglass::lessons {

/// Is there a terminal on which it can be shown?
bool has_full_screen();
/// Walks until the learner leaves. False: the terminal could not be taken, nothing was shown.
bool show_full_screen(Lecture& lecture, bool colour);
/// The locale of this process can show what lines are drawn with.
bool locale_has_utf8();

}  // namespace evglass::lessons
