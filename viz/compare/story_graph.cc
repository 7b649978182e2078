// Stories as a picture: one table, a column for each mechanism, a band for each step. A call's
// colour is its kind, and waits, changes and the rest are also told apart by a letter.
#include <fmt/format.h>

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

Html line_of(const StoryCall& call, bool diverges) {
    const KindStyle kind = style_of(call.kind);
    Html text = Html::text(fmt::format("{} {}", kind.letter, call.text))
                    .font({{"color", kind.colour}, {"face", style::kMono}, {"point-size", "10"}});
    if (diverges)
        text =
            Html::text("first difference ").bold().font({{"color", style::kTrouble}}) + text.bold();
    return text + Html::br("left");
}

Html cell_of(const Story& story, std::size_t step, const Divergence& where) {
    Html lines;
    const std::size_t calls = step < story.steps.size() ? story.steps[step].calls.size() : 0;
    const bool here = where.found && where.step == step;
    for (std::size_t i = 0; i < calls; ++i)
        lines += line_of(story.steps[step].calls[i], here && where.call == i);
    if (here && where.call >= calls)
        lines +=
            Html::text("first difference: nothing more").bold().font({{"color", style::kTrouble}}) +
            Html::br("left");
    if (lines.empty()) lines = Html::text("-");
    return lines.cell({{"align", "left"},
                       {"balign", "left"},
                       {"valign", "top"},
                       {"bgcolor", here ? "#fdecea" : "#ffffff"}});
}

}  // namespace

std::string story_dot(const std::vector<Story>& stories) {
    std::vector<const Story*> told;
    for (const Story& story : stories)
        if (story.left_out.empty()) told.push_back(&story);
    graph::Dot dot(Html::text("What each mechanism does for the same clients", 80));
    if (told.empty()) return dot.str();
    Html head = Html::text("the clients").bold().cell({{"bgcolor", style::kPale}});
    for (const Story* story : told)
        head += Html::text(fmt::format("{}: {} calls", story->mechanism, story->calls()))
                    .bold()
                    .cell({{"bgcolor", style::kPale}});
    Html rows = Html::row({head});
    for (std::size_t step = 0; step < told.front()->steps.size(); ++step) {
        Html row = Html::text(fmt::format("{}. {}", step + 1, told.front()->steps[step].what), 60)
                       .cell({{"align", "left"}, {"valign", "top"}, {"bgcolor", style::kPale}});
        for (const Story* story : told)
            row += cell_of(*story, step, first_divergence(*told.front(), *story));
        rows += Html::row({row});
    }
    dot.node(
        "story",
        rows.table(
            {{"border", "0"}, {"cellborder", "1"}, {"cellspacing", "0"}, {"cellpadding", "5"}}),
        {{"shape", "plain"}});
    dot.node(
        "legend",
        Html::text("w: waits    c: changes what is watched    t: reads or writes    o: other", 100),
        {{"shape", "plain"}});
    dot.edge("story", "legend", {{"style", "invis"}});
    return dot.str();
}

}  // namespace evglass::viz::compare
