// `evglass learn`: reads its words and hands them to the lessons' runner.
// It never runs a lesson itself. Read next: lessons/runner/learn.h.
#include <memory>

#include "lessons/runner/learn.h"
#include "viz/cli/command.h"

namespace evglass::viz::cli {
namespace {

using lessons::LearnOptions;

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass learn               the first lesson that is not done\n"
    "  evglass learn 9             lesson 9\n"
    "  evglass learn list          all lessons, and how far you are\n"
    "  evglass learn exercise 9    a copy of the starter, to work on; then: checks it\n"
    "  evglass learn watch 9       checks it each time you save it\n"
    "  evglass learn solution 9    how the author did it, once you have passed\n"
    "  evglass learn glossary      the words of the course\n"
    "  evglass learn check 9       run every stop and claim of lesson 9\n"
    "  evglass learn reset 9       forget your progress in lesson 9\n"
    "  evglass learn 9 --lang zh --plain";

using Action = LearnOptions::Action;

/// A word that comes first, and how many words may follow it.
struct Verb {
    std::string_view word;
    Action action;
    std::size_t least, most;
};
constexpr Verb kVerbs[] = {
    {"list", Action::list, 0, 0},         {"check", Action::check, 0, 1},
    {"reset", Action::reset, 0, 1},       {"exercise", Action::exercise, 1, 2},
    {"watch", Action::watch, 1, 2},       {"solution", Action::solution, 1, 1},
    {"glossary", Action::glossary, 0, 1}, {"site", Action::site, 1, 1},
};

/// A verb with what belongs to it, or a lesson, or nothing. False where it is none of these.
bool read_words(const std::vector<std::string>& words, LearnOptions& options) {
    if (words.empty()) return true;
    for (const Verb& verb : kVerbs) {
        if (words.front() != verb.word) continue;
        options.action = verb.action;
        const std::size_t more = words.size() - 1;
        if (more < verb.least || more > verb.most) return false;
        if (more > 0) (verb.action == Action::site ? options.file : options.lesson) = words[1];
        if (more > 1) options.file = words[2];
        return true;
    }
    options.lesson = words.front();
    return words.size() == 1;
}

}  // namespace

void add_learn(CLI::App& root, Call& call) {
    struct Words {
        std::vector<std::string> words;
        LearnOptions options;
    };
    auto given = std::make_shared<Words>();
    CLI::App* app =
        root.add_subcommand("learn", "Lessons: walk through the event loop, step by step");
    app->footer(kExamples);
    app->add_option("N", given->words,
                    "A lesson's number; or list, exercise N [FILE], watch N [FILE], solution N, "
                    "glossary [WORD], check [N], reset [N], site DIR")
        ->expected(0, 3);
    app->add_option("--lang", given->options.language, "The language of the text")
        ->check(CLI::IsMember({"en", "zh"}))
        ->capture_default_str();
    app->add_flag("--plain", given->options.plain, "Print the whole walk: no questions, no colour");
    app->add_option("--seed", given->options.seed, "The random inputs of an exercise, again");
    app->callback([given, &call] {
        if (!read_words(given->words, given->options))
            call.status =
                fail("learn",
                     "write: evglass learn [N | list | exercise N [FILE] | watch N [FILE] | "
                     "solution N | glossary [WORD] | check [N] | reset [N] | site DIR]");
        else
            call.status = lessons::learn_main(given->options);
    });
}

}  // namespace evglass::viz::cli
