// Stories as columns of text. The first column is what the others are compared with; the first call
// that differs is marked with an arrow and a word, so that it is seen without colours.
#include <algorithm>

#include <fmt/format.h>

#include "viz/compare/story.h"

namespace evglass::viz::compare {
namespace {

constexpr std::size_t kNarrowest = 30;
constexpr const char* kMark = "> ";

std::string cut(const std::string& text, std::size_t width) {
    if (text.size() <= width) return text + std::string(width - text.size(), ' ');
    return text.substr(0, width - 1) + "~";
}

/// One line of a column: the call, or what stands where a story is already through with a step.
std::string cell(const Story& story, std::size_t step, std::size_t line, const Divergence& where) {
    const bool here = where.found && where.step == step && where.call == line;
    const std::string front = here ? kMark : "  ";
    if (step >= story.steps.size() || line >= story.steps[step].calls.size())
        return here ? front + "(nothing more)" : "";
    return front + story.steps[step].calls[line].text;
}

std::string block(const Story& reference, const std::vector<Story>& columns, std::size_t width) {
    std::string out, rule;
    std::vector<Divergence> where;
    for (const Story& story : columns) {
        out += cut(fmt::format("{} ({} calls)", story.mechanism, story.calls()), width);
        where.push_back(first_divergence(reference, story));
    }
    out += "\n" + std::string(width * columns.size(), '-') + "\n";
    for (std::size_t step = 0; step < reference.steps.size(); ++step) {
        out += fmt::format("{}. {}\n", step + 1, reference.steps[step].what);
        std::size_t lines = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (step < columns[i].steps.size())
                lines = std::max(lines, columns[i].steps[step].calls.size());
            if (where[i].found && where[i].step == step) lines = std::max(lines, where[i].call + 1);
        }
        for (std::size_t line = 0; line < lines; ++line) {
            std::string row;
            for (std::size_t i = 0; i < columns.size(); ++i)
                row += cut(cell(columns[i], step, line, where[i]), width);
            out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
        }
    }
    return out;
}

}  // namespace

std::string story_text(const std::vector<Story>& stories, std::size_t width) {
    std::string out;
    std::vector<Story> told;
    for (const Story& story : stories) {
        if (story.left_out.empty())
            told.push_back(story);
        else
            out += fmt::format("{} is left out: {}\n", story.mechanism, story.left_out);
    }
    if (told.empty()) return out;
    const std::size_t fit = std::max<std::size_t>(1, width / kNarrowest);
    for (std::size_t from = 0; from < told.size(); from += fit) {
        const std::size_t to = std::min(told.size(), from + fit);
        const std::vector<Story> columns(told.begin() + static_cast<std::ptrdiff_t>(from),
                                         told.begin() + static_cast<std::ptrdiff_t>(to));
        out += block(told.front(), columns, std::max(kNarrowest, width / fit)) + "\n";
    }
    return out + fmt::format(
                     "{}where a column first differs from {}. Waits count as the same where "
                     "they find the same number ready.\n",
                     kMark, told.front().mechanism);
}

}  // namespace evglass::viz::compare
