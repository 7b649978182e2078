// `evglass learn check`: all that a lesson claims, its pictures, and its exercise from the author's
// side. It prints what is not so, and a count. See actions.h.
#include <fmt/format.h>

#include <filesystem>

#include "lessons/runner/actions.h"
#include "lessons/runner/build.h"
#include "lessons/runner/exercise.h"
#include "lessons/runner/picture.h"
#include "lessons/runner/runs.h"
#include "trace/text.h"
#include "viz/graph/render.h"

namespace evglass::lessons {
namespace {

constexpr std::uint64_t kAuthorsSeed = 1;

int check_one(const CatalogueEntry& entry, const Toolchain& tools, std::uint64_t seed) {
    const ParsedLesson parsed = load_lesson(entry.file);
    if (!parsed.lesson) return complain(parsed.error);
    const LessonRuns runs(*parsed.lesson, entry.program);
    if (!runs.error().empty()) {
        if (!runs.output().empty()) fmt::print(stderr, "{}\n", trace::safe(runs.output()));
        return complain(runs.error());
    }
    std::vector<Outcome> outcomes = check_lesson(*parsed.lesson, runs.first());
    for (Outcome& more : check_pictures(*parsed.lesson, runs.first()))
        outcomes.push_back(std::move(more));
    for (Outcome& more : check_exercise(*parsed.lesson, entry, tools, seed))
        outcomes.push_back(std::move(more));
    std::size_t passed = 0, failed = 0;
    for (const Outcome& outcome : outcomes) {
        ++(outcome.passed ? passed : failed);
        if (!outcome.passed) fmt::print("{}:{}: {}\n", entry.file, outcome.line, outcome.text);
    }
    fmt::print("{}: {} passed, {} failed\n", entry.slug, passed, failed);
    return failed == 0 ? kWell : kNotSo;
}

struct OwnProgram {
    std::string path;
    Built built;
};

/// The program of the author's file of that name ("starter"). Where the lessons were installed
/// nobody has built it yet.
OwnProgram own_program(const Exercise& exercise, const CatalogueEntry& entry,
                       const Toolchain& tools, const std::string& name,
                       const ScratchDirectory& scratch) {
    std::string built_before = entry.exercise_program(name);
    std::error_code ignored;
    if (std::filesystem::exists(built_before, ignored)) return {std::move(built_before), {}};
    std::string program = scratch.path() + "/" + name;
    Built built = build_exercise(exercise, tools, entry.directory() + "/exercise",
                                 entry.exercise_file(name + ".cc"), program);
    return {std::move(program), std::move(built)};
}

std::vector<Outcome> judge_starter(const Attempt& attempt, int line) {
    return {{!attempt.passed, line,
             attempt.passed ? "the starter passes the exercise: there is nothing to do"
                            : "the starter fails"}};
}

std::vector<Outcome> judge_solution(const Attempt& attempt, int line) {
    if (attempt.passed) return {{true, line, "the solution passes"}};
    std::vector<Outcome> outcomes;
    for (const Outcome& failure : attempt.failures)
        outcomes.push_back(
            {false, failure.line,
             fmt::format("the solution fails ({}): {}{}", attempt.input, failure.text,
                         attempt.output.empty() ? std::string()
                                                : "\n    it printed:\n    " + attempt.output)});
    return outcomes;
}

}  // namespace

int check_lessons(const Catalogue& catalogue, const LearnOptions& options) {
    const std::uint64_t seed = options.seed != 0 ? options.seed : kAuthorsSeed;
    if (!options.lesson.empty()) {
        const CatalogueEntry* entry = find_or_complain(catalogue, options.lesson);
        return entry == nullptr ? kBadUse : check_one(*entry, catalogue.toolchain(), seed);
    }
    int status = kWell;
    for (const CatalogueEntry& entry : catalogue.entries)
        status = std::max(status, check_one(entry, catalogue.toolchain(), seed));
    return status;
}

std::vector<Outcome> check_pictures(const Lesson& lesson, const Run& run) {
    const Located located = locate_pages(lesson, run);
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < located.moments.size(); ++i) {
        const auto& stop = lesson.pages[i].stop;
        if (!stop || stop->picture.empty()) continue;
        Picture picture = draw_picture(stop->picture, located.moments[i]);
        if (picture.error.empty()) {
            using viz::graph::Format;
            picture.error = viz::graph::render(picture.dot, Format::svg).error;
        }
        const bool drawn = picture.error.empty();
        outcomes.push_back({drawn, stop->line,
                            drawn ? "picture: " + stop->picture
                                  : fmt::format("the picture '{}' can't be drawn: {}",
                                                stop->picture, picture.error)});
    }
    return outcomes;
}

std::vector<Outcome> check_exercise(const Lesson& lesson, const CatalogueEntry& entry,
                                    const Toolchain& tools, std::uint64_t seed) {
    const Exercise* exercise = lesson.exercise();
    if (exercise == nullptr) return {};
    const ScratchDirectory scratch;
    std::vector<Outcome> outcomes;
    for (const std::string name : {"starter", "solution"}) {
        const auto [program, built] = own_program(*exercise, entry, tools, name, scratch);
        if (!built.error.empty()) {
            outcomes.push_back({false, exercise->line, built.error + "\n" + built.messages});
            continue;
        }
        const Attempt attempt = try_exercise(
            *exercise,
            {program, entry.exercise_program("driver"), entry.exercise_program("../scenarios")},
            seed);
        for (Outcome& outcome : name == "starter" ? judge_starter(attempt, exercise->line)
                                                  : judge_solution(attempt, exercise->line))
            outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace evglass::lessons
