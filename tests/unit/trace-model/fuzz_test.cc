// Hostile input: records of every type with random fields, and true stories with random damage. The
// model may object; it must not crash, grow without end or stop being usable. Run under
// `make SAN=address,undefined`.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/sample_model.h"
#include "tests/unit/trace-model/replay.h"
#include "trace/query.h"
#include "trace/text.h"
#include "trace/timeline.h"
#include "trace/why.h"

namespace evglass::trace::testing {
namespace {

class Random {
 public:
    explicit Random(std::uint32_t seed) : random_(seed) {}
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    /// Small numbers and few addresses meet again; others must do no harm.
    std::uint64_t number() {
        switch (below(4)) {
            case 0:
                return below(4);
            case 1:
                return 0xe000 + 0x80 * below(8);
            case 2:
                return 0x80 | below(64);
            default:
                return random_();
        }
    }
    Record record(std::uint64_t number_of_it) {
        const auto infos = record_infos();
        const RecordInfo& info = infos[below(static_cast<std::uint32_t>(infos.size()))];
        Record record;
        record.number = number_of_it;
        record.type = static_cast<std::uint16_t>(info.id);
        record.known = true;
        record.thread = below(3);
        record.time_ns = static_cast<std::int64_t>(number());
        record.fields.resize(info.size);
        for (const FieldInfo& field : info.fields) {
            const std::uint64_t value = field.type == "base" ? 0xb000 + below(2) : number();
            for (std::size_t i = 0; i < field.size; ++i)
                record.fields[field.offset + i] =
                    static_cast<std::byte>(value >> (8 * (i % sizeof value)));
        }
        return record;
    }

 private:
    std::mt19937_64 random_;
};

void expect_sane(const Model& model) {
    for (const auto& [address, base] : model.bases()) {
        EXPECT_LE(base.active.size(), 256U);
        EXPECT_LE(base.callbacks.size(), 256U);
        for (const auto& queue : base.active)
            for (const Address a : queue) EXPECT_NE(model.event(a), nullptr);
    }
    EXPECT_LE(model.syscalls().size(), 64U);
}

TEST(Fuzz, RandomRecordsOfEveryType) {
    const BuildContext context;
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        Random random(seed);
        Model model;
        for (std::uint64_t n = 1; n <= 3000; ++n) {
            const Record record = random.record(n);
            static_cast<void>(model.apply(record, nullptr));
            if (random.below(500) == 0) model.mark_loss();
            if (n % 50 != 0) continue;
            const Names names(model);
            EXPECT_FALSE(record_sentence(record, context, model).empty());
            EXPECT_EQ(safe(record_text(record, context, &names)),
                      record_text(record, context, &names));
            EXPECT_FALSE(record_json(record, context, nullptr).empty());
        }
        expect_sane(model);
    }
}

TEST(Fuzz, TrueStoriesWithDamage) {
    const Sample sample = make_finished_sample();
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        Random random(seed);
        std::vector<Record> records;
        for (const Record& whole : sample.builder.records()) {
            if (random.below(40) == 0) continue;
            Record record = whole;
            if (random.below(20) == 0)
                record.fields[random.below(static_cast<std::uint32_t>(record.fields.size()))] ^=
                    static_cast<std::byte>(1 + random.below(255));
            records.push_back(record);
        }
        Timeline timeline = Timeline::of(std::move(records), sample.builder.shared_context(),
                                         seed % 2 == 0 ? 64 : 0);
        expect_sane(timeline.head());
        for (const char* question : {"alive", "exit", "woke", "sleep", "event E3"}) {
            const Answer answer = why(timeline, question, random.below(220));
            EXPECT_NE(answer.sentence.empty(), answer.error.empty());
        }
    }
}

TEST(Fuzz, FiltersOfRandomText) {
    Random random(7);
    const Sample sample = make_sample();
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        for (std::uint32_t n = random.below(20); n > 0; --n)
            text += "name=ev tu<>!~|\"0x9fd-\xff"[random.below(23)];
        std::string error;
        const Filter filter = Filter::parse(text, error);
        if (!error.empty()) {
            EXPECT_TRUE(filter.empty());
            EXPECT_EQ(safe(error), error);
        }
        for (const Record& record : sample.builder.records())
            static_cast<void>(filter.matches(record, *sample.builder.shared_context()));
    }
}

}  // namespace
}  // namespace evglass::trace::testing
