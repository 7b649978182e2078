// Finds the functions of the analyses in our source. See analysis_map.h.
// A definition is a line that begins in the first column, has the name and an opening parenthesis,
// and whose parentheses are followed by a brace; or a macro of that name.
#include "tests/tidy/analysis_map.h"

#include <algorithm>
#include <sstream>

namespace evglass::tidy {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where `name` stands as a whole word with a parenthesis behind it; npos if nowhere.
std::size_t find_call(std::string_view line, const std::string& name) {
    for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
        const bool starts = at == 0 || !is_word(line[at - 1]);
        const std::size_t end = at + name.size();
        if (starts && end < line.size() && line[end] == '(') return at;
    }
    return std::string_view::npos;
}

/// After the parentheses that open at `open` comes a body.
bool has_body(std::string_view code, std::size_t open) {
    int depth = 0;
    std::size_t at = open;
    for (; at < code.size(); ++at) {
        if (code[at] == '(') ++depth;
        if (code[at] == ')' && --depth == 0) break;
    }
    while (++at < code.size() && code[at] != ';' && code[at] != '{' && code[at] != '=') {
    }
    return at < code.size() && code[at] == '{';
}

struct Place {
    const Source* file = nullptr;
    std::size_t offset = 0;  ///< of the line
    int line = 0;
    bool is_macro = false;
};

/// The definition in one file.
Place definition_in(const Source& file, const std::string& code, const std::string& name) {
    int number = 0;
    std::size_t offset = 0;
    for (const std::string_view line : split_lines(code)) {
        ++number;
        const std::size_t begin = offset;
        offset += line.size() + 1;
        const auto at = find_call(line, name);
        const std::string macro = "#define " + name;
        if (line.starts_with(macro) &&
            (line.size() == macro.size() || !is_word(line[macro.size()])))
            return {&file, begin, number, true};
        const bool at_column_one = !line.empty() && (is_word(line[0]) || line[0] == '[');
        if (at == std::string_view::npos || !at_column_one || line.starts_with("return ")) continue;
        if (has_body(code, begin + at + name.size())) return {&file, begin, number, false};
    }
    return {};
}

/// The text of a function's body, from its definition to the brace that closes it in column one.
std::string_view body_of(std::string_view code, std::size_t offset) {
    const auto end = code.find("\n}", offset);
    return code.substr(offset,
                       end == std::string_view::npos ? std::string_view::npos : end - offset);
}

/// How a trace shows it: its entry, or whatever record is emitted in it.
void choose_filter(std::string_view body, MapRow& row) {
    if (body.find("TRACE_CALL(") != std::string_view::npos)
        row.filter = "name=enter function=" + row.function;
    else if (body.find("TRACE_API(") != std::string_view::npos)
        row.filter = "name=api_begin function=" + row.function;
    else if (body.find("TRACE(") != std::string_view::npos ||
             body.find("sys::") != std::string_view::npos)
        row.filter = "function=" + row.function;
    else
        row.note = "it leaves no record of its own";
}

class Finder {
 public:
    explicit Finder(const std::vector<Source>& tree) {
        for (const Source& file : tree)
            if (file.below("src/") && file.is_code())
                files_.push_back({&file, code_only(file.text)});
        // A body in a .cc is meant before an inline one, that before a macro.
        std::stable_sort(files_.begin(), files_.end(), [](const File& a, const File& b) {
            return a.file->path.ends_with(".cc") && !b.file->path.ends_with(".cc");
        });
    }

    MapRow find(const std::string& name) const {
        MapRow row{name, {}, 0, {}, {}};
        Place best;
        const std::string* code = nullptr;
        for (const File& file : files_) {
            const Place place = definition_in(*file.file, file.code, name);
            if (place.file == nullptr || (best.file != nullptr && !best.is_macro)) continue;
            if (best.file != nullptr && place.is_macro) continue;
            best = place;
            code = &file.code;
        }
        if (best.file == nullptr) return row;
        row.file = best.file->path;
        row.line = best.line;
        if (best.is_macro)
            row.note = "a macro: what it stands for leaves the records";
        else
            choose_filter(body_of(*code, best.offset), row);
        return row;
    }

 private:
    struct File {
        const Source* file;
        std::string code;
    };
    std::vector<File> files_;
};

MapRow foreign(std::string name) {
    name = name.substr(1, name.size() - 2);
    const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
    const char* why = has("iocp") || has("async") ? "Windows only: there is none here"
                      : has("epoll_handle")
                          ? "a name of libevent 2.2, for Windows' sake: here it is close()"
                          : "a function of the program that the analysis walks through";
    return {name, {}, 0, {}, why};
}

}  // namespace

std::vector<MapSection> analysis_map(const std::string& walks, const std::vector<Source>& tree) {
    const Finder finder(tree);
    std::vector<MapSection> sections;
    std::string analysis;
    for (const std::string_view line : split_lines(walks)) {
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("analysis ")) {
            analysis = line.substr(9);
        } else if (line.starts_with("section ")) {
            sections.push_back({analysis, std::string(line.substr(8)), {}});
        } else if (!sections.empty()) {
            std::istringstream words{std::string(line)};
            for (std::string word; words >> word;)
                sections.back().rows.push_back(word[0] == '(' ? foreign(word) : finder.find(word));
        }
    }
    return sections;
}

std::string analysis_page(const std::vector<MapSection>& sections) {
    std::ostringstream out;
    out << "# From the analyses to the source\n\n"
           "Source analyses of libevent walk through its functions. Here they have the same names. "
           "For each function:\nwhere it stands, and the filter that shows it in a trace "
           "(`evglass dump FILE --where FILTER`; record the program\nwith `evglass run --full "
           "--only all`). Made from `tests/tidy/walks.txt` by `make docs-map`.\n";
    std::string analysis;
    for (const MapSection& section : sections) {
        if (section.analysis != analysis) out << "\n## " << section.analysis << "\n";
        analysis = section.analysis;
        out << "\n### " << section.name << "\n\n| function | here | in a trace |\n|---|---|---|\n";
        for (const MapRow& row : section.rows) {
            out << "| `" << row.function << "` | ";
            if (row.file.empty())
                out << "-";
            else
                out << "[" << row.file << ":" << row.line << "](../" << row.file << "#L" << row.line
                    << ")";
            out << " | " << (row.filter.empty() ? row.note : "`" + row.filter + "`") << " |\n";
        }
    }
    return out.str();
}

}  // namespace evglass::tidy
