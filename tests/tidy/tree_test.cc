// The house rules on the tree as it is: who may include whom, sizes, words, the map, the records.
// A failure prints one line for each violation, "file:line: what is wrong and what to do".
// It never looks into what is built.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "tests/tidy/checks.h"
#include "tests/tidy/records_page.h"

namespace evglass::tidy {
namespace {

const std::vector<Source>& tree() {
    static const std::vector<Source> files = load_tree(root());
    return files;
}

const Source* find(std::string_view path) {
    const auto it = std::find_if(tree().begin(), tree().end(),
                                 [&](const Source& file) { return file.path == path; });
    return it == tree().end() ? nullptr : &*it;
}

bool exists(std::string_view path) {
    return find(path) != nullptr;
}

testing::AssertionResult nothing_in(const std::vector<Violation>& found) {
    if (found.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << found.size() << " violations:\n" << report(found);
}

/// What one check has to say about all files.
template <class Check>
testing::AssertionResult tree_passes(Check check) {
    std::vector<Violation> all;
    for (const Source& file : tree()) {
        std::vector<Violation> found = check(file);
        all.insert(all.end(), found.begin(), found.end());
    }
    return nothing_in(all);
}

TEST(Tree, IsThere) {
    ASSERT_NE(find("trace/records.def"), nullptr) << "EVGLASS_ROOT is not the root: " << root();
    EXPECT_GT(tree().size(), 100U);
}
TEST(Tree, DataFlowsOneWay) {
    EXPECT_TRUE(tree_passes([](const Source& f) { return check_includes(f, exists); }));
}
TEST(Tree, FilesAndFunctionsAreSmall) {
    EXPECT_TRUE(tree_passes(check_shape));
}
TEST(Tree, EveryFileSaysWhatItIsFor) {
    EXPECT_TRUE(tree_passes([](const Source& f) { return check_opening(f, exists); }));
}
TEST(Tree, NothingIsPutOff) {
    EXPECT_TRUE(tree_passes(check_words));
}
TEST(Tree, NoCallThatOverruns) {
    EXPECT_TRUE(tree_passes(check_calls));
}
TEST(Tree, MemoryHasAnOwner) {
    EXPECT_TRUE(tree_passes(check_memory));
}

TEST(Tree, EveryFileIsOnTheMapOnce) {
    const Source* map = find("docs/ARCHITECTURE.md");
    ASSERT_NE(map, nullptr);
    EXPECT_TRUE(nothing_in(check_map(tree(), *map)));
}

TEST(Claims, EachOfARequiredChapterIsShown) {
    EXPECT_TRUE(nothing_in(coverage_of(tree()).not_shown));
}
TEST(Claims, RowsAndTagsNameEachOther) {
    EXPECT_TRUE(nothing_in(coverage_of(tree()).wrong));
}

TEST(Records, IdsAreNeverReused) {
    const Source* records = find("trace/records.def");
    ASSERT_NE(records, nullptr);
    EXPECT_TRUE(nothing_in(check_record_ids(*records)));
}
TEST(Records, TheirPageIsUpToDate) {
    const Source* page = find("docs/records.md");
    ASSERT_NE(page, nullptr);
    EXPECT_EQ(page->text, records_page()) << "run `make docs-records`";
}

}  // namespace
}  // namespace evglass::tidy
