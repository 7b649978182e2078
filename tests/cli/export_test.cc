// export, query, stat, diff, report and films of pictures, as a user calls them, on traces of a
// real loop.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace evglass::cli_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class Export : public CommandTest {
 protected:
    void SetUp() override {
        CommandTest::SetUp();
        trace_ = make_trace("t.evg", {"--full"});
    }
    std::size_t files(const std::string& directory) const {
        std::size_t n = 0;
        for (const auto& entry : fs::directory_iterator(file(directory)))
            n += entry.file_size() > 0;
        return n;
    }
    std::string trace_;
};

TEST_F(Export, WritesEveryFormatByTheFilesName) {
    for (const char* name : {"t.json", "t.pftrace", "t.sqlite", "t.ctf"}) {
        const Result r = evglass({"export", trace_, "-o", file(name)});
        EXPECT_EQ(r.status, 0) << name << ": " << r.err;
        EXPECT_TRUE(fs::exists(file(name))) << name;
    }
    EXPECT_GT(json::parse(contents("t.json"))["traceEvents"].size(), 20U);
    EXPECT_TRUE(contents("t.sqlite").starts_with("SQLite format 3"));
    EXPECT_TRUE(contents("t.ctf/metadata").starts_with("/* CTF 1.8 */"));
    EXPECT_EQ(contents("t.pftrace")[0], '\x0a');
}

TEST_F(Export, SaysWhatIsWrongInOneLine) {
    for (const std::vector<std::string>& bad :
         std::vector<std::vector<std::string>>{{"export", trace_, "-o", file("t.unknown")},
                                               {"export", file("nosuch"), "-o", file("t.json")},
                                               {"export", trace_, "-o", file("no/such/t.json")},
                                               {"export", trace_, "-o", file("no/such/t.sqlite")},
                                               {"query", trace_},
                                               {"query", trace_, "SELEKT"},
                                               {"query", trace_, "--ready", "nosuch"},
                                               {"query", trace_, "DELETE FROM record"},
                                               {"stat", file("nosuch")},
                                               {"diff", trace_, file("nosuch")},
                                               {"report", trace_, "-o", file("no/such/r.html")},
                                               {"graph", "event", trace_, "--event", "E99"},
                                               {"graph", "base", trace_, "--every", "turn"},
                                               {"graph", "base", trace_, "--since", "999999"}}) {
        const Result r = evglass(bad);
        EXPECT_EQ(r.status, 2) << bad[0];
        EXPECT_TRUE(is_one_line(r.err)) << r.err;
        EXPECT_EQ(r.out, "");
    }
}

TEST_F(Export, QueriesAnswerInColumnsJsonAndCsv) {
    const Result csv =
        evglass({"query", trace_, "SELECT count(*) AS n FROM record WHERE name = 'callback_begin'",
                 "--csv"});
    EXPECT_EQ(csv.out, "n\n5\n") << csv.err;
    const Result rows = evglass({"query", trace_, "--ready", "slow-callbacks", "--json"});
    EXPECT_EQ(json::parse(rows.out).size(), 5U) << rows.err;
    EXPECT_TRUE(contains(evglass({"query", "--list"}).out, "slow-callbacks"));
    EXPECT_TRUE(contains(evglass({"query", trace_, "--ready", "phases"}).out, "process_active"));
}

TEST_F(Export, StatCounts) {
    const Result r = evglass({"stat", trace_});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_TRUE(contains(r.out, "5 callbacks")) << r.out;
    EXPECT_EQ(json::parse(evglass({"stat", trace_, "--json"}).out)["callbacks"]["count"], 5);
}

TEST_F(Export, DiffSaysWhetherTheyPart) {
    const std::string same = make_trace("u.evg", {"--full"});
    const Result well = evglass({"diff", trace_, same});
    EXPECT_EQ(well.status, 0) << well.out << well.err;
    EXPECT_TRUE(contains(well.out, "Both do the same"));
    const std::string other = make_trace("v.evg", {"--full"}, "3");
    const Result part = evglass({"diff", trace_, other});
    EXPECT_EQ(part.status, 1) << part.err;
    EXPECT_TRUE(contains(part.out, "They part first in")) << part.out;
    EXPECT_FALSE(json::parse(evglass({"diff", trace_, other, "--json"}).out)["same"]);
}

TEST_F(Export, FilmsHaveAPictureForEachTurn) {
    const Result r = evglass({"graph", "base", trace_, "--every", "turn", "-o", file("film")});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_GE(files("film"), 5U);
    EXPECT_TRUE(fs::exists(file("film/turn-000002.svg")));
    const Result few = evglass({"graph", "heap", trace_, "--every", "record", "--at", "20",
                                "--count", "3", "-o", file("few"), "--format", "dot"});
    EXPECT_EQ(few.status, 0) << few.err;
    EXPECT_EQ(files("few"), 3U);
    EXPECT_TRUE(contains(few.err, "more frames were left out"));
    EXPECT_TRUE(contains(contents("few/record-000021.dot"), "pos="));
}

/// Where each node stands in a picture as DOT.
std::map<std::string, std::string> places(const std::string& dot) {
    std::map<std::string, std::string> found;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t at = line.find("pos=\"");
        if (at == std::string::npos || line.find(" -> ") != std::string::npos) continue;
        if (contains(line, "corner_")) continue;  // of the paper
        found[line.substr(0, line.find(" ["))] = line.substr(at, line.find('"', at + 5) - at);
    }
    return found;
}

TEST_F(Export, SteadyPicturesHaveTheirNodesWhereTheOthersHaveThem) {
    const Result two = evglass({"graph", "base", trace_, "--turn", "2", "--steady"});
    const Result four = evglass({"graph", "base", trace_, "--turn", "4", "--steady"});
    EXPECT_EQ(two.status + four.status, 0) << two.err << four.err;
    const auto a = places(two.out), b = places(four.out);
    ASSERT_GT(a.size(), 4U);
    std::size_t shared = 0;
    for (const auto& [node, place] : a) {
        const auto other = b.find(node);
        if (other == b.end()) continue;
        ++shared;
        EXPECT_EQ(place, other->second) << node;
    }
    EXPECT_GT(shared, 4U);
}

TEST_F(Export, ReportIsOnePage) {
    const Result r = evglass({"report", trace_, "-o", file("r.html"), "--turns", "2"});
    EXPECT_EQ(r.status, 0) << r.err;
    const std::string page = contents("r.html");
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
    EXPECT_TRUE(page.ends_with("</html>\n"));
    EXPECT_TRUE(contains(page, "Through the turns"));
}

}  // namespace
}  // namespace evglass::cli_test
