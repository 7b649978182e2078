// What the tests of the pictures share: scenes over the sample model, and Graphviz as the judge of
// what is valid DOT.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"
#include "viz/graph/render.h"
#include "viz/graph/views.h"

namespace evglass::viz::graph::testing {

/// A scene of the model's current base, with all of the builder's records.
inline Scene scene_of(const trace::Model& model, trace::testing::RecordBuilder& builder) {
    Scene scene(model, *model.current_base());
    scene.program = "echo-server";
    scene.sites = &builder.context().sites();
    scene.now_us = model.time_ns() / 1000;
    for (const trace::Record& record : builder.records()) scene.records.push_back(&record);
    return scene;
}

/// Graphviz takes it, and what comes out is an SVG picture.
inline ::testing::AssertionResult is_drawn(const std::string& dot) {
    const Rendered picture = render(dot, Format::svg);
    if (!picture.error.empty()) return ::testing::AssertionFailure() << picture.error;
    if (picture.bytes.find("</svg>") == std::string::npos)
        return ::testing::AssertionFailure() << "no svg came out";
    return ::testing::AssertionSuccess();
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++n;
    return n;
}

}  // namespace evglass::viz::graph::testing
