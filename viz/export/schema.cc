// The tables. Times are nanoseconds since the trace began; numbers of records are those that every
// other command shows.
#include "viz/export/schema.h"

#include <fmt/format.h>

#include <stdexcept>

namespace evglass::viz::exports {
namespace {

constexpr Column kTrace[] = {{"key", "TEXT", "program, command, pid, clock, started, lost, ..."},
                             {"value", "TEXT", "its value"}};
constexpr Column kThread[] = {{"thread", "INTEGER", "as other tables name it, from 1"},
                              {"tid", "INTEGER", "the kernel's number"},
                              {"name", "TEXT", "its name"},
                              {"lost", "INTEGER", "records that it could not write"}};
constexpr Column kRecord[] = {{"record", "INTEGER PRIMARY KEY", "its number"},
                              {"time_ns", "INTEGER", "when"},
                              {"thread", "INTEGER", "who"},
                              {"name", "TEXT", "its type: see docs/records.md"},
                              {"category", "TEXT", "state, syscall, buffer, lock, call or net"},
                              {"function", "TEXT", "the function that told it"},
                              {"file", "TEXT", "the function's file"},
                              {"line", "INTEGER", "and line"},
                              {"base", "TEXT", "B1, or NULL"},
                              {"event", "TEXT", "E3, or NULL"},
                              {"fields", "TEXT", "all fields as one JSON object"},
                              {"lost_before", "INTEGER", "records lost just before it"}};
constexpr Column kEvent[] = {
    {"event", "TEXT PRIMARY KEY", "E1, E2, ... in order of first sight"},
    {"name", "TEXT", "given by the program or the library, or NULL"},
    {"base", "TEXT", "its base"},
    {"kind", "TEXT", "io, signal or timer"},
    {"fd", "INTEGER", "its fd or signal, or NULL"},
    {"interest", "TEXT", "READ|PERSIST ..."},
    {"priority", "INTEGER", "0 runs first"},
    {"internal", "INTEGER", "1: the library's own"},
    {"callback", "TEXT", "the function that is called"},
    {"creator", "TEXT", "where the program made it"},
    {"made_record", "INTEGER", "the record that made it known"},
    {"gone_record", "INTEGER", "the record at which its memory went, or NULL"},
    {"fires", "INTEGER", "callbacks begun"},
    {"callback_ns", "INTEGER", "time spent in them"},
    {"longest_ns", "INTEGER", "the longest of them"},
    {"delay_ns", "INTEGER", "time from active to running, over all of them"}};
constexpr Column kState[] = {{"event", "TEXT", "E3"},
                             {"state", "TEXT", "initialized, pending, active, running or unknown"},
                             {"before", "TEXT", "the state that it came from"},
                             {"first_record", "INTEGER", "the record that began it"},
                             {"last_record", "INTEGER", "and the one that ended it"},
                             {"began_ns", "INTEGER", "when"},
                             {"duration_ns", "INTEGER", "for how long"},
                             {"cause", "TEXT", "why it began"},
                             {"function", "TEXT", "the function that did it"},
                             {"open", "INTEGER", "1: its end is not in the trace"}};
constexpr Column kActivation[] = {
    {"record", "INTEGER PRIMARY KEY", "the event_activate"},
    {"time_ns", "INTEGER", "when"},
    {"event", "TEXT", "E3"},
    {"what", "TEXT", "READ, TIMEOUT ..."},
    {"cause", "TEXT", "backend, timeout, signal, user, later, ..."},
    {"ready_record", "INTEGER", "what the backend or the signal's handler said before, or NULL"}};
constexpr Column kCallback[] = {
    {"first_record", "INTEGER PRIMARY KEY", "the callback_begin"},
    {"last_record", "INTEGER", "the callback_end"},
    {"event", "TEXT", "E3"},
    {"base", "TEXT", "B1"},
    {"thread", "INTEGER", "who ran it"},
    {"turn", "INTEGER", "in which turn"},
    {"what", "TEXT", "READ, TIMEOUT ..."},
    {"callback", "TEXT", "the function"},
    {"began_ns", "INTEGER", "when"},
    {"duration_ns", "INTEGER", "how long it took"},
    {"activate_record", "INTEGER", "the event_activate that led to it, or NULL"},
    {"delay_ns", "INTEGER", "from active to running, or NULL"}};
constexpr Column kTurn[] = {{"base", "TEXT", "B1"},
                            {"turn", "INTEGER", "its number"},
                            {"thread", "INTEGER", "who runs the loop"},
                            {"first_record", "INTEGER", "the turn_begin"},
                            {"last_record", "INTEGER", "the record that ended it"},
                            {"began_ns", "INTEGER", "when"},
                            {"duration_ns", "INTEGER", "how long it took"},
                            {"waited_ns", "INTEGER", "of it, in the backend's system call"},
                            {"ready", "INTEGER", "fds that the backend reported"},
                            {"callbacks", "INTEGER", "callbacks run"}};
constexpr Column kPhase[] = {{"base", "TEXT", "B1"},
                             {"turn", "INTEGER", "in which turn"},
                             {"phase", "TEXT", "timeout_next, dispatch, process_active, ..."},
                             {"first_record", "INTEGER", "where it begins"},
                             {"last_record", "INTEGER", "and ends"},
                             {"began_ns", "INTEGER", "when"},
                             {"duration_ns", "INTEGER", "how long it took"}};
constexpr Column kSyscall[] = {{"record", "INTEGER PRIMARY KEY", "its record"},
                               {"name", "TEXT", "epoll_ctl, read, ..."},
                               {"thread", "INTEGER", "who called"},
                               {"fd", "INTEGER", "on which fd, or NULL"},
                               {"result", "INTEGER", "what it returned"},
                               {"error", "TEXT", "EAGAIN ..., or NULL"},
                               {"began_ns", "INTEGER", "when"},
                               {"duration_ns", "INTEGER", "how long it took"},
                               {"base", "TEXT", "whose loop made it, or NULL"},
                               {"turn", "INTEGER", "in which turn"},
                               {"phase", "TEXT", "in which phase, or NULL"},
                               {"event", "TEXT", "in whose callback, or NULL"},
                               {"text", "TEXT", "as strace would print it"}};
constexpr Column kProblem[] = {{"record", "INTEGER", "where"},
                               {"text", "TEXT", "what is not legal there"}};

constexpr Table kTables[] = {
    {"trace", "what is known of the recording", kTrace},
    {"thread", "the threads that wrote records", kThread},
    {"record", "every record", kRecord},
    {"event", "every event that was seen", kEvent},
    {"state", "each stretch that an event spent in one state", kState},
    {"activation", "each time that an event was made active", kActivation},
    {"callback", "each callback that was run", kCallback},
    {"turn", "each turn of a loop", kTurn},
    {"phase", "each phase of each turn", kPhase},
    {"syscall", "each system call of the library", kSyscall},
    {"problem", "records that contradict the ones before", kProblem},
};

std::string table_of_columns(const Table& table) {
    std::string out = "| column | type | what it is |\n|---|---|---|\n";
    for (const Column& column : table.columns)
        out += fmt::format("| `{}` | {} | {} |\n", column.name, column.type, column.doc);
    return out;
}

}  // namespace

std::span<const Table> tables() {
    return kTables;
}

const Table& table(std::string_view name) {
    for (const Table& table : kTables)
        if (table.name == name) return table;
    throw std::logic_error("no such table");
}

std::string create_tables() {
    std::string out;
    for (const Table& table : kTables) {
        out += fmt::format("CREATE TABLE {} (", table.name);
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            out += fmt::format("{}{} {}", i == 0 ? "" : ", ", table.columns[i].name,
                               table.columns[i].type);
        out += ");\n";
    }
    return out;
}

std::string create_indices() {
    std::string out;
    for (const Table& table : kTables)
        for (const Column& column : table.columns)
            if ((column.name == "event" && table.name != "event") || column.name == "turn")
                out += fmt::format("CREATE INDEX {0}_{1} ON {0}({1});\n", table.name, column.name);
    return out;
}

std::string insert_into(const Table& table) {
    std::string out = fmt::format("INSERT INTO {} VALUES (", table.name);
    for (std::size_t i = 0; i < table.columns.size(); ++i) out += i == 0 ? "?" : ",?";
    return out + ")";
}

std::string schema_page() {
    std::string out =
        "# Asking a trace in SQL\n"
        "\n"
        "This page is made by `evglass query --schema`; `make docs-query` writes it anew.\n"
        "\n"
        "    evglass query server.evg --ready slow-callbacks\n"
        "    evglass query server.evg 'SELECT name, count(*) FROM syscall GROUP BY name'\n"
        "    evglass export server.evg -o server.sqlite     # the same tables, for any other tool\n"
        "\n"
        "Times are nanoseconds since the trace began. Records have the numbers that `dump`, `graph "
        "--at` and\n"
        "`live` show. `--json` and `--csv` print for programs.\n"
        "\n"
        "## Ready queries\n\n";
    for (const ReadyQuery& query : ready_queries())
        out +=
            fmt::format("### {}\n\n{}.\n\n```sql\n{}\n```\n\n", query.name, query.doc, query.sql);
    out += "## Tables\n";
    for (const Table& table : kTables)
        out += fmt::format("\n### {}\n\n{}.\n\n{}", table.name, table.doc, table_of_columns(table));
    return out;
}

}  // namespace evglass::viz::exports
