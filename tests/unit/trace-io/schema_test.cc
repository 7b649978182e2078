// Records of an older or newer schema become records of this build, field by field.
#include <gtest/gtest.h>

#include "trace/schema.h"
#include "trace/schema_text.h"
#include "trace/tick_map.h"
#include "trace/writer/schema_writer.h"

namespace evglass::trace {
namespace {

TraceSchema parse(const std::string& text, std::vector<std::string>& warnings) {
    TraceSchema schema;
    schema.parse(text, warnings);
    return schema;
}

template <class... T>
std::vector<std::byte> bytes_of(T... values) {
    std::vector<std::byte> out;
    const auto add = [&out](auto value) {
        const auto* at = reinterpret_cast<const std::byte*>(&value);
        out.insert(out.end(), at, at + sizeof value);
    };
    (add(values), ...);
    return out;
}

TEST(Schema, OwnTextReadsBackWithoutWarnings) {
    std::string text(writer::schema_bytes(), '\0');
    writer::write_schema(text.data());
    std::vector<std::string> warnings;
    const TraceSchema schema = parse(text, warnings);
    EXPECT_TRUE(warnings.empty()) << warnings.front();
    EXPECT_EQ(schema.stored_types().size(), record_infos().size());
    for (const EnumInfo& info : enum_infos())
        for (const EnumValue& value : info.values)
            EXPECT_EQ(schema.enum_name(info.type, value.number), value.name);
}

TEST(Schema, OtherLayoutIsConvertedByFieldName) {
    // heap_move with narrower fields in another order, and one that this build never had.
    std::vector<std::string> warnings;
    const TraceSchema schema = parse(
        "evglass schema 1\n"
        "record 41 heap_move state untimed 24 an older one\n"
        "field to u16 0 2\nfield colour u8 2 1\nfield from u64 8 8\nfield event event 16 8\nend\n",
        warnings);
    EXPECT_TRUE(warnings.empty());
    Record record;
    const auto raw = bytes_of(std::uint64_t{7}, std::uint64_t{5}, std::uint64_t{0xabc});
    ASSERT_TRUE(schema.convert(41, raw, record));
    const auto* move = record.as<rec::heap_move>();
    ASSERT_NE(move, nullptr);
    EXPECT_EQ(move->to, 7u);
    EXPECT_EQ(move->from, 5u);
    EXPECT_EQ(move->event, 0xabcu);
    EXPECT_EQ(move->base, 0u) << "a field that the trace does not have";
    EXPECT_EQ(schema.type(41)->fields.size(), find_record("heap_move")->fields.size());
}

TEST(Schema, NegativeNumbersGrowWithTheirSign) {
    std::vector<std::string> warnings;
    const TraceSchema schema =
        parse("record 52 signal_add state untimed 8 x\nfield signal i16 0 2\n", warnings);
    Record record;
    ASSERT_TRUE(schema.convert(52, bytes_of(std::int64_t{-3} & 0xffff), record));
    EXPECT_EQ(record.as<rec::signal_add>()->signal, -3);
}

TEST(Schema, LongerTextIsCutAndEnded) {
    std::vector<std::string> warnings;
    const TraceSchema schema =
        parse("record 25 event_name state untimed 64 x\nfield name longtext 0 64\n", warnings);
    Record record;
    ASSERT_TRUE(schema.convert(25, std::vector<std::byte>(64, std::byte{'n'}), record));
    EXPECT_EQ(record.as<rec::event_name>()->name.view(), std::string(31, 'n'));
}

TEST(Schema, WrongSizeIsRefused) {
    std::vector<std::string> warnings;
    const TraceSchema schema =
        parse("record 11 base_free state timed 8 x\nfield base base 0 8\n", warnings);
    Record record;
    EXPECT_FALSE(schema.convert(11, std::vector<std::byte>(16), record));
}

TEST(Schema, LinesThatLieAreDroppedAndTold) {
    for (const char* line : {"record 70000 x state timed 8 d", "record 5 x state timed 9 d",
                             "record 5 x state sometimes 8 d", "record 5 x state timed 99999 d",
                             "record", "field f u32 0 4", "value 1 one", "cheese"}) {
        std::vector<std::string> warnings;
        parse(std::string("record 11 base_free state timed 8 x\nenum\n") + line + "\n", warnings);
        EXPECT_EQ(warnings.size(), 1u) << line;
    }
    std::vector<std::string> warnings;
    const TraceSchema schema =
        parse("record 5 x state timed 8 d\nfield f u32 6 4\nfield g u64 0 8\n", warnings);
    EXPECT_EQ(warnings.size(), 1u) << "a field that reaches beyond its record";
    EXPECT_EQ(schema.type(5)->fields.size(), 1u);
}

TEST(Schema, WithoutOneThisBuildsIsTaken) {
    std::vector<std::string> warnings;
    const TraceSchema schema = parse("", warnings);
    EXPECT_EQ(warnings.size(), 1u);
    ASSERT_NE(schema.type(41), nullptr);
    EXPECT_EQ(schema.enum_name("queue", 1), "inserted");
}

TEST(TickMap, RunsEvenlyBetweenPairsAndNeverBack) {
    CheckedHeader header;
    header.clock = format::Clock::tsc;
    header.start_ticks = 1000;
    header.start_mono_ns = 5'000'000'000;
    header.ticks_per_ns = 2.0;
    TickMap map(header);
    EXPECT_EQ(map.since_start(3000), 1000);
    EXPECT_EQ(map.since_start(0), -500);
    map.add(1000 + 40'000'000, 5'000'000'000 + 10'000'000);  // in truth four ticks a nanosecond
    map.add(1000 + 41'000'000, 4'000'000'000);               // a lie
    EXPECT_EQ(map.since_start(1000 + 20'000'000), 5'000'000);
    EXPECT_EQ(map.since_start(1000 + 80'000'000), 20'000'000);
    EXPECT_DOUBLE_EQ(map.ticks_per_ns(), 4.0);
    std::int64_t before = INT64_MIN;
    for (std::uint64_t ticks = 0; ticks < 100'000'000; ticks += 12'345) {
        ASSERT_GE(map.since_start(ticks), before);
        before = map.since_start(ticks);
    }
    EXPECT_GT(map.since_start(UINT64_MAX), 0);
}

}  // namespace
}  // namespace evglass::trace
