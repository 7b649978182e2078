// Cells and canvases: writing text into columns, with clipping. See grid.h.
#include "viz/live/grid.h"

#include <algorithm>

#include "viz/live/text_width.h"

namespace evglass::viz {

const Glyphs& glyphs(bool unicode) {
    static constexpr Glyphs kUnicode{.rule = "─",
                                     .bar = "│",
                                     .arrow = "›",
                                     .mark = "▶",
                                     .dot = "·",
                                     .ellipsis = "…",
                                     .up = "▲",
                                     .down = "▼",
                                     .corner = "└",
                                     .tee = "├",
                                     .block = "█",
                                     .play = "●"};
    static constexpr Glyphs kAscii{.rule = "-",
                                   .bar = "|",
                                   .arrow = ">",
                                   .mark = ">",
                                   .dot = "|",
                                   .ellipsis = "~",
                                   .up = "^",
                                   .down = "v",
                                   .corner = "`",
                                   .tee = "+",
                                   .block = "#",
                                   .play = "*"};
    return unicode ? kUnicode : kAscii;
}

int text_columns(std::string_view text) {
    int columns = 0;
    for (const Grapheme& g : graphemes(text)) columns += g.columns;
    return columns;
}

std::vector<std::string_view> broken(std::string_view text, int columns) {
    std::vector<std::string_view> lines;
    std::size_t begin = 0, end = 0;  // of the line that is being filled
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = std::min(text.find(' ', at), text.size());
        if (end > begin && text_columns(text.substr(begin, next - begin)) > columns) {
            lines.push_back(text.substr(begin, end - begin));
            begin = at;
        }
        end = next;
        at = next + 1;
    }
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    return lines;
}

std::string fit(std::string_view text, int columns, bool unicode) {
    std::string out;
    if (columns <= 0) return out;
    const auto parts = graphemes(text);
    int total = 0;
    for (const Grapheme& g : parts) total += g.columns;
    const int room = total <= columns ? columns : columns - 1;
    int used = 0;
    for (const Grapheme& g : parts) {
        if (used + g.columns > room) break;
        out += g.bytes;
        used += g.columns;
    }
    if (total > columns) out += glyphs(unicode).ellipsis;
    return out;
}

// ---- Grid
// ----------------------------------------------------------------------------------------

Grid::Grid(int width, int height)
    : width_(std::max(width, 0)),
      height_(std::max(height, 0)),
      cells_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_)) {}

std::size_t Grid::index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
}

/// Half of a wide grapheme is about to be overwritten: the other half becomes a blank.
void Grid::clear_half(int x, int y) {
    Cell& here = cells_[index(x, y)];
    if (here.width == 2 && x + 1 < width_) cells_[index(x + 1, y)] = Cell{" ", here.style, 1};
    if (here.width == 0 && x > 0) cells_[index(x - 1, y)] = Cell{" ", here.style, 1};
}

void Grid::set(int x, int y, std::string_view text, int columns, Style style) {
    if (y < 0 || y >= height_ || x < 0 || x + columns > width_) return;
    clear_half(x, y);
    if (columns == 2) {
        clear_half(x + 1, y);
        cells_[index(x + 1, y)] = Cell{"", style, 0};
    }
    cells_[index(x, y)] = Cell{std::string(text), style, static_cast<std::uint8_t>(columns)};
}

void Grid::restyle(int x, int y, Style style) {
    if (x >= 0 && x < width_ && y >= 0 && y < height_) cells_[index(x, y)].style = style;
}

std::string Grid::row(int y) const {
    std::string out;
    for (int x = 0; x < width_; ++x) out += at(x, y).text;
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

std::string Grid::text() const {
    std::string out;
    for (int y = 0; y < height_; ++y) out += row(y) + '\n';
    return out;
}

Spot Spots::at(int x, int y) const {
    const auto here = [&](const Area& area) {
        return area.y == y && x >= area.x && x < area.x + area.columns;
    };
    const auto found = std::find_if(areas_.rbegin(), areas_.rend(), here);
    return found == areas_.rend() ? Spot{} : found->spot;
}

// ---- Canvas
// --------------------------------------------------------------------------------------

Canvas Canvas::part(int x, int y, int width, int height) const {
    Canvas inner = *this;
    x = std::clamp(x, 0, width_);
    y = std::clamp(y, 0, height_);
    inner.x_ = x_ + x;
    inner.y_ = y_ + y;
    inner.width_ = std::clamp(width, 0, width_ - x);
    inner.height_ = std::clamp(height, 0, height_ - y);
    return inner;
}

int Canvas::put(int x, int y, std::string_view text, Style style) {
    if (y < 0 || y >= height_) return x;
    for (const Grapheme& g : graphemes(text)) {
        if (x + g.columns > width_) return x;
        if (x >= 0) grid_->set(x_ + x, y_ + y, g.bytes, g.columns, style);
        x += g.columns;
    }
    return x;
}

int Canvas::cell(int x, int y, int columns, std::string_view text, Style style) {
    if (y < 0 || y >= height_) return x + columns;
    const int room = std::min(columns, width_ - x);
    int end = put(x, y, fit(text, room, unicode_), style);
    while (end < x + room) end = put(end, y, " ", style);
    return x + columns;
}

int Canvas::cell_right(int x, int y, int columns, std::string_view text, Style style) {
    const std::string shown = fit(text, columns, unicode_);
    const int pad = columns - text_columns(shown);
    put(x, y, std::string(static_cast<std::size_t>(std::max(pad, 0)), ' ') + shown, style);
    return x + columns;
}

int Canvas::wrap(int x, int y, std::string_view text, Style style) {
    for (const std::string_view line : broken(text, width_ - x)) put(x, y++, line, style);
    return std::min(y, height_);
}

void Canvas::fill(int y, Style style) {
    for (int x = 0; x < width_; ++x) put(x, y, " ", style);
}

void Canvas::restyle(int y, Style style, int x, int columns) {
    if (y < 0 || y >= height_) return;
    const int end = columns < 0 ? width_ : std::min(width_, x + columns);
    for (; x < end; ++x) grid_->restyle(x_ + x, y_ + y, style);
}

void Canvas::mark(int y, Spot spot, int x, int columns) {
    if (y < 0 || y >= height_) return;
    const int end = columns < 0 ? width_ : std::min(width_, x + columns);
    grid_->spots().mark(x_ + x, y_ + y, end - x, spot);
}

void Canvas::rule(int y, std::string_view title, std::string_view note, std::string_view right) {
    if (y < 0 || y >= height_) return;
    for (int x = 0; x < width_; ++x) put(x, y, glyphs().rule, Style::rule);
    int end = width_ - 1;
    if (!right.empty()) {
        end -= text_columns(right) + 2;
        put(end, y, " " + std::string(right) + " ", Style::dim);
    }
    int x = put(1, y, " " + std::string(title) + " ", Style::title);
    const int room = end - x - 4;
    if (!note.empty() && room > 4) {
        put(x + 1, y, " " + fit(note, room, unicode_) + " ", Style::dim);
    }
}

}  // namespace evglass::viz
