// Reads the program's own line table with libdw. See places.h.
#include "lessons/wire/places.h"

#include <cxxabi.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace evglass::wire {
namespace {

struct Line {
    Dwarf_Addr address = 0;
    evglass_place place{};
};

/// "(anonymous namespace)::serve(int)" is `serve`, as __func__ would say.
std::string short_name(const char* symbol) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> demangled(
        abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
    std::string name = status == 0 ? demangled.get() : symbol;
    for (auto at = name.find("(anonymous namespace)::"); at != std::string::npos;
         at = name.find("(anonymous namespace)::"))
        name.erase(at, 23);
    name.resize(std::min(name.find('('), name.size()));
    const auto colons = name.rfind("::");
    return colons == std::string::npos ? name : name.substr(colons + 2);
}

/// A path as the project writes it: from its root on.
std::string project_path(std::string path) {
    const auto at = path.rfind("/lessons/");
    return at == std::string::npos ? path : path.substr(at + 1);
}

class Table {
 public:
    /// Empty where nothing records: then nobody asks.
    Table() {
        if (std::getenv("EVGLASS_TRACE") != nullptr) read();
    }

    evglass_at find(Dwarf_Addr address) const {
        const auto after = std::upper_bound(
            lines_.begin(), lines_.end(), address,
            [](Dwarf_Addr wanted, const Line& line) { return wanted < line.address; });
        const bool known = after != lines_.begin() && address < end_;
        return known ? &std::prev(after)->place : nullptr;
    }

 private:
    void read() {
        static const Dwfl_Callbacks kCallbacks = {dwfl_linux_proc_find_elf,
                                                  dwfl_standard_find_debuginfo, nullptr, nullptr};
        const std::unique_ptr<Dwfl, void (*)(Dwfl*)> session(dwfl_begin(&kCallbacks), dwfl_end);
        if (session == nullptr || dwfl_linux_proc_report(session.get(), getpid()) != 0) return;
        dwfl_report_end(session.get(), nullptr, nullptr);
        const auto here = reinterpret_cast<Dwarf_Addr>(&place_of);
        Dwfl_Module* program = dwfl_addrmodule(session.get(), here);
        dwfl_module_info(program, nullptr, nullptr, &end_, nullptr, nullptr, nullptr, nullptr);
        Dwarf_Addr bias = 0;
        for (Dwarf_Die* unit = dwfl_module_nextcu(program, nullptr, &bias); unit != nullptr;
             unit = dwfl_module_nextcu(program, unit, &bias))
            read_unit(program, unit, bias);
        std::stable_sort(lines_.begin(), lines_.end(),
                         [](const Line& a, const Line& b) { return a.address < b.address; });
    }

    void read_unit(Dwfl_Module* program, Dwarf_Die* unit, Dwarf_Addr bias) {
        Dwarf_Lines* lines = nullptr;
        std::size_t count = 0;
        if (dwarf_getsrclines(unit, &lines, &count) != 0) return;
        for (std::size_t i = 0; i < count; ++i) {
            Dwarf_Line* line = dwarf_onesrcline(lines, i);
            Dwarf_Addr address = 0;
            int number = 0;
            const char* file = dwarf_linesrc(line, nullptr, nullptr);
            if (file == nullptr || dwarf_lineaddr(line, &address) != 0 ||
                dwarf_lineno(line, &number) != 0 || number <= 0)
                continue;
            const char* symbol = dwfl_module_addrname(program, address + bias);
            lines_.push_back({address + bias,
                              {keep(project_path(file)), keep(short_name(symbol ? symbol : "")),
                               static_cast<unsigned>(number)}});
        }
    }

    /// One address for each text.
    const char* keep(std::string text) { return texts_.insert(std::move(text)).first->c_str(); }

    std::set<std::string> texts_;
    std::vector<Line> lines_;
    Dwarf_Addr end_ = 0;  ///< of the program: what lies beyond is a library's
};

const Table& table() {
    static const Table kTable;
    return kTable;
}

/// Before main, so that no signal handler is the first to ask.
[[gnu::constructor]] void read_early() {
    table();
}

}  // namespace

evglass_at place_of(const void* return_address) {
    // The call itself stands before the address that it returns to.
    return table().find(reinterpret_cast<Dwarf_Addr>(return_address) - 1);
}

}  // namespace evglass::wire
