// `evglass query`: SQL over a trace. The tables are filled in memory, then the question is asked;
// nothing is written anywhere. What the tables hold: viz/export/schema.h.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "trace/reader.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"
#include "viz/export/query_text.h"
#include "viz/export/schema.h"
#include "viz/export/sqlite.h"

namespace evglass::viz::cli {
namespace {

struct QueryOptions {
    std::string source, sql, ready;
    bool list = false, schema = false, json = false, csv = false;
};

std::string examples() {
    std::string out = "Ready queries:\n";
    for (const exports::ReadyQuery& query : exports::ready_queries())
        out += fmt::format("  {:<23} {}\n", query.name, query.doc);
    return out +
           "\n"
           "Examples:\n"
           "  evglass query server.evg --ready slow-callbacks\n"
           "  evglass query server.evg 'SELECT name, count(*) FROM syscall GROUP BY name'\n"
           "  evglass query server.evg --ready syscalls --json | jq .\n"
           "  evglass query --schema                    the tables and the SQL of the queries "
           "above";
}

int list_queries() {
    for (const exports::ReadyQuery& query : exports::ready_queries())
        std::puts(fmt::format("{:<23} {}", query.name, query.doc).c_str());
    return kWell;
}

/// The SQL that is meant, or nothing with the reason told.
std::string question(const QueryOptions& options) {
    if (options.ready.empty() == options.sql.empty()) {
        fail("query", "write one question: SQL in quotes, or --ready NAME (--list shows them)");
        return {};
    }
    if (options.ready.empty()) return options.sql;
    if (const exports::ReadyQuery* query = exports::find_ready_query(options.ready))
        return std::string(query->sql);
    fail("query", "there is no ready query '" + options.ready + "': see `evglass query --list`");
    return {};
}

int ask(const QueryOptions& options, const std::string& sql) {
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("query", source.error);
    trace::Reader::Opened opened = trace::Reader::open(source.path);
    if (!opened.reader) return fail("query", opened.error);
    exports::Database database(":memory:");
    exports::fill_database(database, *opened.reader);
    const int damage = tell_warnings("query", *opened.reader);
    database.make_read_only();
    exports::Statement statement(database, sql);
    if (statement.empty()) return fail("query", "the SQL is empty");
    const exports::Print how = options.json  ? exports::Print::json
                               : options.csv ? exports::Print::csv
                                             : exports::Print::columns;
    const std::string text = exports::print_result(statement, how);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return damage;
}

int query(const QueryOptions& options) {
    if (options.list) return list_queries();
    if (options.schema) {
        std::fputs(exports::schema_page().c_str(), stdout);
        return kWell;
    }
    if (options.source.empty()) return fail("query", "say which trace: a file, or a PID");
    const std::string sql = question(options);
    if (sql.empty()) return kBad;
    try {
        return ask(options, sql);
    } catch (const exports::SqlError& error) {
        return fail("query", std::string("the SQL can't be run: ") + error.what() +
                                 " (see `evglass query --schema`)");
    }
}

}  // namespace

void add_query(CLI::App& root, Call& call) {
    auto options = std::make_shared<QueryOptions>();
    CLI::App* app = root.add_subcommand("query", "Ask a trace in SQL");
    app->footer(examples());
    app->add_option("FILE|PID", options->source, kSourceHelp);
    app->add_option("SQL", options->sql, "One SELECT over the tables that --schema tells of");
    app->add_option("--ready", options->ready, "One of the queries below")->type_name("NAME");
    app->add_flag("--list", options->list, "List the ready queries");
    app->add_flag("--schema", options->schema, "Describe the tables, as Markdown");
    auto* json = app->add_flag("--json", options->json, "An array of objects");
    app->add_flag("--csv", options->csv, "Comma-separated values")->excludes(json);
    app->callback([options, &call] { call.status = query(*options); });
}

}  // namespace evglass::viz::cli
