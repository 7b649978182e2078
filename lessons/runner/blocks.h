// The blocks of a lesson's file, each from its lines to what it says. A mistake is thrown
// (entries.h); lesson_file.cc catches it. Read next: ../FORMAT.md, lesson_file.h (what they
// become).
#pragma once

#include <string>
#include <vector>

#include "lessons/runner/entries.h"
#include "lessons/runner/lesson_file.h"

namespace evglass::lessons {

void read_lesson_block(Lesson& lesson, const std::vector<Entry>& entries);
Start read_run_block(const std::vector<Entry>& entries, int line);
Stop read_stop_block(const std::vector<Entry>& entries, int line);
Myth read_myth_block(const std::vector<Entry>& entries, int line);
Exercise read_exercise_block(const std::vector<Entry>& entries, int line);

// Shared by the readers.
Condition condition_of(const Entry& entry);
Operand operand_of(const Entry& entry, const std::string& text);
Order order_of(const Entry& entry);
/// `arguments`, `environment` or `exit`: taken into `start`; false where the key is another.
bool take_start(const Entry& entry, Start& start);
/// "SIGTERM" or "15".
int signal_number(const Entry& entry, std::string_view text);

}  // namespace evglass::lessons
