// What tables.h declares.
#include "viz/report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "trace/text.h"
#include "trace/why.h"
#include "viz/graph/html_text.h"
#include "viz/report/report.h"
#include "viz/stat/stat_text.h"

namespace evglass::viz::report {
namespace {

using graph::html_text;
using stat::Histogram;
using stat::Tally;
using trace::duration_text;

constexpr std::size_t kEvents = 20, kFindings = 8;

std::string card(const std::string& value, const std::string& name, bool trouble = false) {
    return fmt::format("<div class=\"card{}\"><b>{}</b><span>{}</span></div>\n",
                       trouble ? " trouble" : "", html_text(value), html_text(name));
}

std::string moment(std::uint64_t wall_ns) {
    const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
    std::tm parts = {};
    char text[64] = "";
    if (gmtime_r(&seconds, &parts) != nullptr)
        std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
    return text;
}

std::string bar(std::int64_t part, std::int64_t most) {
    const double share = most > 0 ? static_cast<double>(part) / static_cast<double>(most) : 0;
    return fmt::format("<td class=\"bar\"><i style=\"width:{:.1f}%\"></i></td>", 100 * share);
}

std::string number(const std::string& text) {
    return "<td class=\"num\">" + html_text(text) + "</td>";
}

std::string tallies(const std::string& title, const std::map<std::string, Tally>& all) {
    if (all.empty()) return {};
    std::vector<std::pair<std::string, Tally>> rows(all.begin(), all.end());
    std::ranges::stable_sort(
        rows, [](const auto& a, const auto& b) { return a.second.total_ns > b.second.total_ns; });
    std::string out = "<div><h3>" + html_text(title) +
                      "</h3>\n<table><tr><th></th><th class=\"num\">times</th><th "
                      "class=\"num\">in all</th><th class=\"num\">longest</th><th></th></tr>\n";
    for (const auto& [name, tally] : rows) {
        const std::string failed =
            tally.failed > 0
                ? fmt::format(" <span class=\"trouble\">{} failed</span>", tally.failed)
                : "";
        out += "<tr><td class=\"name\">" + html_text(name) + failed + "</td>" +
               number(std::to_string(tally.count)) + number(duration_text(tally.total_ns)) +
               number(duration_text(tally.longest_ns)) +
               bar(tally.total_ns, rows.front().second.total_ns) + "</tr>\n";
    }
    return out + "</table></div>\n";
}

std::string histogram(const std::string& title, const Histogram& histogram) {
    if (histogram.total() == 0) return {};
    const auto& counts = histogram.counts();
    const auto [first, last, most] = histogram.used();
    std::string out =
        fmt::format("<div><h3>{}</h3><p class=\"sub\">half within {}, 99 % within {}</p>\n<table>",
                    html_text(title), duration_text(histogram.quantile_ns(0.5)),
                    duration_text(histogram.quantile_ns(0.99)));
    for (std::size_t i = first; i <= last; ++i)
        out += "<tr>" + number("up to " + duration_text(Histogram::edge_ns(i))) +
               number(std::to_string(counts[i])) +
               bar(static_cast<std::int64_t>(counts[i]), static_cast<std::int64_t>(most)) +
               "</tr>\n";
    return out + "</table></div>\n";
}

std::string events(const stat::Summary& summary, const trace::Symbols& symbols) {
    std::string out =
        "<h3>Events</h3>\n<table><tr><th>event</th><th class=\"num\">ran</th><th class=\"num\">in "
        "all</th><th class=\"num\">longest</th><th class=\"made\">made in</th><th></th></tr>\n";
    const std::int64_t most = summary.events.empty() ? 0 : summary.events.front().event.callback_ns;
    for (std::size_t i = 0; i < summary.events.size() && i < kEvents; ++i) {
        const exports::EventLife& life = summary.events[i];
        const trace::Event& event = life.event;
        // A return address: the call stands just before it.
        const std::string made = event.creator == 0 ? "" : symbols.find(event.creator - 1).text();
        out += "<tr><td class=\"name\">" + html_text(stat::event_text(life, symbols)) + "</td>" +
               number(std::to_string(event.fires)) + number(duration_text(event.callback_ns)) +
               number(duration_text(life.longest_ns)) + "<td class=\"name made\">" +
               html_text(made) + "</td>" + bar(event.callback_ns, most) + "</tr>\n";
    }
    out += "</table>\n";
    if (summary.events.size() > kEvents)
        out += fmt::format("<p class=\"sub\">and {} more</p>\n", summary.events.size() - kEvents);
    return out;
}

}  // namespace

Facts facts_of(const trace::Reader& reader) {
    return {reader.info(), reader.lost(), reader.warnings()};
}

std::string head_section(const Facts& facts, const stat::Summary& summary) {
    const trace::TraceInfo& info = facts.info;
    const std::int64_t wall =
        std::max<std::int64_t>(0, trace::elapsed(summary.began_ns, summary.ended_ns));
    std::string out = "<h1>" + html_text(info.program) + "</h1>\n<p class=\"sub\">" +
                      html_text(info.command) + "</p>\n<p class=\"sub\">process " +
                      std::to_string(info.pid) + ", recorded " + moment(info.start_wall_ns) +
                      "</p>\n<div class=\"cards\">\n";
    out += card(duration_text(wall), "first to last record");
    out += card(std::to_string(summary.records), "records");
    if (summary.lost > 0) out += card(std::to_string(summary.lost), "records lost", true);
    if (summary.problems > 0) out += card(std::to_string(summary.problems), "not legal", true);
    out += card(std::to_string(summary.turns.count), "turns of the loop");
    out += card(std::to_string(summary.callbacks.count), "callbacks");
    out += card(duration_text(summary.callbacks.longest_ns), "longest callback");
    const std::size_t loops = summary.loops.size();
    out += card(duration_text(summary.slept_ns),
                loops > 1 ? "asleep, " + std::to_string(loops) + " loops" : "asleep");
    out += card(std::to_string(summary.events.size()), "events");
    out += "</div>\n";
    for (const std::string& warning : facts.warnings)
        out += "<p class=\"trouble\">" + html_text(warning) + "</p>\n";
    return out;
}

std::string ending_section(trace::Timeline& timeline) {
    std::string out = "<h2>How it ended</h2>\n";
    const auto line = [](const std::string& text) { return "<p>" + html_text(text) + "</p>\n"; };
    const trace::Answer exit = trace::why(timeline, "exit");
    if (exit.error.empty()) return out + line(exit.sentence);
    const trace::Answer sleep = trace::why(timeline, "sleep");
    if (!sleep.error.empty()) return out + line("The recording ends here: " + exit.error + ".");
    out += line("The recording ends before the loop does. " + sleep.sentence);
    const trace::Answer alive = trace::why(timeline, "alive");
    return alive.error.empty() ? out + line(alive.sentence) : out;
}

std::string lints_section(trace::LintRun& lints) {
    std::string out;
    for (std::size_t i = 0; i < trace::lints().size(); ++i) {
        const trace::LintInfo& lint = trace::lints()[i];
        const std::vector<trace::Finding> findings = lints.findings(i);
        if (findings.empty()) continue;
        out += "<h3>" + html_text(lint.name) + "</h3>\n<p class=\"sub\">" +
               html_text(lint.summary) + "</p>\n<table>";
        for (std::size_t k = 0; k < findings.size() && k < kFindings; ++k) {
            const trace::Finding& finding = findings[k];
            std::string records;
            for (std::size_t r = 0; r < finding.evidence.size() && r < 4; ++r)
                records += fmt::format("#{} ", finding.evidence[r]);
            out += "<tr><td class=\"name\">" + html_text(finding.about) + "</td><td>" +
                   html_text(finding.text) + "</td>" +
                   number(fmt::format("{}\u00d7", finding.times)) + number(records) + "</tr>\n";
        }
        out += "</table>\n";
        if (findings.size() > kFindings)
            out += fmt::format("<p class=\"sub\">and {} more</p>\n", findings.size() - kFindings);
    }
    if (out.empty()) out = "<p class=\"sub\">Nothing looks wrong.</p>\n";
    return "<h2>What looks wrong</h2>\n" + out;
}

std::string problems_section(const std::vector<Problem>& problems) {
    if (problems.empty()) return {};
    std::string out = "<h2 class=\"trouble\">Not legal</h2>\n<table>";
    for (const Problem& problem : problems)
        out += "<tr>" + number(fmt::format("#{}", problem.record)) + "<td>" +
               html_text(problem.text) + "</td></tr>\n";
    return out + "</table>\n";
}

std::string numbers_section(const stat::Summary& summary, const trace::Symbols& symbols) {
    std::string out = "<h2>In numbers</h2>\n<div class=\"columns\">\n";
    out += tallies("Phases of the loop", summary.phases);
    out += tallies("System calls", summary.syscalls);
    out += histogram("Callbacks", summary.callback_time);
    out += histogram("From active to running", summary.start_delay);
    out += "</div>\n";
    return out + events(summary, symbols);
}

}  // namespace evglass::viz::report
