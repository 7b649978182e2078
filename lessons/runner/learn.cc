// The command `evglass learn`: list, check, reset, and the walk. See learn.h.
#include "lessons/runner/learn.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "lessons/runner/actions.h"
#include "lessons/runner/full_screen.h"
#include "lessons/runner/glossary.h"
#include "lessons/runner/progress.h"
#include "lessons/runner/runs.h"
#include "lessons/runner/session.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

constexpr int kNarrowest = 40, kWidest = 100, kUsual = 80;

int terminal_width() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < kNarrowest) return kUsual;
    return size.ws_col > kWidest ? kWidest : size.ws_col;
}

int list_lessons(const Catalogue& catalogue) {
    const Progress progress(Progress::default_path());
    int status = kWell;
    for (const CatalogueEntry& entry : catalogue.entries) {
        const ParsedLesson parsed = load_lesson(entry.file);
        if (!parsed.lesson) {
            status = complain(parsed.error);
            continue;
        }
        const Progress::Place place = progress.of(entry.slug);
        const std::string state = place.done() ? "done"
                                  : place.page == 0
                                      ? "new"
                                      : fmt::format("page {} of {}", place.page, place.pages);
        fmt::print("{:<16} {:<14} {}\n", entry.slug, state, parsed.lesson->title);
    }
    return status;
}

int reset_lessons(const Catalogue& catalogue, const std::string& name) {
    Progress progress(Progress::default_path());
    const CatalogueEntry* entry = name.empty() ? nullptr : find_or_complain(catalogue, name);
    if (!name.empty() && entry == nullptr) return kBadUse;
    progress.reset(entry != nullptr ? entry->slug : "");
    if (!progress.save()) return complain("the progress file can't be written");
    fmt::print("{}: the progress is forgotten\n", entry != nullptr ? entry->slug : "all lessons");
    return kWell;
}

/// The lesson that was named, else the first one that is not done, else the first.
const CatalogueEntry* choose(const Catalogue& catalogue, const std::string& name,
                             const Progress& progress) {
    if (!name.empty()) return find_or_complain(catalogue, name);
    for (const CatalogueEntry& entry : catalogue.entries)
        if (!progress.of(entry.slug).done()) return &entry;
    return &catalogue.entries.front();
}

SessionOptions session_options(const LearnOptions& options, const Catalogue& catalogue) {
    SessionOptions session;
    session.interactive = !options.plain && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    session.colour = session.interactive && getenv("NO_COLOR") == nullptr;
    session.width = options.plain ? kUsual : terminal_width();
    session.root = catalogue.root();
    return session;
}

LectureOptions lecture_settings(const Catalogue& catalogue, const CatalogueEntry& entry,
                                const LearnOptions& options) {
    LectureOptions settings;
    settings.root = catalogue.root();
    settings.unicode = locale_has_utf8();
    settings.try_exercise = [&catalogue, &entry] { return exercise_report(catalogue, entry); };
    settings.glossary = [&catalogue, &options](const std::string& page) {
        constexpr int kWidth = 40;
        const Glossary glossary = Glossary::load(catalogue.lessons_dir);
        std::string text;
        for (const Word* word : glossary.in(page))
            text += show_word(*word, options.language, kWidth) + "\n";
        return text.empty() ? std::string("no word of the glossary is on this page") : text;
    };
    return settings;
}

/// Where one is, after the screen is as it was.
void say_goodbye(const CatalogueEntry& entry, const Lecture& lecture, std::size_t pages) {
    const int number = entry.number();
    if (lecture.page() + 1 < pages)
        fmt::print("lesson {}: page {} of {}; `evglass learn {}` goes on there\n", number,
                   lecture.page() + 1, pages, number);
    else
        fmt::print("lesson {} is done; its exercise: `evglass learn exercise {}`\n", number,
                   number);
    if (lecture.asked() != 0)
        fmt::print("{} of {} predictions right\n", lecture.right(), lecture.asked());
}

int start_lesson(const Catalogue& catalogue, const LearnOptions& options) {
    Progress progress(Progress::default_path());
    const CatalogueEntry* entry = choose(catalogue, options.lesson, progress);
    if (entry == nullptr) return kBadUse;
    const ParsedLesson parsed = load_lesson(entry->file);
    if (!parsed.lesson) return complain(parsed.error);
    const LessonRuns runs(*parsed.lesson, entry->program);
    if (!runs.error().empty()) return complain(runs.error());
    std::size_t first = 0;
    const std::size_t pages = parsed.lesson->pages.size();
    const Progress::Place place = progress.of(entry->slug);
    if (!place.done() && place.pages == pages && place.page > 0) first = place.page - 1;
    const auto read = [&](std::size_t page) { progress.set(entry->slug, {page, pages}); };

    SessionOptions session = session_options(options, catalogue);
    if (session.interactive && has_full_screen()) {
        LectureOptions lecture_options = lecture_settings(catalogue, *entry, options);
        lecture_options.first_page = first;
        lecture_options.read = read;
        Lecture lecture(*parsed.lesson, runs.first(), std::move(lecture_options));
        if (show_full_screen(lecture, session.colour)) {
            if (!progress.save()) complain("your progress can't be kept");
            say_goodbye(*entry, lecture, pages);
            return kWell;
        }
    }
    if (session.interactive) {
        session.first_page = first;
        session.read = read;
    }
    const SessionResult result = walk(*parsed.lesson, runs.first(), session, std::cin, std::cout);
    std::cout.flush();
    if (session.interactive && !progress.save()) complain("your progress can't be kept");
    return result.failed == 0 ? kWell : kNotSo;
}

}  // namespace

int complain(const std::string& text) {
    fmt::print(stderr, "evglass learn: {}\n", trace::safe(text));
    return kBadUse;
}

const CatalogueEntry* find_or_complain(const Catalogue& catalogue, const std::string& name) {
    const CatalogueEntry* entry = catalogue.find(name);
    if (entry == nullptr)
        complain(fmt::format("there is no lesson '{}'; see `evglass learn list`", name));
    return entry;
}

int learn_main(const LearnOptions& options) {
    const FoundCatalogue found = find_catalogue(options);
    if (!found.catalogue) return complain(found.error);
    switch (options.action) {
        case LearnOptions::Action::list:
            return list_lessons(*found.catalogue);
        case LearnOptions::Action::check:
            return check_lessons(*found.catalogue, options);
        case LearnOptions::Action::reset:
            return reset_lessons(*found.catalogue, options.lesson);
        case LearnOptions::Action::exercise:
            return do_exercise(*found.catalogue, options);
        case LearnOptions::Action::watch:
            return watch_exercise(*found.catalogue, options);
        case LearnOptions::Action::solution:
            return show_solution(*found.catalogue, options);
        case LearnOptions::Action::glossary:
            return show_glossary(*found.catalogue, options);
        case LearnOptions::Action::site:
            return write_site(*found.catalogue, options);
        case LearnOptions::Action::start:
            break;
    }
    return start_lesson(*found.catalogue, options);
}

}  // namespace evglass::lessons
