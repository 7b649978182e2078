// Two pictures: what an event costs over the number of descriptors, and which calls it is made of.
// A mechanism has one colour in both; by hand is dashed and hollow, so that it is told apart in
// print.
#include "viz/compare/plot.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "viz/compare/child.h"

namespace evglass::viz::compare {
namespace {

namespace fs = std::filesystem;

/// One colour for a kind of mechanism; by hand dashed, through the library drawn through.
std::string colour_of(const std::string& mechanism) {
    const std::string kind = mechanism.starts_with("raw-") ? mechanism.substr(4) : mechanism;
    if (kind == "select") return "#d7301f";
    if (kind == "poll") return "#e08214";
    if (kind == "epoll") return "#2166ac";
    if (kind == "epoll-et") return "#5aaee0";
    if (kind == "changelist") return "#1b7837";
    if (kind == "io_uring") return "#762a83";
    return "#888888";
}

std::string terminal(Picture picture, int width, int height) {
    constexpr const char* kFont = "DejaVu Sans,13";
    if (picture == Picture::png)
        return fmt::format("set terminal pngcairo size {},{} font '{}' background '#ffffff'\n",
                           width, height, kFont);
    return fmt::format("set terminal svg size {},{} font '{}' background '#ffffff' dynamic\n",
                       width, height, kFont);
}

/// A text in gnuplot's single quotes; enhanced mode is off.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

struct Series {
    std::string name, data;
    double last_n = 0, last_us = 0;
};

std::vector<Series> cost_series(const Results& results) {
    std::vector<Series> out;
    for (const MechanismRow& mechanism : results.mechanisms) {
        Series series{mechanism.name, {}, 0, 0};
        for (const int n : results.sizes("idle")) {
            const Outcome* o = results.find("idle", mechanism.name, n);
            if (o == nullptr || !o->measured()) continue;
            series.data += fmt::format("{} {} {} {}\n", n, o->timing.median() / 1000,
                                       o->timing.low() / 1000, o->timing.high() / 1000);
            series.last_n = n;
            series.last_us = o->timing.median() / 1000;
        }
        if (!series.data.empty()) out.push_back(std::move(series));
    }
    return out;
}

/// A dotted line where poll costs ten times as much, with its number.
std::string mark_crossover(const Results& results) {
    auto n = crossover(results, "raw-poll", "raw-epoll", 10);
    if (!n) n = crossover(results, "poll", "epoll", 10);
    if (!n) return {};
    return fmt::format(
        "set arrow 1 from {0},graph 0 to {0},graph 0.92 nohead dt 3 lc rgb '#999999'\n"
        "set label 1 'poll costs 10 × epoll at n = {0:.0f}' at {0},graph 0.95 center tc rgb "
        "'#444444'\n",
        *n);
}

std::string cost_script(const Results& results, Picture picture) {
    const std::vector<Series> all = cost_series(results);
    std::string out = terminal(picture, 960, 620);
    for (std::size_t i = 0; i < all.size(); ++i)
        out += fmt::format("$d{} << EOD\n{}EOD\n", i, all[i].data);
    out +=
        "set logscale xy\nset grid xtics ytics lc rgb '#e6e6e6' lt 1\nset key outside right "
        "center noenhanced samplen 3\nset border 3\nset tics nomirror\n";
    out += "set title " +
           quoted("What one event costs while n descriptors are watched and one is busy") +
           " noenhanced\n";
    out += "set xlabel " + quoted("n, descriptors watched   (" + results.machine + ")") +
           " noenhanced\nset ylabel 'CPU time for one event, µs'\n";
    out += "set format y '%g'\nset offsets graph 0.02,graph 0.02,0,0\n" + mark_crossover(results);
    std::string comma = "plot ";
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool by_hand = all[i].name.starts_with("raw-");
        const char* dashes = all[i].name == "none" ? "dt 3" : by_hand ? "dt 2" : "dt 1";
        out += fmt::format(
            "{}$d{} using 1:2 with linespoints lw 2 {} pt {} ps 0.8 lc rgb '{}' "
            "title {}",
            comma, i, dashes, by_hand ? 6 : 7, colour_of(all[i].name),
            quoted(all[i].name == "none" ? "the work alone" : all[i].name));
        comma = ", \\\n  ";
    }
    return out + "\n";
}

struct Kind {
    const char *name, *colour;
    long Counts::*sum;
};
constexpr std::array<Kind, 4> kKinds = {{{"waiting", "#d7301f", &Counts::waits},
                                         {"changing what is watched", "#e08214", &Counts::controls},
                                         {"reading and writing", "#2166ac", &Counts::transfers},
                                         {"accept, close and others", "#bbbbbb", &Counts::others}}};

std::string calls_data(const Results& results, const std::string& scenario) {
    const int n = results.sizes(scenario).back();
    std::string out;
    for (const MechanismRow& mechanism : results.mechanisms) {
        const Outcome* o = results.find(scenario, mechanism.name, n);
        if (o == nullptr || !o->measured() || mechanism.name == "none") continue;
        out += fmt::format("\"{}\"", mechanism.name);
        for (const Kind& kind : kKinds)
            out += fmt::format(" {}", o->counts.each(o->counts.*kind.sum));
        out += "\n";
    }
    return out;
}

std::string calls_script(const Results& results, Picture picture) {
    std::vector<std::string> shown;
    for (const char* name : {"idle", "active", "churn", "short", "slow", "timers"})
        if (results.has(name) && !calls_data(results, name).empty()) shown.emplace_back(name);
    const std::size_t columns = std::min<std::size_t>(3, shown.size());
    const std::size_t rows = (shown.size() + columns - 1) / columns;
    std::string out =
        terminal(picture, static_cast<int>(80 + 380 * columns), static_cast<int>(100 + 300 * rows));
    for (std::size_t i = 0; i < shown.size(); ++i)
        out += fmt::format("$d{} << EOD\n{}EOD\n", i, calls_data(results, shown[i]));
    out += fmt::format(
        "set multiplot layout {},{} title {} noenhanced margins screen 0.05,0.985,{},{} spacing "
        "screen 0.045,{}\n",
        rows, columns, quoted("System calls for one event   (" + results.machine + ")"),
        rows > 1 ? 0.17 : 0.3, rows > 1 ? 0.88 : 0.8, 0.24);
    out +=
        "set style data histograms\nset style histogram rowstacked\nset style fill solid 0.9\n"
        "set boxwidth 0.75\nset border 3\nset tics nomirror noenhanced\nset xtics rotate by -40 "
        "font ',10'\nset grid ytics lc rgb '#e6e6e6' lt 1\nset yrange [0:*]\n";
    for (std::size_t i = 0; i < shown.size(); ++i) {
        out +=
            fmt::format("set title {} noenhanced font ',12'\n{}\n",
                        quoted(fmt::format("{}, n={}", shown[i], results.sizes(shown[i]).back())),
                        i == 0 ? "set key at screen 0.5,0.03 center horizontal font ',11' samplen 1"
                               : "unset key");
        std::string comma = "plot ";
        for (std::size_t k = 0; k < kKinds.size(); ++k) {
            out += fmt::format("{}$d{} using {}{} lc rgb '{}' title '{}'", comma, i, k + 2,
                               k == 0 ? ":xtic(1)" : "", kKinds[k].colour, kKinds[k].name);
            comma = ", ";
        }
        out += "\n";
    }
    return out + "unset multiplot\n";
}

}  // namespace

