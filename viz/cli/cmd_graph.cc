// `evglass graph`: opens a trace, finds the moment, lets a view draw it, and writes the picture.
// It knows no view by itself (viz/graph/views.cc has the table).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "trace/symbols.h"
#include "trace/timeline.h"
#include "viz/cli/command.h"
#include "viz/cli/open_timeline.h"
#include "viz/cli/output.h"
#include "viz/cli/source.h"
#include "viz/graph/frames.h"
#include "viz/graph/moment.h"
#include "viz/graph/render.h"
#include "viz/graph/series.h"
#include "viz/graph/views.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

struct GraphOptions {
    std::string view, output, format = "svg", every;
    std::vector<std::string> words;  ///< the object that is asked for, if any; FILE or PID
    std::uint64_t count = 500;
    bool steady = false;
    graph::Asked asked;
};

std::string examples() {
    std::string out = "Views:\n";
    for (const graph::View& view : graph::views())
        out += fmt::format("  {:<12} {}\n", view.name, view.doc);
    return out +
           "  all          every view, into the directory that -o names\n"
           "\n"
           "Examples:\n"
           "  evglass graph base 4711 -o base.svg            the base as it is now\n"
           "  evglass graph heap server.evg --at 480 -o heap.png\n"
           "  evglass graph turn server.evg --turn 12 -o turn.svg\n"
           "  evglass graph bufferevent S2 4711 -o s2.svg    one alone: its name, then the trace\n"
           "  evglass graph states server.evg > states.dot   without -o: DOT text\n"
           "  evglass graph all server.evg --format png -o pictures\n"
           "  evglass graph sequence server.evg --event E3 -o e3.svg\n"
           "  evglass graph base server.evg --at 480 --since 400 -o changed.svg\n"
           "  evglass graph base server.evg --every turn -o frames   one picture a turn, numbered\n"
           "\n"
           "Without --at and --turn the newest record is drawn; `turn` draws the last turn in "
           "which a\n"
           "callback ran, `event` and `sequence` the event whose callback ran last.\n"
           "What is otherwise than before is marked with a diamond: than at --since, else than "
           "one\n"
           "record (--at) or one turn (--turn, --every) before. In --every's frames all nodes "
           "stay\n"
           "where they are; with --steady they do in pictures that are drawn one by one. SVG and "
           "PNG are made with Graphviz.";
}

/// Draws the views of one trace.
class Drawer {
 public:
    Drawer(const GraphOptions& options, trace::Timeline& timeline)
        : options_(options), timeline_(timeline) {}

    int one(const graph::View& view) {
        graph::Format format = graph::Format::dot;
        if (!options_.output.empty() && !graph::format_of(options_.output, format))
            return fail("graph", "'" + options_.output + "' must end in .svg, .png or .dot");
        return draw(view, options_.output, format);
    }

    // Views that have nothing to draw in this trace are named and passed over.
    int all() {
        graph::Format format = graph::Format::svg;
        if (!into_directory(format)) return kBad;
        for (const graph::View& view : graph::views()) {
            const fs::path path =
                fs::path(options_.output) / fmt::format("{}.{}", view.name, options_.format);
            const int status = draw(view, path.string(), format);
            if (status == kBad) return kBad;
        }
        return kWell;
    }

    /// A picture for each turn or record, numbered.
    int every(const graph::View& view) {
        graph::Format format = graph::Format::svg;
        if (!into_directory(format)) return kBad;
        const graph::Frames frames = graph::frames(timeline_, options_.every, options_.asked);
        if (!frames.error.empty()) return fail("graph", frames.error);
        graph::Series series;
        const std::size_t shown = std::min<std::size_t>(frames.moments.size(), options_.count);
        for (std::size_t i = 0; i < shown; ++i) {
            const graph::Moment moment =
                graph::Moment::choose(timeline_, view, frames.moments[i].asked);
            if (!moment.error().empty()) return fail("graph", moment.error());
            series.add(view.draw(scene_of(moment)));
        }
        if (std::string error = series.lay_out(); !error.empty()) return fail("graph", error);
        const graph::RenderedAll drawn = series.draw_all(format);
        if (!drawn.error.empty()) return fail("graph", drawn.error);
        for (std::size_t i = 0; i < shown; ++i) {
            const fs::path path =
                fs::path(options_.output) / fmt::format("{}-{:06}.{}", options_.every,
                                                        frames.moments[i].number, options_.format);
            if (write_output("graph", path.string(), drawn.pictures[i]) != kWell) return kBad;
        }
        if (frames.moments.size() > shown)
            warn("graph", fmt::format("{} more frames were left out: say --count, or begin later "
                                      "with --at or --turn",
                                      frames.moments.size() - shown));
        return kWell;
    }

 private:
    bool into_directory(graph::Format& format) const {
        if (!graph::format_of("." + options_.format, format)) {
            fail("graph", "--format must be svg, png or dot");
            return false;
        }
        return make_directory("graph", options_.output) == kWell;
    }

    graph::Scene scene_of(const graph::Moment& moment) const {
        graph::Scene scene = moment.scene();
        scene.program = timeline_.reader().info().program;
        scene.lost = timeline_.reader().lost();
        scene.symbols = &symbols_;
        return scene;
    }

