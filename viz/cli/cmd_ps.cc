// `evglass ps`: the traces of this user, as a tree of processes: a forked child's trace stands
// below its parent's.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "trace/locate.h"
#include "trace/reader.h"
#include "trace/text.h"
#include "viz/cli/command.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass ps            what is being recorded\n"
    "  evglass ps --all      ended processes too, whose traces are still there\n"
    "  evglass ps --json     the same, one JSON object a line\n"
    "\n"
    "Traces with a path of their own (-o, EVGLASS_TRACE=path) are listed while their process runs.";

struct Row {
    trace::TraceEntry entry;
    std::uint64_t records = 0, lost = 0;
    std::string state;
    int depth = 0;
};

// Counts need a look at the records; the number of the newest one counts those lost, too.
void count(Row& row) {
    trace::Reader::Opened opened = trace::Reader::open(row.entry.path);
    if (!opened.reader) {
        row.state = "unreadable";
        return;
    }
    for (const trace::Record& record : opened.reader->poll())
        row.records = std::max(row.records, record.number);
    row.lost = opened.reader->lost();
    row.state = row.entry.held > 0 ? "paused" : row.entry.live ? "recording" : "ended";
}

// Parents before their children, each child right below its parent; else as they came.
class Tree {
 public:
    explicit Tree(std::vector<Row> rows) : rows_(std::move(rows)) {}

    std::vector<Row> ordered() {
        std::set<std::uint64_t> pids;
        for (const Row& row : rows_) pids.insert(row.entry.pid);
        for (const Row& row : rows_)
            if (!pids.contains(row.entry.parent_pid) || row.entry.parent_pid == row.entry.pid)
                place(row, 0);
        for (const Row& row : rows_) place(row, 0);  // what a circle of stale pids left over
        return std::move(out_);
    }

 private:
    void place(const Row& row, int depth) {
        if (!placed_.insert(row.entry.path).second) return;
        out_.push_back(row);
        out_.back().depth = depth;
        for (const Row& child : rows_)
            if (child.entry.parent_pid == row.entry.pid) place(child, depth + 1);
    }

    std::vector<Row> rows_, out_;
    std::set<std::string> placed_;
};

void print_json(const Row& row) {
    const nlohmann::json object = {{"pid", row.entry.pid},
                                   {"parent_pid", row.entry.parent_pid},
                                   {"program", trace::safe(row.entry.program)},
                                   {"command", trace::safe(row.entry.command)},
                                   {"state", row.state},
                                   {"records", row.records},
                                   {"lost", row.lost},
                                   {"bytes", row.entry.bytes},
                                   {"path", trace::safe(row.entry.path)}};
    std::puts(object.dump().c_str());
}

void print_table(const std::vector<Row>& rows) {
    std::puts(fmt::format("{:>8}  {:<24} {:<10} {:>10} {:>8}  {}", "PID", "PROGRAM", "STATE",
                          "RECORDS", "LOST", "TRACE")
                  .c_str());
    for (const Row& row : rows) {
        const std::string indent =
            row.depth == 0
                ? ""
                : std::string(2 * static_cast<std::size_t>(row.depth - 1), ' ') + "\u2514 ";
        std::puts(fmt::format("{:>8}  {:<24} {:<10} {:>10} {:>8}  {}", row.entry.pid,
                              indent + trace::safe(row.entry.program), row.state, row.records,
                              row.lost, trace::safe(row.entry.path))
                      .c_str());
    }
}

int ps(bool json, bool all) {
    std::vector<Row> rows;
    for (trace::TraceEntry& entry : trace::list_traces()) {
        if (!all && !entry.live) continue;
        rows.push_back({std::move(entry), 0, 0, "", 0});
        count(rows.back());
    }
    rows = Tree(std::move(rows)).ordered();
    if (json) {
        for (const Row& row : rows) print_json(row);
    } else if (rows.empty()) {
        std::puts(all ? "No trace is there. Make one: evglass run -- PROG"
                      : "Nothing is being recorded. Start with: evglass run -- PROG (ended ones: "
                        "evglass ps --all)");
    } else {
        print_table(rows);
    }
    return kWell;
}

}  // namespace

void add_ps(CLI::App& root, Call& call) {
    struct Options {
        bool json = false, all = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = root.add_subcommand("ps", "List traced processes");
    app->footer(kExamples);
    app->add_flag("--json", options->json, "One JSON object a line");
    app->add_flag("-a,--all", options->all, "Also traces of processes that ended");
    app->callback([options, &call] { call.status = ps(options->json, options->all); });
}

}  // namespace evglass::viz::cli
