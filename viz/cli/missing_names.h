// What a program wants of libevent that evglass's libraries do not have: told before the program is
// started, in one line, because the loader's own words come late and name one function at a time.
#pragma once

#include <string>

namespace evglass::viz::cli {

/// Empty if `program` has all it names; else one line without an end. `libraries`: evglass's own.
std::string missing_names(const std::string& program, const std::string& libraries);

}  // namespace evglass::viz::cli
