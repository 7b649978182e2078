// The filter language: what matches, and what is said of a filter that can't be.
#include "trace/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/sample_model.h"
#include "trace/text.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;

std::string error_of(const char* text) {
    std::string error;
    EXPECT_TRUE(Filter::parse(text, error).empty() || error.empty());
    return error;
}

class Query : public ::testing::Test {
 protected:
    Sample s = make_finished_sample();

    std::size_t count(const char* text) {
        std::string error;
        const Filter filter = Filter::parse(text, error);
        EXPECT_EQ(error, "");
        std::size_t n = 0;
        Timeline timeline = s.timeline();
        for (auto at = timeline.find(filter, 0, true); at; at = timeline.find(filter, *at, true))
            ++n;
        return n;
    }
};

TEST_F(Query, NamesWithAndWithoutSys) {
    EXPECT_EQ(count("name=epoll_ctl"), 4U);
    EXPECT_EQ(count("name=sys_epoll_ctl"), 4U);
    EXPECT_EQ(count("name=epoll_ctl op=ADD fd=7"), 1U);
    EXPECT_EQ(count("name=epoll_ctl and op=DEL"), 0U);
}

TEST_F(Query, EnumsFlagsAndErrors) {
    EXPECT_EQ(count("name=accept4 error=EAGAIN"), 1U);
    EXPECT_EQ(count("name=event_activate cause=signal"), 1U);
    EXPECT_EQ(count("name=event_assign events=READ|PERSIST"), 4U);
    EXPECT_EQ(count("name=event_assign events~SIGNAL"), 1U);
    EXPECT_EQ(count("name=queue_insert before~INTERNAL"), 2U);
}

TEST_F(Query, NumbersAreSigned) {
    EXPECT_EQ(count("name=epoll_wait result<0"), 1U);
    EXPECT_EQ(count("name=epoll_wait result=-1"), 1U);
    EXPECT_EQ(count("name=epoll_wait result>0"), 3U);
}

TEST_F(Query, TimesAreWrittenAsPeopleWriteThem) {
    EXPECT_EQ(count("name=event_deadline interval=30s"),
              count("name=event_deadline interval=30000000"));
    EXPECT_GT(count("name=event_deadline interval=30s"), 0U);
    EXPECT_EQ(count("name=epoll_wait duration>1s"), 2U);
}

TEST_F(Query, AliasesNamesAndTurns) {
    EXPECT_EQ(count("name=callback_begin event=E5"), 1U);
    EXPECT_EQ(count("name=callback_begin event!=E5"), 7U);
    EXPECT_EQ(count("name=turn_begin turn=3"), 1U);
    EXPECT_EQ(count("name=callback_begin turn=3"), 2U);
    EXPECT_EQ(count("name=event_name function=event_set_name"), 7U);
    EXPECT_EQ(count("category=net"), 3U);
    EXPECT_EQ(count("file=listener.cc"), 6U);
    EXPECT_EQ(count("thread=main name=turn_begin"), 8U);
}

TEST_F(Query, AnAliasNeedsTheModelOfTheMoment) {
    std::string error;
    const Filter filter = Filter::parse("event=E5", error);
    EXPECT_TRUE(filter.needs_model());
    for (const Record& record : s.builder.records())
        EXPECT_FALSE(filter.matches(record, *s.builder.shared_context()));
    EXPECT_FALSE(Filter::parse("name=read fd=7", error).needs_model());
}

TEST_F(Query, AnEmptyFilterMatchesAll) {
    std::string error;
    EXPECT_TRUE(
        Filter::parse("  ", error).matches(s.builder.records()[0], *s.builder.shared_context()));
    EXPECT_EQ(error, "");
}

TEST(QueryError, SaysWhatIsPossible) {
    EXPECT_EQ(
        error_of("name=epoll_ctl opp=ADD"),
        "no field 'opp' in sys_epoll_ctl; it has epfd, op, fd, events, before, after, result, "
        "error, duration");
    EXPECT_EQ(error_of("name=epoll_ctl op=ADDD"), "'ADDD' is no value of op; it has ADD, DEL, MOD");
    EXPECT_EQ(error_of("name=epol_ctl"), "no record is called 'epol_ctl'; did you mean epoll_ctl?");
    EXPECT_THAT(error_of("category=sate"), HasSubstr("there are state, syscall, buffer"));
    EXPECT_THAT(error_of("fd"), HasSubstr("'fd' is not a term: write FIELD OP VALUE"));
    EXPECT_THAT(error_of("fd="), HasSubstr("has no value"));
    EXPECT_THAT(error_of("fd!7"), HasSubstr("after '!' there must be '='"));
    EXPECT_THAT(error_of("name=\"x"), HasSubstr("a quote is not closed"));
    EXPECT_THAT(error_of("nofield=1"), HasSubstr("no record has a field 'nofield'"));
    EXPECT_THAT(error_of("name<read"), HasSubstr("name can only be compared with = and !="));
    EXPECT_THAT(error_of("error=EFOO"), HasSubstr("write an errno like EAGAIN"));
    EXPECT_THAT(error_of("x\x1b=1"), HasSubstr("x\\x1B"));
}

TEST(ValueNumber, Kinds) {
    EXPECT_EQ(value_number("fd", "-1"), static_cast<std::uint64_t>(-1));
    EXPECT_EQ(value_number("u32", "0x10"), 16U);
    EXPECT_EQ(value_number("usec", "1.5ms"), 1500U);
    EXPECT_EQ(value_number("usec", "none"), static_cast<std::uint64_t>(-1));
    EXPECT_EQ(value_number("error", "ECONNRESET"), static_cast<std::uint64_t>(ECONNRESET));
    EXPECT_EQ(value_number("what", "READ|PERSIST"), 0x12U);
    EXPECT_EQ(value_number("what", "READ|0x400"), 0x402U);
    EXPECT_FALSE(value_number("what", "READ|"));
    EXPECT_FALSE(value_number("u32", "12x"));
    EXPECT_FALSE(value_number("event", "E3"));
    EXPECT_FALSE(value_number("usec", "1e30s"));
}

}  // namespace
}  // namespace evglass::trace::testing
