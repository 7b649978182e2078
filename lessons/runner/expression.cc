// The parser of the expression language and its comparisons. See expression.h.
#include "lessons/runner/expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace evglass::lessons {
namespace {

constexpr std::size_t kLongest = 1000;  // bytes of one condition

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool equal_fold(std::string_view a, std::string_view b) {
    const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return fold(x) == fold(y); });
}

/// The place where `word` stands outside of quotes and parentheses, from `start` on.
std::size_t find_outside(std::string_view text, std::string_view word, std::size_t start = 0) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (depth == 0 && i >= start && text.substr(i, word.size()) == word) return i;
    }
    return std::string_view::npos;
}

bool balanced(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') ++depth;
        if (c == ')' && --depth < 0) return false;
    }
    return depth == 0 && !quoted;
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

const RootInfo* find_root(std::string_view name) {
    for (const RootInfo& root : roots())
        if (root.name == name) return &root;
    return nullptr;
}

bool contains_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto space = words.find(' ');
        if (words.substr(0, space) == word) return true;
        if (space == std::string_view::npos) break;
        words.remove_prefix(space + 1);
    }
    return false;
}

std::string check_member(const RootInfo& root, std::string_view member, std::string_view source) {
    if (root.members == "*") {
        if (member.empty())
            return fmt::format("'{}' needs a field: {}(...).FIELD", source, root.name);
        return {};
    }
    if (root.members.empty())
        return member.empty() ? std::string()
                              : fmt::format("'{}': {} has no members", source, root.name);
    if (!contains_word(root.members, member))
        return fmt::format("'{}': {} has no '{}'; it has {}", source, root.name, member,
                           root.members);
    return {};
}

std::string check_argument(const RootInfo& root, const Operand& operand, bool given) {
    using Argument = RootInfo::Argument;
    if (root.argument == Argument::no && given)
        return fmt::format("'{}': {} takes nothing in parentheses", operand.source, root.name);
    if (root.argument != Argument::no && (!given || operand.argument.empty()))
        return fmt::format("'{}': {} needs something in parentheses", operand.source, root.name);
    if (root.argument == Argument::number &&
        (operand.argument.size() > 4 ||
         operand.argument.find_first_not_of("0123456789") != std::string::npos))
        return fmt::format("'{}': '{}' is not a number", operand.source, operand.argument);
    return {};
}

/// A word that is a name of the language only where a point or a parenthesis follows it: `active`
/// alone is a state, `active.size` is a queue.
bool looks_like_path(std::string_view text, std::string_view name) {
    const RootInfo* root = find_root(name);
    if (root == nullptr) return text.size() > name.size() && text[name.size()] == '(';
    if (text.size() > name.size()) return true;
    return root->argument == RootInfo::Argument::no && root->members.empty();
}

/// "changelist" of `changelist:count(...)`; empty where no run is named. What follows the colon is
/// a name of the language, so that a time like 12:30 is none.
std::string_view run_prefix(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        text.substr(0, colon).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") !=
            std::string_view::npos)
        return {};
    const auto rest = text.substr(colon + 1);
    return find_root(rest.substr(0, rest.find_first_of(".("))) != nullptr ? text.substr(0, colon)
                                                                          : std::string_view();
}

Operand parse_path(std::string_view text, std::string_view name, std::string& error) {
    Operand operand;
    operand.source = text;
    operand.literal = false;
    operand.root = name;
    const RootInfo* root = find_root(name);
    if (root == nullptr) {
        error =
            fmt::format("'{}': there is no '{}'; lessons/FORMAT.md lists the names", text, name);
        return operand;
    }
    std::string_view rest = text.substr(name.size());
    const bool given = !rest.empty() && rest.front() == '(';
    if (given) {
        const auto close = find_outside(rest, ")");
        if (close == std::string_view::npos) {
            error = fmt::format("'{}': a parenthesis is not closed", text);
            return operand;
        }
        operand.argument = std::string(trim(rest.substr(1, close - 1)));
        rest.remove_prefix(close + 1);
    }
    if (!rest.empty() && rest.front() == '.') {
        operand.member = std::string(rest.substr(1));
        rest = {};
    }
    if (!rest.empty()) error = fmt::format("'{}': '{}' is not understood", text, rest);
    if (error.empty()) error = check_argument(*root, operand, given);
    if (error.empty()) error = check_member(*root, operand.member, text);
    return operand;
}

