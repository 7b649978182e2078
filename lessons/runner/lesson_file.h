// A lesson as its file tells it: pages of text. In front of a page stands what it is about: a stop,
// a myth, the exercise; the first page has nothing there. Owns the grammar of ../FORMAT.md. It
// never runs a program and never looks at a trace; a mistake in a file is one line that begins with
// the file's name and the line's number. Read next: blocks.h (the blocks), markdown.h (the text),
// check.h (what is done with it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/runner/expression.h"
#include "lessons/runner/markdown.h"

namespace evglass::lessons {

/// `expect:` a condition that must hold at the stop. `check:` of an exercise, at the end of its
/// run.
struct Expectation {
    int line = 0;
    Condition condition;
    std::string why;  ///< of a check: what to think of where it fails
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
    std::string run;                ///< which run of the program; empty: the first
    std::string where;              ///< a filter (trace/query.h), for Place::match
    std::vector<std::string> show;  ///< panes, see panes.h
    std::string picture;            ///< a view of viz/graph; empty: none
    std::vector<Expectation> expects;
    std::vector<Order> orders;
    std::vector<Prediction> predictions;
    std::string hint;
};

/// How a program is to end.
struct Ending {
    bool any = false;
    int status = 0;
    int signal = 0;  ///< not 0: by this signal
};

/// How a program is started. In an exercise, {seed}, {port} and {NAME} of the words are replaced.
struct Start {
    std::string name;                      ///< of a run block; empty: the lesson's first
    std::vector<std::string> arguments;    ///< words
    std::vector<std::string> environment;  ///< "NAME=value"
    Ending ending;
    bool objections = false;  ///< the model is to object to something: the run is a wrong one
};

/// "Is it true?": a sentence of a source, and the experiment that decides it.
struct Myth {
    int line = 0;
    std::string quote, means, where;
    Condition claim;  ///< would hold if the sentence were true
    std::vector<Operand> evidence;
    bool verdict = false;  ///< what the author found: it is true
};

/// A number that is drawn for each run of an exercise.
struct Draw {
    std::string name;
    int low = 0, high = 0;
};

struct Exercise {
    int line = 0;
    std::string title;
    enum class Build { program, core, scenarios } build = Build::program;
    std::vector<Draw> draws;
    Start start;
    int runs = 3;
    bool has_driver = false;
    int stop_signal = 0;                 ///< sent when the driver is done; 0: none
    std::vector<std::string> scenarios;  ///< for Build::scenarios
    std::vector<Expectation> checks;
    std::vector<Order> orders;
    std::string hint;
};

/// A text and what stands in front of it: at most one of the three, and a heading above.
struct Page {
    std::vector<TextBlock> heading;
    std::optional<Stop> stop;
    std::optional<Myth> myth;
    std::optional<Exercise> exercise;
    std::vector<TextBlock> text;
};

/// Invariants: pages is not empty and pages[0] is text alone; one page or more has a stop; at most
/// one has the exercise. runs is not empty, and its names differ.
struct Lesson {
    std::string path;
    std::string title;
    std::string matches;    ///< which passage of which analysis it walks through
    std::string read_next;  ///< which files of src/ to read after it
    std::string varies;     ///< why two runs may differ; empty: they don't
    std::vector<Start> runs;
    std::vector<Page> pages;
    std::vector<Operand> placeholders;  ///< {{...}} number n of the text, see markdown.h

    const Page* exercise_page() const;
    const Exercise* exercise() const;
};

struct ParsedLesson {
    std::optional<Lesson> lesson;
    std::string error;  ///< empty where lesson is set
};

ParsedLesson parse_lesson(std::string_view text, const std::string& path);
ParsedLesson load_lesson(const std::string& path);

}  // namespace evglass::lessons
