// The lesson, run, myth and exercise blocks. See blocks.h; the stop block has a file of its own.
#include "lessons/runner/blocks.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace evglass::lessons {
namespace {

constexpr int kMostRuns = 50, kMostDrawn = 1'000'000;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 32 && text[0] >= 'a' && text[0] <= 'z' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") ==
               std::string_view::npos;
}

/// "0", "134", "signal 6", "SIGABRT", "any".
Ending ending_of(const Entry& entry) {
    Ending ending;
    if (entry.value == "any")
        ending.any = true;
    else if (entry.value.starts_with("signal "))
        ending.signal = signal_number(entry, trim(std::string_view(entry.value).substr(7)));
    else if (entry.value.starts_with("SIG"))
        ending.signal = signal_number(entry, entry.value);
    else
        ending.status = whole_number(entry, entry.value, 0, 255);
    return ending;
}

/// "bytes 1..9".
Draw draw_of(const Entry& entry) {
    const auto words = split_list(entry.value, ' ');
    const auto dots = words.size() == 2 ? words[1].find("..") : std::string::npos;
    if (dots == std::string::npos || !is_name(words[0]))
        throw Mistake{entry.line,
                      fmt::format("random: '{}' is not of the form NAME LOW..HIGH", entry.value)};
    Draw draw{words[0], 0, 0};
    draw.low = whole_number(entry, std::string_view(words[1]).substr(0, dots), 0, kMostDrawn);
    draw.high =
        whole_number(entry, std::string_view(words[1]).substr(dots + 2), draw.low, kMostDrawn);
    return draw;
}

bool yes_or_no(const Entry& entry) {
    if (entry.value != "yes" && entry.value != "no")
        throw Mistake{entry.line, fmt::format("{}: must be yes or no", entry.key)};
    return entry.value == "yes";
}

Exercise::Build build_of(const Entry& entry) {
    if (entry.value == "program") return Exercise::Build::program;
    if (entry.value == "core") return Exercise::Build::core;
    if (entry.value == "scenarios") return Exercise::Build::scenarios;
    throw Mistake{entry.line, "build: must be program, core or scenarios"};
}

class ExerciseReader {
 public:
    Exercise read(const std::vector<Entry>& entries, int line) {
        exercise_.line = line;
        for (const Entry& entry : entries) take(entry);
        if (exercise_.title.empty()) throw Mistake{line, "this exercise has no 'title:'"};
        const bool by_scenarios = exercise_.build == Exercise::Build::scenarios;
        if (by_scenarios == exercise_.scenarios.empty())
            throw Mistake{line, "'build: scenarios' and 'scenarios:' go together"};
        if (exercise_.checks.empty() && exercise_.orders.empty() && !exercise_.has_driver &&
            !by_scenarios)
            throw Mistake{line, "this exercise checks nothing: give it a 'check:' or a driver"};
        return std::move(exercise_);
    }

 private:
    void take(const Entry& entry) {
        if (take_start(entry, exercise_.start)) return;
        if (entry.key == "title")
            exercise_.title = entry.value;
        else if (entry.key == "random")
            exercise_.draws.push_back(draw_of(entry));
        else if (entry.key == "check")
            exercise_.checks.push_back({entry.line, condition_of(entry), {}});
        else if (entry.key == "why")
            take_why(entry);
        else if (entry.key == "order")
            exercise_.orders.push_back(order_of(entry));
        else if (entry.key == "hint")
            exercise_.hint = entry.value;
        else
            take_way(entry);
    }

    /// How it is built and run.
    void take_way(const Entry& entry) {
        if (entry.key == "runs")
            exercise_.runs = whole_number(entry, entry.value, 1, kMostRuns);
        else if (entry.key == "driver")
            exercise_.has_driver = yes_or_no(entry);
        else if (entry.key == "stop")
            exercise_.stop_signal = signal_number(entry, entry.value);
        else if (entry.key == "build")
            exercise_.build = build_of(entry);
        else if (entry.key == "scenarios")
            exercise_.scenarios = split_list(entry.value);
        else
            refuse_key(entry, "exercise",
                       "title, random, arguments, environment, exit, runs, driver, stop, build, "
                       "scenarios, check, why, order, hint");
    }

