// A trace's file, made when the library is loaded, long before the first base. A server that drops
// its rights, goes into a chroot, becomes a daemon or cleans its environment in between could not
// make one any more. The file stays empty until a process claims it: this one, or the child in
// which the program goes on. What nobody claimed is removed at exit. Read next: environment.cc.
#pragma once

#include "trace/writer/file_map.h"
#include "trace/writer/layout.h"

namespace evglass::trace::writer {

/// Makes the file, if it can be made; else the start of the recording will say why it can't.
void reserve(const Options& options) noexcept;

enum class Claim {
    none,   ///< nothing was reserved for this path, or it is out of reach
    ours,   ///< `file` is open; `program` is what this process was called when it began
    theirs  ///< another process of this program has it: this one needs a name of its own
};
Claim claim_reservation(const Options& options, FileMap& file, ProgramName& program) noexcept;

}  // namespace evglass::trace::writer
