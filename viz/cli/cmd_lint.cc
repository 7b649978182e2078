// `evglass lint`: what looks wrong in a trace, with the records that show it.
// The lints are trace/lints; this file chooses among them, and prints.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "trace/lints/lints.h"
#include "trace/symbols.h"
#include "trace/text.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass lint server.evg                   what looks wrong, and the records that show it\n"
    "  evglass lint 4711 --only slow-callback    one lint; may be given several times\n"
    "  evglass lint server.evg --not fd-leak     all but this one\n"
    "  evglass lint --list                       all lints, with what they mean\n"
    "  evglass lint server.evg --strict          for scripts: exit status 1 if anything was found\n"
    "  evglass dump server.evg --at 480          look at the records that a finding names\n"
    "\n"
    "Without --strict the status is 0 whatever was found: a finding is a question, not a verdict.\n"
    "A trace shows what the library does. System calls that the program makes itself (its own\n"
    "read, write, close) are not in it, and no lint pretends to know them.";

struct LintOptions {
    std::string source;
    std::vector<std::string> only, without;
    bool list = false, strict = false, json = false;
};

constexpr std::size_t kBatch = 4096;
constexpr int kColumns = 100;

/// A paragraph, broken at blanks.
void print_wrapped(std::string_view text, int indent) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    const std::string margin = line;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (line.size() + 1 + end > kColumns && line.size() > margin.size()) {
            std::puts(line.c_str());
            line = margin;
        }
        if (line.size() > margin.size()) line += ' ';
        line += text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (line.size() > margin.size()) std::puts(line.c_str());
}

int list() {
    for (const trace::LintInfo& info : trace::lints()) {
        std::puts(fmt::format("{:<22} {}", info.name, info.summary).c_str());
        print_wrapped(info.explanation, 4);
    }
    return kWell;
}

/// The lints that --only and --not leave on; `error` says which name is none.
trace::LintSet chosen(const LintOptions& options, std::string& error) {
    trace::LintSet set;
    if (!options.only.empty()) set.turn_all(false);
    const auto turn = [&](const std::vector<std::string>& names, bool on) {
        for (const std::string& name : names) {
            const int lint = trace::lint_index(name);
            if (lint < 0) {
                error = "no lint is called '" + name + "': `evglass lint --list` names them";
                return;
            }
            set.turn(static_cast<std::size_t>(lint), on);
        }
    };
    turn(options.only, true);
    if (error.empty()) turn(options.without, false);
    return set;
}

std::string records_text(const std::vector<std::uint64_t>& records) {
    std::string text;
    for (const std::uint64_t record : records)
        if (record != 0) text += (text.empty() ? "#" : ", #") + std::to_string(record);
    return text;
}

void print(const trace::LintInfo& info, const trace::Finding& finding,
           const trace::Symbols& symbols) {
    std::string text =
        fmt::format("{}: {}: {}", info.name, trace::safe(finding.about), trace::safe(finding.text));
    if (finding.times > 1) text += fmt::format(" ({} times)", finding.times);
    std::puts(text.c_str());
    // A return address is that of the next instruction.
    if (finding.place > 1)
        std::puts(("    made by " + trace::safe(symbols.find(finding.place - 1).text())).c_str());
    std::puts(("    records " + records_text(finding.evidence)).c_str());
}

nlohmann::json as_json(const trace::LintInfo& info, const trace::Finding& finding,
                       const trace::Symbols& symbols) {
    nlohmann::json object{{"lint", info.name},
                          {"about", trace::safe(finding.about)},
                          {"text", trace::safe(finding.text)},
                          {"times", finding.times},
                          {"records", finding.evidence}};
    if (finding.ordinal != 0) object["event"] = "E" + std::to_string(finding.ordinal);
    if (finding.place > 1) object["made_by"] = trace::safe(symbols.find(finding.place - 1).text());
    return object;
}

trace::LintRun run_over(trace::Reader& reader, const trace::LintSet& set) {
    trace::LintRun run(set, reader.ticks_per_ns());
    // A live trace may grow faster than we read: stop at the first batch that is not full.
    while (true) {
        const std::vector<trace::Record> batch = reader.poll(kBatch);
        for (const trace::Record& record : batch) {
            const auto& sites = reader.sites();
            const bool known = record.site != 0 && record.site <= sites.size();
            run.see(record, known ? &sites[record.site - 1U] : nullptr);
        }
        if (batch.size() < kBatch) return run;
    }
}

/// Prints what was found; returns how much that was.
std::size_t tell(const LintOptions& options, trace::LintRun& run, const trace::Reader& reader) {
    const trace::Symbols symbols(reader);
    nlohmann::json array = nlohmann::json::array();
    std::size_t found = 0;
    for (std::size_t i = 0; i < trace::lints().size(); ++i) {
        const trace::LintInfo& info = trace::lints()[i];
        const std::vector<trace::Finding> findings = run.findings(i);
        found += findings.size();
        for (const trace::Finding& finding : findings) {
            if (options.json)
                array.push_back(as_json(info, finding, symbols));
            else
                print(info, finding, symbols);
        }
        if (!findings.empty() && !options.json) print_wrapped(info.explanation, 4);
    }
    if (options.json) {
        const nlohmann::json all{{"findings", array},
                                 {"records", run.record()},
                                 {"lost", std::max(run.lost(), reader.lost())}};
        std::puts(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    }
    return found;
}

int lint(const LintOptions& options) {
    if (options.list) return list();
    if (options.source.empty())
        return fail("lint", "say which trace: evglass lint FILE|PID (or --list)");
    std::string error;
    const trace::LintSet set = chosen(options, error);
    if (!error.empty()) return fail("lint", error);
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("lint", source.error);
    trace::Reader::Opened opened = trace::Reader::open(source.path);
    if (!opened.reader) return fail("lint", opened.error);
    trace::LintRun run = run_over(*opened.reader, set);
    const std::size_t found = tell(options, run, *opened.reader);
    if (found == 0 && !options.json)
        std::puts(fmt::format("nothing to object to in {} records", run.record()).c_str());
    if (opened.reader->lost() > 0 && !options.json)
        std::puts(fmt::format("{} records are lost: nothing is said of them", opened.reader->lost())
                      .c_str());
    const int damage = tell_warnings("lint", *opened.reader);
    if (damage != kWell) return damage;
    return options.strict && found > 0 ? kNo : kWell;
}

}  // namespace

void add_lint(CLI::App& root, Call& call) {
    auto options = std::make_shared<LintOptions>();
    CLI::App* app = root.add_subcommand("lint", "Say what looks wrong in a trace, and show it");
    app->footer(kExamples);
    app->add_option("FILE|PID", options->source, kSourceHelp);
    auto* only = app->add_option("--only", options->only, "Only this lint")->type_name("NAME");
    app->add_option("--not", options->without, "Not this lint")->type_name("NAME");
    only->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app->get_option("--not")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app->add_flag("--strict", options->strict, "Exit with status 1 if anything was found");
    app->add_flag("--json", options->json, "One JSON object with all findings");
    app->add_flag("--list", options->list, "All lints, each with a paragraph");
    app->callback([options, &call] { call.status = lint(*options); });
}

}  // namespace evglass::viz::cli
