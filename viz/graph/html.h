// Markup for Graphviz's HTML-like labels. This type is the escape gate of all pictures: text enters
// only through Html::text(), which passes trace::safe() and then escapes, so no name of a traced
// program can end a cell, open a tag or break the DOT file.
// It never knows what is drawn. Read next: dot.h (nodes and edges), card.h (an event's card).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evglass::viz::graph {

/// Attributes of a tag, a node or an edge: name and raw value; whoever prints them escapes.
using Attrs = std::vector<std::pair<std::string, std::string>>;

/// Text for people never grows past this many characters: pictures stay legible.
inline constexpr std::size_t kTextLimit = 44;

/// The first `limit` characters of UTF-8 text, with an ellipsis where something was cut.
std::string clip(std::string_view text, std::size_t limit = kTextLimit);

/// A well-formed piece of markup. A value: pieces are joined with +.
class Html {
 public:
    Html() = default;
    /// Raw text of any origin: made printable, cut to `limit` characters, escaped.
    static Html text(std::string_view raw, std::size_t limit = kTextLimit);
    /// A line break; `align` as Graphviz has it: "left", "right" or "center".
    static Html br(std::string_view align = "left");
    /// A horizontal rule between two rows of a table.
    static Html rule();

    Html bold() const;
    Html font(const Attrs& attrs) const;
    Html cell(const Attrs& attrs = {}) const;
    static Html row(std::initializer_list<Html> cells);
    /// `*this` is the table's rows.
    Html table(const Attrs& attrs) const;

    Html& operator+=(const Html& more);
    friend Html operator+(Html a, const Html& b) { return a += b; }
    bool empty() const { return markup_.empty(); }
    const std::string& str() const { return markup_; }

 private:
    explicit Html(std::string markup) : markup_(std::move(markup)) {}
    Html wrapped(std::string_view tag, const Attrs& attrs) const;

    std::string markup_;
};

}  // namespace evglass::viz::graph
