// Stories as columns of text. The first column is what the others are compared with; the first call
// that differs is marked with an arrow, so that it is seen without colours.
#include <algorithm>

#include <fmt/format.h>

#include "viz/compare/aligned.h"
#include "viz/compare/story.h"

namespace evglass::viz::compare {
namespace {

constexpr std::size_t kNarrowest = 30;
constexpr const char* kMark = "> ";

/// Some of the stories, from..to, that fit beside each other.
struct Columns {
    std::size_t from, to, width;
};

std::string cut(const std::string& text, std::size_t width) {
    if (text.size() <= width) return text + std::string(width - text.size(), ' ');
    return text.substr(0, width - 1) + "~";
}

std::string cell(const Aligned& aligned, std::size_t step, std::size_t row, std::size_t story) {
    const StoryCall* call = aligned.steps[step].rows[row].calls[story];
    const bool parts = aligned.parts[story].is(step, row);
    if (call == nullptr) return parts ? std::string(kMark) + "(no such call)" : "";
    return (parts ? kMark : "  ") + call->text;
}

std::string without_blanks(const std::string& row) {
    return row.substr(0, row.find_last_not_of(' ') + 1);
}

std::string block(const Aligned& aligned, const Columns& columns) {
    std::string out;
    for (std::size_t i = columns.from; i < columns.to; ++i)
        out += cut(fmt::format("{} ({} calls)", aligned.stories[i]->mechanism,
                               aligned.stories[i]->calls()),
                   columns.width);
    out = without_blanks(out) + "\n" +
          std::string(columns.width * (columns.to - columns.from), '-') + "\n";
    for (std::size_t step = 0; step < aligned.steps.size(); ++step) {
        out += fmt::format("{}. {}\n", step + 1, aligned.steps[step].what);
        for (std::size_t row = 0; row < aligned.steps[step].rows.size(); ++row) {
            std::string line;
            for (std::size_t i = columns.from; i < columns.to; ++i)
                line += cut(cell(aligned, step, row, i), columns.width);
            line = without_blanks(line);
            if (!line.empty()) out += line + "\n";
        }
    }
    return out;
}

}  // namespace

std::string story_text(const std::vector<Story>& stories, std::size_t width) {
    std::string out;
    for (const Story& story : stories)
        if (!story.left_out.empty())
            out += fmt::format("{} is left out: {}\n", story.mechanism, story.left_out);
    const Aligned aligned = align(stories);
    const std::size_t told = aligned.stories.size();
    if (told == 0) return out;
    const std::size_t fit = std::max<std::size_t>(1, width / kNarrowest);
    for (std::size_t from = 0; from < told; from += fit)
        out += block(aligned, {from, std::min(told, from + fit),
                               std::max(kNarrowest, width / std::min(fit, told))}) +
               "\n";
    return out + fmt::format(
                     "{}where a column first differs from {}. Waits count as the same where "
                     "they find the same number ready.\n",
                     kMark, aligned.stories.front()->mechanism);
}

}  // namespace evglass::viz::compare
