// Texts: what is safe to print, values, records as lines, JSON and sentences.
#include "trace/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/sample_model.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;

TEST(Safe, KeepsGoodTextOfAnyScript) {
    EXPECT_EQ(safe("plain text, ümlaut, 中文, 🙂"), "plain text, ümlaut, 中文, 🙂");
}

TEST(Safe, EscapesWhatActsOnATerminal) {
    EXPECT_EQ(safe("a\x1b[2Jb\n"), "a\\x1B[2Jb\\x0A");
    EXPECT_EQ(safe("\x7f"), "\\x7F");
    EXPECT_EQ(safe("\xc2\x9b"), "\\xC2\\x9B") << "a C1 control, as UTF-8";
    EXPECT_EQ(safe(std::string_view("\0x", 2)), "\\x00x");
}

TEST(Safe, EscapesWhatReordersText) {
    EXPECT_EQ(safe("\u202e"
                   "exe"),
              "\\xE2\\x80\\xAE"
              "exe");
    EXPECT_EQ(safe("\u2066"), "\\xE2\\x81\\xA6");
}

TEST(Safe, EscapesBrokenSequences) {
    EXPECT_EQ(safe("\xff"), "\\xFF");
    EXPECT_EQ(safe("\xc3"), "\\xC3") << "cut off";
    EXPECT_EQ(safe("\xc0\xaf"), "\\xC0\\xAF") << "overlong";
    EXPECT_EQ(safe("\xed\xa0\x80"), "\\xED\\xA0\\x80") << "a surrogate";
    EXPECT_EQ(safe("\xf4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80") << "beyond Unicode";
}

TEST(Values, Bits) {
    EXPECT_EQ(what_text(0x12), "READ|PERSIST");
    EXPECT_EQ(what_text(0), "-");
    EXPECT_EQ(what_text(0x400 | 0x02), "READ|0x400");
    EXPECT_EQ(evlist_text(0x82), "INSERTED|INIT");
}

TEST(Values, ErrorsAndSignals) {
    EXPECT_EQ(errno_text(ECONNRESET), "ECONNRESET");
    EXPECT_EQ(errno_text(0), "0");
    EXPECT_EQ(errno_text(9999), "9999");
    EXPECT_EQ(signal_text(SIGINT), "SIGINT");
    EXPECT_EQ(signal_text(-3), "signal -3");
}

TEST(Values, DurationsHaveThreeFigures) {
    EXPECT_EQ(duration_text(0), "0 ns");
    EXPECT_EQ(duration_text(999), "999 ns");
    EXPECT_EQ(duration_text(12'345), "12.3 us");
    EXPECT_EQ(duration_text(4'560'000), "4.56 ms");
    EXPECT_EQ(duration_text(999'600), "1 ms");
    EXPECT_EQ(duration_text(1'990'000'000), "1.99 s");
    EXPECT_EQ(duration_text(125'000'000'000), "2 min 5 s");
    EXPECT_EQ(duration_text(7'260'000'000'000), "2 h 1 min");
    EXPECT_EQ(duration_text(-1500), "-1.5 us");
    EXPECT_EQ(duration_text(INT64_MIN), "-292 years");
    EXPECT_EQ(duration_text(INT64_MAX), "2562047 h 47 min");
}

/// One record made by a builder, as its line and its sentence.
class Line : public ::testing::Test {
 protected:
    RecordBuilder out;
    std::string text() { return record_text(out.records().back(), out.context(), nullptr); }
    std::string call() { return syscall_text(out.records().back(), 1); }
};

TEST_F(Line, HasEachFieldByName) {
    out.add(rec::interest{
        .base = std::uint64_t{0xb}, .fd = 7, .before = std::int16_t{0}, .after = std::int16_t{6}});
    EXPECT_EQ(text(), "interest base=0xb fd=7 before=- after=READ|WRITE");
}

TEST_F(Line, TimesAreExact) {
    out.add(rec::event_deadline{.base = std::uint64_t{1},
                                .event = std::uint64_t{2},
                                .deadline = 81'234'567'890,
                                .interval = -1});
    EXPECT_EQ(text(), "event_deadline base=0x1 event=0x2 deadline=81234.56789s interval=none");
}

TEST_F(Line, TextOfTheProgramIsEscaped) {
    out.add(rec::mark{.text = "a\"b\x1b[0m"});
    EXPECT_EQ(text(), "mark text=\"a\\\"b\\\\x1B[0m\"");
}

TEST_F(Line, SystemCallsAreAsStracePrintsThem) {
    out.add(rec::sys_epoll_ctl{.epfd = 3,
                               .op = field::epollop::ADD,
                               .fd = 7,
                               .events = 0x2001U,
                               .before = std::int16_t{0},
                               .after = std::int16_t{2},
                               .result = 0,
                               .error = 0,
                               .duration = 1200});
    EXPECT_EQ(call(), "epoll_ctl(3, ADD, 7, IN|RDHUP) = 0 <1.2 us>");
    out.add(rec::sys_epoll_wait{.epfd = 3,
                                .maxevents = 32,
                                .timeout = 2000,
                                .result = 1,
                                .error = 0,
                                .duration = 1'990'000'000});
    EXPECT_EQ(call(), "epoll_wait(3, 32 events, 2000 ms) = 1 <1.99 s>");
    out.add(rec::sys_accept4{.fd = 6, .flags = 0, .result = -1, .error = EAGAIN, .duration = 700});
    EXPECT_EQ(call(), "accept4(6) = -1 EAGAIN <700 ns>");
    out.add(rec::sys_sigaction{.signal = SIGINT,
                               .action = field::sigact::install,
                               .result = 0,
                               .error = 0,
                               .duration = 1});
    EXPECT_EQ(call(), "sigaction(SIGINT, install) = 0 <1 ns>");
}

TEST_F(Line, ARecordOfANewerProgramIsPrintedByItsOwnSchema) {
    out.context().add_type({.id = 900,
                            .name = "wonder",
                            .category = "state",
                            .doc = "",
                            .size = 4,
                            .fields = {{"depth", "i32", 0, 4}}});
    Record record;
    record.number = 1;
    record.type = 900;
    record.fields = {std::byte{0xfe}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
    EXPECT_EQ(record_text(record, out.context(), nullptr), "wonder depth=-2");
    EXPECT_EQ(record_sentence(record, out.context(), Model()), "wonder depth=-2");
    EXPECT_EQ(Model().apply(record, nullptr).error, "");
}

TEST(Json, EveryRecordOfASceneIsOneObject) {
    const Sample s = make_finished_sample();
    const Names names(s.model);
    std::set<std::string> kinds;
    for (const Record& record : s.builder.records()) {
        const auto json =
            nlohmann::json::parse(record_json(record, *s.builder.shared_context(), &names));
        EXPECT_EQ(json.at("record"), record.number);
        EXPECT_TRUE(json.at("fields").is_object());
        kinds.insert(json.at("name"));
    }
    EXPECT_TRUE(kinds.contains("queue_insert"));
}

TEST(Json, HostileTextStaysInItsString) {
    RecordBuilder out;
    out.add(rec::mark{.text = "\"},{\x01\\"});
    const auto json = nlohmann::json::parse(record_json(out.records()[0], out.context(), nullptr));
    EXPECT_EQ(json.at("fields").at("text"), "\"},{\\x01\\");
}

class Sentence : public ::testing::Test {
 protected:
    Sample s = make_finished_sample();
    Timeline timeline = s.timeline();

    /// The sentence of the n-th record that matches a filter.
    std::string of(const char* filter, int n = 1) {
        std::string error;
        const Filter parsed = Filter::parse(filter, error);
        EXPECT_EQ(error, "");
        std::uint64_t at = 0;
        for (; n > 0; --n) at = timeline.find(parsed, at, true).value_or(0);
        return record_sentence(*timeline.at(at), timeline.context(), timeline.model(at));
    }
};

TEST_F(Sentence, Examples) {
    EXPECT_EQ(of("name=queue_insert event=E2"),
              "E2 listener fd 6: initialized -> pending (event_add called by the program)");
    EXPECT_EQ(of("name=queue_insert event=E5"),
              "E5 client A fd 7: initialized -> pending (event_add from E2's callback)");
    EXPECT_EQ(of("name=queue_insert event=E2 queue=active"),
              "E2 listener fd 6: pending -> active (the backend reported it), place 1 in the queue "
              "of priority 0");
    EXPECT_EQ(of("name=turn_begin turn=3"), "turn 3 begins");
    EXPECT_EQ(of("name=loop_phase phase=dispatch"), "phase: dispatch");
    EXPECT_EQ(of("name=wait_chosen"), "the heap's top is E3 status timer: sleep at most 2s");
    EXPECT_EQ(of("name=callback_begin event=E5"), "E5 client A fd 7's callback begins: READ");
    EXPECT_EQ(of("name=epoll_ctl fd=7"), "epoll_ctl(3, ADD, 7, IN) = 0 <1.2 us>");
    EXPECT_EQ(of("name=loop_end"), "the loop of B1 returns 0: exit");
}

TEST_F(Sentence, EveryRecordTypeOfThisBuildHasOne) {
    for (const RecordInfo& info : record_infos()) {
        Record record;
        record.number = 1;
        record.type = static_cast<std::uint16_t>(info.id);
        record.known = true;
        record.fields.resize(info.size);
        const std::string line = record_text(record, timeline.context(), nullptr);
        const std::string sentence = record_sentence(record, timeline.context(), Model());
        EXPECT_NE(sentence, line) << info.name;
        EXPECT_FALSE(sentence.starts_with(std::string(info.name) + " ")) << sentence;
    }
}

}  // namespace
}  // namespace evglass::trace::testing
