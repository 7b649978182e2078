// Stories as a picture: one table, a column for each mechanism, a band for each step. A call's
// colour is its kind, and waits, changes and the rest are also told apart by a letter.
#include <fmt/format.h>

#include "viz/compare/aligned.h"
#include "viz/compare/story.h"
#include "viz/graph/dot.h"
#include "viz/graph/style.h"

namespace evglass::viz::compare {
namespace {

using graph::Html;
namespace style = graph::style;

struct KindStyle {
    const char* letter;
    const char* colour;
};
KindStyle style_of(CallKind kind) {
    switch (kind) {
        case CallKind::wait:
            return {"w", "#b2182b"};
        case CallKind::control:
            return {"c", "#b35806"};
        case CallKind::transfer:
            return {"t", "#2166ac"};
        case CallKind::other:
            break;
    }
    return {"o", "#4d4d4d"};
}

Html mono(const Html& text, const std::string& colour) {
    return text.font({{"color", colour}, {"face", style::kMono}, {"point-size", "10"}});
}

/// A hole is a line too: what stands side by side in the rows stands so in the picture.
Html line_of(const StoryCall* call, bool parts) {
    Html text = mono(Html::text(" "), "#000000");
    if (call != nullptr) {
        const KindStyle kind = style_of(call->kind);
        text = mono(Html::text(fmt::format("{} {}", kind.letter, call->text)), kind.colour);
    } else if (parts) {
        text = mono(Html::text("no such call"), style::kTrouble);
    }
    if (parts) text = mono(Html::text("▶ ").bold(), style::kTrouble) + text.bold();
    return text + Html::br("left");
}

Html cell_of(const Aligned& aligned, std::size_t step, std::size_t story) {
    Html lines;
    const std::vector<AlignedRow>& rows = aligned.steps[step].rows;
    for (std::size_t row = 0; row < rows.size(); ++row)
        lines += line_of(rows[row].calls[story], aligned.parts[story].is(step, row));
    if (lines.empty()) lines = Html::text("-");
    const bool here = aligned.parts[story].found && aligned.parts[story].step == step;
    return lines.cell({{"align", "left"},
                       {"balign", "left"},
                       {"valign", "top"},
                       {"bgcolor", here ? "#fdecea" : "#ffffff"}});
}

}  // namespace

std::string story_dot(const std::vector<Story>& stories) {
    const Aligned aligned = align(stories);
    graph::Dot dot(Html::text("What each mechanism does for the same clients", 80));
    if (aligned.stories.empty()) return dot.str();
    Html head = Html::text("the clients").bold().cell({{"bgcolor", style::kPale}});
    for (const Story* story : aligned.stories)
        head += Html::text(fmt::format("{}: {} calls", story->mechanism, story->calls()))
                    .bold()
                    .cell({{"bgcolor", style::kPale}});
    Html rows = Html::row({head});
    for (std::size_t step = 0; step < aligned.steps.size(); ++step) {
        Html row = Html::text(fmt::format("{}. {}", step + 1, aligned.steps[step].what), 60)
                       .cell({{"align", "left"}, {"valign", "top"}, {"bgcolor", style::kPale}});
        for (std::size_t story = 0; story < aligned.stories.size(); ++story)
            row += cell_of(aligned, step, story);
        rows += Html::row({row});
    }
    dot.node(
        "story",
        rows.table(
            {{"border", "0"}, {"cellborder", "1"}, {"cellspacing", "0"}, {"cellpadding", "5"}}),
        {{"shape", "plain"}});
    dot.node(
        "legend",
        Html::text(fmt::format("w: waits    c: changes what is watched    t: reads or writes    "
                               "o: other    \u25b6 first difference from {}",
                               aligned.stories.front()->mechanism),
                   140),
        {{"shape", "plain"}});
    dot.edge("story", "legend", {{"style", "invis"}});
    return dot.str();
}

}  // namespace evglass::viz::compare
