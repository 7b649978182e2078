// The parts of a report that are words and numbers. Read next: report.h.
#pragma once

#include <string>
#include <vector>

#include "trace/lints/lints.h"
#include "trace/reader.h"
#include "trace/symbols.h"
#include "trace/timeline.h"
#include "viz/report/lanes.h"
#include "viz/stat/summary.h"

namespace evglass::viz::report {

/// What is known of the recording besides its records; raw.
struct Facts {
    trace::TraceInfo info;
    std::uint64_t lost = 0;
    std::vector<std::string> warnings;
};
Facts facts_of(const trace::Reader& reader);

/// Which program, when, and the few numbers that matter most.
std::string head_section(const Facts& facts, const stat::Summary& summary);
/// Why the loop returned, or, where the recording ends before that, what it is doing then.
std::string ending_section(trace::Timeline& timeline);
/// Phases, system calls, events, histograms.
std::string numbers_section(const stat::Summary& summary, const trace::Symbols& symbols);
/// What the lints found, each with its question; a line where they found nothing.
std::string lints_section(trace::LintRun& lints);
/// What the model objected to; empty where there is nothing.
std::string problems_section(const std::vector<Problem>& problems);

}  // namespace evglass::viz::report
