// The version that `evglass version` prints.
#pragma once

namespace evglass::viz::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace evglass::viz::cli
