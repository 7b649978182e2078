// The names that an ELF file takes from others and gives to others: its dynamic symbol table, read
// with libelf, which checks every bound. Read next: missing_names.h (what is made of them).
#pragma once

#include <set>
#include <string>

namespace evglass::viz::cli {

struct ElfNames {
    std::set<std::string> imported;  ///< undefined, not weak, and of no version
    std::set<std::string> exported;
};

/// Empty for a file that is not ELF, is damaged, or can't be read.
ElfNames elf_names(const std::string& path);

}  // namespace evglass::viz::cli