std::vector<Plot> plots(const Results& results, Picture picture) {
    std::vector<Plot> out;
    if (results.sizes("idle").size() > 1 && !cost_series(results).empty())
        out.push_back({"cost", cost_script(results, picture)});
    for (const Outcome& outcome : results.outcomes)
        if (outcome.measured() && outcome.what.scenario != "wide" &&
            outcome.what.mechanism != "none") {
            out.push_back({"calls", calls_script(results, picture)});
            break;
        }
    return out;
}

std::vector<std::string> draw(const Results& results, const std::string& directory,
                              std::string& error) {
    constexpr int kLongest = 60;
    std::vector<std::string> written;
    std::error_code failed;
    fs::create_directories(directory, failed);
    if (failed) {
        error = "can't make the directory '" + directory + "': " + failed.message();
        return written;
    }
    for (const Picture picture : {Picture::svg, Picture::png})
        for (const Plot& plot : plots(results, picture)) {
            const ChildRun run = run_child({"gnuplot", "-"}, {}, plot.script, kLongest);
            error = run.missing ? "gnuplot is not installed: install the package gnuplot-nox"
                                : run.error;
            if (!error.empty()) return written;
            const fs::path path =
                fs::path(directory) / (plot.name + (picture == Picture::svg ? ".svg" : ".png"));
            std::ofstream file(path, std::ios::binary | std::ios::trunc);
            file << run.output;
            file.close();
            if (!file) {
                error = "can't write '" + path.string() + "': is the disk full?";
                return written;
            }
            written.push_back(path.string());
        }
    return written;
}

}  // namespace evglass::viz::compare
