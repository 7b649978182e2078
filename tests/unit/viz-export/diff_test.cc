// diff and stat on stories whose differences are known: one callback that does something else, runs
// in another order, fds with other numbers.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/sample_model.h"
#include "tests/unit/viz-export/hostile_scene.h"
#include "viz/diff/diff_text.h"
#include "viz/stat/stat_text.h"

namespace evglass::viz::diff::testing {
namespace {

using trace::testing::RecordBuilder;
using Story = trace::testing::Scene;

struct Clients {
    int first_fd = 7;
    bool swapped = false;         ///< the kernel reports the second client first
    bool second_deletes = false;  ///< its callback deletes the event
    std::int64_t took_ns = 1000;
};

// Two clients, each readable once.
void tell_clients(RecordBuilder& builder, const Clients& how) {
    Story loop(builder, 1);
    const auto a = loop.make_event({.fd = how.first_fd, .events = 0x12, .name = "client"});
    const auto b = loop.make_event({.fd = how.first_fd + 1, .events = 0x12, .name = "client"});
    loop.add(a);
    loop.add(b);
    loop.begin_loop();
    loop.begin_turn();
    loop.phase(trace::field::phase::dispatch);
    loop.fd_ready(how.first_fd + (how.swapped ? 1 : 0), 2);
    loop.fd_ready(how.first_fd + (how.swapped ? 0 : 1), 2);
    loop.phase(trace::field::phase::process_active);
    while (const auto event = loop.begin_callback()) {
        loop.emit_syscall_read(event == a ? how.first_fd : how.first_fd + 1, 10);
        if (event == b && how.second_deletes) loop.del(b);
        builder.advance_ns(how.took_ns);
        loop.end_callback();
    }
    loop.end_loop(trace::field::loopend::break_, 0);
}

Side side_of(RecordBuilder& builder) {
    const trace::Symbols symbols(builder.context());
    stat::Summarizer summary;
    ScriptWriter script(symbols);
    exports::tell(builder.records(), builder.context(), summary);
    exports::tell(builder.records(), builder.context(), script);
    return {"x.evg", "x", summary.take(), script.take()};
}

Side side_of(const Clients& how) {
    RecordBuilder builder;
    tell_clients(builder, how);
    return side_of(builder);
}

TEST(Diff, TheSameScenarioHasNoParting) {
    EXPECT_TRUE(partings(side_of(Clients{}).script, side_of(Clients{}).script).empty());
}

TEST(Diff, OrderOfTheKernelFdsAndTimesMakeNoDifference) {
    Clients other;
    other.first_fd = 40;
    other.swapped = true;
    other.took_ns = 777;
    const auto found = partings(side_of(Clients{}).script, side_of(other).script);
    for (const Parting& parting : found)
        ADD_FAILURE() << parting.actor << ": " << (parting.a ? parting.a->text : "-") << " | "
                      << (parting.b ? parting.b->text : "-");
}

TEST(Diff, TheFirstDivergenceIsTheCallbackThatDoesSomethingElse) {
    Clients other;
    other.second_deletes = true;
    const Side a = side_of(Clients{}), b = side_of(other);
    const auto found = partings(a.script, b.script);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].actor, "client #2");
    EXPECT_EQ(found[0].run, 1U);
    ASSERT_TRUE(found[0].a && found[0].b);
    EXPECT_EQ(found[0].a->text, "the callback returns");
    EXPECT_EQ(found[0].b->text, "event_del(client #2)");
    const std::string text = diff_text(a, b, found, 3);
    EXPECT_NE(text.find("They part first in run 1 of client #2"), std::string::npos) << text;
    EXPECT_NE(text.find("epoll_ctl"), std::string::npos);
    const auto json = nlohmann::json::parse(diff_json(a, b, found));
    EXPECT_FALSE(json["same"]);
    EXPECT_EQ(json["syscalls"]["epoll_ctl"]["b"], 3);
}

TEST(Diff, ARunThatIsNotThereIsToldWhicheverSideLacksIt) {
    RecordBuilder none;
    Story loop(none, 1);
    const Side a = side_of(none), b = side_of(Clients{});
    const auto forth = partings(a.script, b.script), back = partings(b.script, a.script);
    EXPECT_EQ(forth.size(), back.size());
    ASSERT_GE(forth.size(), 3U);
    EXPECT_NE(diff_text(a, b, forth, 9).find("A: this run is not there"), std::string::npos);
}

TEST(Stat, CountsWhatTheSampleDoes) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const Side side = side_of(sample.builder);
    EXPECT_EQ(side.summary.records, sample.builder.records().size());
    std::uint64_t fires = 0;
    for (const auto& life : side.summary.events) fires += life.event.fires;
    EXPECT_EQ(fires, side.summary.callbacks.count);
    EXPECT_EQ(side.summary.callback_time.total(), side.summary.callbacks.count);
    EXPECT_EQ(side.summary.problems, 0U);
    EXPECT_GT(side.summary.syscalls.at("epoll_ctl").count, 3U);
}

TEST(Stat, AHistogramsEdgesAreOneTwoFive) {
    EXPECT_EQ(stat::Histogram::edge_ns(0), 100);
    EXPECT_EQ(stat::Histogram::edge_ns(4), 2000);
    stat::Histogram histogram;
    for (int i = 0; i < 99; ++i) histogram.add(1500);
    histogram.add(INT64_MAX);
    EXPECT_EQ(histogram.quantile_ns(0.5), 2000);
    EXPECT_EQ(histogram.quantile_ns(1.0), stat::Histogram::edge_ns(stat::Histogram::kBuckets - 1));
}

TEST(HostileText, NamesReachNoTerminalRaw) {
    RecordBuilder builder;
    exports::testing::tell_hostile(builder, trace::testing::hostile_texts());
    RecordBuilder other;
    tell_clients(other, {});
    const Side a = side_of(builder), b = side_of(other);
    const trace::Symbols symbols(builder.context());
    const auto found = partings(a.script, b.script);
    for (const std::string& text :
         {stat::summary_text(a.summary, symbols, 2000), stat::summary_json(a.summary, symbols),
          diff_text(a, b, found, 2000), diff_json(a, b, found)})
        EXPECT_FALSE(trace::testing::acts_on_terminal(text)) << text.substr(0, 400);
}

}  // namespace
}  // namespace evglass::viz::diff::testing
