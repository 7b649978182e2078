// What a query answered, printed: as columns for people, as JSON or CSV for programs. The escape
// gate for results: SQL can make any bytes (char(27)), and none of them reaches a terminal raw.
#pragma once

#include <string>

#include "viz/export/database.h"

namespace evglass::viz::exports {

enum class Print { columns, json, csv };

/// Runs the statement to its end. Throws SqlError.
std::string print_result(Statement& statement, Print how);

}  // namespace evglass::viz::exports
