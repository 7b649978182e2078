// The parser of lesson.md. cmark splits the text; what stands in a ```lesson or ```stop block is
// read here, line by line, with bounds on everything.
#include "lessons/runner/lesson_file.h"

#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "lessons/runner/panes.h"
#include "trace/query.h"

namespace evglass::lessons {
namespace {

constexpr std::size_t kLongestFile = 256 * 1024;
constexpr std::size_t kLongestValue = 2000;
constexpr std::size_t kMostStops = 100;
constexpr double kLargestTolerance = 1e9;

/// Thrown inside this file only: the first mistake ends the parsing.
struct Mistake {
    int line;
    std::string text;
};

struct Entry {
    int line;
    std::string key, value;
};

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// "key: value" lines. A line that begins with a space goes on with the value before it.
std::vector<Entry> parse_entries(std::string_view text, int first_line) {
    std::vector<Entry> entries;
    int line = first_line;
    for (; !text.empty(); ++line) {
        const auto end = text.find('\n');
        const std::string_view raw = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::string_view content = trim(raw);
        if (content.empty() || content.front() == '#') continue;
        if (raw.front() == ' ' && !entries.empty()) {
            entries.back().value += " " + std::string(content);
        } else {
            const auto colon = content.find(':');
            if (colon == std::string_view::npos)
                throw Mistake{line, fmt::format("'{}' is not of the form key: value", content)};
            entries.push_back({line, std::string(trim(content.substr(0, colon))),
                               std::string(trim(content.substr(colon + 1)))});
        }
        if (entries.back().value.size() > kLongestValue)
            throw Mistake{line, fmt::format("more than {} bytes in one value", kLongestValue)};
    }
    return entries;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view part = trim(text.substr(0, comma));
        if (!part.empty()) parts.emplace_back(part);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return parts;
}

class StopParser {
 public:
    Stop parse(const std::vector<Entry>& entries, int line) {
        stop_.line = line;
        for (const Entry& entry : entries) {
            if (entry.value.empty())
                throw Mistake{entry.line, fmt::format("'{}:' says nothing", entry.key)};
            take(entry);
        }
        if (!has_where_) throw Mistake{line, "this stop has no 'where:'"};
        if (stop_.expects.empty() && stop_.orders.empty() && stop_.predictions.empty())
            throw Mistake{line,
                          "this stop claims nothing: give it an 'expect:', 'order:' or 'predict:'"};
        if (asking_)
            throw Mistake{stop_.predictions.back().line, "this 'predict:' has no 'answer:'"};
        return std::move(stop_);
    }

 private:
    void take(const Entry& entry) {
        if (entry.key == "where") return take_where(entry);
        if (entry.key == "show") return take_show(entry);
        if (entry.key == "expect") return take_expect(entry);
        if (entry.key == "order") return take_order(entry);
        if (entry.key == "predict") return take_predict(entry);
        if (entry.key == "answer") return take_answer(entry);
        if (entry.key == "tolerance") return take_tolerance(entry);
        if (entry.key == "hint") {
            stop_.hint = entry.value;
            return;
        }
        throw Mistake{entry.line,
                      fmt::format("'{}:' is not known in a stop; known are where, show, expect, "
                                  "order, predict, answer, tolerance, hint",
                                  entry.key)};
    }

    void take_where(const Entry& entry) {
        if (has_where_) throw Mistake{entry.line, "a second 'where:'; a stop has one"};
        has_where_ = true;
        stop_.where = entry.value;
        if (entry.value == "start") {
            stop_.place = Stop::Place::start;
        } else if (entry.value == "end") {
            stop_.place = Stop::Place::end;
        } else {
            std::string error;
            trace::Filter::parse(entry.value, error);
            if (!error.empty()) throw Mistake{entry.line, "where: " + error};
        }
    }

    void take_show(const Entry& entry) {
        for (const std::string& pane : split_list(entry.value)) {
            const std::string error = check_pane(pane);
            if (!error.empty()) throw Mistake{entry.line, "show: " + error};
            stop_.show.push_back(pane);
        }
    }

    void take_expect(const Entry& entry) {
        std::string error;
        Condition condition = parse_condition(entry.value, error);
        if (!error.empty()) throw Mistake{entry.line, "expect: " + error};
        stop_.expects.push_back({entry.line, std::move(condition)});
    }

    void take_order(const Entry& entry) {
        std::vector<std::string> names = split_list(entry.value);
        if (names.size() < 2) throw Mistake{entry.line, "order: needs two names or more"};
        stop_.orders.push_back({entry.line, std::move(names)});
    }

