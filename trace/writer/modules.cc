// Writes the modules section from the dynamic linker's list.
#include "trace/writer/modules.h"

#include <elf.h>
#include <link.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstring>

namespace evglass::trace::writer {
namespace {

/// What the trace has been told: loads and unloads that the linker had counted, and objects seen.
struct Told {
    unsigned long long adds = 0, subs = 0;
};
constinit Told told{};
/// One thread at a time writes; others leave it to that one.
constinit std::atomic_flag writing = ATOMIC_FLAG_INIT;

/// The linker's counts, taken from the first object of its list.
int read_counts(dl_phdr_info* info, std::size_t, void* out) {
    *static_cast<Told*>(out) = {info->dlpi_adds, info->dlpi_subs};
    return 1;
}

class Section {
 public:
    Section(format::FileHeader& header, std::byte* base)
        : header_(header), text_(reinterpret_cast<char*>(base) + header.modules_offset) {}

    /// One line at the end, unless it stands there already or there is no room.
    void add(const char* line, std::size_t length) {
        const std::size_t used = header_.modules_bytes.load(std::memory_order_relaxed);
        if (memmem(text_, used, line, length) != nullptr) return;
        if (length > header_.modules_capacity - used) return;
        std::memcpy(text_ + used, line, length);
        header_.modules_bytes.store(used + length, std::memory_order_release);
    }

 private:
    format::FileHeader& header_;
    char* text_;
};

/// The build id as hexadecimal digits, "-" if the object has none.
void build_id(const dl_phdr_info& info, char (&out)[65]) {
    std::snprintf(out, sizeof out, "-");
    for (int i = 0; i < info.dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = info.dlpi_phdr[i];
        if (part.p_type != PT_NOTE) continue;
        const auto* at = reinterpret_cast<const char*>(info.dlpi_addr + part.p_vaddr);
        const char* end = at + part.p_memsz;
        while (end - at >= static_cast<std::ptrdiff_t>(sizeof(ElfW(Nhdr)))) {
            ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof note);
            const char* name = at + sizeof note;
            const char* bytes = name + ((note.n_namesz + 3u) & ~3u);
            if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz <= 32 &&
                std::memcmp(name, "GNU", 4) == 0) {
                for (unsigned b = 0; b < note.n_descsz; ++b)
                    std::snprintf(out + 2 * b, 3, "%02x", static_cast<unsigned char>(bytes[b]));
                return;
            }
            at = bytes + ((note.n_descsz + 3u) & ~3u);
        }
    }
}

int write_object(dl_phdr_info* info, std::size_t, void* section) {
    char path[PATH_MAX] = "";
    if (info->dlpi_name != nullptr && info->dlpi_name[0] != '\0') {
        std::snprintf(path, sizeof path, "%s", info->dlpi_name);
    } else {
        const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
        path[length > 0 ? length : 0] = '\0';
    }
    if (std::strchr(path, '\n') != nullptr) return 0;
    char id[65];
    build_id(*info, id);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD) continue;
        const std::uint64_t begin = info->dlpi_addr + part.p_vaddr;
        char line[PATH_MAX + 200];
        const int length = std::snprintf(line, sizeof line, "%llx %llx %llx %s %s\n",
                                         static_cast<unsigned long long>(begin),
                                         static_cast<unsigned long long>(begin + part.p_memsz),
                                         static_cast<unsigned long long>(part.p_offset), id, path);
        if (length > 0 && static_cast<std::size_t>(length) < sizeof line)
            static_cast<Section*>(section)->add(line, static_cast<std::size_t>(length));
    }
    return 0;
}

}  // namespace

void update_modules(format::FileHeader& header, std::byte* base) noexcept {
    if (writing.test_and_set(std::memory_order_acquire)) return;
    Told now;
    dl_iterate_phdr(read_counts, &now);
    if (now.adds != told.adds || now.subs != told.subs) {
        told = now;
        Section section(header, base);
        dl_iterate_phdr(write_object, &section);
    }
    writing.clear(std::memory_order_release);
}

void forget_modules() noexcept {
    told = {};
    writing.clear(std::memory_order_release);
}

}  // namespace evglass::trace::writer
