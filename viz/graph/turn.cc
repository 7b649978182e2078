// The picture of one turn of the loop: its phases from the top down, each with what happened in it
// and how long it took. The bar is the phase's share of the turn.
#include <fmt/format.h>

#include <algorithm>

#include "viz/graph/dot.h"
#include "viz/graph/style.h"
#include "viz/graph/turn_story.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr std::size_t kLines = 14;
constexpr int kBar = 14;  // characters, for the whole turn

Html faint(const std::string& text) {
    return Html::text(text, 80).font({{"COLOR", style::kFaint}, {"POINT-SIZE", "9"}});
}

Html line_of(const TurnLine& line) {
    const std::string indent =
        line.depth > 0
            ? std::string(static_cast<std::size_t>(std::min(line.depth, 4)), ' ') + "\u00b7 "
            : "";
    return Html::text(indent + line.text, 84) + faint(fmt::format("   #{}", line.record)) +
           Html::br();
}

Html lines_of(const TurnPhase& phase) {
    Html out;
    for (std::size_t i = 0; i < phase.lines.size() && i < kLines; ++i)
        out += line_of(phase.lines[i]);
    std::string rest;
    if (phase.lines.size() > kLines) rest = fmt::format("+ {} more; ", phase.lines.size() - kLines);
    if (phase.others > 0) rest += counted(phase.others, "other record");
    if (!rest.empty()) out += faint(rest) + Html::br();
    if (out.empty()) out = faint("nothing to do") + Html::br();
    return out;
}

// The phase's share of the turn as a bar of characters: text keeps its place in a tall cell. One
// character alone, since fonts have others from elsewhere and in another width.
Html bar(std::int64_t part, std::int64_t whole) {
    const double share = whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
    const int full = std::clamp(static_cast<int>(share * kBar + 0.5), 0, kBar);
    std::string done;
    for (int i = 0; i < full; ++i) done += "\u2588";
    return done.empty() ? Html()
                        : Html::text(done).font({{"COLOR", "#5f7891"}, {"POINT-SIZE", "8"}});
}

Html top_left(const Html& inside, const std::string& width, const std::string& ground = "white") {
    return inside.cell({{"ALIGN", "left"},
                        {"BALIGN", "left"},
                        {"VALIGN", "top"},
                        {"WIDTH", width},
                        {"BGCOLOR", ground}});
}

Html phase_box(const TurnPhase& phase, std::size_t number, const TurnStory& story) {
    const Html name = Html::text(fmt::format("{}  {}", number, phase.name)).bold() + Html::br() +
                      faint("+" + trace::duration_text(phase.began_ns - story.began_ns)) +
                      Html::br();
    const Html time = Html::text(trace::duration_text(phase.duration_ns)) + Html::br() +
                      bar(phase.duration_ns, story.duration_ns) + Html::br();
    return Html::row({top_left(name, "170", style::kPale), top_left(lines_of(phase), "440"),
                      top_left(time, "130")})
        .table({{"BORDER", "0"},
                {"CELLBORDER", "1"},
                {"COLOR", style::kLine},
                {"CELLSPACING", "0"},
                {"CELLPADDING", "5"}});
}

}  // namespace

std::string turn_dot(const Scene& scene) {
    const TurnStory story = tell_turn(scene);
    std::string what =
        fmt::format("turn {} of {}: {}", story.turn, scene.names.base(scene.base.address),
                    trace::duration_text(story.duration_ns));
    if (!story.whole)
        what = "a turn of " + scene.names.base(scene.base.address) + " whose beginning is lost";
    Dot dot(title(scene, what), {{"ranksep", "0.18"}});
    if (story.phases.empty())
        dot.node("empty", Html::text("The trace holds no phase of this turn."));
    for (std::size_t i = 0; i < story.phases.size(); ++i) {
        dot.node(fmt::format("p{}", i), phase_box(story.phases[i], i + 1, story));
        if (i > 0) dot.edge(fmt::format("p{}", i - 1), fmt::format("p{}", i));
    }
    return dot.str();
}

}  // namespace evglass::viz::graph
