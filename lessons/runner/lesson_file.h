// A lesson as its file tells it: pages of text, each but the first with a stop in front.
// Owns the grammar of ../FORMAT.md. It never runs a program and never looks at a trace; a mistake
// in a file is one line that begins with the file's name and the line's number. Read next:
// markdown.h (the text), expression.h (expect and answer), check.h (what is done with it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/runner/expression.h"
#include "lessons/runner/markdown.h"

namespace evglass::lessons {

/// `expect:` a condition that must hold at the stop.
struct Expectation {
    int line = 0;
    Condition condition;
};

/// `order:` functions or records that must come in this order.
struct Order {
    int line = 0;
    std::vector<std::string> names;
};

/// `predict:` a question that is asked before the stop, `answer:` how the run answers it there.
struct Prediction {
    int line = 0;
    std::string question;
    Operand answer;
    double tolerance = 0;  ///< how far a number may be off
};

struct Stop {
    int line = 0;
    enum class Place { match, start, end } place = Place::match;
    std::string where;              ///< a filter (trace/query.h), for Place::match
    std::vector<std::string> show;  ///< panes, see panes.h
    std::vector<Expectation> expects;
    std::vector<Order> orders;
    std::vector<Prediction> predictions;
    std::string hint;
};

/// A stop and the text that explains it. The first page has no stop: it is the introduction.
struct Page {
    std::optional<Stop> stop;
    std::vector<TextBlock> text;
};

/// Invariants: pages is not empty; pages[0] has no stop and all others have one.
struct Lesson {
    std::string path;
    std::string title;
    std::string matches;    ///< which passage of which analysis it walks through
    std::string read_next;  ///< which files of src/ to read after it
    std::vector<Page> pages;
    std::vector<Operand> placeholders;  ///< {{...}} number n of the text, see markdown.h
};

struct ParsedLesson {
    std::optional<Lesson> lesson;
    std::string error;  ///< empty where lesson is set
};

ParsedLesson parse_lesson(std::string_view text, const std::string& path);
ParsedLesson load_lesson(const std::string& path);

}  // namespace evglass::lessons
