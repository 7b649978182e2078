// Two sections of ELF: the dynamic symbols, and beside them which version of a library each wants.
// libevent's names have no versions, those of the C library do.
#include "viz/cli/elf_names.h"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

namespace evglass::viz::cli {
namespace {

constexpr int kMostNames = 1 << 20;

class ElfHandle {
 public:
    explicit ElfHandle(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (fd_ >= 0 && elf_version(EV_CURRENT) != EV_NONE)
            elf_ = elf_begin(fd_, ELF_C_READ, nullptr);
    }
    ~ElfHandle() {
        elf_end(elf_);
        if (fd_ >= 0) close(fd_);
    }
    ElfHandle(const ElfHandle&) = delete;
    ElfHandle& operator=(const ElfHandle&) = delete;

    /// The content of the first section of this type, and its header.
    Elf_Data* section(unsigned type, GElf_Shdr& header) const {
        for (Elf_Scn* at = elf_nextscn(elf_, nullptr); at != nullptr; at = elf_nextscn(elf_, at))
            if (gelf_getshdr(at, &header) != nullptr && header.sh_type == type)
                return elf_getdata(at, nullptr);
        return nullptr;
    }
    const char* text(const GElf_Shdr& symbols, std::size_t name) const {
        return elf_strptr(elf_, symbols.sh_link, name);
    }

 private:
    int fd_;
    Elf* elf_ = nullptr;
};

bool has_version(Elf_Data* versions, int index) {
    constexpr int kHidden = 0x8000;
    GElf_Versym version = VER_NDX_GLOBAL;
    if (versions == nullptr || gelf_getversym(versions, index, &version) == nullptr) return false;
    return (version & ~kHidden) > VER_NDX_GLOBAL;
}

}  // namespace

ElfNames elf_names(const std::string& path) {
    ElfNames out;
    const ElfHandle file(path);
    GElf_Shdr header{}, ignored{};
    Elf_Data* symbols = file.section(SHT_DYNSYM, header);
    if (symbols == nullptr) return out;
    Elf_Data* versions = file.section(SHT_GNU_versym, ignored);
    GElf_Sym symbol{};
    for (int i = 1; i < kMostNames && gelf_getsym(symbols, i, &symbol) != nullptr; ++i) {
        const char* name = file.text(header, symbol.st_name);
        if (name == nullptr || *name == '\0') continue;
        if (symbol.st_shndx != SHN_UNDEF)
            out.exported.insert(name);
        else if (GELF_ST_BIND(symbol.st_info) == STB_GLOBAL && !has_version(versions, i))
            out.imported.insert(name);
    }
    return out;
}

}  // namespace evglass::viz::cli
