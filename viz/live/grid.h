// A frame before it is shown: a rectangle of cells, each one grapheme and one style. Views write
// to it through a Canvas, which is a part of a Grid with its own origin and clips what lies
// outside. Beside the cells a Grid knows what can be chosen where, for the mouse. No terminal is
// known here: a test reads a Grid back as text, terminal.cc shows it. Read next: theme.h (what a
// style looks like), view.h (who writes here).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace evglass::viz {

/// What a cell means; theme.cc says how it looks.
enum class Style : std::uint8_t {
    // clang-format off
    normal, dim, strong, accent, title, rule, key,
    // the header, and the badge that says what time it is
    bar, bar_strong, bar_error, badge_follow, badge_held, badge_replay, badge_ended,
    tab, tab_chosen,
    // an event's state
    running, active, pending, initialized, gone,
    phase, phase_now, changed, selected, warning, error,
    count_
    // clang-format on
};

/// One place of a Grid. A wide grapheme fills its cell and leaves the next one empty (width 0).
struct Cell {
    std::string text = " ";
    Style style = Style::normal;
    std::uint8_t width = 1;
    bool operator==(const Cell&) const = default;
};

/// What a click on some place chooses. Whoever draws a thing that can be chosen says what it is.
struct Spot {
    enum class Kind : std::uint8_t { nothing, tab, row, event, record } kind = Kind::nothing;
    std::uint64_t value = 0;  ///< the screen, the row of its list, the address, the number
    bool operator==(const Spot&) const = default;
};

/// Where the spots of a frame are: pieces of rows. What was marked last lies on top.
class Spots {
 public:
    void mark(int x, int y, int columns, Spot spot) { areas_.push_back({x, y, columns, spot}); }
    /// Kind::nothing where nothing can be chosen, or outside.
    Spot at(int x, int y) const;
    bool operator==(const Spots&) const = default;

 private:
    struct Area {
        int x, y, columns;
        Spot spot;
        bool operator==(const Area&) const = default;
    };
    std::vector<Area> areas_;
};

/// Invariant: cells_.size() == width * height; a cell of width 2 is followed by one of width 0 in
/// the same row, and only then.
class Grid {
 public:
    Grid(int width, int height);
    int width() const { return width_; }
    int height() const { return height_; }
    const Cell& at(int x, int y) const { return cells_[index(x, y)]; }
    /// Puts one grapheme of 1 or 2 columns; outside of the grid nothing happens.
    void set(int x, int y, std::string_view text, int columns, Style style);
    void restyle(int x, int y, Style style);
    Spots& spots() { return spots_; }
    const Spots& spots() const { return spots_; }
    /// One row as text, without blanks at its end.
    std::string row(int y) const;
    /// All rows, each ended by a newline.
    std::string text() const;
    bool operator==(const Grid&) const = default;

 private:
    std::size_t index(int x, int y) const;
    void clear_half(int x, int y);
    int width_, height_;
    std::vector<Cell> cells_;
    Spots spots_;
};

/// Lines and marks, in Unicode or in ASCII.
struct Glyphs {
    std::string_view rule, bar, arrow, mark, dot, ellipsis, up, down, corner, tee, block, play;
};
const Glyphs& glyphs(bool unicode);

/// How many columns text takes. Control and format characters count (and are written) as nothing.
int text_columns(std::string_view text);
/// The text in lines of at most `columns`, broken at blanks; a longer word has a line for itself.
std::vector<std::string_view> broken(std::string_view text, int columns);
/// The text cut to at most `columns`, with an ellipsis where something was cut.
std::string fit(std::string_view text, int columns, bool unicode);

/// A part of a Grid. Cheap to copy; valid as long as the Grid.
class Canvas {
 public:
    Canvas(Grid& grid, bool unicode)
        : grid_(&grid), width_(grid.width()), height_(grid.height()), unicode_(unicode) {}
    int width() const { return width_; }
    int height() const { return height_; }
    bool unicode() const { return unicode_; }
    const Glyphs& glyphs() const { return viz::glyphs(unicode_); }
    /// A part of this one; clipped to it.
    Canvas part(int x, int y, int width, int height) const;
    /// Writes text from column x on and returns the column after it. Clipped at the right.
    int put(int x, int y, std::string_view text, Style style = Style::normal);
    /// Writes text into exactly `columns`: cut with an ellipsis, or padded. Returns x + columns.
    int cell(int x, int y, int columns, std::string_view text, Style style = Style::normal);
    /// The same, text at the right end.
    int cell_right(int x, int y, int columns, std::string_view text, Style style = Style::normal);
    /// Writes text from row y on, broken at blanks, each line at column x. Returns the row after.
    int wrap(int x, int y, std::string_view text, Style style = Style::normal);
    /// Gives a whole row one style, blanks included.
    void fill(int y, Style style);
    /// Changes the style of what a row holds from column x on.
    void restyle(int y, Style style, int x = 0, int columns = -1);
    /// Says what a click on a row chooses, from column x on.
    void mark(int y, Spot spot, int x = 0, int columns = -1);
    /// A title on a line across: "─ Events ─ 3 pending ────── 1-9 of 20 ─".
    void rule(int y, std::string_view title, std::string_view note = {},
              std::string_view right = {});

 private:
    Grid* grid_;
    int x_ = 0, y_ = 0, width_, height_;
    bool unicode_;
};

}  // namespace evglass::viz