struct OpText {
    std::string_view text;
    Compare op;
};
// Longer ones first: "<=" before "<".
constexpr OpText kOps[] = {{"==", Compare::equal},      {"!=", Compare::not_equal},
                           {"<=", Compare::less_equal}, {">=", Compare::greater_equal},
                           {" has ", Compare::has},     {"<", Compare::less},
                           {">", Compare::greater}};

Comparison parse_comparison(std::string_view text, std::string& error) {
    Comparison comparison{.source = std::string(text), .left = {}, .right = {}};
    for (const OpText& candidate : kOps) {
        const auto at = find_outside(text, candidate.text);
        if (at == std::string_view::npos) continue;
        comparison.op = candidate.op;
        comparison.left = parse_operand(text.substr(0, at), error);
        if (error.empty())
            comparison.right = parse_operand(text.substr(at + candidate.text.size()), error);
        if (error.empty() && comparison.left.literal && comparison.right.literal)
            error =
                fmt::format("'{}' compares two constants: neither is a name of the language", text);
        return comparison;
    }
    error = fmt::format(
        "'{}' compares nothing; write VALUE OP VALUE with OP one of == != < <= > >= has", text);
    return comparison;
}

bool has_part(std::string_view whole, std::string_view part) {
    constexpr std::string_view kSeparators = "|,> ";
    std::size_t at = 0;
    while (at <= whole.size()) {
        const auto end = std::min(whole.find_first_of(kSeparators, at), whole.size());
        if (end > at && equal_fold(whole.substr(at, end - at), part)) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

std::string to_text(const Value& value) {
    switch (value.kind) {
        case Value::Kind::none:
            return "none";
        case Value::Kind::text:
            return value.text;
        case Value::Kind::number:
            break;
    }
    if (value.number == std::floor(value.number) && std::fabs(value.number) < 1e15)
        return fmt::format("{}", static_cast<long long>(value.number));
    return fmt::format("{:.6g}", value.number);
}

const std::vector<RootInfo>& roots() {
    using Argument = RootInfo::Argument;
    static const std::vector<RootInfo> kRoots = {
        {"event", Argument::event,
         "state name alias fd events flags res priority fires due interval heap_index internal "
         "alive",
         "an event, by its name or its alias (E2); none before it is known"},
        {"record", Argument::no, "*", "the record of the stop: name, function, file, time, FIELD"},
        {"stack", Argument::no, "", "the functions being run, outermost first: a > b > c"},
        {"base", Argument::no,
         "alias backend turn phase wait wait_why running gotterm break events", "the event_base"},
        {"loop", Argument::no, "end result", "why and with what the loop last returned"},
        {"heap", Argument::no, "size first", "the timer heap"},
        {"active", Argument::no, "size list", "all active queues, highest priority first"},
        {"queue", Argument::number, "size list", "the active queue of one priority"},
        {"later", Argument::no, "size list", "active_later_queue"},
        {"io", Argument::no, "size", "how many fds have events"},
        {"slot", Argument::event, "list nread nwrite nclose", "the io map's slot of an event's fd"},
        {"interest", Argument::event, "", "what the backend watches an event's fd for"},
        {"signals", Argument::no, "size", "how many signals have events"},
        {"changes", Argument::no, "size list", "the changes that wait for the kernel"},
        {"buffer", Argument::any,
         "alias length chains list room lent moved_in moved_out drained copied_within frozen",
         "an evbuffer: V1, or NAME.input and NAME.output of a bufferevent"},
        {"bev", Argument::any,
         "alias fd enabled input output event_calls last_event refs released read_suspended "
         "read_low read_high read_bytes read_moves read_calls read_bucket write_suspended "
         "write_low write_high write_bytes write_moves write_calls write_bucket",
         "a bufferevent: S1, or the name of its read event without .read"},
        {"count", Argument::filter, "", "how many records of the whole run match"},
        {"so_far", Argument::filter, "", "how many match up to this stop"},
        {"first", Argument::filter, "*", "a field of the first record of the run that matches"},
        {"last", Argument::filter, "*", "a field of the last one"},
        {"next", Argument::filter, "*", "a field of the next one after this stop"},
        {"previous", Argument::filter, "*", "a field of the last one before this stop"},
        {"list", Argument::filter, "*", "a field of every record that matches, as a list"},
        {"output", Argument::no, "text lines first last", "what the program printed"},
        {"printed", Argument::any, "", "how many lines of its output contain the text"},
        {"said", Argument::any, "", "what follows KEY: or KEY= in its output"},
        {"exit", Argument::no, "status signal", "how the program ended"},
        {"objections", Argument::no, "count first record",
         "what the model objects to in the whole run"},
        {"given", Argument::any, "", "the number that an exercise drew"},
    };
    return kRoots;
}

Operand parse_operand(std::string_view raw, std::string& error) {
    const std::string_view text = trim(raw);
    Operand operand;
    operand.source = text;
    if (text.empty()) {
        error = "a value is missing";
        return operand;
    }
    if (text.size() > kLongest || !balanced(text)) {
        error = fmt::format("'{}': too long, or a quote or parenthesis is not closed",
                            text.substr(0, 60));
        return operand;
    }
    if (text.front() == '"' && text.size() >= 2) {
        operand.value = Value::of(std::string(text.substr(1, text.size() - 2)));
        return operand;
    }
    if (const auto number = number_of(text)) {
        operand.value = Value::of(*number);
        return operand;
    }
    const auto run = run_prefix(text);
    const auto path = run.empty() ? text : text.substr(run.size() + 1);
    const auto name = path.substr(0, path.find_first_of(".("));
    if (!run.empty() || looks_like_path(path, name)) {
        operand = parse_path(path, name, error);
        operand.run = run;
        operand.source = text;
        return operand;
    }
    if (text.find(' ') != std::string_view::npos)
        error = fmt::format("'{}': a text with blanks needs quotes around it", text);
    operand.value = text == "none" ? Value::none() : Value::of(std::string(text));
    return operand;
}

Condition parse_condition(std::string_view raw, std::string& error) {
    const std::string_view text = trim(raw);
    Condition condition{.source = std::string(text), .all = {}};
    if (text.size() > kLongest || !balanced(text)) {
        error = fmt::format("'{}': too long, or a quote or parenthesis is not closed",
                            text.substr(0, 60));
        return condition;
    }
    std::size_t at = 0;
    while (error.empty()) {
        const auto end = find_outside(text, " and ", at);
        condition.all.push_back(parse_comparison(trim(text.substr(at, end - at)), error));
        if (end == std::string_view::npos) break;
        at = end + 5;
    }
    return condition;
}

bool compare(const Value& left, Compare op, const Value& right) {
    using Kind = Value::Kind;
    if (left.kind == Kind::number && right.kind == Kind::number) {
        switch (op) {
            case Compare::equal:
                return left.number == right.number;
            case Compare::not_equal:
                return left.number != right.number;
            case Compare::less:
                return left.number < right.number;
            case Compare::less_equal:
                return left.number <= right.number;
            case Compare::greater:
                return left.number > right.number;
            case Compare::greater_equal:
                return left.number >= right.number;
            case Compare::has:
                return false;
        }
    }
    const std::string a = to_text(left), b = to_text(right);
    switch (op) {
        case Compare::equal:
            return equal_fold(a, b);
        case Compare::not_equal:
            return !equal_fold(a, b);
        case Compare::has:
            return has_part(a, b);
        default:
            return false;  // an order of texts is never asked for
    }
}

}  // namespace evglass::lessons
