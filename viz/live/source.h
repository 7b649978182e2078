// Finds the source file that a record's probe names, and gives the lines around it. It looks under
// $EVGLASS_SOURCE and two directories above the running program, and nowhere else: a trace is not
// trusted to name any file of this machine.
// Read next: view_source.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "trace/reader.h"
#include "viz/live/moment.h"

namespace evglass::viz {

class SourceFinder {
 public:
    /// Where the environment says.
    SourceFinder();
    explicit SourceFinder(std::vector<std::string> roots) : roots_(std::move(roots)) {}
    /// The lines around a place; `site` may be null.
    SourceText around(const trace::SiteInfo* site, std::uint32_t lines_before,
                      std::uint32_t lines_after);

 private:
    const std::vector<std::string>& lines_of(const std::string& file);
    std::vector<std::string> roots_;
    std::map<std::string, std::vector<std::string>> files_;  // an empty one was not found
};

}  // namespace evglass::viz
