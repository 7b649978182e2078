// The checks themselves, on small made-up inputs: a rule that can't fail is no rule.
// Each test shows what is refused and what right beside it is not. Nothing here reads the tree.
// Read next: tree_test.cc (the same checks on the tree as it is).
#include "tests/tidy/checks.h"

#include <gtest/gtest.h>

namespace evglass::tidy {
namespace {

const auto kAllExist = +[](std::string_view) { return true; };
const auto kNoneExists = +[](std::string_view) { return false; };
const auto kOnlyProject = +[](std::string_view path) { return path.starts_with("trace/"); };

std::string includes(const std::string& path, const std::string& text, Exists exists = kAllExist) {
    return report(check_includes({path, text}, exists));
}

struct Refused {
    const char* file;
    const char* include;
};

class IncludeRule : public testing::TestWithParam<Refused> {};
TEST_P(IncludeRule, IsRefused) {
    EXPECT_NE(includes(GetParam().file, GetParam().include), "");
}
INSTANTIATE_TEST_SUITE_P(
    EveryPart, IncludeRule,
    testing::Values(Refused{"src/event/loop.cc", "#include \"trace/model.h\""},
                    Refused{"src/event/loop.cc", "#include \"trace/writer/writer.h\""},
                    Refused{"src/event/loop.cc", "#include \"viz/live/app.h\""},
                    Refused{"src/event/loop.cc", "#include \"tests/support/clock.h\""},
                    Refused{"src/include/event2/event.h", "#include \"src/event/event_base.h\""},
                    Refused{"trace/writer/writer.cc", "#include \"trace/reader.h\""},
                    Refused{"trace/writer/writer.cc", "#include \"trace/model.h\""},
                    Refused{"trace/writer/writer.cc", "#include \"src/util/memory.h\""},
                    Refused{"trace/writer/writer.cc", "#include <event2/event.h>"},
                    Refused{"trace/reader.cc", "#include \"trace/writer/writer.h\""},
                    Refused{"trace/model.cc", "#include \"trace/probe.h\""},
                    Refused{"trace/model.cc", "#include \"src/event/event_base.h\""},
                    Refused{"trace/model.cc", "#include <event2/event.h>"},
                    Refused{"trace/model.cc", "#include \"viz/graph/dot.h\""},
                    Refused{"trace/schema.h", "#include \"trace/reader.h\""},
                    Refused{"trace/probe.h", "#include \"trace/format.h\""},
                    Refused{"viz/live/app.cc", "#include \"src/event/event_base.h\""},
                    Refused{"viz/live/app.cc", "#include <event2/event.h>"},
                    Refused{"viz/live/app.cc", "#include \"trace/writer/writer.h\""},
                    Refused{"viz/live/app.cc", "#include \"lessons/runner/runner.h\""},
                    Refused{"viz/cli/main.cc", "#include \"src/event/event_base.h\""},
                    Refused{"lessons/runner/runner.cc", "#include \"src/event/event_base.h\""},
                    Refused{"lessons/runner/runner.cc", "#include \"trace/writer/writer.h\""},
                    Refused{"lessons/08-four-calls/program.cc", "#include \"trace/probe.h\""},
                    Refused{"lessons/demo/echo-server.cc", "#include \"src/util/log.h\""},
                    Refused{"tests/conformance/scenarios/a.cc", "#include \"src/util/log.h\""},
                    Refused{"tests/conformance/scenarios/a.cc",
                            "#include <gtest/../trace/x.h>"
                            "\n#include \"trace/x.h\""}));

class IncludeAllowed : public testing::TestWithParam<Refused> {};
TEST_P(IncludeAllowed, IsNotRefused) {
    EXPECT_EQ(includes(GetParam().file, GetParam().include), "");
}
INSTANTIATE_TEST_SUITE_P(
    EveryPart, IncludeAllowed,
    testing::Values(Refused{"src/event/loop.cc", "#include \"trace/probe.h\""},
                    Refused{"src/event/loop.cc", "#include \"src/timers/min_heap.h\""},
                    Refused{"src/event/loop.cc", "  #  include <event2/event.h>"},
                    Refused{"src/event/loop.cc", "// #include \"viz/live/app.h\""},
                    Refused{"trace/writer/writer.cc", "#include \"trace/format.h\""},
                    Refused{"trace/writer/c_api.cc", "#include <event2/evglass.h>"},
                    Refused{"trace/model.cc", "#include \"trace/reader.h\""},
                    Refused{"viz/live/app.cc", "#include \"trace/timeline.h\""},
                    Refused{"viz/cli/learn.cc", "#include \"lessons/runner/runner.h\""},
                    Refused{"lessons/runner/runner.cc", "#include \"viz/graph/heap.h\""},
                    Refused{"lessons/demo/echo-server.cc", "#include <event2/listener.h>"},
                    Refused{"tests/model/model_test.cc", "#include \"src/event/event_base.h\""}));

TEST(Spelling, QuotedMeansFromTheRoot) {
    EXPECT_NE(includes("viz/live/app.cc", "#include \"screen.h\"", kNoneExists), "");
    EXPECT_NE(includes("src/event/loop.cc", "#include \"event2/event.h\""), "");
    EXPECT_NE(includes("viz/live/app.cc", "#include <trace/model.h>", kOnlyProject), "");
    EXPECT_EQ(includes("viz/live/app.cc", "#include <vector>", kOnlyProject), "");
}

TEST(Spelling, AListIsIncludedByTheHeaderBesideIt) {
    const auto exists = +[](std::string_view path) { return path == "trace/enums.def"; };
    EXPECT_EQ(includes("trace/schema.h", "#include \"enums.def\"", exists), "");
    EXPECT_NE(includes("viz/live/app.h", "#include \"enums.def\"", exists), "");
}

TEST(Spelling, AViolationNamesItsLine) {
    EXPECT_EQ(
        includes("trace/model.cc", "// a\n#include <map>\n#include \"trace/probe.h\"\n",
                 kOnlyProject),
        "trace/model.cc:3: must not include trace/probe.h: it belongs to the traced process\n");
}

TEST(CodeOnly, BlanksCommentsAndStringsAndKeepsLines) {
    EXPECT_EQ(code_only("a /* b\nc */ d // e\nf"), "a     \n     d     \nf");
    EXPECT_EQ(code_only("s(\"a\\\"b\"); c('\\'');"), "s(\"    \"); c('  ');");
    EXPECT_EQ(code_only("1'000'000 + x"), "1'000'000 + x");
    EXPECT_EQ(code_only("R\"(new\n)\" y"), "      \n   y");
    EXPECT_EQ(code_only("/* open"), "       ");
}

std::string names(const std::string& text) {
    std::string out;
    for (const Function& f : functions_of(text))
        out += f.name + ":" + std::to_string(f.lines()) + " ";
    return out;
}

TEST(Functions, AreToldFromOtherBraces) {
    EXPECT_EQ(names("int f(int a) {\n return a;\n}\n"), "f:3 ");
    EXPECT_EQ(names("namespace a { class B : C {\n void g() const {\n}\n int x = 1; }; }"), "g:2 ");
    EXPECT_EQ(names("struct event* g(void) { if (a) { b(); } }"), "g:1 ");
    EXPECT_EQ(names("struct alignas(8) P { int a; }; int t[] = {f(1), f(2)}; enum E { a };"), "");
    EXPECT_EQ(names("Foo::Foo(int a) : a_{a},\n b_{1} {\n c();\n}\nint h() { }"),
              "Foo::Foo:3 h:1 ");
    EXPECT_EQ(names("Foo::Foo() : a_(1), b_(2) {\n}"), "Foo::Foo:2 ");
    EXPECT_EQ(names("auto f() -> std::string {\n}"), "f:2 ");
    EXPECT_EQ(names("TEST(A, b) {\n}\nextern \"C\" {\nint f(void) {\n}\n}"), "TEST:2 f:2 ");
    EXPECT_EQ(names("#define M(x) { \\\n  if (x) {\nint f() {\n}\n"), "f:2 ");
    EXPECT_EQ(names("int f() { \"}\"; '}'; /* } */\n}\n"), "f:2 ");
}

std::string body_of(int lines) {
    std::string text = "int f() {\n";
    for (int i = 2; i < lines; ++i) text += "  g();\n";
    return text + "}\n";
}

TEST(Shape, FunctionsAndFilesHaveALimit) {
    EXPECT_EQ(check_shape({"src/a.cc", body_of(kFunctionLines)}).size(), 0U);
    EXPECT_EQ(check_shape({"src/a.cc", body_of(kFunctionLines + 1)}).size(), 1U);
    EXPECT_EQ(check_shape({"src/a.cc", std::string(kFileLines, '\n')}).size(), 0U);
    EXPECT_EQ(check_shape({"src/a.cc", std::string(kFileLines + 1, '\n')}).size(), 1U);
    EXPECT_EQ(check_shape({"src/a.md", std::string(kFileLines + 1, '\n')}).size(), 0U);
}

TEST(Shape, OneTurnOfTheLoopFitsAScreen) {
    std::string turn = body_of(kTurnLines + 1);
    turn.replace(turn.find("f()"), 3, "one_turn()");
    EXPECT_EQ(check_shape({"src/event/loop.cc", turn}).size(), 1U);
    EXPECT_EQ(check_shape({"viz/live/turn.cc", turn}).size(), 0U);
}

const std::string kLong(80, '\n');

TEST(Opening, AFileSaysWhatItIsFor) {
    const auto check = [](const char* path, const std::string& text) {
        return check_opening({path, text}, kNoneExists).size();
    };
    EXPECT_EQ(check("src/a.cc", "// a\n// b\nint x;" + kLong), 0U);
    EXPECT_EQ(check("src/a.h", "/* a\n * b\n */\n" + kLong), 0U);
    EXPECT_EQ(check("src/a.cc", "// a\nint x; // b" + kLong), 1U);
    EXPECT_EQ(check("src/a.cc", "#include <map>\n// a\n// b\n// c\n" + kLong), 1U);
    EXPECT_EQ(check("docs/a.md", "text" + kLong), 0U);
}

TEST(Opening, OneLineIsEnoughForSome) {
    const auto header_exists = +[](std::string_view path) { return path == "src/a.h"; };
    const auto check = [&](const char* path, const std::string& text) {
        return check_opening({path, text}, header_exists).size();
    };
    EXPECT_EQ(check("src/a.cc", "// a\nint x;" + kLong), 0U);
    EXPECT_EQ(check("src/a.cc", "int x;" + kLong), 1U);
    EXPECT_EQ(check("src/a.h", "// a\nint x;" + kLong), 1U);
    EXPECT_EQ(check("src/b.cc", "// a\nint x;" + kLong), 1U);
    EXPECT_EQ(check("src/b.cc", "// a\nint x;"), 0U);
    EXPECT_EQ(check("src/b.cc", "int x;"), 1U);
    EXPECT_EQ(check("tests/b_test.cc", "// a\nint x;" + kLong), 0U);
}

TEST(Words, NotesToOneselfAndPathsOfAMachineAreRefused) {
    for (const char* bad : {"// TO"
                            "DO: later",
                            "FIX"
                            "ME",
                            "cd /wo"
                            "rk/main",
                            "/ro"
                            "ot/x",
                            "/tmp/b"
                            "-model",
                            "see shared/se"
                            "eds"})
        EXPECT_EQ(check_words({"docs/a.md", bad}).size(), 1U) << bad;
    for (const char* good : {"mkstemp(\"/tmp/fooXX"
                             "XXXX\")",
                             "todos", "network/x", "src/rooted/"})
        EXPECT_EQ(check_words({"docs/a.md", good}).size(), 0U) << good;
}

TEST(Calls, ThatOverrunAreRefused) {
    for (const char* bad : {"strcpy(a, b);", "x = std::system(c);", " sprintf (a, b);",
                            "popen(a, b)", "using namespace std;", "int i = atoi(s);"})
        EXPECT_EQ(check_calls({"src/a.cc", bad}).size(), 1U) << bad;
    for (const char* good : {"snprintf(a, 3, b);", "// strcpy(a, b)", "\"system(x)\"",
                             "os.system(x)", "my::strcpy(a)", "error.system();"})
        EXPECT_EQ(check_calls({"src/a.cc", good}).size(), 0U) << good;
    EXPECT_EQ(check_calls({"docs/a.md", "strcpy(a, b)"}).size(), 0U);
}

TEST(Memory, HasAnOwner) {
    for (const char* bad : {"auto* p = new int(3);", "p = new (std::nothrow) int;", "delete p;",
                            "  delete[] p;", "if (x) delete p;", "p = malloc(3);", "std::free(p);"})
        EXPECT_EQ(check_memory({"src/event/a.cc", bad}).size(), 1U) << bad;
    for (const char* good : {"A(const A&) = delete;", "#include <new>", "::new (&place) T();",
                             "return std::unique_ptr<T>(new T(a));", "event_base_new();", "// new",
                             "mm_free(p);", "is_new = true;", "table.free(p);"})
        EXPECT_EQ(check_memory({"src/event/a.cc", good}).size(), 0U) << good;
    EXPECT_EQ(check_memory({"src/util/memory.cc", "p = malloc(3);"}).size(), 0U);
    EXPECT_EQ(check_memory({"trace/reader.cc", "free(p);"}).size(), 0U);
}

TEST(Map, NamesEveryFileOnce) {
    const std::vector<Source> tree = {{"src/a.cc", ""}, {"src/a.h", ""}, {"docs/images/x.svg", ""}};
    const auto check = [&](const std::string& map) {
        return check_map(tree, {"docs/MAP.md", map});
    };
    EXPECT_EQ(report(check("- `src/a.{h,cc}` one\n- `docs/images/` two\n")), "");
    EXPECT_EQ(check("- `src/a.h` one\n- `docs/images/` two\n").size(), 1U);
    EXPECT_EQ(check("- `src/a.{h,cc}` one\n- `src/a.h` again\n- `docs/images/` two\n").size(), 1U);
    EXPECT_EQ(check("- `src/a.{h,cc}` one\n- `docs/images/` two\n- `src/gone.h` three\n").size(),
              1U);
    EXPECT_EQ(check("- `src/a.{h,cc}`\n- `docs/images/` no words for the first\n").size(), 2U);
}

TEST(RecordIds, AreNeverReused) {
    const auto check = [](const std::string& text) {
        return check_record_ids({"trace/r.def", text});
    };
    EXPECT_EQ(report(check("RECORD(1, a, state)\nRECORD(2, b, state)\nRETIRED(3, c)\n")), "");
    EXPECT_EQ(check("RECORD(1, a, state)\nRECORD(1, b, state)\n").size(), 1U);
    EXPECT_EQ(check("RETIRED(3, c)\nRECORD(3, d, state)\n").size(), 1U);
    EXPECT_EQ(check("RECORD(1, a, state)\nRECORD(2, a, state)\n").size(), 1U);
}

TEST(Coverage, ARowIsShownByATag) {
    const Source claims{"tests/claims/c.txt",
                        "chapter loop required\nchapter buffer later\n"
                        "T001 loop one\nT002 loop two\nT003 loop three\nT004 buffer four\n"};
    const Source test{"tests/unit/x/a_test.cc",
                      "// Shows T002 T003: both.\nTEST_F(Room,\n       T001_one) {}\n"};
    const Coverage all = coverage_of({claims, test});
    EXPECT_TRUE(all.not_shown.empty()) << report(all.not_shown);
    EXPECT_TRUE(all.wrong.empty()) << report(all.wrong);
    ASSERT_EQ(all.chapters.size(), 2U);
    EXPECT_EQ(all.chapters[0].shown, 3);
    EXPECT_EQ(coverage_of({claims}).not_shown.size(), 3U);
}
TEST(Coverage, ATagThatNamesNothingIsWrong) {
    const Source claims{"tests/claims/c.txt", "chapter loop required\nT001 loop one\n"};
    const Source test{"tests/conformance/scenarios/a.cc",
                      "SCENARIO(T001_one) {}\nSCENARIO(T999_no) {}"};
    const Coverage all = coverage_of({claims, test});
    ASSERT_EQ(all.wrong.size(), 1U);
    EXPECT_EQ(all.wrong[0].line, 2);
    EXPECT_EQ(coverage_of({{"tests/claims/c.txt", "nonsense"}}).wrong.size(), 1U);
}

}  // namespace
}  // namespace evglass::tidy
