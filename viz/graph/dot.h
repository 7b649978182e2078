// Writes DOT, the language of Graphviz, in the house style of all evglass pictures. It owns quoting
// and nothing else: what a node means is said by the views. Text goes in as Html (html.h) or as raw
// attribute values, which are quoted here.
// Read next: scene.h (what a view is given), style.h (colours and fonts).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "viz/graph/html.h"

namespace evglass::viz::graph {

/// A value in double quotes. Nothing in it is special to Graphviz any more: no `\N`, no `&amp;`.
std::string quoted(std::string_view raw);

/// One digraph under construction. Call str() last.
class Dot {
 public:
    /// `title`: shown above the picture. `attrs`: of the graph, after the house style.
    Dot(const Html& title, const Attrs& attrs = {});

    void node(std::string_view id, const Html& label, const Attrs& attrs = {});
    /// `from` and `to` are "id" or "id:port" or "id:port:side".
    void edge(std::string_view from, std::string_view to, const Attrs& attrs = {});
    void labelled_edge(std::string_view from, std::string_view to, const Html& label,
                       const Attrs& attrs = {});
    void begin_cluster(std::string_view id, const Html& label, const Attrs& attrs = {});
    void end_cluster();
    /// All of these nodes in one rank, in this order of mention.
    void same_rank(const std::vector<std::string>& ids);

    std::string str() const { return text_ + "}\n"; }

 private:
    void line(std::string_view what) { text_ += std::string(2 * depth_, ' ') + std::string(what); }
    void attributes(const Html* label, const Attrs& attrs);

    std::string text_;
    std::size_t depth_ = 1;
};

}  // namespace evglass::viz::graph
