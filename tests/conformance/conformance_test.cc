// The oracle: every scenario, on every backend, with our library and with stock's: both must say
// the same, line by line. Where we differ on purpose, differences.h has the row.
// It never links an event library itself: each scenario is a process of its own.
// Read next: scenarios/scenario.h (what a scenario is), differences.h.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <tuple>

#include "tests/conformance/child.h"
#include "tests/conformance/differences.h"

namespace evglass::conformance {
namespace {

std::string program(const char* name) {
    const char* folder = std::getenv("EVGLASS_TESTS");
    return std::string(folder != nullptr ? folder : "build/tests") + "/" + name;
}
const std::string& ours() {
    static const std::string path = program("conformance-ours");
    return path;
}
const std::string& stock() {
    static const std::string path = program("conformance-stock");
    return path;
}

std::vector<std::string> scenario_names(const std::string& path) {
    std::vector<std::string> names = run_program({path, "--list"}, {}).lines;
    if (!names.empty()) names.pop_back();  // how it ended
    return names;
}

/// The environment in which a library without wishes chooses this backend.
Environment only(const std::string& backend) {
    if (backend == "poll") return {"EVENT_NOEPOLL=1"};
    if (backend == "select") return {"EVENT_NOEPOLL=1", "EVENT_NOPOLL=1"};
    if (backend == "io_uring") return {"EVENT_USE_IO_URING=1"};  // stock does not know it: epoll
    if (backend == "changelist") return {"EVENT_EPOLL_USE_CHANGELIST=1"};
    return {};
}

/// Stock has no io_uring: there the oracle is its epoll, and what we say differs in the name alone.
std::vector<std::string> as_epoll(std::vector<std::string> lines) {
    constexpr std::string_view kName = "io_uring";
    for (std::string& line : lines)
        for (std::size_t at = line.find(kName); at != std::string::npos; at = line.find(kName))
            line.replace(at, kName.size(), "epoll");
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += "    " + line + "\n";
    return text;
}

/// Both transcripts with a mark where they part.
std::string compare(const std::vector<std::string>& stock_says,
                    const std::vector<std::string>& we_say) {
    std::size_t same = 0;
    while (same < stock_says.size() && same < we_say.size() && stock_says[same] == we_say[same])
        ++same;
    std::ostringstream out;
    out << "they part at line " << same + 1 << "\n  stock says:\n"
        << joined(stock_says) << "  we say:\n"
        << joined(we_say);
    return out.str();
}

const Difference* known(const std::string& scenario, const std::string& backend) {
    for (const Difference& d : kDifferences)
        if (d.scenario == scenario && (d.backend == "any" || d.backend == backend)) return &d;
    return nullptr;
}

/// The two transcripts are equal up to the row's lines, and part there.
void expect_difference(const Difference& d, const std::vector<std::string>& stock_says,
                       const std::vector<std::string>& we_say) {
    std::size_t at = 0;
    while (at < stock_says.size() && at < we_say.size() && stock_says[at] == we_say[at]) ++at;
    ASSERT_LT(at, stock_says.size()) << "no difference any more: take the row out of differences.h";
    ASSERT_LT(at, we_say.size()) << compare(stock_says, we_say);
    EXPECT_EQ(stock_says[at], d.stock_line) << compare(stock_says, we_say);
    EXPECT_EQ(we_say[at], d.our_line) << compare(stock_says, we_say);
    EXPECT_EQ(we_say.back(), "ended: exit 0") << compare(stock_says, we_say);
}

class Conformance : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

/// Builds with a sanitizer look at the base after each call (src/event/verify.cc), and abort at
/// what these programs do to it: it can't be seen without looking.
[[maybe_unused]] bool breaks_the_base(const std::string& scenario) {
    return scenario == "T178_assign_on_a_pending_event_forgets_that_it_is";
}

TEST_P(Conformance, SaysWhatStockSays) {
    const auto& [scenario, backend] = GetParam();
#ifdef EVGLASS_VERIFY
    if (breaks_the_base(scenario)) GTEST_SKIP() << "breaks the base's lists, which verify tells";
#endif
    std::vector<std::string> stock_says = run_program({stock(), scenario}, only(backend)).lines;
    std::vector<std::string> we_say = run_program({ours(), scenario}, only(backend)).lines;
    if (backend == "io_uring") {
        we_say = as_epoll(we_say);
        // These close descriptors before their events: epoll_ctl warns of it, the ring forgives.
        if (scenario.starts_with("random_readers_and_writers")) std::erase(stock_says, "log warn");
    }
    ASSERT_FALSE(stock_says.empty());
    if (const Difference* d = known(scenario, backend))
        return expect_difference(*d, stock_says, we_say);
    EXPECT_TRUE(stock_says == we_say) << compare(stock_says, we_say);
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, Conformance,
    testing::Combine(testing::ValuesIn(scenario_names(stock())),
                     testing::Values("epoll", "changelist", "io_uring", "poll", "select")),
    [](const auto& param) { return std::get<0>(param.param) + "_" + std::get<1>(param.param); });

TEST(Conformance, BothKnowTheSameScenarios) {
    const std::vector<std::string> names = scenario_names(ours());
    EXPECT_EQ(names, scenario_names(stock()));
    EXPECT_GE(names.size(), 300U);
}

// Shows T384: the binary that was built with stock's headers, run on our libraries.
TEST(Conformance, AProgramBuiltForStockRunsOnOurs) {
#ifdef EVGLASS_VERIFY
    GTEST_SKIP() << "a library with a sanitizer can't be loaded into a program without";
#endif
    const char* folder = std::getenv("EVGLASS_LIB");
    const Environment swapped{std::string("LD_LIBRARY_PATH=") +
                              (folder != nullptr ? folder : "build/lib")};
    const std::vector<std::string> names = scenario_names(ours());
    for (std::size_t i = 0; i < names.size(); i += 6) {
        const auto native = run_program({ours(), names[i]}, {}).lines;
        const auto foreign = run_program({stock(), names[i]}, swapped).lines;
        EXPECT_TRUE(native == foreign) << names[i] << ": " << compare(native, foreign);
    }
}

TEST(Conformance, EveryKnownDifferenceNamesAScenario) {
    const std::vector<std::string> names = scenario_names(stock());
    for (const Difference& d : kDifferences) {
        EXPECT_NE(std::find(names.begin(), names.end(), d.scenario), names.end()) << d.scenario;
        EXPECT_FALSE(d.why.empty());
    }
}

TEST(Conformance, TheComparisonCanFail) {
    // Two scenarios that say different things must not be taken for equal.
    const auto one = run_program({stock(), "T052_one_active_queue_at_creation"}, {}).lines;
    const auto two = run_program({stock(), "T134_supported_methods_are_null_terminated"}, {}).lines;
    EXPECT_NE(one, two);
    EXPECT_NE(compare(one, two).find("part at line 1"), std::string::npos);
    EXPECT_EQ(run_program({stock(), "no_such_scenario"}, {}).lines.back(), "ended: exit 2");
}

}  // namespace
}  // namespace evglass::conformance