    int draw(const graph::View& view, const std::string& path, graph::Format format) {
        const graph::Moment moment = graph::Moment::choose(timeline_, view, options_.asked);
        if (!moment.error().empty()) return fail("graph", moment.error());
        const graph::Scene scene = scene_of(moment);
        if (view.name == "calls" && !graph::has_calls(scene)) {
            say("graph",
                "the trace has no records of calls: record with `evglass run --only all -- PROG`");
            return kNo;
        }
        const graph::Rendered picture = options_.steady ? steady(view, view.draw(scene), format)
                                                        : graph::render(view.draw(scene), format);
        if (!picture.error.empty()) return fail("graph", picture.error);
        return write_output("graph", path, picture.bytes);
    }

    /// Laid out among pictures of the same turns each time: what is in two pictures of one trace
    /// stands at one place in both.
    graph::Rendered steady(const graph::View& view, std::string picture, graph::Format format) {
        constexpr std::size_t kTurns = 24;
        const graph::Frames turns = graph::frames(timeline_, "turn",
                                                  {.at = {},
                                                   .turn = {},
                                                   .base = options_.asked.base,
                                                   .event = options_.asked.event,
                                                   .object = options_.asked.object});
        const std::size_t all = turns.moments.size(), shown = std::min(all, kTurns);
        graph::Series series;
        for (std::size_t i = 0; i < shown; ++i) {
            const graph::Asked& asked = turns.moments[i * all / shown].asked;
            const graph::Moment moment = graph::Moment::choose(timeline_, view, asked);
            if (moment.error().empty()) series.add(view.draw(scene_of(moment)));
        }
        series.add(std::move(picture));
        std::string error = series.lay_out();
        return error.empty() ? series.draw(series.size() - 1, format)
                             : graph::Rendered{"", std::move(error)};
    }

    const GraphOptions& options_;
    trace::Timeline& timeline_;
    trace::Symbols symbols_{timeline_.reader()};
};

std::string view_names() {
    std::string out;
    for (const graph::View& view : graph::views()) out += std::string(view.name) + ", ";
    return out + "all";
}

int draw(GraphOptions options) {
    const graph::View* view = graph::find_view(options.view);
    const bool all = options.view == "all";
    if (view == nullptr && !all)
        return fail("graph", "there is no view '" + options.view + "': there are " + view_names());
    if (options.words.size() == 2) {
        const bool event = view != nullptr && view->wants == graph::Wants::event;
        (event ? options.asked.event : options.asked.object) = options.words.front();
    }
    if (all && !options.asked.object.empty())
        return fail("graph", "all draws every view: leave '" + options.asked.object + "' out");
    if ((all || !options.every.empty()) && options.output.empty())
        return fail("graph", "say with -o into which directory");
    if (all && !options.every.empty())
        return fail("graph", "--every draws one view: name it instead of all");
    const Source source = find_source(options.words.back());
    if (!source.error.empty()) return fail("graph", source.error);
    trace::Timeline::Opened opened = open_timeline(
        "graph", source.path,
        view != nullptr && view->wants == graph::Wants::moment && options.every.empty());
    if (!opened.timeline) return fail("graph", opened.error);
    opened.timeline->poll();
    const int damage = tell_warnings("graph", opened.timeline->reader());
    Drawer drawer(options, *opened.timeline);
    const int status = all                     ? drawer.all()
                       : options.every.empty() ? drawer.one(*view)
                                               : drawer.every(*view);
    return status == kWell ? damage : status;
}

}  // namespace

void add_graph(CLI::App& root, Call& call) {
    auto options = std::make_shared<GraphOptions>();
    CLI::App* app = root.add_subcommand("graph", "Draw the state of a loop as SVG, PNG or DOT");
    app->footer(examples());
    app->add_option("VIEW", options->view, "What to draw, see below")->required();
    app->add_option("FILE|PID", options->words, kSourceHelp)->required()->expected(1, 2);
    app->add_option("-o,--output", options->output,
                    "The picture: *.svg, *.png or *.dot; for all and --every: a directory")
        ->type_name("FILE");
    auto* at =
        app->add_option("--at", options->asked.at, "Right after this record")->type_name("K");
    app->add_option("--turn", options->asked.turn, "At this turn of the loop")
        ->type_name("N")
        ->excludes(at);
    app->add_option("--base", options->asked.base, "Which event_base: B1, B2, ...")->type_name("B");
    app->add_option("--event", options->asked.event, "For event and sequence: which event, E3")
        ->type_name("E");
    app->add_option("--since", options->asked.since, "Mark what changed since this record")
        ->type_name("K");
    app->add_option("--every", options->every, "A numbered picture for each turn, or each record")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"turn", "record"}));
    app->add_option("--count", options->count, "With --every: so many pictures at most")
        ->type_name("N")
        ->capture_default_str();
    app->add_flag("--steady", options->steady,
                  "Nodes stand where they do in any other picture of this trace");
    app->add_option("--format", options->format, "For all and --every: svg, png or dot")
        ->capture_default_str();
    app->callback([options, &call] { call.status = draw(*options); });
}

}  // namespace evglass::viz::cli
