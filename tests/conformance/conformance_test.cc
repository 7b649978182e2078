// The oracle: every scenario, on every backend, with our library and with stock's: both must say
// the same, line by line. Where we differ on purpose, differences.h has the row.
// It never links an event library itself: each scenario is a process of its own.
// Read next: scenarios/scenario.h (what a scenario is), differences.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
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

using Lines = std::vector<std::string>;

Lines scenario_names(const std::string& path) {
    Lines names = run_program({path, "--list"}, {}).lines;
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
Lines as_epoll(Lines lines) {
    constexpr std::string_view kName = "io_uring";
    for (std::string& line : lines)
        for (std::size_t at = line.find(kName); at != std::string::npos; at = line.find(kName))
            line.replace(at, kName.size(), "epoll");
    return lines;
}

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += "    " + line + "\n";
    return text;
}

/// Both transcripts with a mark where they part.
std::string compare(const Lines& stock_says, const Lines& we_say) {
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

/// Whether the two transcripts are equal up to the row's lines, and part there.
bool shows(const Difference& d, const Lines& stock_says, const Lines& we_say) {
    std::size_t at = 0;
    while (at < stock_says.size() && at < we_say.size() && stock_says[at] == we_say[at]) ++at;
    return at < stock_says.size() && at < we_say.size() && stock_says[at] == d.stock_line &&
           we_say[at] == d.our_line && we_say.back() == "ended: exit 0";
}

/// A scenario has more than one right transcript where order is left to chance: stock's poll and
/// select begin to look at an fd of their own choice, and a thread that waits for the processor
/// makes a time late. So each side is asked again until the two sets of transcripts meet. What is
/// wrong always is wrong in each try, and so is what only one side ever says.
constexpr int kTries = 10;

bool meet(const std::function<Lines()>& stock_says, const std::function<Lines()>& we_say,
          std::string& how_they_part) {
    std::vector<Lines> stock, ours;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        stock.push_back(stock_says());
        ours.push_back(we_say());
        const auto is_known = [&](const Lines& said) { return std::ranges::count(stock, said); };
        if (std::ranges::any_of(ours, is_known)) return true;
        if (attempt == 0) how_they_part = compare(stock[0], ours[0]);
    }
    return false;
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
    const bool ring = backend == "io_uring";
    const auto stock_says = [&, scenario = scenario, backend = backend] {
        Lines lines = run_program({stock(), scenario}, only(backend)).lines;
        // These close descriptors before their events: epoll_ctl warns of it, the ring forgives.
        if (ring && scenario.starts_with("random_readers_and_writers"))
            std::erase(lines, "log warn");
        return lines;
    };
    const auto we_say = [&, scenario = scenario, backend = backend] {
        const Lines lines = run_program({ours(), scenario}, only(backend)).lines;
        return ring ? as_epoll(lines) : lines;
    };
    std::string how_they_part;
    if (const Difference* d = known(scenario, backend)) {
        Lines theirs, own;
        for (int attempt = 0; attempt < kTries; ++attempt)
            if (shows(*d, theirs = stock_says(), own = we_say())) return;
        FAIL() << "not the difference that differences.h tells: " << compare(theirs, own);
    }
    EXPECT_TRUE(meet(stock_says, we_say, how_they_part)) << how_they_part;
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, Conformance,
    testing::Combine(testing::ValuesIn(scenario_names(stock())),
                     testing::Values("epoll", "changelist", "io_uring", "poll", "select")),
    [](const auto& param) { return std::get<0>(param.param) + "_" + std::get<1>(param.param); });

TEST(Conformance, BothKnowTheSameScenarios) {
    const Lines names = scenario_names(ours());
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
    const Lines names = scenario_names(ours());
    for (std::size_t i = 0; i < names.size(); i += 6) {
        std::string how_they_part;
        EXPECT_TRUE(meet(
            [&] {
                return run_program({ours(), names[i]}, {}).lines;
            },
            [&] {
                return run_program({stock(), names[i]}, swapped).lines;
            },
            how_they_part))
            << names[i] << ": " << how_they_part;
    }
}

TEST(Conformance, EveryKnownDifferenceNamesAScenario) {
    const Lines names = scenario_names(stock());
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
    std::string how_they_part;
    EXPECT_FALSE(meet([&] { return one; }, [&] { return two; }, how_they_part));
    EXPECT_NE(how_they_part.find("part at line 1"), std::string::npos);
    // What chance decides is no difference.
    int turn = 0;
    EXPECT_TRUE(
        meet([&] { return ++turn % 2 == 0 ? one : two; }, [&] { return one; }, how_they_part));
    EXPECT_NE(compare(one, two).find("part at line 1"), std::string::npos);
    EXPECT_EQ(run_program({stock(), "no_such_scenario"}, {}).lines.back(), "ended: exit 2");
}

}  // namespace
}  // namespace evglass::conformance
