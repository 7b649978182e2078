// Answers to the questions people ask of a loop, each one sentence with the records that prove it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trace/timeline.h"

namespace evglass::trace {

struct Answer {
    std::string sentence;
    std::vector<std::uint64_t> evidence;  ///< record numbers, in order
    std::string error;                    ///< the question can't be answered: why not
};

/// question: "alive" (what keeps the loop from ending), "exit" (why it returned), "woke" (what
/// ended the last sleep), "sleep" (why it sleeps, and until when). `at` 0: the end of the trace.
Answer why(Timeline& timeline, std::string_view question, std::uint64_t at = 0);
/// Why is this event in the state that it is in: "event E3".
Answer why_event(Timeline& timeline, Address event, std::uint64_t at = 0);

}  // namespace evglass::trace
