// The DOT writer: quoting, and the frame that all pictures share.
#include "viz/graph/dot.h"

#include "viz/graph/style.h"

namespace evglass::viz::graph {
namespace {

// "id:port:side" with each part quoted; ids and ports are made by the views and hold no colon.
std::string endpoint(std::string_view place) {
    std::string out;
    while (true) {
        const std::size_t colon = place.find(':');
        out += quoted(place.substr(0, colon));
        if (colon == std::string_view::npos) return out;
        out += ":";
        place.remove_prefix(colon + 1);
    }
}

}  // namespace

std::string quoted(std::string_view raw) {
    std::string out = "\"";
    for (const char c : raw) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '&':
                out += "&amp;";
                break;
            case '\n':
                out += "\\n";
                break;
            default:
                out += c;
        }
    }
    return out + "\"";
}

Dot::Dot(const Html& title, const Attrs& attrs) {
    text_ = "digraph evglass {\n";
    line("graph");
    Attrs all = {{"fontname", style::kFont}, {"fontsize", "11"},  {"fontcolor", style::kInk},
                 {"labelloc", "t"},          {"labeljust", "l"},  {"pad", "0.25"},
                 {"bgcolor", "white"},       {"ranksep", "0.45"}, {"nodesep", "0.22"}};
    all.insert(all.end(), attrs.begin(), attrs.end());
    attributes(&title, all);
    line("node");
    attributes(nullptr, {{"shape", "plain"},
                         {"fontname", style::kFont},
                         {"fontsize", "10"},
                         {"fontcolor", style::kInk}});
    line("edge");
    attributes(nullptr, {{"fontname", style::kFont},
                         {"fontsize", "9"},
                         {"fontcolor", style::kInk},
                         {"color", style::kLine},
                         {"arrowsize", "0.6"}});
}

void Dot::attributes(const Html* label, const Attrs& attrs) {
    text_ += " [";
    if (label != nullptr) text_ += "label=<" + (label->empty() ? " " : label->str()) + ">";
    bool first = label == nullptr;
    for (const auto& [name, value] : attrs) {
        text_ += std::string(first ? "" : ", ") + name + "=" + quoted(value);
        first = false;
    }
    text_ += "];\n";
}

void Dot::node(std::string_view id, const Html& label, const Attrs& attrs) {
    line(quoted(id));
    attributes(&label, attrs);
}

void Dot::edge(std::string_view from, std::string_view to, const Attrs& attrs) {
    line(endpoint(from) + " -> " + endpoint(to));
    attributes(nullptr, attrs);
}

void Dot::labelled_edge(std::string_view from, std::string_view to, const Html& label,
                        const Attrs& attrs) {
    line(endpoint(from) + " -> " + endpoint(to));
    attributes(&label, attrs);
}

void Dot::begin_cluster(std::string_view id, const Html& label, const Attrs& attrs) {
    line("subgraph " + quoted("cluster_" + std::string(id)) + " {\n");
    ++depth_;
    line("graph");
    Attrs all = {{"fontsize", "10"}, {"style", "rounded"}, {"color", style::kLine}};
    all.insert(all.end(), attrs.begin(), attrs.end());
    attributes(&label, all);
}

void Dot::end_cluster() {
    --depth_;
    line("}\n");
}

void Dot::same_rank(const std::vector<std::string>& ids) {
    line("{ rank=same;");
    for (const std::string& id : ids) text_ += " " + quoted(id) + ";";
    text_ += " }\n";
}

}  // namespace evglass::viz::graph
