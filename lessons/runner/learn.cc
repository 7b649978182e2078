// The command `evglass learn`: list, check, reset, and the walk. See learn.h.
#include "lessons/runner/learn.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "lessons/runner/catalogue.h"
#include "lessons/runner/check.h"
#include "lessons/runner/program.h"
#include "lessons/runner/progress.h"
#include "lessons/runner/session.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

constexpr int kWell = 0, kNotSo = 1, kBadUse = 2;
constexpr int kNarrowest = 40, kWidest = 100, kUsual = 80;

int complain(const std::string& text) {
    fmt::print(stderr, "evglass learn: {}\n", trace::safe(text));
    return kBadUse;
}

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
    const CatalogueEntry* entry = name.empty() ? nullptr : catalogue.find(name);
    if (!name.empty() && entry == nullptr)
        return complain(fmt::format("there is no lesson '{}'; see `evglass learn list`", name));
    progress.reset(entry != nullptr ? entry->slug : "");
    if (!progress.save()) return complain("the progress file can't be written");
    fmt::print("{}: the progress is forgotten\n", entry != nullptr ? entry->slug : "all lessons");
    return kWell;
}

/// Runs one lesson and prints what is not so. Returns the exit status.
int check_one(const CatalogueEntry& entry) {
    const ParsedLesson parsed = load_lesson(entry.file);
    if (!parsed.lesson) return complain(parsed.error);
    const ScratchDirectory scratch;
    const ProgramRun run = run_program(entry.program, scratch);
    if (!run.run) {
        if (!run.output.empty()) fmt::print(stderr, "{}", trace::safe(run.output) + "\n");
        return complain(run.error);
    }
    std::size_t passed = 0, failed = 0;
    for (const Outcome& outcome : check_lesson(*parsed.lesson, *run.run)) {
        ++(outcome.passed ? passed : failed);
        if (!outcome.passed) fmt::print("{}:{}: {}\n", entry.file, outcome.line, outcome.text);
    }
    fmt::print("{}: {} passed, {} failed\n", entry.slug, passed, failed);
    return failed == 0 ? kWell : kNotSo;
}

int check_lessons(const Catalogue& catalogue, const std::string& name) {
    if (!name.empty()) {
        const CatalogueEntry* entry = catalogue.find(name);
        if (entry == nullptr)
            return complain(fmt::format("there is no lesson '{}'; see `evglass learn list`", name));
        return check_one(*entry);
    }
    int status = kWell;
    for (const CatalogueEntry& entry : catalogue.entries)
        status = std::max(status, check_one(entry));
    return status;
}

/// The lesson that was named, else the first one that is not done, else the first.
const CatalogueEntry* choose(const Catalogue& catalogue, const std::string& name,
                             const Progress& progress) {
    if (!name.empty()) return catalogue.find(name);
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

int start_lesson(const Catalogue& catalogue, const LearnOptions& options) {
    Progress progress(Progress::default_path());
    const CatalogueEntry* entry = choose(catalogue, options.lesson, progress);
    if (entry == nullptr)
        return complain(
            fmt::format("there is no lesson '{}'; see `evglass learn list`", options.lesson));
    const ParsedLesson parsed = load_lesson(entry->file);
    if (!parsed.lesson) return complain(parsed.error);
    const ScratchDirectory scratch;
    const ProgramRun run = run_program(entry->program, scratch);
    if (!run.run) return complain(run.error);
    SessionOptions session = session_options(options, catalogue);
    const std::size_t pages = parsed.lesson->pages.size();
    if (session.interactive) {
        const Progress::Place place = progress.of(entry->slug);
        if (!place.done() && place.pages == pages && place.page > 0)
            session.first_page = place.page - 1;
        session.read = [&](std::size_t page) { progress.set(entry->slug, {page, pages}); };
    }
    const SessionResult result = walk(*parsed.lesson, *run.run, session, std::cin, std::cout);
    std::cout.flush();
    if (session.interactive && !progress.save()) complain("your progress can't be kept");
    return result.failed == 0 ? kWell : kNotSo;
}

}  // namespace

int learn_main(const LearnOptions& options) {
    const FoundCatalogue found = find_catalogue(options);
    if (!found.catalogue) return complain(found.error);
    switch (options.action) {
        case LearnOptions::Action::list:
            return list_lessons(*found.catalogue);
        case LearnOptions::Action::check:
            return check_lessons(*found.catalogue, options.lesson);
        case LearnOptions::Action::reset:
            return reset_lessons(*found.catalogue, options.lesson);
        case LearnOptions::Action::start:
            break;
    }
    return start_lesson(*found.catalogue, options);
}

}  // namespace evglass::lessons
