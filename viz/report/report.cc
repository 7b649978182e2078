// The page: a head, sections from the top down, and the data as JSON.
#include "viz/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trace/text.h"
#include "viz/graph/html_text.h"
#include "viz/report/lanes.h"
#include "viz/report/page.h"
#include "viz/stat/summary.h"

namespace evglass::viz::report {
namespace {

using graph::html_text;

using nlohmann::ordered_json;
using trace::duration_text;

/// Numbers and lanes in one pass.
class Both final : public exports::Listener {
 public:
    void step(const trace::Step& s) override {
        summary.step(s);
        lanes.step(s);
    }
    void turn(const exports::TurnSpan& t) override {
        summary.turn(t);
        lanes.turn(t);
    }
    void phase(const exports::PhaseSpan& p) override { summary.phase(p); }
    void callback(const exports::CallbackSpan& c) override { summary.callback(c); }
    void state(const exports::StateSpan& s) override { lanes.state(s); }
    void syscall(const exports::SyscallSpan& s) override { summary.syscall(s); }
    void activation(const exports::Activation& a) override { summary.activation(a); }
    void life(const exports::EventLife& life) override {
        summary.life(life);
        lanes.life(life);
    }
    stat::Summarizer summary;
    Lanes lanes;
};

void walk(const trace::Timeline& timeline, exports::Listener& listener, trace::LintRun& lints) {
    exports::Chronicle chronicle(listener);
    trace::Replay replay(timeline.context());
    for (const trace::Record* r = timeline.at(timeline.first()); r != nullptr;
         r = timeline.after(r->number))
        replay.feed(*r, [&](const trace::Step& step) {
            chronicle.step(step);
            lints.see(step.record, step.site);
        });
    chronicle.finish(replay.model());
}

// The turns of the base that has most of them.
std::vector<exports::TurnSpan> turns_of_one_base(const std::vector<exports::TurnSpan>& turns) {
    std::map<std::string, std::size_t> counts;
    for (const exports::TurnSpan& turn : turns) ++counts[turn.base];
    std::string most;
    for (const auto& [base, count] : counts)
        if (most.empty() || count > counts[most]) most = base;
    std::vector<exports::TurnSpan> out;
    for (const exports::TurnSpan& turn : turns)
        if (turn.base == most) out.push_back(turn);
    return out;
}

ordered_json films_json(const std::vector<Film>& films) {
    ordered_json out = ordered_json::array();
    for (const Film& film : films)
        out.push_back({{"view", film.view}, {"doc", film.doc}, {"frames", film.frames}});
    return out;
}

ordered_json lanes_json(const std::vector<Lane>& lanes) {
    ordered_json out = ordered_json::array();
    for (const Lane& lane : lanes) {
        ordered_json spans = ordered_json::array();
        for (const LaneSpan& span : lane.spans)
            spans.push_back({span.began_ns, span.ended_ns, trace::state_name(span.state),
                             span.record, trace::safe(span.cause)});
        out.push_back({{"title", trace::safe(lane.title)},
                       {"spans", std::move(spans)},
                       {"hidden", lane.hidden}});
    }
    return out;
}

// JSON inside an element: no '<' in it, so nothing can end the element or begin another.
std::string json_of(const stat::Summary& summary, const std::vector<Lane>& lanes,
                    const Diagrams& diagrams) {
    ordered_json data;
    data["began_ns"] = summary.began_ns;
    data["ended_ns"] = summary.ended_ns;
    data["lanes"] = lanes_json(lanes);
    data["turns"] = ordered_json::array();
    for (const exports::TurnSpan& turn : diagrams.turns)
        data["turns"].push_back(
            {{"turn", turn.turn},
             {"base", turn.base},
             {"callbacks", turn.callbacks},
             {"slept_ns", turn.waited_ns},
             {"worked_ns", std::max<std::int64_t>(0, turn.span.duration_ns() - turn.waited_ns)}});
    data["films"] = films_json(diagrams.films);
    data["stills"] = films_json(diagrams.stills);
    std::string out;
    for (const char c : data.dump(-1, ' ', true, ordered_json::error_handler_t::replace))
        out += c == '<' ? "\\u003c" : std::string(1, c);
    return out;
}

std::string timeline_section(const Lanes& lanes, std::size_t shown) {
    std::string out = "<h2>Timeline</h2>\n<p class=\"keys\">";
    for (const char* state : {"initialized", "pending", "active", "running"})
        out += fmt::format("<span><i style=\"background:var(--{0})\"></i>{0}</span>", state);
    out +=
        "</p>\n<canvas id=\"timeline\"></canvas>\n<div id=\"hover\"></div>\n<div class=\"tools\">"
        "<button id=\"in\">Closer</button><button id=\"out\">Farther</button>"
        "<button id=\"whole\">Whole recording</button>"
        "<span class=\"sub\">drag to move, Ctrl and wheel to zoom, point at a span for its "
        "record</span></div>\n";
    if (lanes.all() > shown)
        out += fmt::format("<p class=\"sub\">{} of {} events: those that ran most often.</p>\n",
                           shown, lanes.all());
    return out;
}

// `turns`: those of the base that is drawn; `all`: those of all bases.
std::string film_section(const Diagrams& diagrams, std::size_t turns, std::size_t all) {
    if (diagrams.films.empty()) return {};
    std::string out = "<h2>Through the turns</h2>\n";
    if (diagrams.turns.size() < all)
        out += fmt::format(
            "<p class=\"sub\">{} of {} turns are drawn{}.</p>\n", diagrams.turns.size(), all,
            turns < all ? ", of " + diagrams.turns.front().base + ", the base that has most of them"
                        : "");
    return out +
           "<div class=\"tools\" id=\"tabs\"></div>\n<div class=\"tools\">"
           "<button id=\"back\">Back</button><button id=\"play\">Play</button>"
           "<button id=\"forth\">Forth</button>"
           "<input id=\"slider\" type=\"range\" min=\"0\" value=\"0\" aria-label=\"turn\">"
           "<span id=\"turn\"></span></div>\n"
           "<div class=\"picture\" id=\"film\"><img id=\"frame\" alt=\"\"></div>\n";
}

std::string stills_section(const Diagrams& diagrams) {
    std::string out;
    for (std::size_t i = 0; i < diagrams.stills.size(); ++i) {
        const Film& still = diagrams.stills[i];
        out += fmt::format(
            "<h2>{}</h2>\n<p class=\"sub\">{}</p>\n"
            "<div class=\"picture\"><img id=\"still{}\" alt=\"{}\"></div>\n",
            html_text(still.view), html_text(still.doc), i, html_text(still.doc));
    }
    return out;
}

}  // namespace

Report make_report(trace::Timeline& timeline, const Facts& facts, std::size_t most,
                   const Progress& progress) {
    Both both;
    trace::LintRun lints({}, timeline.context().ticks_per_ns());
    walk(timeline, both, lints);
    const stat::Summary summary = both.summary.take();
    const trace::Symbols symbols(timeline.context());
    const std::vector<exports::TurnSpan> turns = turns_of_one_base(both.lanes.turns());
    const Diagrams diagrams = make_diagrams(timeline, facts, symbols, turns, most, progress);
    if (!diagrams.error.empty()) return {"", diagrams.error};
    const std::vector<Lane> lanes = both.lanes.chosen();

    const std::string title = html_text(facts.info.program);
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'; img-src blob:\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
        title + ": its event loop</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n";
    html += head_section(facts, summary);
    html += ending_section(timeline);
    html += lints_section(lints);
    html += problems_section(both.lanes.problems());
    html += timeline_section(both.lanes, lanes.size());
    html += film_section(diagrams, turns.size(), both.lanes.turns().size());
    html += numbers_section(summary, symbols);
    html += stills_section(diagrams);
    html += "<footer>Made by evglass from " + html_text(facts.info.path) +
            ". Records (#) can be looked at with <code>evglass dump FILE --at K</code>.</footer>\n";
    html += "<script type=\"application/json\" id=\"data\">" + json_of(summary, lanes, diagrams) +
            "</script>\n<script>" + kScript + "</script>\n</body>\n</html>\n";
    return {std::move(html), ""};
}

}  // namespace evglass::viz::report
