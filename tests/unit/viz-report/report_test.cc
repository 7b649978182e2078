// The page: what is on it, that nothing of a trace can break it, and that a real browser shows it.
#include "viz/report/report.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/program_output.h"
#include "tests/support/sample_model.h"
#include "tests/unit/viz-export/hostile_scene.h"
#include "viz/graph/html_text.h"

namespace evglass::viz::report::testing {
namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Facts facts(const std::string& program) {
    Facts out;
    out.info.program = program;
    out.info.command = "./" + program;
    out.info.path = program + ".evg";
    return out;
}

std::string page_of_sample() {
    const trace::testing::Sample sample = trace::testing::make_finished_sample();
    trace::Timeline timeline = sample.timeline();
    const Report report = make_report(timeline, facts("echo-server"), 10, {});
    EXPECT_EQ(report.error, "");
    return report.html;
}

TEST(Report, HasEverySectionAndLoadsNothing) {
    const std::string page = page_of_sample();
    for (const char* part :
         {"<h1>echo-server</h1>", "<h2>Timeline</h2>", "Through the turns", "What looks wrong",
          "In numbers", "System calls", "E2 listener", "default-src 'none'"})
        EXPECT_TRUE(contains(page, part)) << part;
    for (const char* part : {"http://", "https://", "<link", "@import", "src=\""}) {
        // Graphviz names the namespaces of SVG; nothing is loaded from there.
        std::string rest = page.substr(0, page.find("id=\"data\""));
        EXPECT_FALSE(contains(rest, part)) << part;
    }
}

TEST(Report, SaysHowTheRecordingEnded) {
    EXPECT_TRUE(contains(page_of_sample(), "The loop of B1 returned "));
    trace::testing::RecordBuilder builder;
    trace::testing::Scene loop(builder, 1);
    loop.add(loop.make_event({.fd = 5, .events = trace::testing::Scene::kRead, .name = "door"}));
    loop.begin_loop();
    loop.begin_turn();
    loop.choose_wait();
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    const Report asleep = make_report(timeline, facts("sleeper"), 10, {});
    for (const char* part :
         {"The recording ends before the loop does. B1 sleeps until an fd is ready",
          "keeps the loop of B1 alive: E2 door waits for READ on fd 5"})
        EXPECT_TRUE(contains(asleep.html, part)) << part;
}

// What a page has no room for is counted, lane by lane.
TEST(Report, ALanesFirstSpansHaveItsNameAndItsLastAreCounted) {
    Lanes lanes;
    exports::StateSpan span;
    span.event = span.title = "E3";
    span.state = trace::EventState::pending;
    for (std::size_t i = 0; i < Lanes::kSpansOfLane + 5; ++i) lanes.state(span);
    exports::EventLife life;
    life.name = "E3";
    life.event.name = "door";
    lanes.life(life);
    ASSERT_EQ(lanes.chosen().size(), 1U);
    EXPECT_EQ(lanes.chosen()[0].title, "E3 door");
    EXPECT_EQ(lanes.chosen()[0].hidden, 5U);
}

TEST(Report, ATraceCannotBreakOutOfItsText) {
    const std::vector<std::string> all = trace::testing::hostile_texts();
    for (const std::string& text : all) {
        const std::string html = graph::html_text(text);
        EXPECT_EQ(html.find_first_of("<>\"'"), std::string::npos);
        EXPECT_FALSE(trace::testing::acts_on_terminal(html));
    }
    trace::testing::RecordBuilder builder;
    exports::testing::tell_hostile(builder, all);
    trace::Timeline timeline = trace::Timeline::of(builder.records(), builder.shared_context());
    const Report report = make_report(timeline, facts("</title><script>alert(1)</script>"), 2, {});
    ASSERT_EQ(report.error, "");
    EXPECT_FALSE(trace::testing::acts_on_terminal(report.html));
    EXPECT_FALSE(contains(report.html, "<img src=x"));
    // Ours are two: the data and the script. A third would be the trace's.
    std::size_t scripts = 0;
    for (std::size_t at = report.html.find("<script"); at != std::string::npos;
         at = report.html.find("<script", at + 1))
        ++scripts;
    EXPECT_EQ(scripts, 2U);
}

TEST(Report, FewTurnsAreDrawnOfMany) {
    std::vector<exports::TurnSpan> turns(100);
    for (std::size_t i = 0; i < turns.size(); ++i) {
        turns[i].turn = i + 1;
        turns[i].callbacks = i % 2;
    }
    const auto chosen = choose_turns(turns, 10);
    ASSERT_EQ(chosen.size(), 10U);
    EXPECT_EQ(chosen.front().turn, 2U);
    EXPECT_EQ(chosen.back().turn, 100U);
    for (const auto& turn : chosen) EXPECT_GT(turn.callbacks, 0U);
    EXPECT_EQ(choose_turns(turns, 100).size(), 100U);
}

/// Chromium on the page, with a profile of its own; what it says, or nothing if it is not there.
class Browser {
 public:
    Browser() { EXPECT_NE(mkdtemp(directory_.data()), nullptr); }
    ~Browser() { std::filesystem::remove_all(directory_); }
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    static std::string program() {
        for (const char* path : {"/usr/bin/chromium", "/usr/bin/chromium-browser"})
            if (access(path, X_OK) == 0) return path;
        return {};
    }

    /// The page's document after its script ran.
    std::string document(const std::string& html) {
        const std::string page = directory_ + "/page.html";
        std::ofstream(page, std::ios::binary) << html;
        std::vector<std::string> words = {program(),
                                          "--headless",
                                          "--no-sandbox",
                                          "--disable-gpu",
                                          "--disable-quic",
                                          "--no-first-run",
                                          "--disable-background-networking",
                                          "--disable-component-update",
                                          "--disable-sync",
                                          "--user-data-dir=" + directory_ + "/profile",
                                          "--virtual-time-budget=20000",
                                          "--dump-dom",
                                          "file://" + page};
        return test::output_of(std::move(words)).text;
    }

 private:
    std::string directory_ = ::testing::TempDir() + "evglass-page-XXXXXX";
};

TEST(Report, ARealBrowserRunsItsScript) {
    if (Browser::program().empty()) GTEST_SKIP() << "chromium is not installed";
    Browser browser;
    const std::string document = browser.document(page_of_sample());
    EXPECT_TRUE(contains(document, "data-ready=\"yes\"")) << document.substr(0, 300);
    EXPECT_TRUE(contains(document, "<button title=")) << "the tabs of the film";
    EXPECT_TRUE(
        contains(document, "id=\"frame\" alt=\"one turn of the loop, phase by phase, turn"));
    EXPECT_TRUE(contains(document, "src=\"blob:"));
    EXPECT_TRUE(contains(document, ", worked "));
}

}  // namespace
}  // namespace evglass::viz::report::testing
