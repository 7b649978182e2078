// How every subcommand speaks: one line on stderr.
#include "viz/cli/command.h"

#include <cstdio>

#include "trace/text.h"

namespace evglass::viz::cli {

void say(std::string_view command, std::string_view message) {
    std::fflush(stdout);
    const std::string name = command.empty() ? "evglass" : "evglass " + std::string(command);
    std::fprintf(stderr, "%s: %s\n", name.c_str(), trace::safe(message).c_str());
}

int fail(std::string_view command, std::string_view message) {
    say(command, message);
    return kBad;
}

void warn(std::string_view command, std::string_view message) {
    say(command, "warning: " + std::string(message));
}

}  // namespace evglass::viz::cli
