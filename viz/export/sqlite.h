// A trace as SQLite tables (schema.h). One replay fills them. Texts of the traced program are made
// printable before they enter, so that every tool that reads the file is safe from them.
// Read next: schema.h (what the tables are), query_text.h (how results are printed).
#pragma once

#include <functional>

#include "trace/reader.h"
#include "viz/export/database.h"

namespace evglass::viz::exports {

/// Told how many records are in, now and then.
using Progress = std::function<void(std::uint64_t records)>;

/// Fills an empty database. Throws SqlError where it can't be written.
void fill_database(Database& database, trace::Reader& reader, const Progress& progress = {});
/// The same from records in memory, without the facts that a file alone has.
void fill_database(Database& database, std::span<const trace::Record> records,
                   const trace::TraceContext& context);

}  // namespace evglass::viz::exports
