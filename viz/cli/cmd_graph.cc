// `evglass graph`: opens a trace, finds the moment, lets a view draw it, and writes the picture.
// It knows no view by itself (viz/graph/views.cc has the table).
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "trace/timeline.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"
#include "viz/graph/moment.h"
#include "viz/graph/render.h"
#include "viz/graph/views.h"

namespace evglass::viz::cli {
namespace {

namespace fs = std::filesystem;

struct GraphOptions {
    std::string view, source, output, format = "svg";
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
           "  evglass graph states server.evg > states.dot   without -o: DOT text\n"
           "  evglass graph all server.evg --format png -o pictures\n"
           "\n"
           "Without --at and --turn the newest record is drawn; `turn` draws the last turn in "
           "which a\n"
           "callback ran. SVG and PNG are made with Graphviz.";
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
        if (!graph::format_of("." + options_.format, format))
            return fail("graph", "--format must be svg, png or dot");
        std::error_code failed;
        fs::create_directories(options_.output, failed);
        if (failed)
            return fail("graph",
                        "can't make the directory '" + options_.output + "': " + failed.message());
        for (const graph::View& view : graph::views()) {
            const fs::path path =
                fs::path(options_.output) / fmt::format("{}.{}", view.name, options_.format);
            const int status = draw(view, path.string(), format);
            if (status == kBad) return kBad;
        }
        return kWell;
    }

 private:
    int draw(const graph::View& view, const std::string& path, graph::Format format) {
        const graph::Moment moment = graph::Moment::choose(timeline_, view, options_.asked);
        if (!moment.error().empty()) return fail("graph", moment.error());
        graph::Scene scene = moment.scene();
        scene.program = timeline_.reader().info().program;
        scene.lost = timeline_.reader().lost();
        if (view.name == "calls" && !graph::has_calls(scene)) {
            say("graph",
                "the trace has no records of calls: record with `evglass run --only all -- PROG`");
            return kNo;
        }
        const graph::Rendered picture = graph::render(view.draw(scene), format);
        if (!picture.error.empty()) return fail("graph", picture.error);
        return write(path, picture.bytes);
    }

    static int write(const std::string& path, const std::string& bytes) {
        if (path.empty()) {
            std::fwrite(bytes.data(), 1, bytes.size(), stdout);
            return kWell;
        }
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        if (!file)
            return fail("graph", "can't write '" + path +
                                     "': is its directory there, and the disk not full?");
        return kWell;
    }

    const GraphOptions& options_;
    trace::Timeline& timeline_;
};

std::string view_names() {
    std::string out;
    for (const graph::View& view : graph::views()) out += std::string(view.name) + ", ";
    return out + "all";
}

int draw(const GraphOptions& options) {
    const graph::View* view = graph::find_view(options.view);
    const bool all = options.view == "all";
    if (view == nullptr && !all)
        return fail("graph", "there is no view '" + options.view + "': there are " + view_names());
    if (all && options.output.empty()) return fail("graph", "say with -o into which directory");
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("graph", source.error);
    trace::Timeline::Opened opened = trace::Timeline::open(source.path);
    if (!opened.timeline) return fail("graph", opened.error);
    opened.timeline->poll();
    const int damage = tell_warnings("graph", opened.timeline->reader());
    Drawer drawer(options, *opened.timeline);
    const int status = all ? drawer.all() : drawer.one(*view);
    return status == kWell ? damage : status;
}

}  // namespace

void add_graph(CLI::App& root, Call& call) {
    auto options = std::make_shared<GraphOptions>();
    CLI::App* app = root.add_subcommand("graph", "Draw the state of a loop as SVG, PNG or DOT");
    app->footer(examples());
    app->add_option("VIEW", options->view, "What to draw, see below")->required();
    app->add_option("FILE|PID", options->source, kSourceHelp)->required();
    app->add_option("-o,--output", options->output,
                    "The picture: *.svg, *.png or *.dot; for all: a directory")
        ->type_name("FILE");
    auto* at =
        app->add_option("--at", options->asked.at, "Right after this record")->type_name("K");
    app->add_option("--turn", options->asked.turn, "At this turn of the loop")
        ->type_name("N")
        ->excludes(at);
    app->add_option("--base", options->asked.base, "Which event_base: B1, B2, ...")->type_name("B");
    app->add_option("--format", options->format, "For all: svg, png or dot")->capture_default_str();
    app->callback([options, &call] { call.status = draw(*options); });
}

}  // namespace evglass::viz::cli
