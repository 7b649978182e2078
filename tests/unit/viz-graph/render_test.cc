// Graphviz as a child process.
#include <gtest/gtest.h>

#include <cstdlib>

#include "viz/graph/render.h"

namespace evglass::viz::graph {
namespace {

TEST(Render, MakesSvgAndPng) {
    EXPECT_NE(render("digraph { a -> b }", Format::svg).bytes.find("<svg"), std::string::npos);
    EXPECT_EQ(render("digraph { a -> b }", Format::png).bytes.substr(1, 3), "PNG");
    EXPECT_EQ(render("digraph { a }", Format::dot).bytes, "digraph { a }");
}

TEST(Render, ABrokenGraphIsOneLine) {
    const Rendered rendered = render("digraph {{{", Format::svg);
    EXPECT_TRUE(rendered.error.starts_with("dot failed: "));
    EXPECT_EQ(rendered.error.find('\n'), std::string::npos);
}

TEST(Render, ALargeGraphDoesNotBlock) {
    std::string dot = "graph { layout=nop2; node [shape=point, pos=\"0,0\"];";
    for (int i = 0; i < 30000; ++i) dot += "n" + std::to_string(i) + ";";
    EXPECT_EQ(render(dot + "}", Format::svg).error, "");
}

TEST(Render, WithoutGraphvizItSaysWhatToInstall) {
    const std::string path = std::getenv("PATH");
    setenv("PATH", "/nonexistent", 1);
    const Rendered rendered = render("digraph {}", Format::svg);
    setenv("PATH", path.c_str(), 1);
    EXPECT_EQ(rendered.error,
              "Graphviz is not installed: install the package graphviz, or ask for a .dot file");
}

TEST(Render, TheEndingOfTheNameDecides) {
    Format format{};
    EXPECT_TRUE(format_of("a/b.svg", format));
    EXPECT_EQ(format, Format::svg);
    EXPECT_TRUE(format_of("x.png", format));
    EXPECT_EQ(format, Format::png);
    EXPECT_TRUE(format_of("x.dot", format));
    EXPECT_EQ(format, Format::dot);
    EXPECT_FALSE(format_of("x.jpeg", format));
}

}  // namespace
}  // namespace evglass::viz::graph
