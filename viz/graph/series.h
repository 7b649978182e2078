// Pictures of one view at several moments, as the frames of a film: what two of them share stands
// at one place in both. All frames are laid out once, as one picture that has the nodes of all;
// then each is drawn with its nodes where they lie there. It reads back nothing but what dot.cc
// writes: one statement a line. Frames with clusters are drawn one by one. Read next: render.h (who
// draws).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "viz/graph/render.h"

namespace evglass::viz::graph {

class Series {
 public:
    void add(std::string dot) { frames_.push_back(std::move(dot)); }
    std::size_t size() const { return frames_.size(); }
    /// To be called when all frames are there. An error is one line.
    std::string lay_out();
    Rendered draw(std::size_t frame, Format format) const;
    /// All of them, in order.
    RenderedAll draw_all(Format format) const;
    /// The frame as DOT, with the places of its nodes.
    std::string placed(std::size_t frame) const;

 private:
    struct Place {
        double x = 0, y = 0;
    };
    std::vector<std::string> frames_;
    std::map<std::string, Place> places_;  // by node, as DOT quotes it
    double width_ = 0, height_ = 0;
    bool together_ = false;
};

}  // namespace evglass::viz::graph
