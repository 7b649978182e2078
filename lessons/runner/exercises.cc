// `evglass learn exercise`, `watch` and `solution`: a learner's file, from the copy of the starter
// to the first pass. A failing check says what was expected, what the trace showed, at which
// record. The learner's file is never written to. See actions.h.
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <fmt/format.h>

#include "lessons/runner/actions.h"
#include "lessons/runner/exercise.h"
#include "lessons/runner/labels.h"
#include "lessons/runner/process.h"
#include "lessons/runner/progress.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

namespace fs = std::filesystem;

/// The exercise that a learner works on.
struct Task {
    const Catalogue& catalogue;
    CatalogueEntry entry;
    Lesson lesson;
    std::string file;
    Labels words;
    const Exercise& exercise() const { return *lesson.exercise(); }
};

std::string progress_key(const CatalogueEntry& entry) {
    return "exercise:" + entry.slug;
}

std::optional<Task> find_task(const Catalogue& catalogue, const LearnOptions& options) {
    if (options.lesson.empty()) {
        complain("say which lesson: evglass learn exercise 8");
        return std::nullopt;
    }
    const CatalogueEntry* entry = find_or_complain(catalogue, options.lesson);
    if (entry == nullptr) return std::nullopt;
    ParsedLesson parsed = load_lesson(entry->file);
    if (!parsed.lesson) {
        complain(parsed.error);
        return std::nullopt;
    }
    if (parsed.lesson->exercise() == nullptr) {
        complain(fmt::format("lesson {} has no exercise", entry->number()));
        return std::nullopt;
    }
    const std::string file = options.file.empty() ? entry->slug + ".cc" : options.file;
    return Task{catalogue, *entry, std::move(*parsed.lesson), file, Labels(options.language)};
}

/// What was done, as lines for people, and the exit status that says so.
struct Report {
    int status = kWell;
    std::string text;
};

std::string task_text(const Task& task) {
    const RenderOptions plain{.width = 80, .colour = false, .fill = {}};
    return fmt::format("{}\n\n{}\n", task.exercise().title,
                       render(task.lesson.exercise_page()->text, plain));
}

std::string file_place(const std::string& file) {
    std::error_code failed;
    const fs::path whole = fs::absolute(file, failed);
    return failed ? file : whole.string();
}

Report copy_starter(const Task& task) {
    std::error_code failed;
    fs::copy_file(task.entry.exercise_file("starter.cc"), task.file, failed);
    if (failed)
        return {kBadUse, fmt::format("the starter can't be copied to {}: {}\n", task.file,
                                     failed.message())};
    const int number = task.entry.number();
    return {kWell,
            fmt::format("{}\n  evglass learn exercise {}   {}\n  evglass learn watch {}      {}\n",
                        task.words("{} is where you begin. Then:", file_place(task.file)), number,
                        task.words("checks it"), number,
                        task.words("checks it each time you save it"))};
}

/// What to think of first, then what was expected, what was seen, and where.
std::string finding_text(const Labels& words, const Outcome& failure) {
    const Outcome::Parts& parts = failure.parts;
    if (parts.expected.empty()) return fmt::format("  - {}\n", failure.text);
    std::string text;
    const auto line = [&](std::string_view label, const std::string& said) {
        constexpr int kLabel = 10;
        if (said.empty()) return;
        const int blanks = std::max(1, kLabel - cells(label));
        text += fmt::format("{} {}{}{}\n", text.empty() ? "  -" : "   ", label,
                            std::string(static_cast<std::size_t>(blanks), ' '), said);
    };
    if (!parts.why.empty()) text = fmt::format("  - {}\n", parts.why);
    line(words("expected"), parts.expected);
    line(words("seen"), parts.seen);
    line(words("where"), parts.where);
    return text;
}

std::string failure_text(const Task& task, const Attempt& attempt) {
    std::string text = task.words("not yet. With {}:", attempt.input) + "\n";
    for (const Outcome& failure : attempt.failures) text += finding_text(task.words, failure);
    if (!attempt.output.empty())
        text += fmt::format("  {}\n    {}\n", task.words("it printed:"), attempt.output);
    if (!task.exercise().hint.empty())
        text += fmt::format("  {} {}\n", task.words("hint:"), task.exercise().hint);
    if (task.exercise().build != Exercise::Build::scenarios)
        text += fmt::format("  {} --seed {}\n", task.words("the same input again:"), attempt.seed);
    return text;
}

Report passed(const Task& task, const Attempt& attempt) {
    Progress progress(Progress::default_path());
    progress.set(progress_key(task.entry), {1, 1});
    const bool kept = progress.save();
    std::string text =
        task.words("passed: {} checks, the last with {}", attempt.checks, attempt.input);
    text += fmt::format("\n  evglass learn solution {}   {}\n", task.entry.number(),
                        task.words("shows how the author did it"));
    if (!kept) text += fmt::format("{}\n", task.words("your progress can't be kept"));
    return {kWell, text};
}

/// Compiles and checks the learner's file once.
Report check_file(const Task& task, std::uint64_t seed) {
    const ScratchDirectory scratch;
    const std::string program = scratch.path() + "/program";
    const Built built =
        build_exercise(task.exercise(), task.catalogue.toolchain(),
                       task.entry.directory() + "/exercise", task.file, program, task.words);
    if (!built.error.empty())
        return {kNotSo, built.messages + task.words("not yet: {}", built.error) + "\n"};
    if (seed == 0) seed = std::random_device{}() % 1'000'000U + 1U;
    const Attempt attempt = try_exercise(task.exercise(),
                                         {program, task.entry.exercise_program("driver"),
                                          task.entry.exercise_program("../scenarios")},
                                         seed, task.words);
    if (attempt.passed) return passed(task, attempt);
    return {kNotSo, failure_text(task, attempt)};
}

