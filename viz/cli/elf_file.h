// Looks into an ELF file: is it a 64-bit x86 program, is it linked statically, which libraries does
// it name? It reads with checked bounds, because any file can claim to be ELF, and it never runs or
// maps anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evglass::viz::cli {

struct ElfFacts {
    bool elf = false;
    bool script = false;       ///< begins with "#!"
    bool x86_64 = false;       ///< 64 bits, little-endian, for this kind of machine
    bool interpreter = false;  ///< a loader is asked for: the program is linked dynamically
    bool rpath = false;        ///< DT_RPATH: searched before LD_LIBRARY_PATH
    std::vector<std::string> needed;
};

/// Nothing if the file can't be read. A damaged ELF file gives the facts that could be read.
std::optional<ElfFacts> elf_facts(const std::string& path);
/// Do these bytes occur in the file?
bool file_contains(const std::string& path, std::string_view bytes);

}  // namespace evglass::viz::cli
