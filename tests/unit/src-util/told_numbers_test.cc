// evglass_note and evglass_name_fd: what a program tells of itself comes back from the trace.
#include <event2/evglass.h>
#include <gtest/gtest.h>

#include "tests/support/recorded.h"
#include "trace/probe.h"

namespace {

namespace rec = evglass::trace::rec;
using evglass::test::Recorded;

TEST(ToldNumbers, NumbersAndNamesOfDescriptors) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "built without the trace";
    Recorded recorded("full=4M");
    evglass_note("queue", -7);
    evglass_name_fd(5, "a name that is longer than thirty-one bytes");
    evglass_note(nullptr, 1);
    evglass_name_fd(6, nullptr);
    recorded.stop();
    const auto notes = recorded.all<rec::note>();
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_EQ(notes[0].label.view(), "queue");
    EXPECT_EQ(notes[0].value, -7);
    const auto names = recorded.all<rec::fd_name>();
    ASSERT_EQ(names.size(), 1u);
    EXPECT_EQ(names[0].fd, 5);
    EXPECT_EQ(names[0].label.view().size(), 31u);
}

TEST(ToldNumbers, WithoutARecordingNothingHappens) {
    evglass_note("queue", 1);
    evglass_name_fd(0, "input");
}

}  // namespace
