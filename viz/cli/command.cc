// How every subcommand speaks of trouble: one line on stderr.
#include "viz/cli/command.h"

#include <cstdio>

#include "trace/text.h"

namespace evglass::viz::cli {

int fail(std::string_view command, std::string_view message) {
    std::fflush(stdout);
    std::fprintf(stderr, "evglass %s: %s\n", std::string(command).c_str(),
                 trace::safe(message).c_str());
    return kBad;
}

void warn(std::string_view command, std::string_view message) {
    fail(command, "warning: " + std::string(message));
}

}  // namespace evglass::viz::cli
