// The command `evglass learn`: list, check, reset, and the walk. See learn.h.
#include "lessons/runner/learn.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "lessons/runner/actions.h"
#include "lessons/runner/full_screen.h"
#include "lessons/runner/glossary.h"
#include "lessons/runner/labels.h"
#include "lessons/runner/process.h"
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

/// "A server on poll" of "Lesson 3. A server on poll": the list has the numbers in front.
std::string without_number(const std::string& title) {
    for (const std::string_view end : {". ", "课 "})
        if (const auto at = title.find(end); at != std::string::npos && at < 20)
            return title.substr(at + end.size());
    return title;
}

int list_lessons(const Catalogue& catalogue, const Labels& words) {
    const Progress progress(Progress::default_path());
    int status = kWell;
    std::size_t widest = 0;
    for (const CatalogueEntry& entry : catalogue.entries)
        widest = std::max(widest, entry.slug.size());
    for (const CatalogueEntry& entry : catalogue.entries) {
        const ParsedLesson parsed = load_lesson(entry.file);
        if (!parsed.lesson) {
            status = complain(parsed.error);
            continue;
        }
        const Progress::Place place = progress.of(entry.slug);
        const std::string state = place.done() ? std::string(words("done"))
                                  : place.page == 0
                                      ? std::string(words("new"))
                                      : words("page {} of {}", place.page, place.pages);
        const std::string gap(static_cast<std::size_t>(std::max(1, 15 - cells(state))), ' ');
        fmt::print("{:<{}} {}{}{}\n", entry.slug, widest, state, gap,
                   without_number(parsed.lesson->title));
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
    session.language = options.language;
    session.root = catalogue.root();
    return session;
}

/// The one after it; null: there is none.
const CatalogueEntry* next_of(const Catalogue& catalogue, const CatalogueEntry& entry) {
    const auto after = static_cast<std::size_t>(&entry - catalogue.entries.data()) + 1;
    return after < catalogue.entries.size() ? &catalogue.entries[after] : nullptr;
}

std::string title_of(const CatalogueEntry* entry) {
    if (entry == nullptr) return {};
    const ParsedLesson parsed = load_lesson(entry->file);
    return parsed.lesson ? parsed.lesson->title : entry->slug;
}

LectureOptions lecture_settings(const Catalogue& catalogue, const CatalogueEntry& entry,
                                const LearnOptions& options) {
    LectureOptions settings;
    settings.language = options.language;
    settings.root = catalogue.root();
    settings.unicode = locale_has_utf8();
    settings.try_exercise = [&catalogue, &entry, &options] {
        return exercise_report(catalogue, entry, options.language);
    };
    settings.stamp = [&entry] { return exercise_stamp(entry); };
    settings.edit = [&entry] { return edit_exercise(entry); };
    settings.solution = [&entry] { return exercise_solution(entry); };
    settings.file = exercise_place(entry);
    settings.next_lesson = title_of(next_of(catalogue, entry));
    if (std::ifstream starter(entry.exercise_file("starter.cc")); starter)
        settings.starter.assign(std::istreambuf_iterator<char>(starter), {});
    settings.glossary = [&catalogue, &options](const std::string& page) {
        constexpr int kWidth = 40;
        const Glossary glossary = Glossary::load(catalogue.lessons_dir);
        std::string text;
        for (const Word* word : glossary.in(page))
            text += show_word(*word, options.language, kWidth) + "\n";
        const Labels words(options.language);
        return text.empty() ? std::string(words("no word of the glossary is on this page")) : text;
    };
    return settings;
}

/// Where one is, after the screen is as it was.
void say_goodbye(const CatalogueEntry& entry, const Lecture& lecture, std::size_t pages,
                 const CatalogueEntry* next, const Labels& words) {
    const int number = entry.number();
    if (lecture.page() + 1 < pages)
        fmt::print("{}\n", words("lesson {}: page {} of {}; `evglass learn {}` goes on there",
                                 number, lecture.page() + 1, pages, number));
    else
        fmt::print("{}\n", words("lesson {} is done; its exercise: `evglass learn exercise {}`",
                                 number, number));
    if (lecture.asked() != 0)
        fmt::print("{}\n", words("{} of {} predictions right", lecture.right(), lecture.asked()));
    if (lecture.page() + 1 == pages && next != nullptr)
        fmt::print("{}\n", words("next lesson: `evglass learn {}`", next->number()));
}

/// The file is read anew before it is written: an exercise may have been passed meanwhile.
void keep_place(const std::string& slug, const Progress::Place& place) {
    Progress latest(Progress::default_path());
    latest.set(slug, place);
    if (!latest.save()) complain("your progress can't be kept");
}

/// The exit status, and the lesson that the learner goes on to.
struct Walked {
    int status = kWell;
    const CatalogueEntry* next = nullptr;
};

/// Walks through it, on the whole screen where there is one.
Walked walk_through(const Catalogue& catalogue, const CatalogueEntry& entry, const Lesson& lesson,
                    const Run& run, const LearnOptions& options) {
    Progress::Place place = Progress(Progress::default_path()).of(entry.slug);
    const std::size_t pages = lesson.pages.size();
    const bool goes_on = !place.done() && place.pages == pages && place.page > 0;
    SessionOptions session = session_options(options, catalogue);
    if (session.interactive) {
        session.first_page = goes_on ? place.page - 1 : 0;
        session.read = [&](std::size_t page) { place = {page, pages}; };
    }
    if (session.interactive && has_full_screen()) {
        LectureOptions settings = lecture_settings(catalogue, entry, options);
        settings.first_page = session.first_page;
        settings.read = session.read;
        Lecture lecture(lesson, run, std::move(settings));
        if (show_full_screen(lecture, session.colour)) {
            keep_place(entry.slug, place);
            const CatalogueEntry* next = next_of(catalogue, entry);
            if (lecture.goes_on()) return {kWell, next};
            say_goodbye(entry, lecture, pages, next, Labels(options.language));
            return {};
        }
    }
    const SessionResult result = walk(lesson, run, session, std::cin, std::cout);
    std::cout.flush();
    if (session.interactive) keep_place(entry.slug, place);
    return {result.failed == 0 ? kWell : kNotSo, nullptr};
}

int start_lesson(const Catalogue& catalogue, const LearnOptions& options) {
    const CatalogueEntry* entry =
        choose(catalogue, options.lesson, Progress(Progress::default_path()));
    if (entry == nullptr) return kBadUse;
    for (;;) {
        const ParsedLesson parsed = load_lesson(entry->file);
        if (!parsed.lesson) return complain(parsed.error);
        const LessonRuns runs(*parsed.lesson, entry->program);
        if (!runs.error().empty()) return complain(runs.error());
        const Walked walked =
            walk_through(catalogue, *entry, *parsed.lesson, runs.first(), options);
        if (walked.next == nullptr) return walked.status;
        entry = walked.next;
    }
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
            return list_lessons(*found.catalogue, Labels(options.language));
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
