// Two pictures: what an event costs over the number of descriptors, and which calls it is made of.
// A mechanism has one colour in both; by hand is dashed and hollow, so that it is told apart in
// print.
#include "viz/compare/plot.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>

#include <fmt/format.h>

#include "viz/compare/child.h"

namespace evglass::viz::compare {
namespace {

namespace fs = std::filesystem;

/// How a kind of mechanism is drawn: colours of Okabe and Ito, which the colour-blind tell apart,
/// and a shape of its own, hollow by hand and filled through the library.
struct Look {
    const char *kind, *colour;
    int hollow, filled;
};
constexpr Look kLooks[] = {
    {"select", "#d55e00", 4, 5},       {"poll", "#e69f00", 6, 7},
    {"epoll", "#0072b2", 8, 9},        {"epoll-et", "#56b4e9", 10, 11},
    {"changelist", "#009e73", 12, 13}, {"io_uring", "#cc79a7", 14, 15},
};
Look look_of(const std::string& mechanism) {
    const std::string kind = mechanism.starts_with("raw-") ? mechanism.substr(4) : mechanism;
    for (const Look& look : kLooks)
        if (kind == look.kind) return look;
    return {"", "#777777", 2, 2};
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
    double last_us = 0;  ///< the legend is in the order in which the lines end
};

std::vector<Series> cost_series(const Results& results) {
    std::vector<Series> out;
    for (const MechanismRow& mechanism : results.mechanisms) {
        Series series{mechanism.name, {}, 0};
        for (const int n : results.sizes("idle")) {
            const Outcome* o = results.find("idle", mechanism.name, n);
            if (o == nullptr || !o->measured()) continue;
            series.last_us = o->timing.median() / 1000;
            series.data += fmt::format("{} {}\n", n, series.last_us);
        }
        if (!series.data.empty()) out.push_back(std::move(series));
    }
    std::ranges::stable_sort(out, std::greater{}, &Series::last_us);
    return out;
}

/// A line where poll costs ten times as much, with its number.
std::string mark_crossover(const Results& results) {
    auto n = crossover(results, "raw-poll", "raw-epoll", 10);
    if (!n) n = crossover(results, "poll", "epoll", 10);
    if (!n) return {};
    // The text stands on that side of the line where there is more room (both axes are
    // logarithmic).
    const std::vector<int> sizes = results.sizes("idle");
    const bool right = *n * *n < static_cast<double>(sizes.front()) * sizes.back();
    return fmt::format(
        "set arrow 1 from {0},graph 0 to {0},graph 1 nohead dt 3 lw 2 lc rgb '#555555'\n"
        "set label 1 'poll costs 10 × epoll at n = {0:.0f}' at {0},graph 0.96 {1} offset {2},0 tc "
        "rgb '#222222'\n",
        *n, right ? "left" : "right", right ? 1 : -1);
}

/// Ranges that hold the lines and no empty decade.
std::string ranges(const Results& results) {
    double least = 0, most = 0;
    for (const Outcome& o : results.outcomes) {
        if (o.what.scenario != "idle" || !o.measured()) continue;
        const double us = o.timing.median() / 1000;
        least = least == 0 ? us : std::min(least, us);
        most = std::max(most, us);
    }
    const std::vector<int> sizes = results.sizes("idle");
    return fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", sizes.front() * 0.8,
                       sizes.back() * 1.25, least * 0.7, most * 4);
}

std::string cost_line(const Series& series, std::size_t i) {
    const bool by_hand = series.name.starts_with("raw-"), none = series.name == "none";
    const Look look = look_of(series.name);
    return fmt::format(
        "$d{} using 1:2 with linespoints lw 2 dt {} pt {} ps 1.1 lc rgb '{}' title {}", i,
        none      ? 3
        : by_hand ? 2
                  : 1,
        by_hand ? look.hollow : look.filled, look.colour,
        quoted(none ? "the work alone" : series.name));
}

std::string cost_script(const Results& results, Picture picture) {
    const std::vector<Series> all = cost_series(results);
    std::string out = terminal(picture, 960, 620);
    for (std::size_t i = 0; i < all.size(); ++i)
        out += fmt::format("$d{} << EOD\n{}EOD\n", i, all[i].data);
    out +=
        "set logscale xy\nset grid xtics ytics lc rgb '#e6e6e6' lt 1\nset key outside right "
        "center Left reverse noenhanced samplen 3\nset border 3\nset tics nomirror\n";
    out += "set title " +
           quoted("What one event costs while n descriptors are watched and one is busy") +
           " noenhanced\n";
    out += "set xlabel " + quoted("n, descriptors watched   (" + results.machine + ")") +
           " noenhanced\nset ylabel 'CPU time for one event, µs'\nset format y '%g'\n" +
           ranges(results) + mark_crossover(results);
    std::string comma = "plot ";
    for (std::size_t i = 0; i < all.size(); ++i) {
        out += comma + cost_line(all[i], i);
        comma = ", \\\n  ";
    }
    return out + "\n";
}

struct Kind {
    const char *name, *colour;
    long Counts::*sum;
};
constexpr std::array<Kind, 4> kKinds = {{{"waiting", "#d55e00", &Counts::waits},
                                         {"changing what is watched", "#f0e442", &Counts::controls},
                                         {"reading and writing", "#0072b2", &Counts::transfers},
                                         {"accept, close and others", "#bbbbbb", &Counts::others}}};

std::string calls_data(const Results& results, const std::string& scenario) {
    const int n = results.sizes(scenario).back();
    std::string out;
    for (const MechanismRow& mechanism : results.mechanisms) {
        const Outcome* o = results.find(scenario, mechanism.name, n);
        if (o == nullptr || mechanism.name == "none") continue;
        // One that can't serves no bar, and its place says so.
        out += fmt::format("\"{}{}\"", mechanism.name, o->measured() ? "" : ": refuses");
        for (const Kind& kind : kKinds)
            out += fmt::format(" {}", o->measured() ? o->counts.each(o->counts.*kind.sum) : 0);
        out += "\n";
    }
    return out;
}

/// gnuplot breaks a legend to the width of one plot: this one stands below all of them, in a row.
std::string calls_legend(std::size_t columns) {
    std::string out;
    double x = columns > 1 ? 0.16 : 0.03;
    for (const Kind& kind : kKinds) {
        out += fmt::format(
            "set label '{}' at screen {:.3f},{} left font ',11' point pt 5 ps 1.6 lc rgb '{}' "
            "offset "
            "1.2,0\n",
            kind.name, x, 0.04, kind.colour);
        x += (0.034 + 0.0085 * static_cast<double>(std::string_view(kind.name).size())) *
             (columns > 2   ? 0.85
              : columns > 1 ? 1.0
                            : 1.5);
    }
    return out;
}

bool is_measured(const Results& results, const std::string& scenario) {
    return std::ranges::any_of(results.outcomes, [&](const Outcome& o) {
        return o.what.scenario == scenario && o.what.mechanism != "none" && o.measured();
    });
}

std::string calls_plot(const Results& results, const std::string& scenario, std::size_t i) {
    std::string out =
        fmt::format("set title {} noenhanced font ',12'\n",
                    quoted(fmt::format("{}, n={}", scenario, results.sizes(scenario).back())));
    std::string comma = "plot ";
    for (std::size_t k = 0; k < kKinds.size(); ++k) {
        out += fmt::format("{}$d{} using {}{} lc rgb '{}' notitle", comma, i, k + 2,
                           k == 0 ? ":xtic(1)" : "", kKinds[k].colour);
        comma = ", ";
    }
    return out + "\n";
}

std::string calls_script(const Results& results, Picture picture) {
    std::vector<std::string> shown;
    for (const char* name : {"idle", "active", "churn", "short", "slow", "timers"})
        if (is_measured(results, name)) shown.emplace_back(name);
    const std::size_t columns = std::min<std::size_t>(3, shown.size());
    const std::size_t rows = (shown.size() + columns - 1) / columns;
    std::string out =
        terminal(picture, static_cast<int>(80 + 380 * columns), static_cast<int>(120 + 300 * rows));
    for (std::size_t i = 0; i < shown.size(); ++i)
        out += fmt::format("$d{} << EOD\n{}EOD\n", i, calls_data(results, shown[i]));
    out += fmt::format(
        "set multiplot layout {},{} title {} noenhanced margins screen {},0.985,{},{} spacing "
        "screen {},{}\n",
        rows, columns, quoted("System calls for one event   (" + results.machine + ")"),
        columns > 1 ? 0.05 : 0.12, rows > 1 ? 0.2 : 0.36, rows > 1 ? 0.88 : 0.8,
        columns > 1 ? 0.045 : 0.1, 0.24);
    out +=
        "set style data histograms\nset style histogram rowstacked\nset style fill solid 0.95 "
        "border rgb '#555555'\nset boxwidth 0.75\nset border 3\nset tics nomirror noenhanced\nset "
        "xtics rotate by -40 font ',10'\nset grid ytics lc rgb '#e6e6e6' lt 1\nset yrange "
        "[0:*]\nunset key\n";
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (i + 1 == shown.size()) out += calls_legend(columns);
        out += calls_plot(results, shown[i], i);
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
