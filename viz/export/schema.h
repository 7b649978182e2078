// The tables of an exported trace: their columns, what each means, and the queries that come ready.
// One list makes the SQL, `evglass query --schema` and docs/query.md. Pure data.
// Read next: sqlite.h, which fills the tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace evglass::viz::exports {

struct Column {
    std::string_view name, type, doc;
};
struct Table {
    std::string_view name, doc;
    std::span<const Column> columns;
};
struct ReadyQuery {
    std::string_view name, doc, sql;
};

std::span<const Table> tables();
std::span<const ReadyQuery> ready_queries();
const ReadyQuery* find_ready_query(std::string_view name);

/// CREATE TABLE for all tables.
std::string create_tables();
/// An index on each column that names a record or an event.
std::string create_indices();
/// "INSERT INTO turn VALUES (?,?,...)".
std::string insert_into(const Table& table);
const Table& table(std::string_view name);

/// The whole of it as a page: docs/query.md.
std::string schema_page();

}  // namespace evglass::viz::exports
