// Which claim has a test: the rows of tests/claims against the tags in the tests and the names in
// the code. A test shows a claim by bearing its id in its name, or in a comment "// Shows T077:".
// A name is shown by its use. It never judges whether a test is a good one.
// Read next: tests/claims/claims.txt.
#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/checks.h"

namespace evglass::tidy {
namespace {

using Words = std::set<std::string, std::less<>>;

struct Row {
    std::string id, chapter, text;  ///< the text's first word is the name, in names.txt
    Violation where;
    std::string name() const { return text.substr(0, text.find(' ')); }
};

void collect_words(std::string_view text, Words& words) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
            ++end;
        if (end > at) words.emplace(text.substr(at, end - at));
        at = end + 1;
    }
}

bool is_test(const Source& file) {
    return file.below("tests/") && !file.below("tests/tidy/") && file.is_code();
}

/// The ids that a test's text bears, each with where it stands.
std::map<std::string, Violation> tags_of(const std::vector<Source>& tree) {
    static const std::regex named(R"(\b(?:SCENARIO\(|TEST(?:_F|_P)?\(\w+,\s*)(T\d{3})_)");
    static const std::regex shows(R"(// Shows ((?:T\d{3}[ ,]*)+):)");
    static const std::regex id(R"(T\d{3})");
    std::map<std::string, Violation> tags;
    for (const Source& file : tree) {
        if (!is_test(file)) continue;
        using It = std::sregex_iterator;
        const std::string& text = file.text;
        const auto line_of = [&](const std::smatch& m) {
            return 1 +
                   static_cast<int>(std::count(text.begin(), text.begin() + m.position(), '\n'));
        };
        for (It it(text.begin(), text.end(), named), end; it != end; ++it)
            tags.try_emplace(it->str(1), Violation{file.path, line_of(*it), it->str(1)});
        for (It it(text.begin(), text.end(), shows), end; it != end; ++it) {
            const std::string list = it->str(1);
            for (It each(list.begin(), list.end(), id); each != end; ++each)
                tags.try_emplace(each->str(), Violation{file.path, line_of(*it), each->str()});
        }
    }
    return tags;
}

/// Reads one list: its chapters go to `coverage`, its rows to the result.
std::vector<Row> read_list(const Source& file, Coverage& coverage) {
    static const std::regex chapter(R"(chapter ([\w-]+) (required|later))");
    static const std::regex row(R"(([A-Z]\d+) ([\w-]+) (.+))");
    std::vector<Row> rows;
    int number = 0;
    for (const std::string_view view : file.lines()) {
        ++number;
        const std::string line(view);
        std::smatch m;
        if (line.empty() || line[0] == '#') continue;
        if (std::regex_match(line, m, chapter))
            coverage.chapters.push_back({m.str(1), m.str(2) == "required", 0, 0});
        else if (std::regex_match(line, m, row))
            rows.push_back({m.str(1), m.str(2), m.str(3), {file.path, number, ""}});
        else
            coverage.wrong.push_back({file.path, number, "is neither a chapter nor a row"});
    }
    return rows;
}

Coverage::Chapter* chapter_of(Coverage& coverage, const Row& row) {
    for (Coverage::Chapter& c : coverage.chapters)
        if (c.name == row.chapter) return &c;
    return nullptr;
}

/// Where rows are shown: by the tags of tests, by words in tests, by words in the source.
struct Evidence {
    std::map<std::string, Violation> tags;
    Words tests, source;

    explicit Evidence(const std::vector<Source>& tree) : tags(tags_of(tree)) {
        for (const Source& file : tree) {
            if (is_test(file)) collect_words(file.text, tests);
            if (file.below("src/") && file.is_code()) collect_words(code_only(file.text), source);
        }
    }
    bool shows(const Row& row) const {
        if (row.id[0] == 'T') return tags.contains(row.id);
        if (row.chapter == "absent") return !source.contains(row.name());
        if (row.chapter.starts_with("inside")) return source.contains(row.name());
        return tests.contains(row.name());
    }
};

void count(const Row& row, const Evidence& evidence, Coverage& coverage) {
    Coverage::Chapter* chapter = chapter_of(coverage, row);
    Violation complaint = row.where;
    if (chapter == nullptr) {
        complaint.what = row.id + " is of an unknown chapter, " + row.chapter;
        coverage.wrong.push_back(complaint);
        return;
    }
    ++chapter->rows;
    if (evidence.shows(row)) {
        ++chapter->shown;
    } else if (chapter->required) {
        complaint.what = row.id + " has no test: " + row.text;
        coverage.not_shown.push_back(complaint);
    }
}

}  // namespace

Coverage coverage_of(const std::vector<Source>& tree) {
    Coverage coverage;
    std::vector<Row> rows;
    for (const Source& file : tree) {
        if (!file.below("tests/claims/")) continue;
        std::vector<Row> more = read_list(file, coverage);
        rows.insert(rows.end(), more.begin(), more.end());
    }
    const Evidence evidence(tree);
    std::set<std::string> ids;
    for (const Row& row : rows) {
        if (!ids.insert(row.id).second)
            coverage.wrong.push_back({row.where.file, row.where.line, row.id + " stands twice"});
        count(row, evidence, coverage);
    }
    for (const auto& [id, where] : evidence.tags)
        if (!ids.contains(id))
            coverage.wrong.push_back({where.file, where.line, id + " is no claim of tests/claims"});
    return coverage;
}

}  // namespace evglass::tidy