    void take_predict(const Entry& entry) {
        if (asking_)
            throw Mistake{stop_.predictions.back().line, "this 'predict:' has no 'answer:'"};
        asking_ = true;
        stop_.predictions.push_back({entry.line, entry.value, {}, 0});
    }

    void take_answer(const Entry& entry) {
        if (!asking_) throw Mistake{entry.line, "'answer:' without a 'predict:' before it"};
        asking_ = false;
        std::string error;
        Operand answer = parse_operand(entry.value, error);
        if (!error.empty()) throw Mistake{entry.line, "answer: " + error};
        if (answer.literal)
            throw Mistake{entry.line, "answer: must be computed from the run, not typed"};
        stop_.predictions.back().answer = std::move(answer);
    }

    void take_tolerance(const Entry& entry) {
        if (stop_.predictions.empty() || asking_)
            throw Mistake{entry.line, "'tolerance:' must follow an 'answer:'"};
        double number = 0;
        const char* end = entry.value.data() + entry.value.size();
        const auto [stopped, problem] = std::from_chars(entry.value.data(), end, number);
        if (problem != std::errc() || stopped != end || !(number >= 0) ||
            number > kLargestTolerance)
            throw Mistake{entry.line,
                          fmt::format("tolerance: '{}' is not a number from 0 on", entry.value)};
        stop_.predictions.back().tolerance = number;
    }

    Stop stop_;
    bool has_where_ = false;
    bool asking_ = false;
};

void take_heading(Lesson& lesson, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        if (entry.key == "title")
            lesson.title = entry.value;
        else if (entry.key == "matches")
            lesson.matches = entry.value;
        else if (entry.key == "read-next")
            lesson.read_next = entry.value;
        else
            throw Mistake{entry.line, fmt::format("'{}:' is not known in a lesson block; known are "
                                                  "title, matches, read-next",
                                                  entry.key)};
    }
}

int line_of(std::string_view source, std::string_view part) {
    const auto at = source.find(part);
    int line = 1;
    for (std::size_t i = 0; i < at && i < source.size(); ++i) line += source[i] == '\n' ? 1 : 0;
    return line;
}

std::vector<Operand> parse_placeholders(std::string_view source,
                                        const std::vector<std::string>& found) {
    std::vector<Operand> operands;
    for (const std::string& text : found) {
        std::string error;
        Operand operand = parse_operand(text, error);
        if (error.empty() && operand.literal)
            error = fmt::format("'{}' is not a name of the language", text);
        if (!error.empty()) throw Mistake{line_of(source, "{{" + text + "}}"), "{{...}}: " + error};
        operands.push_back(std::move(operand));
    }
    return operands;
}

Lesson parse_checked(std::string_view source, const std::string& path) {
    if (source.size() > kLongestFile)
        throw Mistake{1, fmt::format("more than {} bytes in a lesson", kLongestFile)};
    Lesson lesson;
    lesson.path = path;
    lesson.pages.emplace_back();
    std::vector<std::string> found;
    const std::string marked = mark_placeholders(source, found);
    lesson.placeholders = parse_placeholders(source, found);
    bool has_heading = false;
    for (const SourceBlock& block : parse_markdown(marked, {"lesson", "stop"})) {
        if (block.info == "lesson") {
            if (has_heading) throw Mistake{block.line, "a second lesson block; a file has one"};
            has_heading = true;
            take_heading(lesson, parse_entries(block.literal, block.line + 1));
        } else if (block.info == "stop") {
            if (lesson.pages.size() > kMostStops)
                throw Mistake{block.line,
                              fmt::format("more than {} stops in a lesson", kMostStops)};
            const auto entries = parse_entries(block.literal, block.line + 1);
            lesson.pages.push_back({StopParser().parse(entries, block.line), {}});
        } else {
            auto& text = lesson.pages.back().text;
            text.insert(text.end(), block.text.begin(), block.text.end());
        }
    }
    if (!has_heading || lesson.title.empty())
        throw Mistake{1, "there is no lesson block with a 'title:'"};
    if (lesson.pages.size() == 1) throw Mistake{1, "there is no stop in this lesson"};
    return lesson;
}

}  // namespace

ParsedLesson parse_lesson(std::string_view text, const std::string& path) {
    try {
        return {parse_checked(text, path), {}};
    } catch (const Mistake& mistake) {
        return {std::nullopt, fmt::format("{}:{}: {}", path, mistake.line, mistake.text)};
    }
}

ParsedLesson load_lesson(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return {std::nullopt, fmt::format("{}: cannot be read", path)};
    std::string text(kLongestFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parse_lesson(text, path);
}

}  // namespace evglass::lessons
