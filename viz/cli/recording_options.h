// The options that say what is recorded: the same for `run` and `live`.
#pragma once

#include <CLI/CLI.hpp>

#include "viz/cli/launcher.h"

namespace evglass::viz::cli {

/// Adds -o, --full, --size and --only. `recording` must outlive the parser.
inline void add_recording_options(CLI::App& app, Recording& recording) {
    app.add_option("-o,--output", recording.file,
                   "The trace's file; must not exist; %p becomes the process's id")
        ->type_name("FILE");
    app.add_flag("--full", recording.full, "Keep all records instead of the newest");
    app.add_option("--size", recording.size,
                   "Room for records: 64K to 64G; else 16M, 1G with --full")
        ->type_name("SIZE");
    app.add_option("--only", recording.categories,
                   "Which records: some of state,syscall,buffer,lock,call,net, or all")
        ->type_name("CATS");
}

}  // namespace evglass::viz::cli
