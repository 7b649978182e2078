// The escape gate: no text of a traced program may break a picture.
#include <gtest/gtest.h>

#include "tests/unit/viz-graph/pictures.h"
#include "viz/graph/dot.h"

namespace evglass::viz::graph::testing {
namespace {

const std::string kHostile[] = {
    "plain",
    "\"];} digraph x { a -> b",
    "<script>alert(1)</script>",
    "</TD></TR></TABLE>>];",
    "&amp; &lt; & &#0; &nosuch;",
    "new\nline\r\ttab",
    std::string("nul\0in\x01it\x1b[31mred", 17),
    "back\\slash \\N \\G \\l \\",
    "broken utf8 \xff\xc3\x28 \xf0\x9f",
    "not in xml: \xEF\xBF\xBE and \xEF\xBF\xBF",
    "\u4e8b\u4ef6 \U0001F600 \u202Ereversed",
    std::string(10000, 'x'),
    std::string(3000, '<'),
    "",
};

TEST(Escape, HostileNamesStayValidDotInEveryView) {
    for (const std::string& name : kHostile) {
        trace::testing::RecordBuilder builder;
        trace::testing::Scene loop(builder, 2);
        const auto event = loop.make_event({.fd = 7, .events = 0x12, .name = name.substr(0, 31)});
        loop.add(event, 1'000'000);
        loop.begin_loop();
        loop.begin_turn();
        loop.phase(trace::field::phase::process_active);
        builder.add(trace::rec::enter{.object = event}, name);
        builder.add(trace::rec::mark{.text = name.c_str()});
        const trace::Model model = trace::testing::replay(builder);
        Scene scene = scene_of(model, builder);
        scene.program = name;
        scene.moment = name;
        for (const View& view : views())
            EXPECT_TRUE(is_drawn(view.draw(scene)))
                << view.name << " with name: " << name.substr(0, 60);
    }
}

TEST(Escape, TagsOfANameAreText) {
    const std::string markup = Html::text("<b>&\"'").str();
    EXPECT_EQ(markup, "&lt;b&gt;&amp;&quot;&#39;");
}

TEST(Escape, ControlCharactersDoNotReachThePicture) {
    const std::string markup = Html::text("a\x1b[2Jb\n").str();
    EXPECT_FALSE(contains(markup, "\x1b"));
    EXPECT_FALSE(contains(markup, "\n"));
    EXPECT_TRUE(contains(markup, "a"));
}

TEST(Escape, LongTextIsCutAtACharacter) {
    EXPECT_EQ(clip("abcdef", 6), "abcdef");
    EXPECT_EQ(clip("abcdefg", 6), "abcde\u2026");
    EXPECT_EQ(clip("\u4e8b\u4ef6\u4e8b\u4ef6", 3), "\u4e8b\u4ef6\u2026");
    EXPECT_LT(Html::text(std::string(100000, 'x')).str().size(), 100U);
}

TEST(Escape, QuotedValuesKeepTheirText) {
    EXPECT_EQ(quoted("a\"b\\N&"), "\"a\\\"b\\\\N&amp;\"");
}

TEST(Escape, EmptyPiecesAreValid) {
    Dot dot(Html::text(""));
    dot.node("n", Html::text("").bold());
    dot.node("m", Html::row({Html::text("").cell()}).table({}));
    dot.labelled_edge("n", "m", Html());
    EXPECT_TRUE(is_drawn(dot.str()));
}

}  // namespace
}  // namespace evglass::viz::graph::testing
