// The map from the analyses to the source: nothing is missing on it, everything on it is there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <set>

#include "tests/tidy/analysis_map.h"

namespace evglass::tidy {
namespace {

const std::vector<Source>& tree() {
    static const std::vector<Source> kTree = load_tree(root());
    return kTree;
}

std::string text_of(const std::string& path) {
    for (const Source& file : tree())
        if (file.path == path) return file.text;
    ADD_FAILURE() << path << " is not there";
    return {};
}

const std::vector<MapSection>& sections() {
    static const std::vector<MapSection> kSections =
        analysis_map(text_of("tests/tidy/walks.txt"), tree());
    return kSections;
}

/// Lines move with each change; they are looked at below.
std::string without_lines(const std::string& page) {
    return std::regex_replace(page, std::regex(":\\d+\\]|#L\\d+\\)"), "");
}

TEST(AnalysisMap, EveryFunctionHasItsPlaceOrAReason) {
    std::size_t placed = 0;
    for (const MapSection& section : sections())
        for (const MapRow& row : section.rows) {
            EXPECT_TRUE(!row.file.empty() || !row.note.empty())
                << row.function << " (" << section.name << ") is defined nowhere in src/";
            EXPECT_TRUE(!row.filter.empty() || !row.note.empty()) << row.function;
            placed += row.file.empty() ? 0 : 1;
        }
    EXPECT_GE(placed, 60U);
}

// What the literature names of libevent's inside, and our source defines as a function, is on it.
TEST(AnalysisMap, NamesTheInsideThatTheAnalysesName) {
    std::set<std::string> mapped;
    for (const MapSection& section : sections())
        for (const MapRow& row : section.rows) mapped.insert(row.function);
    std::string inside = "analysis all\nsection names\n";
    static const std::regex name("P?I?\\d+ inside\\S* (\\w+)");
    const std::string names = text_of("tests/claims/names.txt");
    for (const std::string_view line : split_lines(names)) {
        std::match_results<std::string_view::const_iterator> match;
        if (std::regex_search(line.begin(), line.end(), match, name)) inside += match.str(1) + "\n";
    }
    const std::vector<MapSection> found = analysis_map(inside, tree());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_GE(found[0].rows.size(), 60U);
    for (const MapRow& row : found[0].rows) {
        if (row.function == "event_once") continue;  // the analyses mean the struct
        const bool is_function =
            row.file.ends_with(".cc") && row.note.find("macro") == row.note.npos;
        EXPECT_TRUE(!is_function || mapped.contains(row.function))
            << row.function << " (" << row.file << ") is in no section of tests/tidy/walks.txt";
    }
}

TEST(AnalysisMap, PageIsUpToDate) {
    EXPECT_TRUE(without_lines(text_of("docs/analysis-map.md")) ==
                without_lines(analysis_page(sections())))
        << "run `make docs-map`";
}

// A line of the page may be off by what is changed in a day. `make docs-map` sets it right.
TEST(AnalysisMap, LinesLeadToTheFunctions) {
    constexpr int kSlack = 80;
    const std::string page = text_of("docs/analysis-map.md");
    for (const MapSection& section : sections())
        for (const MapRow& row : section.rows) {
            if (row.file.empty()) continue;
            const std::string head = "| `" + row.function + "` | [" + row.file + ":";
            const auto at = page.find(head);
            ASSERT_NE(at, std::string::npos) << row.function;
            const long told = std::strtol(page.c_str() + at + head.size(), nullptr, 10);
            EXPECT_LE(std::labs(told - row.line), kSlack)
                << row.function << ": run `make docs-map`";
        }
}

TEST(AnalysisMap, KnowsADefinitionWhenItSeesOne) {
    const std::vector<Source> sources = {
        {"src/a.h", "int one(int);\n#define three(x) one(x)\n"},
        {"src/a.cc",
         "// one(1) {\nint one(int x) {\n    TRACE_CALL(nullptr);\n    return x;\n}\n"
         "static int two(int x,\n               int y) {\n    return one(x) + y;\n}\n"
         "void four() {\n    TRACE(mark, .text = {});\n}\n"}};
    const auto map =
        analysis_map("analysis A\nsection S\none two three four five (six)\n", sources);
    ASSERT_EQ(map.size(), 1U);
    const auto& rows = map[0].rows;
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].line, 2);
    EXPECT_EQ(rows[0].filter, "name=enter function=one");
    EXPECT_EQ(rows[1].line, 6);
    EXPECT_EQ(rows[1].filter, "");
    EXPECT_EQ(rows[2].file, "src/a.h");
    EXPECT_EQ(rows[3].filter, "function=four");
    EXPECT_EQ(rows[4].file + rows[4].note, "");
    EXPECT_NE(rows[5].note, "");
}

}  // namespace
}  // namespace evglass::tidy
