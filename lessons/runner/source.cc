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

std::vector<SourceWindow::Line> read_lines(const fs::path& path, int first, int last) {
    std::ifstream file(path);
    std::vector<SourceWindow::Line> lines;
    std::string line;
    for (int n = 1; n <= last && std::getline(file, line); ++n)
        if (n >= first) lines.push_back({n, trace::safe(with_tabs_wide(line))});
    return lines;
}

SourceWindow window(const std::string& root, const std::string& file, int line,
                    const std::string& function, int before, int after) {
    const fs::path path = locate(root, file);
    const std::string shown = path.empty() ? file : fs::relative(path, root).string();
    SourceWindow out;
    out.place = fmt::format("{}:{}  {}", trace::safe(shown), line, trace::safe(function));
    out.here = line;
    if (!path.empty()) out.lines = read_lines(path, line - before, line + after);
    return out;
}

std::string text_of(const SourceWindow& window, int width) {
    if (window.place.empty()) return {};
    std::string out = fit("  " + window.place, width) + "\n";
    for (const SourceWindow::Line& line : window.lines)
        out += fit(fmt::format("  {} {:>4} | {}", line.number == window.here ? '>' : ' ',
                               line.number, line.text),
                   width) +
               "\n";
    return out;
}

}  // namespace

SourceWindow source_window(const Moment& moment, const std::string& root, int before, int after) {
    const trace::SiteInfo* site = moment.site();
    if (site == nullptr) return {};
    return window(root, site->file, static_cast<int>(site->line), site->function, before, after);
}

std::string show_source(const Moment& moment, const std::string& root, int width) {
    constexpr int kAround = 3;
    return text_of(source_window(moment, root, kAround, kAround), width);
}

std::string show_callback(const Moment& moment, const std::string& root, int width) {
    const trace::Record* record = moment.record();
    const auto* begin = record != nullptr ? record->as<trace::rec::callback_begin>() : nullptr;
    if (begin == nullptr) return "  (no callback begins here)\n";
    const trace::Symbols symbols(moment.run().timeline().reader());
    const trace::Symbol& symbol = symbols.find(begin->callback);
    if (symbol.file.empty()) return fmt::format("  {}\n", trace::safe(symbol.text()));
    constexpr int kAfter = 6;
    return text_of(window(root, symbol.file, symbol.line, short_name(symbol.function), 0, kAfter),
                   width);
}

}  // namespace evglass::lessons
