// What database.h declares.
#include "viz/export/database.h"

namespace evglass::viz::exports {
namespace {

[[noreturn]] void fail(sqlite3* database) {
    throw SqlError(sqlite3_errmsg(database));
}

// What a question may do: read, and call functions.
int only_reading(void*, int action, const char*, const char*, const char*, const char*) {
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_FUNCTION:
        case SQLITE_RECURSIVE:
        case SQLITE_PRAGMA:
            return SQLITE_OK;
        default:
            return SQLITE_DENY;
    }
}

}  // namespace

Database::Database(const std::string& path) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open(path.c_str(), &opened);
    handle_.reset(opened);
    if (status != SQLITE_OK) fail(opened);
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_.get());
}

void Database::make_read_only() {
    execute("PRAGMA query_only = ON");
    sqlite3_set_authorizer(handle_.get(), only_reading, nullptr);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database.handle()) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &prepared, &rest) !=
        SQLITE_OK)
        fail(database_);
    statement_.reset(prepared);
    const std::string_view more = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (more.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        throw SqlError("more than one statement: ask one question at a time");
}

Statement& Statement::bind(int at, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), at, number);
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind_null(int at) {
    sqlite3_bind_null(statement_.get(), at);
    return *this;
}

void Statement::run() {
    const int status = sqlite3_step(statement_.get());
    sqlite3_reset(statement_.get());
    if (status != SQLITE_DONE && status != SQLITE_ROW) fail(database_);
}

bool Statement::next() {
    const int status = sqlite3_step(statement_.get());
    if (status != SQLITE_DONE && status != SQLITE_ROW) fail(database_);
    return status == SQLITE_ROW;
}

int Statement::columns() const {
    return sqlite3_column_count(statement_.get());
}

std::string Statement::column_name(int column) const {
    const char* name = sqlite3_column_name(statement_.get(), column);
    return name == nullptr ? "" : name;
}

std::optional<std::string> Statement::text(int column) const {
    if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return {};
    const auto* bytes = sqlite3_column_text(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return std::string(reinterpret_cast<const char*>(bytes), size);
}

bool Statement::is_number(int column) const {
    const int type = sqlite3_column_type(statement_.get(), column);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

}  // namespace evglass::viz::exports
