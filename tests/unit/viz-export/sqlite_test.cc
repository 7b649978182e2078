// Tables and queries: what is in them, that every ready query runs, and what SQL may not do.
#include "viz/export/sqlite.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/sample_model.h"
#include "tests/unit/viz-export/hostile_scene.h"
#include "viz/export/query_text.h"
#include "viz/export/schema.h"

namespace evglass::viz::exports::testing {
namespace {

class Tables : public ::testing::Test {
 protected:
    Tables() {
        fill_database(database_, sample_.builder.records(), sample_.builder.context());
        database_.make_read_only();
    }
    std::string ask(const std::string& sql, Print how = Print::csv) {
        Statement statement(database_, sql);
        return print_result(statement, how);
    }
    trace::testing::Sample sample_ = trace::testing::make_finished_sample();
    Database database_{":memory:"};
};

TEST_F(Tables, HoldEveryRecordEventAndCallback) {
    const auto& records = sample_.builder.records();
    EXPECT_EQ(ask("SELECT count(*) FROM record"),
              "count(*)\n" + std::to_string(records.size()) + "\n");
    EXPECT_EQ(ask("SELECT kind, fd FROM event WHERE name = 'listener'"), "kind,fd\nio,6\n");
    EXPECT_EQ(ask("SELECT count(*) FROM callback c JOIN record r ON r.record = c.first_record "
                  "WHERE r.name <> 'callback_begin'"),
              "count(*)\n0\n");
    EXPECT_EQ(ask("SELECT sum(fires) - (SELECT count(*) FROM callback) AS rest FROM event"),
              "rest\n0\n");
}

TEST_F(Tables, EveryReadyQueryRunsAndIsAtLeastADozen) {
    EXPECT_GE(ready_queries().size(), 12U);
    for (const ReadyQuery& query : ready_queries()) {
        EXPECT_NO_THROW(EXPECT_NE(ask(std::string(query.sql)), "")) << query.name;
        EXPECT_EQ(find_ready_query(query.name), &query);
    }
    EXPECT_EQ(find_ready_query("nosuch"), nullptr);
}

TEST_F(Tables, TheWayFromReadyToCallbackIsInOrder) {
    const std::string sql(find_ready_query("from-ready-to-callback")->sql);
    const auto rows = nlohmann::json::parse(ask(sql, Print::json));
    ASSERT_GT(rows.size(), 2U);
    for (const auto& row : rows) {
        EXPECT_LT(row["ready"], row["active"]);
        EXPECT_LT(row["active"], row["running"]);
    }
}

TEST_F(Tables, AQuestionMayOnlyRead) {
    for (const char* sql : {"DELETE FROM record", "ATTACH '/tmp/evglass-x' AS x", "DROP TABLE turn",
                            "CREATE TABLE t(a)", "SELECT 1; SELECT 2"})
        EXPECT_THROW(ask(sql), SqlError) << sql;
    EXPECT_THROW(ask("SELECT load_extension('x')"), SqlError);
    EXPECT_THROW(ask("SELEKT"), SqlError);
}

TEST_F(Tables, WhatSqlMakesIsPrintable) {
    for (const Print how : {Print::columns, Print::csv, Print::json})
        EXPECT_FALSE(trace::testing::acts_on_terminal(
            ask("SELECT char(27) || '[2J' AS \"\u202ex\", x'ff9b', 'a,\"b'", how)));
    EXPECT_EQ(ask("SELECT 'a,\"b' AS x"), "x\n\"a,\"\"b\"\n");
    EXPECT_EQ(ask("SELECT 'wide \u4e8b' AS a, 1 AS n", Print::columns),
              "a        n\nwide \u4e8b  1\n");
}

TEST(HostileTables, NamesArePrintableInEveryColumn) {
    trace::testing::RecordBuilder builder;
    tell_hostile(builder, trace::testing::hostile_texts());
    Database database(":memory:");
    fill_database(database, builder.records(), builder.context());
    for (const Table& table : tables()) {
        Statement statement(database, "SELECT * FROM " + std::string(table.name));
        EXPECT_FALSE(trace::testing::acts_on_terminal(print_result(statement, Print::columns)))
            << table.name;
    }
    Statement names(database, "SELECT count(name) FROM event WHERE name <> 'signal pipe'");
    EXPECT_EQ(print_result(names, Print::csv), "count(name)\n1000\n");
    Statement fields(database, "SELECT count(*) FROM record WHERE NOT json_valid(fields)");
    EXPECT_EQ(print_result(fields, Print::csv), "count(*)\n0\n");
}

TEST(QueryPage, IsTheOneThatIsWritten) {
    const char* root = std::getenv("EVGLASS_ROOT");
    if (root == nullptr) GTEST_SKIP() << "EVGLASS_ROOT is not set";
    std::ifstream file(std::string(root) + "/docs/query.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), schema_page()) << "run `make docs-query`";
}

}  // namespace
}  // namespace evglass::viz::exports::testing