    void take_why(const Entry& entry) {
        if (exercise_.checks.empty())
            throw Mistake{entry.line, "'why:' without a 'check:' before it"};
        exercise_.checks.back().why = entry.value;
    }

    Exercise exercise_;
};

}  // namespace

Condition condition_of(const Entry& entry) {
    std::string error;
    Condition condition = parse_condition(entry.value, error);
    if (!error.empty()) throw Mistake{entry.line, fmt::format("{}: {}", entry.key, error)};
    return condition;
}

Operand operand_of(const Entry& entry, const std::string& text) {
    std::string error;
    Operand operand = parse_operand(text, error);
    if (!error.empty()) throw Mistake{entry.line, fmt::format("{}: {}", entry.key, error)};
    return operand;
}

Order order_of(const Entry& entry) {
    std::vector<std::string> names = split_list(entry.value);
    if (names.size() < 2) throw Mistake{entry.line, "order: needs two names or more"};
    return {entry.line, std::move(names)};
}

int signal_number(const Entry& entry, std::string_view text) {
    for (int number = 1; number < NSIG && text.starts_with("SIG"); ++number) {
        const char* name = sigabbrev_np(number);
        if (name != nullptr && text.substr(3) == name) return number;
    }
    return whole_number(entry, text, 1, NSIG - 1);
}

bool take_start(const Entry& entry, Start& start) {
    if (entry.key == "arguments") {
        start.arguments = split_list(entry.value, ' ');
    } else if (entry.key == "environment") {
        const auto equal = entry.value.find('=');
        if (equal == std::string::npos || equal == 0)
            throw Mistake{entry.line, "environment: must be of the form NAME=value"};
        start.environment.push_back(entry.value);
    } else if (entry.key == "exit") {
        start.ending = ending_of(entry);
    } else if (entry.key == "objections") {
        start.objections = yes_or_no(entry);
    } else {
        return false;
    }
    return true;
}

void read_lesson_block(Lesson& lesson, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        if (take_start(entry, lesson.runs.front())) continue;
        if (entry.key == "title")
            lesson.title = entry.value;
        else if (entry.key == "matches")
            lesson.matches = entry.value;
        else if (entry.key == "read-next")
            lesson.read_next = entry.value;
        else if (entry.key == "varies")
            lesson.varies = entry.value;
        else
            refuse_key(
                entry, "lesson",
                "title, matches, read-next, arguments, environment, exit, objections, varies");
    }
}

Start read_run_block(const std::vector<Entry>& entries, int line) {
    Start start;
    for (const Entry& entry : entries) {
        if (take_start(entry, start)) continue;
        if (entry.key != "name")
            refuse_key(entry, "run", "name, arguments, environment, exit, objections");
        if (!is_name(entry.value))
            throw Mistake{entry.line, "name: must be small letters, digits and '-'"};
        start.name = entry.value;
    }
    if (start.name.empty()) throw Mistake{line, "this run has no 'name:'"};
    return start;
}

Myth read_myth_block(const std::vector<Entry>& entries, int line) {
    Myth myth;
    myth.line = line;
    bool has_verdict = false;
    for (const Entry& entry : entries) {
        if (entry.key == "quote") {
            myth.quote = entry.value;
        } else if (entry.key == "means") {
            myth.means = entry.value;
        } else if (entry.key == "where") {
            myth.where = entry.value;
        } else if (entry.key == "claim") {
            myth.claim = condition_of(entry);
        } else if (entry.key == "evidence") {
            for (const std::string& text : split_list(entry.value, ';'))
                myth.evidence.push_back(operand_of(entry, text));
        } else if (entry.key == "verdict") {
            myth.verdict = yes_or_no(entry);
            has_verdict = true;
        } else {
            refuse_key(entry, "myth", "quote, means, where, claim, evidence, verdict");
        }
    }
    if (myth.quote.empty() || myth.where.empty() || myth.claim.all.empty() || !has_verdict)
        throw Mistake{line, "a myth needs 'quote:', 'where:', 'claim:' and 'verdict:'"};
    return myth;
}

Exercise read_exercise_block(const std::vector<Entry>& entries, int line) {
    return ExerciseReader().read(entries, line);
}

}  // namespace evglass::lessons
