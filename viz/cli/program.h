// Finds a program as a shell would, and says before it is started whether a trace can come of it.
// It never starts it: launcher.h does.
#pragma once

#include <string>

namespace evglass::viz::cli {

struct Program {
    std::string path;   ///< what to start; empty where `error` is set
    std::string error;  ///< one line: it can't be started, or nothing could be recorded
    std::string note;   ///< one line of doubt; the program is to be started all the same
};

/// `name`: a path, or a name to be looked for in $PATH.
Program find_program(const std::string& name);

}  // namespace evglass::viz::cli
