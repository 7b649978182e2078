// See exercise.h.
#include "lessons/runner/exercise.h"

#include <random>

#include <fmt/format.h>

#include "lessons/runner/entries.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

/// Replaces each {NAME} of a word that has a value.
std::string filled(std::string word, const std::map<std::string, double>& values) {
    for (const auto& [name, value] : values) {
        const std::string mark = "{" + name + "}";
        for (auto at = word.find(mark); at != std::string::npos; at = word.find(mark, at))
            word.replace(at, mark.size(), fmt::format("{}", static_cast<long long>(value)));
    }
    return word;
}

/// What a program printed, for people: its first lines below each other, safe to show.
std::string shown_lines(const std::string& output, const Labels& words) {
    constexpr std::size_t kMost = 8;
    const std::vector<std::string> lines = split_list(output, '\n');
    std::string text;
    for (std::size_t i = 0; i < lines.size() && i < kMost; ++i)
        text += (i == 0 ? "" : "\n    ") + trace::safe(lines[i]);
    if (lines.size() > kMost)
        text += "\n    " + words("... and {} more lines", lines.size() - kMost);
    return text;
}

/// A learner knows the program by its source, not by the place where it was built.
std::string of_the_learner(std::string error, const std::string& program, const Labels& words) {
    if (error.starts_with(program)) error.replace(0, program.size(), words("your program"));
    return error;
}

/// One run: its numbers, and what came of it.
class Try {
 public:
    Try(const Exercise& exercise, const ExercisePrograms& programs, std::uint64_t seed,
        const Labels& words)
        : exercise_(exercise), programs_(programs), words_(words), seed_(seed) {
        std::mt19937_64 random(seed);
        for (const Draw& draw : exercise.draws)
            given_[draw.name] =
                draw.low + static_cast<double>(
                               random() % static_cast<std::uint64_t>(draw.high - draw.low + 1));
        given_["seed"] = static_cast<double>(seed);
        given_["port"] = free_port();
    }

    /// "seed 12, bytes 4".
    std::string input() const {
        std::string text = words_("seed {}", seed_);
        for (const Draw& draw : exercise_.draws)
            if (draw.name != "seed")  // it is the same
                text += fmt::format(", {} {}", draw.name, to_text(Value::of(given_.at(draw.name))));
        return text;
    }

    std::vector<Outcome> run(std::string& output) {
        ProgramRun done = run_program(programs_.program, scratch_, start(), driver(), words_);
        output = shown_lines(done.end.output, words_);
        std::vector<Outcome> outcomes;
        if (!done.driver.empty())
            outcomes.push_back({false, exercise_.line,
                                words_("the other side (the driver) says: {}", done.driver)});
        if (!done.driver.empty() && done.error.empty() && done.end.signal != 0 &&
            done.end.signal != exercise_.stop_signal)
            outcomes.push_back(
                {false, exercise_.line,
                 fmt::format("{}: {}", words_("your program"),
                             words_("signal {} ended it", trace::signal_text(done.end.signal)))});
        if (done.driver.empty() && exercise_.has_driver)
            outcomes.push_back({true, exercise_.line, "driver"});
        if (!done.error.empty()) {
            outcomes.push_back(
                {false, exercise_.line, of_the_learner(done.error, programs_.program, words_)});
            return outcomes;
        }
        done.end.given = given_;
        done.run->set_end(done.end);
        done.run->set_others({{"driver", {nullptr, &done.driver_end}}});
        for (Outcome& outcome : check_attempt(exercise_, *done.run, words_))
            if (!outcome.unasked || done.driver.empty()) outcomes.push_back(std::move(outcome));
        return outcomes;
    }

 private:
    Start start() const {
        Start start = exercise_.start;
        for (std::string& word : start.arguments) word = filled(word, given_);
        for (std::string& word : start.environment) word = filled(word, given_);
        return start;
    }
    Driver driver() const {
        Driver driver;
        if (exercise_.has_driver) driver.program = programs_.driver;
        driver.seed = seed_;
        driver.port = static_cast<int>(given_.at("port"));
        driver.stop_signal = exercise_.stop_signal;
        return driver;
    }

    const Exercise& exercise_;
    const ExercisePrograms& programs_;
    const Labels& words_;
    std::uint64_t seed_;
    std::map<std::string, double> given_;
    const ScratchDirectory scratch_;
};

/// A scenario prints on the learner's build what it prints on the library's own.
Attempt try_scenarios(const Exercise& exercise, const ExercisePrograms& programs,
                      const Labels& words) {
    Attempt attempt;
    for (const std::string& name : exercise.scenarios) {
        const ScratchDirectory scratch;
        Start start = exercise.start;
        start.arguments.push_back(name);
        start.ending.any = true;
        const ProgramRun wanted = run_program(programs.reference, scratch, start);
        const ProgramRun seen = run_program(programs.program, scratch, start, {}, words);
        attempt.input = words("scenario {}", name);
        attempt.output = trace::safe(seen.end.output);
        const bool same = seen.ended && wanted.end.output == seen.end.output &&
                          wanted.end.status == seen.end.status &&
                          wanted.end.signal == seen.end.signal;
        if (!same)
            attempt.failures.push_back({false, exercise.line,
                                        seen.ended
                                            ? words("expected '{}'; it printed '{}'",
                                                    trace::safe(wanted.end.output), attempt.output)
                                            : of_the_learner(seen.error, programs.program, words)});
        if (same && seen.run)
            for (Outcome& outcome : check_attempt(exercise, *seen.run, words))
                if (!outcome.passed) attempt.failures.push_back(std::move(outcome));
        if (!attempt.failures.empty()) return attempt;
        ++attempt.checks;
    }
    attempt.passed = true;
    return attempt;
}

}  // namespace

Attempt try_exercise(const Exercise& exercise, const ExercisePrograms& programs, std::uint64_t seed,
                     const Labels& words) {
    if (exercise.build == Exercise::Build::scenarios)
        return try_scenarios(exercise, programs, words);
    Attempt attempt;
    for (int i = 0; i < exercise.runs; ++i) {
        attempt.seed = seed + static_cast<std::uint64_t>(i);
        Try one(exercise, programs, attempt.seed, words);
        attempt.input = one.input();
        for (Outcome& outcome : one.run(attempt.output)) {
            if (outcome.passed)
                ++attempt.checks;
            else
                attempt.failures.push_back(std::move(outcome));
        }
        if (!attempt.failures.empty()) return attempt;
    }
    attempt.passed = true;
    return attempt;
}

}  // namespace evglass::lessons
