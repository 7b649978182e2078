// Where traces lie when nobody says where: a directory of this user's own.
// The writer makes it and checks it; the reader's side lists it. Only the name is made here.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <span>

namespace evglass::trace {

/// Writes the name of the default directory into `out`, ended by a NUL: $XDG_RUNTIME_DIR/evglass,
/// or /tmp/evglass-UID where that is not set to an absolute path. False if it does not fit.
/// Allocates nothing, so that a forked child may call it.
inline bool default_directory(std::span<char> out) {
    const char* runtime = getenv("XDG_RUNTIME_DIR");
    const int length = runtime != nullptr && runtime[0] == '/'
                           ? std::snprintf(out.data(), out.size(), "%s/evglass", runtime)
                           : std::snprintf(out.data(), out.size(), "/tmp/evglass-%u",
                                           static_cast<unsigned>(geteuid()));
    return length > 0 && static_cast<std::size_t>(length) < out.size();
}

}  // namespace evglass::trace
