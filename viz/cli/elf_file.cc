// A cursor with checked bounds over the file, and the few tables of ELF that name libraries.
#include "viz/cli/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace evglass::viz::cli {
namespace {

constexpr std::size_t kMostHeaders = 512;
constexpr std::size_t kMostEntries = 4096;
constexpr std::size_t kLongestName = 256;

class File {
 public:
    explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~File() {
        if (fd_ >= 0) close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return fd_ >= 0; }
    /// How many bytes there were, at most `size`.
    std::size_t read(std::uint64_t offset, void* into, std::size_t size) const {
        if (offset > static_cast<std::uint64_t>(INT64_MAX)) return 0;
        const ssize_t n = pread(fd_, into, size, static_cast<off_t>(offset));
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    template <class T>
    bool read(std::uint64_t offset, T& into) const {
        return read(offset, &into, sizeof(T)) == sizeof(T);
    }

 private:
    int fd_;
};

struct Segment {
    std::uint64_t address, offset, size;
};

// Reads what a loader would: program headers, then the dynamic table.
class Elf {
 public:
    Elf(const File& file, ElfFacts& facts) : file_(file), facts_(facts) {}

    void read() {
        Elf64_Ehdr head{};
        const std::size_t size = file_.read(0, &head, sizeof(head));
        facts_.script = size >= 2 && head.e_ident[0] == '#' && head.e_ident[1] == '!';
        if (size < sizeof(head)) return;
        facts_.elf = std::memcmp(head.e_ident, ELFMAG, SELFMAG) == 0;
        facts_.x86_64 = facts_.elf && head.e_ident[EI_CLASS] == ELFCLASS64 &&
                        head.e_ident[EI_DATA] == ELFDATA2LSB && head.e_machine == EM_X86_64;
        if (!facts_.x86_64 || head.e_phentsize != sizeof(Elf64_Phdr)) return;
        for (std::size_t i = 0; i < head.e_phnum && i < kMostHeaders; ++i) {
            Elf64_Phdr segment{};
            if (!file_.read(head.e_phoff + i * sizeof(segment), segment)) break;
            header(segment);
        }
        dynamic();
    }

 private:
    void header(const Elf64_Phdr& segment) {
        if (segment.p_type == PT_INTERP) facts_.interpreter = true;
        if (segment.p_type == PT_LOAD)
            loads_.push_back({segment.p_vaddr, segment.p_offset, segment.p_filesz});
        if (segment.p_type == PT_DYNAMIC)
            dynamic_ = {segment.p_vaddr, segment.p_offset, segment.p_filesz};
    }

    void dynamic() {
        std::vector<std::uint64_t> names;
        std::uint64_t strings = 0;
        const std::size_t count =
            std::min<std::uint64_t>(dynamic_.size / sizeof(Elf64_Dyn), kMostEntries);
        for (std::size_t i = 0; i < count; ++i) {
            Elf64_Dyn entry{};
            if (!file_.read(dynamic_.offset + i * sizeof(entry), entry) || entry.d_tag == DT_NULL)
                break;
            if (entry.d_tag == DT_NEEDED) names.push_back(entry.d_un.d_val);
            if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
            if (entry.d_tag == DT_RPATH) facts_.rpath = true;
        }
        const std::optional<std::uint64_t> table = offset_of(strings);
        if (!table) return;
        for (const std::uint64_t name : names)
            if (name < UINT32_MAX) facts_.needed.push_back(text_at(*table + name));
    }

    std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
        for (const Segment& load : loads_)
            if (address >= load.address && address - load.address < load.size)
                return load.offset + (address - load.address);
        return std::nullopt;
    }

    std::string text_at(std::uint64_t offset) const {
        char buffer[kLongestName] = {};
        const std::size_t n = file_.read(offset, buffer, sizeof(buffer) - 1);
        return std::string(buffer, strnlen(buffer, n));
    }

    const File& file_;
    ElfFacts& facts_;
    std::vector<Segment> loads_;
    Segment dynamic_{0, 0, 0};
};

}  // namespace

std::optional<ElfFacts> elf_facts(const std::string& path) {
    const File file(path);
    if (!file.is_open()) return std::nullopt;
    ElfFacts facts;
    Elf(file, facts).read();
    return facts;
}

bool file_contains(const std::string& path, std::string_view bytes) {
    const File file(path);
    if (!file.is_open()) return false;
    // Pieces overlap by the length of what is sought, so that no border hides it.
    constexpr std::size_t kPiece = 1 << 20;
    std::string piece(kPiece + bytes.size(), '\0');
    for (std::uint64_t offset = 0;; offset += kPiece) {
        const std::size_t n = file.read(offset, piece.data(), piece.size());
        if (std::string_view(piece.data(), n).find(bytes) != std::string_view::npos) return true;
        if (n < piece.size()) return false;
    }
}

}  // namespace evglass::viz::cli
