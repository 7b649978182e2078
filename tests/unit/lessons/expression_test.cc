// The expression language without a trace: what parses, what does not and why, how values compare.
#include "lessons/runner/expression.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace evglass::lessons {
namespace {

Operand operand(std::string_view text) {
    std::string error;
    Operand parsed = parse_operand(text, error);
    EXPECT_EQ(error, "") << text;
    return parsed;
}

std::string operand_error(std::string_view text) {
    std::string error;
    parse_operand(text, error);
    return error;
}

std::string condition_error(std::string_view text) {
    std::string error;
    parse_condition(text, error);
    return error;
}

TEST(Operand, ReadsConstants) {
    EXPECT_EQ(operand("12").value, Value::of(12.0));
    EXPECT_EQ(operand(" -0.5 ").value, Value::of(-0.5));
    EXPECT_EQ(operand("pending").value, Value::of("pending"));
    EXPECT_EQ(operand("\"a > b and c\"").value, Value::of("a > b and c"));
    EXPECT_EQ(operand("none").value, Value::none());
    EXPECT_TRUE(operand("READ|PERSIST").literal);
}

TEST(Operand, ReadsNames) {
    const Operand state = operand("event(client 7).state");
    EXPECT_FALSE(state.literal);
    EXPECT_EQ(state.root, "event");
    EXPECT_EQ(state.argument, "client 7");
    EXPECT_EQ(state.member, "state");
    const Operand count = operand("count(name=epoll_ctl op=ADD)");
    EXPECT_EQ(count.argument, "name=epoll_ctl op=ADD");
    EXPECT_EQ(count.member, "");
    EXPECT_FALSE(operand("stack").literal);
    EXPECT_FALSE(operand("interest(reader)").literal);
}

TEST(Operand, AStateIsAWordWhereAQueueIsAName) {
    EXPECT_TRUE(operand("active").literal);
    EXPECT_FALSE(operand("active.size").literal);
}

TEST(Operand, SaysWhatIsWrong) {
    EXPECT_NE(operand_error("").find("missing"), std::string::npos);
    EXPECT_NE(operand_error("evnt(E1).state").find("there is no 'evnt'"), std::string::npos);
    EXPECT_NE(operand_error("event(E1).stat").find("it has state name"), std::string::npos);
    EXPECT_NE(operand_error("event().state").find("needs something"), std::string::npos);
    EXPECT_NE(operand_error("event.state").find("needs something"), std::string::npos);
    EXPECT_NE(operand_error("heap(1).size").find("takes nothing"), std::string::npos);
    EXPECT_NE(operand_error("queue(x).size").find("not a number"), std::string::npos);
    EXPECT_NE(operand_error("queue(-1).size").find("not a number"), std::string::npos);
    EXPECT_NE(operand_error("queue(99999999999).size").find("not a number"), std::string::npos);
    EXPECT_NE(operand_error("count(name=x").find("not closed"), std::string::npos);
    EXPECT_NE(operand_error("first(name=x)").find("needs a field"), std::string::npos);
    EXPECT_NE(operand_error("count(name=x)y").find("not understood"), std::string::npos);
    EXPECT_NE(operand_error(std::string(5000, 'a')).find("too long"), std::string::npos);
}

TEST(Condition, JoinsByAnd) {
    std::string error;
    const Condition parsed =
        parse_condition("heap.size == 1 and stack == \"a and b\" and base.wait <= 30", error);
    ASSERT_EQ(error, "");
    ASSERT_EQ(parsed.all.size(), 3U);
    EXPECT_EQ(parsed.all[1].right.value, Value::of("a and b"));
    EXPECT_EQ(parsed.all[2].op, Compare::less_equal);
}

TEST(Condition, OperatorsInsideParenthesesBelongToTheFilter) {
    std::string error;
    const Condition parsed = parse_condition("count(name=read result>0) == 2", error);
    ASSERT_EQ(error, "");
    EXPECT_EQ(parsed.all[0].left.argument, "name=read result>0");
    EXPECT_EQ(parsed.all[0].op, Compare::equal);
}

TEST(Condition, SaysWhatIsWrong) {
    EXPECT_NE(condition_error("heap.size").find("compares nothing"), std::string::npos);
    EXPECT_NE(condition_error("heap.size ==").find("missing"), std::string::npos);
    EXPECT_NE(condition_error("1 == 1").find("two constants"), std::string::npos);
    EXPECT_NE(condition_error("pending == active").find("two constants"), std::string::npos);
    EXPECT_NE(condition_error("heap.size == 1 and").find("needs quotes"), std::string::npos);
    EXPECT_NE(condition_error("stack has \"a").find("not closed"), std::string::npos);
}

TEST(Compare, NumbersAndTexts) {
    EXPECT_TRUE(compare(Value::of(2.0), Compare::less, Value::of(3.0)));
    EXPECT_FALSE(compare(Value::of(3.0), Compare::less, Value::of(3.0)));
    EXPECT_TRUE(compare(Value::of(3.0), Compare::greater_equal, Value::of(3.0)));
    EXPECT_TRUE(compare(Value::of("Pending"), Compare::equal, Value::of("pending")));
    EXPECT_TRUE(compare(Value::of("pending"), Compare::not_equal, Value::of("active")));
    EXPECT_FALSE(compare(Value::of("a"), Compare::less, Value::of("b")));
    EXPECT_TRUE(compare(Value::none(), Compare::equal, Value::none()));
    EXPECT_FALSE(compare(Value::none(), Compare::equal, Value::of(0.0)));
    EXPECT_FALSE(compare(Value::none(), Compare::less, Value::of(5.0)));
}

TEST(Compare, HasLooksForWholeParts) {
    const Value flags = Value::of("READ|PERSIST");
    EXPECT_TRUE(compare(flags, Compare::has, Value::of("READ")));
    EXPECT_FALSE(compare(flags, Compare::has, Value::of("REA")));
    const Value stack = Value::of("event_add > event_add_nolock_");
    EXPECT_TRUE(compare(stack, Compare::has, Value::of("event_add")));
    EXPECT_FALSE(compare(stack, Compare::has, Value::of("event_add_no")));
    EXPECT_FALSE(compare(Value::none(), Compare::has, Value::of("x")));
}

TEST(Text, WritesWholeNumbersWhole) {
    EXPECT_EQ(to_text(Value::of(2000.0)), "2000");
    EXPECT_EQ(to_text(Value::of(0.5)), "0.5");
    EXPECT_EQ(to_text(Value::none()), "none");
}

// The document lists every name and every member that the parser knows.
TEST(Format, DocumentListsEveryName) {
    std::ifstream file("lessons/FORMAT.md");
    ASSERT_TRUE(file) << "run from the project's root";
    std::stringstream text;
    text << file.rdbuf();
    for (const RootInfo& root : roots()) {
        EXPECT_NE(text.str().find("`" + std::string(root.name)), std::string::npos) << root.name;
        if (root.members.empty() || root.members == "*" || root.name == "io" ||
            root.name == "signals")
            continue;
        EXPECT_NE(text.str().find(root.members), std::string::npos) << root.name;
    }
}

}  // namespace
}  // namespace evglass::lessons
