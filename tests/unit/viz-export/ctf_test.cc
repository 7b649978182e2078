// CTF as babeltrace2 reads it: every record, in order, with its values.
#include "viz/export/ctf.h"

#include <gtest/gtest.h>

#include <stdlib.h>
#include <algorithm>

#include <filesystem>
#include <fstream>

#include "tests/support/program_output.h"
#include "tests/support/sample_model.h"
#include "tests/unit/viz-export/hostile_scene.h"

namespace evglass::viz::exports::testing {
namespace {

using Said = test::ProgramOutput;

// What babeltrace2 says of these files; status 127: it is not installed.
Said babeltrace(const Ctf& files) {
    std::string directory = ::testing::TempDir() + "evglass-ctf-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) return {};
    std::ofstream(directory + "/metadata", std::ios::binary) << files.metadata;
    std::ofstream(directory + "/stream", std::ios::binary) << files.stream;
    const Said said = test::output_of({"babeltrace2", "--no-delta", directory});
    std::filesystem::remove_all(directory);
    return said;
}

std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(CtfExport, BabeltraceReadsEveryRecordWithItsValues) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const Said said =
        babeltrace(write_ctf(sample.builder.records(), sample.builder.context(), {"x", 7, 0}));
    if (said.status == 127) GTEST_SKIP() << "babeltrace2 is not installed";
    ASSERT_EQ(said.status, 0) << said.text;
    EXPECT_EQ(lines(said.text), sample.builder.records().size());
    EXPECT_NE(said.text.find("event_name: { record = "), std::string::npos)
        << said.text.substr(0, 500);
    EXPECT_NE(said.text.find("name = \"listener\""), std::string::npos);
    EXPECT_NE(said.text.find("phase = ( \"dispatch\" : container = 5 )"), std::string::npos);
}

TEST(CtfExport, AnEmptyRecordingIsATraceToo) {
    trace::testing::RecordBuilder builder;
    const Said said = babeltrace(write_ctf(builder.records(), builder.context(), {}));
    if (said.status == 127) GTEST_SKIP() << "babeltrace2 is not installed";
    EXPECT_EQ(said.status, 0) << said.text;
}

TEST(CtfExport, HostileNamesAndSchemasStayReadable) {
    trace::testing::RecordBuilder builder;
    tell_hostile(builder, trace::testing::hostile_texts());
    builder.context().add_type({.id = 900,
                                .name = "x\"; }; event {",
                                .category = "state",
                                .doc = "",
                                .size = 8,
                                .fields = {}});
    builder.context().add_type(
        {.id = 901,
         .name = "good",
         .category = "state",
         .doc = "",
         .size = 8,
         .fields = {{.name = "a;b", .type = "u64", .offset = 0, .size = 8}}});
    const Ctf files = write_ctf(builder.records(), builder.context(), {"\"};\x1b[2J\n", 1, 2});
    const Said said = babeltrace(files);
    if (said.status == 127) GTEST_SKIP() << "babeltrace2 is not installed";
    EXPECT_EQ(said.status, 0) << said.text.substr(0, 2000);
    EXPECT_EQ(lines(said.text), builder.records().size());
    EXPECT_FALSE(trace::testing::acts_on_terminal(said.text));
}

}  // namespace
}  // namespace evglass::viz::exports::testing
