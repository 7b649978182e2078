// The stories are merged into the rows one after the other, each by the alignment of most worth: a
// call that means the same is worth more than one that only does the same kind of thing to the same
// descriptor (epoll_ctl ADD with and without ET). What fits nowhere becomes a row of its own.
#include "viz/compare/aligned.h"

#include <algorithm>

#include <fmt/format.h>

namespace evglass::viz::compare {
namespace {

constexpr int kSameMeaning = 4, kSameKey = 1;

int worth(const AlignedRow& row, const StoryCall& call) {
    int most = 0;
    for (const StoryCall* there : row.calls) {
        if (there == nullptr) continue;
        if (there->meaning == call.meaning) return kSameMeaning;
        if (there->key == call.key) most = kSameKey;
    }
    return most;
}

/// The worth of the best way to lay calls [c..] beside rows [r..].
class Worths {
 public:
    Worths(const std::vector<AlignedRow>& rows, const std::vector<StoryCall>& calls)
        : width_(calls.size() + 1), table_((rows.size() + 1) * width_) {
        for (std::size_t r = rows.size(); r-- > 0;)
            for (std::size_t c = calls.size(); c-- > 0;) {
                const int both = worth(rows[r], calls[c]);
                const int paired = both > 0 ? both + at(r + 1, c + 1) : 0;
                table_[r * width_ + c] = std::max({paired, at(r + 1, c), at(r, c + 1)});
            }
    }
    int at(std::size_t r, std::size_t c) const { return table_[r * width_ + c]; }

 private:
    std::size_t width_;
    std::vector<int> table_;
};

AlignedRow row_of(std::size_t stories, std::size_t story, const StoryCall& call) {
    AlignedRow row{std::vector<const StoryCall*>(stories)};
    row.calls[story] = &call;
    return row;
}

void merge(std::vector<AlignedRow>& rows, std::size_t stories, std::size_t story,
           const std::vector<StoryCall>& calls) {
    const Worths worths(rows, calls);
    std::vector<AlignedRow> merged;
    std::size_t r = 0, c = 0;
    while (r < rows.size() || c < calls.size()) {
        const bool row_left = r < rows.size(), call_left = c < calls.size();
        const int both = row_left && call_left ? worth(rows[r], calls[c]) : 0;
        if (both > 0 && worths.at(r, c) == both + worths.at(r + 1, c + 1)) {
            merged.push_back(std::move(rows[r++]));
            merged.back().calls[story] = &calls[c++];
        } else if (row_left && (!call_left || worths.at(r, c) == worths.at(r + 1, c))) {
            merged.push_back(std::move(rows[r++]));
        } else {
            merged.push_back(row_of(stories, story, calls[c++]));
        }
    }
    rows = std::move(merged);
}

Divergence first_difference(const Aligned& aligned, std::size_t story) {
    for (std::size_t step = 0; step < aligned.steps.size(); ++step)
        for (std::size_t row = 0; row < aligned.steps[step].rows.size(); ++row)
            if (aligned.differs(step, row, story)) return {step, row, true};
    return {};
}

}  // namespace

bool Aligned::differs(std::size_t step, std::size_t row, std::size_t story) const {
    const AlignedRow& at = steps[step].rows[row];
    const StoryCall* wanted = at.calls[reference];
    const StoryCall* is = at.calls[story];
    if (wanted == nullptr || is == nullptr) return wanted != is;
    return wanted->meaning != is->meaning;
}

std::size_t Aligned::calls(std::size_t step, std::size_t story) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        steps[step].rows, [&](const AlignedRow& row) { return row.calls[story] != nullptr; }));
}

Aligned align(const std::vector<Story>& stories, std::size_t reference) {
    Aligned out;
    for (const Story& story : stories)
        if (story.left_out.empty()) out.stories.push_back(&story);
    if (out.stories.empty()) return out;
    out.reference = std::min(reference, out.stories.size() - 1);
    const std::size_t count = out.stories.size();
    for (std::size_t step = 0; step < out.stories[out.reference]->steps.size(); ++step) {
        AlignedStep aligned{out.stories[out.reference]->steps[step].what, {}};
        // The reference comes first: it gives the order of the rows.
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t story = (out.reference + i) % count;
            if (step < out.stories[story]->steps.size())
                merge(aligned.rows, count, story, out.stories[story]->steps[step].calls);
        }
        out.steps.push_back(std::move(aligned));
    }
    for (std::size_t story = 0; story < count; ++story)
        out.parts.push_back(first_difference(out, story));
    return out;
}

std::string steps_differ(const std::vector<Story>& stories) {
    const Story* first = nullptr;
    for (const Story& story : stories) {
        if (!story.left_out.empty()) continue;
        if (first == nullptr) first = &story;
        if (story.steps.size() != first->steps.size())
            return fmt::format(
                "{} has {} steps and {} has {}: only recordings of the same actions "
                "stand side by side",
                first->mechanism, first->steps.size(), story.mechanism, story.steps.size());
        for (std::size_t i = 0; i < story.steps.size(); ++i)
            if (story.steps[i].what != first->steps[i].what)
                return fmt::format(
                    "step {} is '{}' in {} and '{}' in {}: only recordings of the "
                    "same actions stand side by side",
                    i + 1, first->steps[i].what, first->mechanism, story.steps[i].what,
                    story.mechanism);
    }
    return "";
}

}  // namespace evglass::viz::compare
