// Lines of source around a place that a trace names: where a record was emitted, or the callback
// that the loop is calling. Reads files under the project's root alone; a path that leads out of it
// is not opened.
#pragma once

#include <string>
#include <vector>

#include "lessons/runner/moment.h"

namespace evglass::lessons {

/// A piece of a source file around one of its lines.
struct SourceWindow {
    struct Line {
        int number = 0;
        std::string text;
    };
    std::string place;        ///< "src/event/loop.cc:12  event_base_loop"; empty: none is known
    int here = 0;             ///< the line that is meant
    std::vector<Line> lines;  ///< none where the file is not at hand
};
/// Around the place where the moment's record was emitted.
SourceWindow source_window(const Moment& moment, const std::string& root, int before, int after);

/// The same as lines of text, a few before and after.
std::string show_source(const Moment& moment, const std::string& root, int width);
/// The lines where the callback begins that the loop calls at this moment.
std::string show_callback(const Moment& moment, const std::string& root, int width);

}  // namespace evglass::lessons
