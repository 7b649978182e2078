// SQLite as values that close themselves. Errors are exceptions of one type with SQLite's own
// sentence. It knows no table. Read next: sqlite.h.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace evglass::viz::exports {

struct SqlError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Database;

/// One prepared statement. Parameters are numbered from 1.
class Statement {
 public:
    Statement(Database& database, std::string_view sql);
    Statement& bind(int at, std::int64_t number);
    Statement& bind(int at, std::string_view text);
    Statement& bind_null(int at);
    /// Runs it for its effect and makes it ready for the next row.
    void run();
    /// The next row of its result; false at the end.
    bool next();
    int columns() const;
    std::string column_name(int column) const;
    /// Nothing for NULL.
    std::optional<std::string> text(int column) const;
    bool is_number(int column) const;
    bool empty() const { return statement_ == nullptr; }  ///< the SQL was blank or a comment

 private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
    /// A path, or ":memory:".
    explicit Database(const std::string& path);
    void execute(const std::string& sql);
    /// From here on nothing can be written, attached or loaded: what is asked is a question.
    void make_read_only();
    sqlite3* handle() { return handle_.get(); }

 private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace evglass::viz::exports
