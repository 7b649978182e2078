// How buffers are drawn, for the pictures of buffers and of bufferevents: a head that says how much
// is in one and how it came, and its chains as bars. Pure functions to Html.
#pragma once

#include <string>

#include "viz/graph/dot.h"
#include "viz/graph/html.h"
#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// "1,234 B", "56.7 KiB", "8.9 MiB".
std::string size_text(std::uint64_t bytes);
/// "copied 12 B, read 3.4 KiB": how the bytes came; empty where none did.
std::string ways_text(const trace::Buffer& buffer);
/// A chain as a bar: what is free in front, used, and room, in proportion, with the numbers.
Html chain_box(const trace::Chain& chain, std::size_t index);
/// Name, length, and what was moved and what was copied.
Html buffer_head(const Scene& scene, const trace::Buffer& buffer, const std::string& role);
/// The head and its chains behind it, as nodes `id`, `id_0`, `id_1`, ... in a row.
void buffer_row(Dot& dot, const Scene& scene, const std::string& id, const trace::Buffer& buffer,
                const std::string& role);

}  // namespace evglass::viz::graph
