// Source lines for a stop. See source.h.
#include "lessons/runner/source.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "lessons/runner/markdown.h"
#include "trace/symbols.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

/// The file under the root that a trace names, or empty. A build in another directory may have
/// given the compiler an absolute path: then its end from src/ or lessons/ on is looked for.
fs::path locate(const std::string& root, const std::string& file) {
    std::string part = file;
    for (const char* room : {"/src/", "/lessons/"}) {
        const auto at = part.rfind(room);
        if (part.starts_with('/') && at != std::string::npos) part = part.substr(at + 1);
    }
    const fs::path relative = fs::path(part).lexically_normal();
    if (relative.is_absolute() || part.empty() || *relative.begin() == "..") return {};
    std::error_code ignored;
    const fs::path path = fs::path(root) / relative;
    return fs::is_regular_file(path, ignored) ? path : fs::path();
}

std::string with_tabs_wide(const std::string& line) {
    std::string out;
    for (const char c : line) out += c == '\t' ? std::string("    ") : std::string(1, c);
    return out;
}

/// "on_tick" of "(anonymous namespace)::on_tick(int, short, void*)".
std::string short_name(const std::string& demangled) {
    const auto arguments = demangled.rfind('(');
    const std::string name = arguments == 0 ? demangled : demangled.substr(0, arguments);
    const auto scope = name.rfind("::");
    return scope == std::string::npos ? name : name.substr(scope + 2);
}

std::vector<std::string> read_lines(const fs::path& path, int first, int last) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    std::string line;
    for (int n = 1; n <= last && std::getline(file, line); ++n)
        if (n >= first) lines.push_back(with_tabs_wide(line));
    return lines;
}

std::string window(const std::string& root, const std::string& file, int line,
                   const std::string& function, int before, int after, int width) {
    const fs::path path = locate(root, file);
    const std::string shown = path.empty() ? file : fs::relative(path, root).string();
    std::string out =
        fit(fmt::format("  {}:{}  {}", trace::safe(shown), line, trace::safe(function)), width) +
        "\n";
    if (path.empty()) return out;
    const int first = std::max(1, line - before);
    const auto lines = read_lines(path, first, line + after);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const int number = first + static_cast<int>(i);
        const std::string text = fmt::format("  {} {:>4} | {}", number == line ? '>' : ' ', number,
                                             trace::safe(lines[i]));
        out += fit(text, width) + "\n";
    }
    return out;
}

}  // namespace

std::string show_source(const Moment& moment, const std::string& root, int width) {
    const trace::SiteInfo* site = moment.site();
    if (site == nullptr) return {};
    return window(root, site->file, static_cast<int>(site->line), site->function, 3, 3, width);
}

std::string show_callback(const Moment& moment, const std::string& root, int width) {
    const trace::Record* record = moment.record();
    const auto* begin = record != nullptr ? record->as<trace::rec::callback_begin>() : nullptr;
    if (begin == nullptr) return "  (no callback begins here)\n";
    const trace::Symbols symbols(moment.run().timeline().reader());
    const trace::Symbol& symbol = symbols.find(begin->callback);
    if (symbol.file.empty()) return fmt::format("  {}\n", trace::safe(symbol.text()));
    return window(root, symbol.file, symbol.line, short_name(symbol.function), 0, 6, width);
}

}  // namespace evglass::lessons
