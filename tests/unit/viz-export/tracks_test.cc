// Chrome's JSON and Perfetto's protobuf: valid, nested, with flows that end where callbacks begin.
// The protobuf is read back by a reader written apart from the writer.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/sample_model.h"
#include "tests/unit/viz-export/hostile_scene.h"
#include "viz/export/chrome.h"
#include "viz/export/perfetto.h"

namespace evglass::viz::exports::testing {
namespace {

using nlohmann::json;

const Process kProcess{"echo-server", "./echo-server", 4711};

template <class Writer>
std::string write(trace::testing::RecordBuilder& builder) {
    Writer writer;
    write_tracks(builder.records(), builder.context(), kProcess, writer);
    return writer.finish();
}

/// One message of a protobuf: fields by number, in order.
struct Message {
    struct Field {
        std::uint64_t number = 0;
        std::string bytes;
    };
    std::multimap<std::uint64_t, Field> fields;
    bool good = true;

    explicit Message(const std::string& raw) {
        std::size_t at = 0;
        const auto varint = [&] {
            std::uint64_t value = 0;
            for (int shift = 0; at < raw.size() && shift < 64; shift += 7) {
                const auto byte = static_cast<unsigned char>(raw[at++]);
                value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
                if (byte < 0x80) return value;
            }
            good = false;
            return value;
        };
        while (good && at < raw.size()) {
            const std::uint64_t tag = varint();
            Field field;
            if ((tag & 7) == 0) {
                field.number = varint();
            } else if ((tag & 7) == 1) {
                for (int i = 0; i < 8 && at < raw.size(); ++i)
                    field.number |=
                        static_cast<std::uint64_t>(static_cast<unsigned char>(raw[at++]))
                        << (8 * i);
            } else if ((tag & 7) == 2) {
                const std::uint64_t size = varint();
                good = good && size <= raw.size() - at;
                if (good) field.bytes = raw.substr(at, size);
                at += size;
            } else {
                good = false;
            }
            fields.emplace(tag >> 3, std::move(field));
        }
    }
    std::uint64_t number(std::uint64_t field) const {
        const auto found = fields.find(field);
        return found == fields.end() ? 0 : found->second.number;
    }
    std::string bytes(std::uint64_t field) const {
        const auto found = fields.find(field);
        return found == fields.end() ? "" : found->second.bytes;
    }
    bool has(std::uint64_t field) const { return fields.contains(field); }
};

TEST(ChromeTracks, AreJsonWithOneTrackForEachEvent) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const json all = json::parse(write<ChromeWriter>(sample.builder));
    std::set<std::string> tracks, states;
    for (const json& one : all["traceEvents"]) {
        if (one["ph"] == "M" && one["name"] == "thread_name") tracks.insert(one["args"]["name"]);
        if (one["ph"] == "X" && one["cat"] == "state") states.insert(one["name"]);
        if (one["ph"] == "X") {
            EXPECT_GE(one["dur"].get<double>(), 0.0);
        }
    }
    for (const char* name : {"E2 listener fd 6", "E5 client A fd 7"})
        EXPECT_TRUE(tracks.contains(name)) << name;
    EXPECT_EQ(states, (std::set<std::string>{"pending", "active", "running"}));
}

TEST(ChromeTracks, FlowsLeadFromTheBackendToTheCallback) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const json all = json::parse(write<ChromeWriter>(sample.builder));
    std::map<std::uint64_t, std::set<std::string>> steps;
    for (const json& one : all["traceEvents"])
        if (one.contains("id")) steps[one["id"]].insert(one["ph"]);
    std::size_t whole = 0;
    for (const auto& [id, phases] : steps)
        if (phases == std::set<std::string>{"s", "t", "f"}) ++whole;
    EXPECT_GT(whole, 2U);
}

TEST(PerfettoTracks, SlicesBeginAndEndInTurnOnEveryTrack) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const Message file(write<PerfettoWriter>(sample.builder));
    ASSERT_TRUE(file.good);
    std::map<std::uint64_t, int> depth;
    std::set<std::uint64_t> described;
    std::uint64_t last_time = 0, begins = 0, ended_flows = 0;
    for (const auto& [number, field] : file.fields) {
        ASSERT_EQ(number, 1U);
        const Message packet(field.bytes);
        ASSERT_TRUE(packet.good);
        if (packet.has(60)) described.insert(Message(packet.bytes(60)).number(1));
        if (!packet.has(11)) continue;
        EXPECT_GE(packet.number(8), last_time);
        last_time = packet.number(8);
        const Message event(packet.bytes(11));
        EXPECT_TRUE(described.contains(event.number(11)));
        if (event.number(9) == 1) ++depth[event.number(11)], ++begins;
        if (event.number(9) == 2) --depth[event.number(11)];
        EXPECT_GE(depth[event.number(11)], 0) << "an end without a begin";
        ended_flows += event.fields.count(48);
    }
    for (const auto& [track, open] : depth) EXPECT_EQ(open, 0) << "track " << track;
    EXPECT_GT(begins, 20U);
    EXPECT_GT(ended_flows, 2U);
}

// States of one event never overlap: that is what makes its track a track of states.
TEST(PerfettoTracks, AnEventIsInOneStateAtATime) {
    trace::testing::Sample sample = trace::testing::make_finished_sample();
    const Message file(write<PerfettoWriter>(sample.builder));
    std::map<std::uint64_t, int> depth;
    for (const auto& [number, field] : file.fields) {
        const Message packet(field.bytes);
        if (!packet.has(11)) continue;
        const Message event(packet.bytes(11));
        if (event.number(11) < 1'000'000'000) continue;
        depth[event.number(11)] += event.number(9) == 1 ? 1 : event.number(9) == 2 ? -1 : 0;
        EXPECT_LE(depth[event.number(11)], 1);
    }
    EXPECT_GE(depth.size(), 6U);
}

TEST(Tracks, HostileNamesStayText) {
    trace::testing::RecordBuilder builder;
    tell_hostile(builder, trace::testing::hostile_texts());
    const std::string text = write<ChromeWriter>(builder);
    EXPECT_FALSE(trace::testing::acts_on_terminal(text));
    const json all = json::parse(text);
    std::size_t tracks = 0;
    for (const json& one : all["traceEvents"]) {
        if (one["ph"] != "M") continue;
        EXPECT_FALSE(trace::testing::acts_on_terminal(one["args"].dump()));
        ++tracks;
    }
    EXPECT_GT(tracks, 1000U);
    EXPECT_TRUE(Message(write<PerfettoWriter>(builder)).good);
}

}  // namespace
}  // namespace evglass::viz::exports::testing
