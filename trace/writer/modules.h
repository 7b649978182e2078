// Which files are mapped where, so that a reader can turn addresses into names when the process is
// long gone. One line for each mapped part: "begin end offset buildid path", in hexadecimal.
// Lines are only ever added; a later line covers an earlier one.
#pragma once

#include "trace/format.h"

namespace evglass::trace::writer {

/// Adds the parts that the trace does not name yet, if objects were loaded since the last call. It
/// walks the dynamic linker's list: never call it where a signal handler may run.
void update_modules(format::FileHeader& header, std::byte* base) noexcept;
/// A new trace: the next update writes everything.
void forget_modules() noexcept;

}  // namespace evglass::trace::writer
