// What the trace of a counting run says: how many system calls, of which kind, and what their
// arguments made the kernel copy and look at.
#pragma once

#include <string>

#include "trace/reader.h"
#include "viz/compare/case.h"

namespace evglass::viz::compare {

/// Adds one record, if it is a system call or something of a ring.
void count_record(const trace::Record& record, Counts& counts);
/// Counts between the lab's two marks. One line if the trace doesn't tell, else empty.
std::string count_calls(const std::string& trace, Counts& counts);

}  // namespace evglass::viz::compare
