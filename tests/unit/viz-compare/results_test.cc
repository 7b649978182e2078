// Tables, exports, crossovers and plots of results that are known.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "viz/compare/plot.h"
#include "viz/compare/table.h"

namespace evglass::viz::compare {
namespace {

Outcome outcome(const std::string& mechanism, int n, double ns) {
    Outcome out{{"idle", mechanism, n, 1}, "", {}, {}};
    out.timing.ns = {ns * 1.1, ns, ns * 0.9};
    out.counts.events = 100;
    out.counts.waits = 100;
    out.counts.transfers = 100;
    out.counts.scanned = 100 * n;
    return out;
}

Results sample() {
    Results results;
    results.machine = "a machine";
    results.mechanisms = {{"raw-poll", "poll"}, {"raw-epoll", "epoll"}};
    results.scenarios = {{"idle", "many idle", "descriptors", {10, 1000}, 1}};
    // poll: ten times as much for a hundred times as many; epoll: always the same.
    results.outcomes = {outcome("raw-poll", 10, 500), outcome("raw-epoll", 10, 1000),
                        outcome("raw-poll", 1000, 50000), outcome("raw-epoll", 1000, 1000)};
    return results;
}

TEST(Timing, MedianAndSpread) {
    const Timing t{{3, 1, 2}, 0, 0, 0};
    EXPECT_EQ(t.median(), 2);
    EXPECT_EQ(t.low(), 1);
    EXPECT_EQ(t.high(), 3);
    EXPECT_EQ(Timing{}.median(), 0);
}

TEST(Crossover, LiesOnALineInBothLogarithms) {
    const Results results = sample();
    EXPECT_NEAR(crossover(results, "raw-poll", "raw-epoll", 1).value(), 20, 0.1);
    EXPECT_NEAR(crossover(results, "raw-poll", "raw-epoll", 10).value(), 200, 0.5);
    EXPECT_FALSE(crossover(results, "raw-poll", "raw-epoll", 1000));
    EXPECT_FALSE(crossover(results, "raw-epoll", "raw-poll", 10));
    EXPECT_FALSE(crossover(results, "nobody", "raw-poll", 10));
}

TEST(Crossover, PassesOverWhatWasLeftOut) {
    Results results = sample();
    results.outcomes[0].left_out = "no room";
    EXPECT_FALSE(crossover(results, "raw-poll", "raw-epoll", 10));
}

TEST(Table, SaysWhatWasMeasuredAndWhatWasNot) {
    Results results = sample();
    results.outcomes.push_back({{"idle", "raw-poll", 9000, 1}, "needs \x1b more", {}, {}});
    const std::string text = as_table(results);
    for (const char* part : {"a machine", "n=1000", "50 us ±10%", "left out: raw-poll (n=9000)",
                             "raw-poll costs 10 times raw-epoll at 200 descriptors"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        EXPECT_LE(end - at, 110U) << text.substr(at, end - at);
        at = end + 1;
    }
}

TEST(Json, HasEveryCase) {
    Results results = sample();
    results.outcomes.push_back({{"idle", "raw-poll", 9000, 1}, "needs more", {}, {}});
    const auto json = nlohmann::json::parse(as_json(results));
    ASSERT_EQ(json.at("cases").size(), 5U);
    EXPECT_EQ(json["cases"][0]["time"]["median_ns"], 500);
    EXPECT_EQ(json["cases"][2]["counts"]["scanned"], 100000);
    EXPECT_EQ(json["cases"][4]["left_out"], "needs more");
}

TEST(Csv, EveryLineHasTheSameFields) {
    Results results = sample();
    results.outcomes.push_back({{"idle", "raw-poll", 9000, 1}, "a \"reason\"", {}, {}});
    const std::string csv = as_csv(results);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < csv.size(); ++lines) {
        const std::size_t end = csv.find('\n', at);
        EXPECT_EQ(std::count(csv.begin() + static_cast<long>(at),
                             csv.begin() + static_cast<long>(end), ','),
                  21)
            << csv.substr(at, end - at);
        at = end + 1;
    }
    EXPECT_EQ(lines, 6U);
}

TEST(Plots, MarkTheCrossoverAndQuoteTexts) {
    Results results = sample();
    results.machine = "it's";
    const std::vector<Plot> all = plots(results, Picture::svg);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "cost");
    EXPECT_NE(all[0].script.find("poll costs 10 × epoll"), std::string::npos) << all[0].script;
    EXPECT_NE(all[0].script.find("it''s"), std::string::npos);
    EXPECT_NE(all[0].script.find("set logscale xy"), std::string::npos);
    EXPECT_TRUE(plots(Results{}, Picture::png).empty());
}

}  // namespace
}  // namespace evglass::viz::compare