int print(const Report& report) {
    if (report.status == kBadUse)
        fmt::print(stderr, "evglass learn: {}", report.text);
    else
        fmt::print("{}", report.text);
    std::fflush(stdout);
    return report.status;
}

/// Tells when a file was written. It watches the directory: editors put a new file in the old one's
/// place.
class SaveWatch {
 public:
    explicit SaveWatch(const std::string& file)
        : name_(fs::path(file).filename()), fd_(inotify_init1(IN_CLOEXEC)) {
        const fs::path directory = fs::path(file).parent_path();
        const std::string watched = directory.empty() ? "." : directory.string();
        good_ = fd_.get() >= 0 &&
                inotify_add_watch(fd_.get(), watched.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) >= 0;
    }
    bool good() const { return good_; }
    /// Waits for the next save. False: no more come.
    bool wait() {
        for (;;) {
            alignas(inotify_event) char bytes[4096];
            const ssize_t size = read(fd_.get(), bytes, sizeof bytes);
            if (size <= 0) return false;
            bool saved = false;
            for (ssize_t at = 0; at < size;) {
                const auto* event = reinterpret_cast<const inotify_event*>(bytes + at);
                saved = saved || (event->len != 0 && name_ == event->name);
                at += static_cast<ssize_t>(sizeof *event + event->len);
            }
            if (saved) return true;
        }
    }

 private:
    std::string name_;
    Descriptor fd_;
    bool good_ = false;
};

}  // namespace

int do_exercise(const Catalogue& catalogue, const LearnOptions& options) {
    const std::optional<Task> task = find_task(catalogue, options);
    if (!task) return kBadUse;
    std::error_code ignored;
    if (options.file.empty() && !fs::exists(task->file, ignored)) {
        fmt::print("{}\n", task_text(*task));
        return print(copy_starter(*task));
    }
    if (!fs::is_regular_file(task->file, ignored))
        return complain(fmt::format("there is no file {}", task->file));
    return print(check_file(*task, options.seed));
}

std::string exercise_report(const Catalogue& catalogue, const CatalogueEntry& entry,
                            const std::string& language) {
    ParsedLesson parsed = load_lesson(entry.file);
    if (!parsed.lesson || parsed.lesson->exercise() == nullptr) return "there is no exercise";
    const Task task{catalogue, entry, std::move(*parsed.lesson), entry.slug + ".cc",
                    Labels(language)};
    std::error_code ignored;
    return fs::exists(task.file, ignored) ? check_file(task, 0).text : copy_starter(task).text;
}

std::string exercise_stamp(const CatalogueEntry& entry) {
    std::error_code failed;
    const auto written = fs::last_write_time(entry.slug + ".cc", failed);
    return failed ? std::string() : fmt::format("{}", written.time_since_epoch().count());
}

std::string exercise_place(const CatalogueEntry& entry) {
    return file_place(entry.slug + ".cc");
}

bool edit_exercise(const CatalogueEntry& entry) {
    std::error_code failed;
    const std::string file = entry.slug + ".cc";
    if (!fs::exists(file, failed)) fs::copy_file(entry.exercise_file("starter.cc"), file, failed);
    if (failed) return false;
    // An editor may be named with arguments: the shell splits them, as git does it.
    constexpr const char* kCommand = "exec ${VISUAL:-${EDITOR:-editor}} \"$1\"";
    const pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", kCommand, "sh", file.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

std::string exercise_solution(const CatalogueEntry& entry) {
    if (!Progress(Progress::default_path()).of(progress_key(entry)).done()) return {};
    std::ifstream file(entry.exercise_file("solution.cc"));
    return {std::istreambuf_iterator<char>(file), {}};
}

int watch_exercise(const Catalogue& catalogue, const LearnOptions& options) {
    const std::optional<Task> task = find_task(catalogue, options);
    if (!task) return kBadUse;
    std::error_code ignored;
    if (!fs::is_regular_file(task->file, ignored))
        return complain(fmt::format("there is no file {}; `evglass learn exercise {}` makes one",
                                    task->file, task->entry.number()));
    SaveWatch saves(task->file);
    if (!saves.good()) return complain("the file's directory can't be watched");
    do {
        fmt::print("---- {}\n", task->file);
        std::fflush(stdout);
        const int status = print(check_file(*task, options.seed));
        if (status == kWell) return status;
        fmt::print("{}\n\n", task->words("waiting for the next save (Ctrl-C ends)"));
        std::fflush(stdout);
    } while (saves.wait());
    return kNotSo;
}

int show_solution(const Catalogue& catalogue, const LearnOptions& options) {
    const std::optional<Task> task = find_task(catalogue, options);
    if (!task) return kBadUse;
    if (!Progress(Progress::default_path()).of(progress_key(task->entry)).done()) {
        fmt::print(stderr,
                   "evglass learn: the solution is shown once your file has passed: "
                   "evglass learn exercise {}\n",
                   task->entry.number());
        return kNotSo;
    }
    const std::string solution = exercise_solution(task->entry);
    if (solution.empty()) return complain("the solution can't be read");
    std::cout << solution << std::flush;
    return kWell;
}

}  // namespace evglass::lessons
