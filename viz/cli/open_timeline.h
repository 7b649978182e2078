// Opens a trace for a subcommand that seeks in it. A large one gets an index (trace_index.h), which
// may take a while the first time: on a terminal, how far that is stands on stderr meanwhile.
#pragma once

#include <string>
#include <string_view>

#include "trace/timeline.h"

namespace evglass::viz::cli {

/// `index`: whether a large one gets one. Only for those who hold on to no record (timeline.h).
trace::Timeline::Opened open_timeline(std::string_view command, const std::string& path,
                                      bool index);

/// Tells how far the first reading of a trace is, on a terminal; one line, gone at the end.
class ReadingLine {
 public:
    explicit ReadingLine(std::string_view command);
    ~ReadingLine();
    ReadingLine(const ReadingLine&) = delete;
    ReadingLine& operator=(const ReadingLine&) = delete;
    void tell(double part);

 private:
    std::string command_;
    int told_ = -1;  ///< the percentage that stands there
};

}  // namespace evglass::viz::cli
