// What film.h declares.
#include "viz/report/film.h"

#include <algorithm>

#include "viz/graph/moment.h"
#include "viz/graph/series.h"

namespace evglass::viz::report {
namespace {

constexpr std::string_view kFilms[] = {"turn", "base", "queues", "heap", "io"};
constexpr std::string_view kStills[] = {"states", "sequence", "signals", "config", "calls"};

class Maker {
 public:
    Maker(trace::Timeline& timeline, const Facts& facts, const trace::Symbols& symbols)
        : timeline_(timeline), facts_(facts), symbols_(symbols) {}

    // The DOT of a view; empty where there is nothing to draw.
    std::string draw(const graph::View& view, const graph::Asked& asked) {
        const graph::Moment moment = graph::Moment::choose(timeline_, view, asked);
        if (!moment.error().empty()) return {};
        graph::Scene scene = moment.scene();
        scene.symbols = &symbols_;
        scene.program = facts_.info.program;
        scene.lost = facts_.lost;
        if (view.name == "calls" && !graph::has_calls(scene)) return {};
        return view.draw(scene);
    }

 private:
    trace::Timeline& timeline_;
    const Facts& facts_;
    const trace::Symbols& symbols_;
};

std::string shoot(Maker& maker, std::string_view name, const std::vector<graph::Asked>& moments,
                  std::vector<Film>& out) {
    const graph::View* view = graph::find_view(name);
    if (view == nullptr) return {};
    graph::Series series;
    for (const graph::Asked& asked : moments) {
        std::string dot = maker.draw(*view, asked);
        if (dot.empty()) return {};
        series.add(std::move(dot));
    }
    if (std::string error = series.lay_out(); !error.empty()) return error;
    graph::RenderedAll drawn = series.draw_all(graph::Format::svg);
    if (!drawn.error.empty()) return drawn.error;
    Film film{std::string(view->name), std::string(view->doc), std::move(drawn.pictures)};
    if (!film.frames.empty()) out.push_back(std::move(film));
    return {};
}

}  // namespace

std::vector<exports::TurnSpan> choose_turns(const std::vector<exports::TurnSpan>& turns,
                                            std::size_t most) {
    if (turns.size() <= most) return turns;
    std::vector<exports::TurnSpan> busy;
    for (const exports::TurnSpan& turn : turns)
        if (turn.callbacks > 0) busy.push_back(turn);
    const std::vector<exports::TurnSpan>& from = busy.size() >= most ? busy : turns;
    std::vector<exports::TurnSpan> out;
    for (std::size_t i = 0; i < most; ++i)
        out.push_back(from[i * (from.size() - 1) / std::max<std::size_t>(1, most - 1)]);
    return out;
}

Diagrams make_diagrams(trace::Timeline& timeline, const Facts& facts, const trace::Symbols& symbols,
                       const std::vector<exports::TurnSpan>& turns, std::size_t most,
                       const Progress& progress) {
    Diagrams out;
    Maker maker(timeline, facts, symbols);
    out.turns = choose_turns(turns, most);
    std::vector<graph::Asked> moments;
    for (const exports::TurnSpan& turn : out.turns) {
        graph::Asked asked;
        asked.turn = turn.turn;
        asked.base = turn.base;
        moments.push_back(asked);
    }
    for (const std::string_view view : kFilms) {
        if (moments.empty()) break;
        if (progress) progress(std::string(view));
        out.error = shoot(maker, view, moments, out.films);
        if (!out.error.empty()) return out;
    }
    for (const std::string_view view : kStills) {
        if (progress) progress(std::string(view));
        graph::Asked asked;
        if (!out.turns.empty()) asked.base = out.turns.back().base;
        out.error = shoot(maker, view, {asked}, out.stills);
        if (!out.error.empty()) return out;
    }
    return out;
}

}  // namespace evglass::viz::report
