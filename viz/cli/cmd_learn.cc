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
    "  evglass learn check 9       run every stop and claim of lesson 9\n"
    "  evglass learn reset 9       forget your progress in lesson 9\n"
    "  evglass learn 9 --lang zh --plain";

// "list", "check [N]", "reset [N]", "N", or nothing. False where it is none of these.
bool read_words(const std::vector<std::string>& words, LearnOptions& options) {
    if (words.empty()) return true;
    const std::string& first = words.front();
    const bool has_number = words.size() == 2;
    if (first == "list")
        options.action = LearnOptions::Action::list;
    else if (first == "check")
        options.action = LearnOptions::Action::check;
    else if (first == "reset")
        options.action = LearnOptions::Action::reset;
    else
        options.lesson = first;
    if (has_number && (options.action == LearnOptions::Action::check ||
                       options.action == LearnOptions::Action::reset))
        options.lesson = words.back();
    else if (has_number)
        return false;
    return true;
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
    app->add_option("N", given->words, "A lesson's number; or list, check [N], reset [N]")
        ->expected(0, 2);
    app->add_option("--lang", given->options.language, "The language of the text")
        ->check(CLI::IsMember({"en", "zh"}))
        ->capture_default_str();
    app->add_flag("--plain", given->options.plain, "Print the whole walk: no questions, no colour");
    app->callback([given, &call] {
        if (!read_words(given->words, given->options))
            call.status = fail("learn", "write: evglass learn [N | list | check N | reset N]");
        else
            call.status = lessons::learn_main(given->options);
    });
}

}  // namespace evglass::viz::cli
