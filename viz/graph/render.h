// Turns DOT into a picture with Graphviz, run as a child process with pipes: no shell, no temporary
// file. It never looks into the DOT text.
#pragma once

#include <string>
#include <vector>

namespace evglass::viz::graph {

enum class Format { dot, svg, png };

/// The format that a file's name asks for by its ending; false where it ends in none of them.
bool format_of(const std::string& path, Format& format);

struct Rendered {
    std::string bytes;
    std::string error;  ///< one line; empty: `bytes` is the picture
};

/// DOT passes through as it is; SVG and PNG need the program `dot`.
Rendered render(const std::string& dot, Format format);
/// The same for DOT whose nodes all have a `pos`: nothing is moved.
Rendered render_placed(const std::string& dot, Format format);
struct RenderedAll {
    std::vector<std::string> pictures;  ///< as many as were given
    std::string error;                  ///< one line; then there is none
};

/// Many as SVG, by one process for each fifty: to start one takes longer than to draw.
/// `placed`: their nodes all have a `pos`.
RenderedAll render_svgs(const std::vector<std::string>& dots, bool placed);
/// Where `dot` would put the nodes: Graphviz's plain format.
Rendered lay_out(const std::string& dot);

}  // namespace evglass::viz::graph
