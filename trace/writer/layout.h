// Where each section of a new trace lies, and what stands in it before the first record: the header
// without its magic, the control page's first values, the schema. It does sums and copies; it makes
// no file. Read next: trace/format.h, recording.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/format.h"
#include "trace/writer/options.h"

namespace evglass::trace::writer {

inline constexpr std::uint32_t kThreadCapacity = 4096;
inline constexpr std::size_t kModulesCapacity = 128u << 10;

/// Offsets from the file's start, and how the space for records is cut into blocks.
struct Layout {
    std::uint64_t control = 0, schema = 0, schema_bytes = 0, modules = 0, sites = 0, threads = 0;
    std::uint64_t blocks = 0;
    std::uint32_t block_bytes = 0;
    std::uint32_t block_limit = 0;  ///< how many blocks there can ever be
    std::uint64_t end() const { return blocks + std::uint64_t{block_limit} * block_bytes; }
};
Layout plan_layout(const Options& options) noexcept;

/// argv[0]'s last part with everything but letters, digits, '.', '_' and '-' replaced, and the
/// command line with blanks between the words.
struct ProgramName {
    char name[64]{};
    char command[512]{};
};
ProgramName read_program_name() noexcept;
/// When this process started, in the kernel's ticks since boot; 0 if that can't be read.
std::uint64_t read_process_start() noexcept;

/// Fills in all that is known before the first record, but for the magic and the clock.
void write_preamble(std::byte* base, const Layout& layout, const Options& options,
                    const ProgramName& program) noexcept;

}  // namespace evglass::trace::writer
