// The map of the tree, docs/ARCHITECTURE.md: each file has one line in it that says what it is for.
// A line of the map is "- `path` what it is for"; `a.{h,cc}` stands for a.h and a.cc, and a path
// that ends in '/' for all files of that folder (pictures, data). Also here: the ids of records.
#include <algorithm>
#include <map>
#include <regex>

#include "tests/tidy/checks.h"

namespace evglass::tidy {
namespace {

/// "a.{h,cc}" to a.h and a.cc.
std::vector<std::string> expand(const std::string& path) {
    const std::size_t open = path.find('{');
    const std::size_t close = path.find('}', open);
    if (open == std::string::npos || close == std::string::npos) return {path};
    std::vector<std::string> out;
    std::string inside = path.substr(open + 1, close - open - 1) + ",";
    for (std::size_t comma = inside.find(','); comma != std::string::npos;
         comma = inside.find(',')) {
        out.push_back(path.substr(0, open) + inside.substr(0, comma) + path.substr(close + 1));
        inside.erase(0, comma + 1);
    }
    return out;
}

struct Entry {
    std::string path;
    int line = 0;
    int files = 0;  ///< how many files of the tree it stands for
};

std::vector<Entry> entries_of(const Source& map) {
    static const std::regex entry("^- `([^`]+)` +(.*)$");
    std::vector<Entry> entries;
    int number = 0;
    for (const std::string_view line : map.lines()) {
        ++number;
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_match(line.begin(), line.end(), match, entry)) continue;
        for (std::string& path : expand(match.str(1)))
            entries.push_back({std::move(path), number, 0});
    }
    return entries;
}

bool stands_for(const Entry& entry, const std::string& path) {
    return entry.path.ends_with('/') ? path.starts_with(entry.path) : path == entry.path;
}

}  // namespace

std::vector<Violation> check_map(const std::vector<Source>& tree, const Source& map) {
    std::vector<Entry> entries = entries_of(map);
    std::vector<Violation> found;
    for (const Source& file : tree) {
        int times = 0;
        for (Entry& entry : entries) {
            if (!stands_for(entry, file.path)) continue;
            ++entry.files;
            if (++times == 2)
                found.push_back(
                    {map.path, entry.line, file.path + " stands here a second time: keep one"});
        }
        if (times == 0)
            found.push_back({file.path, 0, "is not in " + map.path + ": give it a line there"});
    }
    for (const Entry& entry : entries)
        if (entry.files == 0)
            found.push_back(
                {map.path, entry.line, entry.path + " does not exist: take the line out"});
    return found;
}

std::vector<Violation> check_record_ids(const Source& records_def) {
    static const std::regex record("^(RECORD|RETIRED)\\((\\d+), *(\\w+)");
    std::map<std::string, int> ids, names;
    std::vector<Violation> found;
    int number = 0;
    for (const std::string_view line : records_def.lines()) {
        ++number;
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_search(line.begin(), line.end(), match, record)) continue;
        const auto [id, new_id] = ids.try_emplace(match.str(2), number);
        if (!new_id)
            found.push_back({records_def.path, number,
                             "id " + match.str(2) + " is taken since line " +
                                 std::to_string(id->second) +
                                 ": ids are never reused, take a new one"});
        const auto [name, new_name] = names.try_emplace(match.str(3), number);
        if (!new_name)
            found.push_back({records_def.path, number,
                             match.str(3) + " is taken since line " + std::to_string(name->second) +
                                 ": choose another name"});
    }
    return found;
}

}  // namespace evglass::tidy
