// What the names of the expression language mean that ask how a run ended: what its program
// printed, its exit status, the numbers that it was given. Text of a program is made safe before it
// is a value.
#pragma once

#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// Is it one of output, printed, said, exit, given?
bool asks_end(const Operand& operand);
Answered ask_end(const Operand& operand, const RunEnd& end);
/// `name:...`: asks the run of that name, at its end.
Answered ask_other(const Operand& operand, const Run& run);

}  // namespace evglass::lessons
