// Columns are as wide as their widest cell, measured in the cells of a terminal.
#include "viz/export/query_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trace/text.h"
#include "viz/live/text_width.h"

namespace evglass::viz::exports {
namespace {

struct Field {
    std::string text;
    bool number = false;
};
using Fields = std::vector<Field>;

std::size_t width_of(const std::string& text) {
    std::size_t columns = 0;
    for (const Grapheme& one : graphemes(text)) columns += static_cast<std::size_t>(one.columns);
    return columns;
}

// Whole numbers as they are; of the others three places are enough for people.
std::string for_people(const std::string& text, bool number) {
    if (!number) return trace::safe(text);
    const std::size_t point = text.find('.');
    if (point == std::string::npos || text.find('e') != std::string::npos) return text;
    return text.substr(0, point + 4);
}

std::string columns(Statement& statement) {
    std::vector<Fields> rows(1);
    for (int i = 0; i < statement.columns(); ++i)
        rows[0].push_back({trace::safe(statement.column_name(i)), false});
    while (statement.next()) {
        Fields row;
        for (int i = 0; i < statement.columns(); ++i) {
            const bool number = statement.is_number(i);
            row.push_back({for_people(statement.text(i).value_or("-"), number), number});
        }
        rows.push_back(std::move(row));
    }
    std::vector<std::size_t> widths(rows[0].size());
    std::vector<bool> numeric(rows[0].size(), false);
    for (const Fields& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i].text));
            if (row[i].number) numeric[i] = true;
        }
    std::string out;
    for (const Fields& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - width_of(row[i].text), ' ');
            line +=
                (i == 0 ? "" : "  ") + (numeric[i] ? blanks + row[i].text : row[i].text + blanks);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string quoted_csv(const std::string& raw) {
    const std::string text = trace::safe(raw);
    if (text.find_first_of("\",\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

std::string csv(Statement& statement) {
    std::string out;
    for (int i = 0; i < statement.columns(); ++i)
        out += (i == 0 ? "" : ",") + quoted_csv(statement.column_name(i));
    out += "\n";
    while (statement.next()) {
        for (int i = 0; i < statement.columns(); ++i)
            out += (i == 0 ? "" : ",") + quoted_csv(statement.text(i).value_or(""));
        out += "\n";
    }
    return out;
}

std::string json(Statement& statement) {
    std::string out = "[";
    bool first = true;
    while (statement.next()) {
        nlohmann::ordered_json row = nlohmann::ordered_json::object();
        for (int i = 0; i < statement.columns(); ++i) {
            nlohmann::ordered_json& cell = row[trace::safe(statement.column_name(i))];
            const auto text = statement.text(i);
            if (!text) continue;
            if (statement.is_number(i))
                cell = nlohmann::ordered_json::parse(*text, nullptr, false);
            else
                cell = trace::safe(*text);
        }
        out += (first ? "\n" : ",\n") +
               row.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
        first = false;
    }
    return out + "\n]\n";
}

}  // namespace

std::string print_result(Statement& statement, Print how) {
    switch (how) {
        case Print::json:
            return json(statement);
        case Print::csv:
            return csv(statement);
        case Print::columns:
            break;
    }
    return columns(statement);
}

}  // namespace evglass::viz::exports
