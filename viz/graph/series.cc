// The union of several pictures, line by line, and the places that Graphviz gives to its nodes.
#include "viz/graph/series.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <string_view>

namespace evglass::viz::graph {
namespace {

constexpr double kPoints = 72;  // an inch

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

std::string_view trimmed(std::string_view line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

/// What a statement is about: `"E7"`, `"a":"p" -> "b"`. Ids have no blank before a bracket.
std::string_view subject(std::string_view line) {
    return line.substr(0, line.find(" ["));
}

bool is_node(std::string_view line) {
    return line.starts_with('"') && subject(line).find(" -> ") == std::string_view::npos;
}

/// The union: the longest telling of each statement, in the order of first mention.
std::string united(const std::vector<std::string>& frames) {
    std::vector<std::string> order;
    std::map<std::string, std::string, std::less<>> statements;
    for (const std::string& frame : frames) {
        std::map<std::string, int, std::less<>> times;  // an edge may be there twice
        for (const std::string_view raw : lines_of(frame)) {
            const std::string_view line = trimmed(raw);
            if (line.empty() || line == "}" || line.starts_with("digraph")) continue;
            std::string key(subject(line));
            key += "#" + std::to_string(times[key]++);
            const auto [entry, fresh] = statements.emplace(key, line);
            if (fresh) order.push_back(key);
            if (!fresh && line.size() > entry->second.size()) entry->second = line;
        }
    }
    std::string out = "digraph evglass {\n";
    for (const std::string& key : order) out += "  " + statements[key] + "\n";
    return out + "}\n";
}

/// The next word of a line of Graphviz's plain format; a quoted one keeps its quotes.
std::string next_word(std::string_view& rest) {
    rest = trimmed(rest);
    if (!rest.starts_with('"')) {
        const std::string word(rest.substr(0, rest.find(' ')));
        rest.remove_prefix(word.size());
        return "\"" + word + "\"";
    }
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    const std::string word(rest.substr(0, std::min(end + 1, rest.size())));
    rest.remove_prefix(word.size());
    return word;
}

double next_number(std::string_view& rest) {
    const std::string word = next_word(rest);
    return std::strtod(word.c_str() + 1, nullptr);
}

}  // namespace

std::string Series::lay_out() {
    together_ = frames_.size() > 1;
    for (const std::string& frame : frames_)
        if (frame.find("\n  subgraph ") != std::string::npos) together_ = false;
    if (!together_) return {};
    const Rendered laid = graph::lay_out(united(frames_));
    if (!laid.error.empty()) return laid.error;
    for (std::string_view line : lines_of(laid.bytes)) {
        const bool whole = line.starts_with("graph ");
        if (!whole && !line.starts_with("node ")) continue;
        line.remove_prefix(5);
        if (whole) {
            next_number(line);
            width_ = kPoints * next_number(line);
            height_ = kPoints * next_number(line);
            continue;
        }
        const std::string id = next_word(line);
        const double x = next_number(line), y = next_number(line);
        places_[id] = {kPoints * x, kPoints * y};
    }
    return {};
}

std::string Series::placed(std::size_t frame) const {
    const std::string& dot = frames_.at(frame);
    if (!together_) return dot;
    std::string out;
    for (const std::string_view line : lines_of(dot)) {
        const std::string_view statement = trimmed(line);
        const auto place = places_.find(std::string(subject(statement)));
        if (!is_node(statement) || place == places_.end() || !statement.ends_with("];")) {
            out += std::string(line) + "\n";
        } else {
            out += std::string(line.substr(0, line.size() - 2)) +
                   fmt::format(", pos=\"{:.1f},{:.1f}\"];\n", place->second.x, place->second.y);
        }
        // Two points that nobody sees keep the paper's size from frame to frame.
        if (statement.starts_with("edge ["))
            out += fmt::format(
                "  graph [splines=\"true\"];\n"
                "  \"corner_0\" [shape=point, style=invis, pos=\"0,0\"];\n"
                "  \"corner_1\" [shape=point, style=invis, pos=\"{:.1f},{:.1f}\"];\n",
                width_, height_);
    }
    return out;
}

Rendered Series::draw(std::size_t frame, Format format) const {
    return together_ ? render_placed(placed(frame), format) : render(frames_.at(frame), format);
}

RenderedAll Series::draw_all(Format format) const {
    RenderedAll all;
    if (format == Format::svg) {
        std::vector<std::string> dots;
        for (std::size_t i = 0; i < size(); ++i) dots.push_back(placed(i));
        return render_svgs(dots, together_);
    }
    for (std::size_t i = 0; i < size(); ++i) {
        Rendered one = draw(i, format);
        if (!one.error.empty()) return {{}, one.error};
        all.pictures.push_back(std::move(one.bytes));
    }
    return all;
}

}  // namespace evglass::viz::graph
