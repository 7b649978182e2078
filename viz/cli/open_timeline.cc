// What open_timeline.h declares.
#include "viz/cli/open_timeline.h"

#include <unistd.h>

#include <cstdio>

namespace evglass::viz::cli {

ReadingLine::ReadingLine(std::string_view command) : command_(command) {}

ReadingLine::~ReadingLine() {
    if (told_ >= 0) std::fputs("\r\x1b[K", stderr);
}

void ReadingLine::tell(double part) {
    const int percent = static_cast<int>(part * 100);
    if (percent == told_ || isatty(STDERR_FILENO) != 1) return;
    told_ = percent;
    std::fprintf(stderr, "\revglass %s: reading the trace, for an index of it: %d %%",
                 command_.c_str(), percent);
}

trace::Timeline::Opened open_timeline(std::string_view command, const std::string& path,
                                      bool index) {
    ReadingLine line(command);
    return trace::Timeline::open(path, {.index_from = index ? trace::Timeline::kLarge : UINT64_MAX,
                                        .progress = [&line](double part) {
                                            line.tell(part);
                                            return true;
                                        }});
}

}  // namespace evglass::viz::cli
