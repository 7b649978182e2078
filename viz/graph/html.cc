// Escaping for HTML-like labels. Graphviz reads them with an XML parser, so what XML forbids must
// go.
#include "viz/graph/html.h"

#include "trace/text.h"
#include "viz/graph/html_text.h"

namespace evglass::viz::graph {
namespace {

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// U+FFFE and U+FFFF are valid UTF-8, yet no XML parser takes them.
bool forbidden_in_xml(std::string_view text, std::size_t at) {
    return text.substr(at, 3) == "\xEF\xBF\xBE" || text.substr(at, 3) == "\xEF\xBF\xBF";
}

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (forbidden_in_xml(text, i)) {
            out += "?";
            i += 2;
            continue;
        }
        switch (text[i]) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string clip(std::string_view text, std::size_t limit) {
    std::size_t characters = 0;
    std::size_t cut = 0;  // where the last character that fits beside an ellipsis ends
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!starts_character(text[i])) continue;
        if (characters + 1 == limit) cut = i;
        if (characters++ == limit) return std::string(text.substr(0, cut)) + "\u2026";
    }
    return std::string(text);
}

std::string html_text(std::string_view raw) {
    return escape(trace::safe(raw));
}

Html Html::text(std::string_view raw, std::size_t limit) {
    // What is far beyond the limit can't be seen: don't let it cost time (a character has at most
    // four bytes). safe() makes whole again what this cuts apart.
    return Html(escape(clip(trace::safe(raw.substr(0, 4 * limit + 4)), limit)));
}

Html Html::br(std::string_view align) {
    return Html("<BR ALIGN=\"" + escape(align) + "\"/>");
}

Html Html::rule() {
    return Html("<HR/>");
}

Html Html::wrapped(std::string_view tag, const Attrs& attrs) const {
    std::string out = "<" + std::string(tag);
    for (const auto& [name, value] : attrs) out += " " + name + "=\"" + escape(value) + "\"";
    return Html(out + ">" + markup_ + "</" + std::string(tag) + ">");
}

// Graphviz takes no empty <B> or <FONT>; an empty cell is fine.
Html Html::bold() const {
    return empty() ? Html() : wrapped("B", {});
}

Html Html::font(const Attrs& attrs) const {
    return empty() ? Html() : wrapped("FONT", attrs);
}

Html Html::cell(const Attrs& attrs) const {
    return wrapped("TD", attrs);
}

Html Html::row(std::initializer_list<Html> cells) {
    Html joined;
    for (const Html& cell : cells) joined += cell;
    return joined.wrapped("TR", {});
}

Html Html::table(const Attrs& attrs) const {
    return wrapped("TABLE", attrs);
}

Html& Html::operator+=(const Html& more) {
    markup_ += more.markup_;
    return *this;
}

}  // namespace evglass::viz::graph
