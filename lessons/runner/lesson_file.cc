// The parser of lesson.md. cmark splits the text; what stands in a fenced block of ours is read by
// blocks.h; here it becomes pages.
#include "lessons/runner/lesson_file.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "lessons/runner/blocks.h"

namespace evglass::lessons {
namespace {

constexpr std::size_t kLongestFile = 256 * 1024;
constexpr std::size_t kMostPages = 100, kMostRuns = 10;

int line_of(std::string_view source, std::string_view part) {
    const auto at = source.find(part);
    int line = 1;
    for (std::size_t i = 0; i < at && i < source.size(); ++i) line += source[i] == '\n' ? 1 : 0;
    return line;
}

std::vector<Operand> parse_placeholders(std::string_view source,
                                        const std::vector<std::string>& found) {
    std::vector<Operand> operands;
    for (const std::string& text : found) {
        std::string error;
        Operand operand = parse_operand(text, error);
        if (error.empty() && operand.literal)
            error = fmt::format("'{}' is not a name of the language", text);
        if (!error.empty()) throw Mistake{line_of(source, "{{" + text + "}}"), "{{...}}: " + error};
        operands.push_back(std::move(operand));
    }
    return operands;
}

class LessonReader {
 public:
    LessonReader(std::string_view source, const std::string& path) : source_(source) {
        lesson_.path = path;
        lesson_.pages.emplace_back();
        lesson_.runs.emplace_back();
    }

    Lesson read() {
        if (source_.size() > kLongestFile)
            throw Mistake{1, fmt::format("more than {} bytes in a lesson", kLongestFile)};
        std::vector<std::string> found;
        const std::string marked = mark_placeholders(source_, found);
        lesson_.placeholders = parse_placeholders(source_, found);
        for (const SourceBlock& block :
             parse_markdown(marked, {"lesson", "run", "stop", "myth", "exercise"}))
            take(block);
        if (!has_heading_ || lesson_.title.empty())
            throw Mistake{1, "there is no lesson block with a 'title:'"};
        if (stops_ == 0) throw Mistake{1, "there is no stop in this lesson"};
        return std::move(lesson_);
    }

 private:
    void take(const SourceBlock& block) {
        if (block.info.empty()) {
            auto& text = lesson_.pages.back().text;
            text.insert(text.end(), block.text.begin(), block.text.end());
            return;
        }
        const auto entries = parse_entries(block.literal, block.line + 1);
        if (block.info == "lesson") return take_heading(entries, block.line);
        if (block.info == "run") return take_run(read_run_block(entries, block.line), block.line);
        Page page;
        if (block.info == "stop")
            page.stop = take_stop(entries, block.line);
        else if (block.info == "myth")
            page.myth = read_myth_block(entries, block.line);
        else
            page.exercise = take_exercise(entries, block.line);
        page.heading = take_last_headings(lesson_.pages.back().text);
        if (page.exercise) page.heading.clear();  // its title is one
        if (lesson_.pages.size() > kMostPages)
            throw Mistake{block.line, fmt::format("more than {} stops in a lesson", kMostPages)};
        lesson_.pages.push_back(std::move(page));
    }

    /// A heading at the end of a page is that of the next one.
    static std::vector<TextBlock> take_last_headings(std::vector<TextBlock>& text) {
        auto first = text.end();
        while (first != text.begin() && std::prev(first)->kind == TextBlock::Kind::heading) --first;
        std::vector<TextBlock> headings(first, text.end());
        text.erase(first, text.end());
        return headings;
    }

    void take_heading(const std::vector<Entry>& entries, int line) {
        if (has_heading_) throw Mistake{line, "a second lesson block; a file has one"};
        has_heading_ = true;
        read_lesson_block(lesson_, entries);
    }

    bool has_run(const std::string& name) const {
        return std::any_of(lesson_.runs.begin(), lesson_.runs.end(),
                           [&](const Start& run) { return run.name == name; });
    }

    void take_run(Start run, int line) {
        if (has_run(run.name))
            throw Mistake{line, fmt::format("a second run '{}'; names differ", run.name)};
        if (lesson_.runs.size() > kMostRuns)
            throw Mistake{line, fmt::format("more than {} runs in a lesson", kMostRuns)};
        lesson_.runs.push_back(std::move(run));
    }

    Stop take_stop(const std::vector<Entry>& entries, int line) {
        Stop stop = read_stop_block(entries, line);
        if (!has_run(stop.run))
            throw Mistake{line, fmt::format("there is no run '{}' before this stop", stop.run)};
        ++stops_;
        return stop;
    }

    Exercise take_exercise(const std::vector<Entry>& entries, int line) {
        if (lesson_.exercise() != nullptr)
            throw Mistake{line, "a second exercise; a lesson has one"};
        return read_exercise_block(entries, line);
    }

    std::string_view source_;
    Lesson lesson_;
    bool has_heading_ = false;
    std::size_t stops_ = 0;
};

}  // namespace

const Page* Lesson::exercise_page() const {
    for (const Page& page : pages)
        if (page.exercise) return &page;
    return nullptr;
}

const Exercise* Lesson::exercise() const {
    const Page* page = exercise_page();
    return page != nullptr ? &*page->exercise : nullptr;
}

ParsedLesson parse_lesson(std::string_view text, const std::string& path) {
    try {
        return {LessonReader(text, path).read(), {}};
    } catch (const Mistake& mistake) {
        return {std::nullopt, fmt::format("{}:{}: {}", path, mistake.line, mistake.text)};
    }
}

ParsedLesson load_lesson(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return {std::nullopt, fmt::format("{}: cannot be read", path)};
    std::string text(kLongestFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parse_lesson(text, path);
}

}  // namespace evglass::lessons
