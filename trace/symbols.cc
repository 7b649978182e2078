// Addresses to names with libdw. Each file that the trace names is opened here, as it is on this
// machine, and only believed if its build id is the one that the trace noted.
#include "trace/symbols.h"

#include <cxxabi.h>
#include <elf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

namespace evglass::trace {

namespace {

std::string last_part(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> plain(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
    return status == 0 && plain ? plain.get() : name;
}

/// "Server::make" of "(anonymous namespace)::Server::make(int, short) const [clone .isra.0]".
std::string without_parameters(std::string name) {
    constexpr std::string_view kNowhere = "(anonymous namespace)::";
    for (std::size_t at; (at = name.find(kNowhere)) != std::string::npos;)
        name.erase(at, kNowhere.size());
    if (const std::size_t clone = name.find(" [clone"); clone != std::string::npos)
        name.resize(clone);
    const std::size_t end = name.rfind(')');
    if (end == std::string::npos || name.find_first_of(":{", end) != std::string::npos) return name;
    int depth = 0;
    for (std::size_t i = end + 1; i-- > 0;) {
        depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
        if (depth == 0) return i == 0 ? name : name.substr(0, i);
    }
    return name;
}

std::string build_id_of(Dwfl_Module* module) {
    const unsigned char* bits = nullptr;
    GElf_Addr where = 0;
    const int length = dwfl_module_build_id(module, &bits, &where);
    std::string hex;
    for (int i = 0; i < length; ++i) hex += fmt::format("{:02x}", bits[i]);
    return hex;
}

/// Debug information of the file itself, or of separate files where distributions put them. No
/// debuginfod: looking at a trace does not ask the network.
const Dwfl_Callbacks kCallbacks = {.find_elf = dwfl_build_id_find_elf,
                                   .find_debuginfo = dwfl_standard_find_debuginfo,
                                   .section_address = dwfl_offline_section_address,
                                   .debuginfo_path = nullptr};

/// The program headers of a 64-bit ELF file; none if it is not one.
std::vector<Elf64_Phdr> segments_of(int fd) {
    constexpr std::size_t kMost = 256;
    Elf64_Ehdr head{};
    if (pread(fd, &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head)) return {};
    const bool elf64 = std::memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
                       head.e_ident[EI_CLASS] == ELFCLASS64 &&
                       head.e_phentsize == sizeof(Elf64_Phdr) && head.e_phnum <= kMost;
    if (!elf64) return {};
    std::vector<Elf64_Phdr> headers(head.e_phnum);
    const std::size_t bytes = headers.size() * sizeof(Elf64_Phdr);
    const ssize_t got = pread(fd, headers.data(), bytes, static_cast<off_t>(head.e_phoff));
    return got == static_cast<ssize_t>(bytes) ? headers : std::vector<Elf64_Phdr>{};
}

/// One file, opened offline: its own addresses, before the loader moved it.
class File {
 public:
    explicit File(const Module& module) {
        if (module.path.empty() || module.path[0] != '/') return;
        dwfl_.reset(dwfl_begin(&kCallbacks));
        if (!dwfl_) return;
        // Regular files only: a trace's path must not make us read from a device or a pipe.
        const int fd = ::open(module.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) return;
        struct stat status {};
        if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
            ::close(fd);
            return;
        }
        segments_ = segments_of(fd);
        dwfl_report_begin(dwfl_.get());
        module_ = dwfl_report_elf(dwfl_.get(), "traced", module.path.c_str(), fd, 0, false);
        dwfl_report_end(dwfl_.get(), nullptr, nullptr);
        if (module_ == nullptr) {
            ::close(fd);  // libdw takes the descriptor only where it takes the file
            return;
        }
        const bool has_id = !module.build_id.empty() && module.build_id != "-";
        if (has_id && build_id_of(module_) != module.build_id) module_ = nullptr;
    }

    /// Fills in what is known of the instruction at this offset of the file.
    void look_up(std::uint64_t file_offset, Symbol& symbol) const {
        if (module_ == nullptr) return;
        GElf_Addr bias = 0;
        const auto address = address_of(file_offset);
        if (!address || dwfl_module_getelf(module_, &bias) == nullptr) return;
        const GElf_Addr at = *address + bias;
        GElf_Off within = 0;
        GElf_Sym sym;
        const char* name =
            dwfl_module_addrinfo(module_, at, &within, &sym, nullptr, nullptr, nullptr);
        if (name != nullptr) symbol.function = demangled(name);
        Dwfl_Line* line = dwfl_module_getsrc(module_, at);
        int number = 0;
        const char* file = line == nullptr
                               ? nullptr
                               : dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr);
        if (file == nullptr) return;
        symbol.file = file;
        symbol.line = number;
    }

 private:
    std::optional<GElf_Addr> address_of(std::uint64_t file_offset) const {
        for (const Elf64_Phdr& header : segments_)
            if (header.p_type == PT_LOAD && file_offset >= header.p_offset &&
                file_offset - header.p_offset < header.p_filesz)
                return header.p_vaddr + (file_offset - header.p_offset);
        return {};
    }

    std::unique_ptr<Dwfl, decltype(&dwfl_end)> dwfl_{nullptr, &dwfl_end};
    Dwfl_Module* module_ = nullptr;
    std::vector<Elf64_Phdr> segments_;  ///< which part of the file has which addresses
};

}  // namespace

std::string Symbol::text() const {
    if (!function.empty()) {
        const std::string name = without_parameters(function);
        return file.empty() ? name
                            : name + " (" + last_part(file) + ":" + std::to_string(line) + ")";
    }
    return module.empty() ? fmt::format("{:#x}", offset) : fmt::format("{}+{:#x}", module, offset);
}

struct Symbols::Impl {
    const TraceContext& trace;
    std::map<std::string, File> files;  ///< by path and build id
    std::map<std::uint64_t, Symbol> found;

    const File& file(const Module& module) {
        return files.try_emplace(module.path + '\n' + module.build_id, module).first->second;
    }
    Symbol look_up(std::uint64_t address) {
        Symbol symbol;
        symbol.offset = address;
        for (const Module& module : trace.modules()) {
            if (address < module.begin || address >= module.end) continue;
            symbol.module = last_part(module.path);
            symbol.offset = address - module.begin + module.offset;
            file(module).look_up(symbol.offset, symbol);
            break;
        }
        return symbol;
    }
};

Symbols::Symbols(const TraceContext& trace) : impl_(std::make_unique<Impl>(Impl{trace, {}, {}})) {}
Symbols::~Symbols() = default;

const Symbol& Symbols::find(std::uint64_t address) const {
    const auto it = impl_->found.find(address);
    // What is in no module yet may be in one that the program loads later: asked again each time.
    if (it != impl_->found.end() && !it->second.module.empty()) return it->second;
    return impl_->found.insert_or_assign(address, impl_->look_up(address)).first->second;
}

}  // namespace evglass::trace
