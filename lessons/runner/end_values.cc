// See end_values.h.
#include "lessons/runner/end_values.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lessons/runner/entries.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

/// A number where the whole text is one.
Value value_of(std::string_view text) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem == std::errc() && end == text.data() + text.size() && std::isfinite(number))
        return Value::of(number);
    return Value::of(trace::safe(std::string(text)));
}

Answered ask_output(const Operand& operand, const std::vector<std::string>& lines) {
    if (operand.member == "lines") return {Value::of(static_cast<double>(lines.size())), {}};
    if (lines.empty()) return {Value::none(), {}};
    if (operand.member == "first") return {value_of(lines.front()), {}};
    if (operand.member == "last") return {value_of(lines.back()), {}};
    return {Value::of(trace::safe(fmt::format("{}", fmt::join(lines, " / ")))), {}};
}

Answered ask_printed(const Operand& operand, const std::vector<std::string>& lines) {
    std::string_view wanted = operand.argument;
    if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"')
        wanted = wanted.substr(1, wanted.size() - 2);
    double count = 0;
    for (const std::string& line : lines) count += line.find(wanted) != std::string::npos ? 1 : 0;
    return {Value::of(count), {}};
}

Answered ask_said(const Operand& operand, const std::vector<std::string>& lines) {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (!line->starts_with(operand.argument)) continue;
        const std::string_view rest = trim(std::string_view(*line).substr(operand.argument.size()));
        if (!rest.empty() && (rest.front() == ':' || rest.front() == '='))
            return {value_of(trim(rest.substr(1))), {}};
    }
    return {Value::none(), {}};
}

}  // namespace

bool asks_end(const Operand& operand) {
    const std::string& root = operand.root;
    return root == "output" || root == "printed" || root == "said" || root == "exit" ||
           root == "given";
}

Answered ask_end(const Operand& operand, const RunEnd& end) {
    if (operand.root == "exit")
        return {Value::of(operand.member == "signal" ? end.signal : end.status), {}};
    if (operand.root == "given") {
        const auto found = end.given.find(operand.argument);
        if (found == end.given.end())
            return {{}, fmt::format("no number '{}' was drawn for this run", operand.argument)};
        return {Value::of(found->second), {}};
    }
    const std::vector<std::string> lines = split_list(end.output, '\n');
    if (operand.root == "output") return ask_output(operand, lines);
    if (operand.root == "printed") return ask_printed(operand, lines);
    return ask_said(operand, lines);
}

Answered ask_other(const Operand& operand, const Run& run) {
    const auto found = run.others().find(operand.run);
    if (found == run.others().end()) return {{}, fmt::format("there is no run '{}'", operand.run)};
    Operand there = operand;
    there.run.clear();
    if (found->second.run != nullptr) {
        const Run& other = *found->second.run;
        return Moment(other, other.timeline().last()).evaluate(there);
    }
    if (asks_end(there) && found->second.end != nullptr) return ask_end(there, *found->second.end);
    return {{}, fmt::format("the run '{}' left no trace", operand.run)};
}

}  // namespace evglass::lessons
