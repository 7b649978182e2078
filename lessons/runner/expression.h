// The small language of `expect:` and `answer:`, parsed. "event(timer).state == pending and
// heap.size > 0": values from a fixed list of names, compared, joined by "and". Nothing nests, so
// nothing recurses. It knows no trace: values.h says what a name stands for at a record.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evglass::lessons {

/// What a name stands for: a number, a text, or nothing ("none": no timer, no slot, no event).
struct Value {
    enum class Kind { none, number, text } kind = Kind::none;
    double number = 0;
    std::string text;

    static Value none() { return {}; }
    static Value of(double n) { return {Kind::number, n, {}}; }
    static Value of(std::string t) { return {Kind::text, 0, std::move(t)}; }
    bool operator==(const Value&) const = default;
};
/// "3", "0.5", "pending", "none".
std::string to_text(const Value& value);

/// One side of a comparison: a literal, or run:root(argument).member.
struct Operand {
    std::string source;
    bool literal = true;
    Value value;           ///< of a literal
    std::string run;       ///< "changelist" of changelist:count(...); empty: this run
    std::string root;      ///< "event", "count", "heap", ...
    std::string argument;  ///< what stood between the parentheses
    std::string member;    ///< what stood after the point
};

enum class Compare { equal, not_equal, less, less_equal, greater, greater_equal, has };

struct Comparison {
    std::string source;
    Operand left, right;
    Compare op = Compare::equal;
};

struct Condition {
    std::string source;
    std::vector<Comparison> all;  ///< joined by "and"; never empty
};

/// A name of the language, for the parser, the messages and the test of FORMAT.md.
struct RootInfo {
    std::string_view name;
    enum class Argument { no, event, number, filter, any } argument;
    std::string_view members;  ///< separated by spaces; "*": any; "": none
    std::string_view doc;
};
const std::vector<RootInfo>& roots();

/// Parse; on failure `error` gets what is wrong and what is possible.
Operand parse_operand(std::string_view text, std::string& error);
Condition parse_condition(std::string_view text, std::string& error);

/// Compares as the language does: numbers by value, texts without regard to case; `has` tests for a
/// part of a list ("READ|PERSIST" has READ, "a > b > c" has b).
bool compare(const Value& left, Compare op, const Value& right);

}  // namespace evglass::lessons
