// What reading.h declares.
#include "viz/live/reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/text.h"

namespace evglass::viz {

Grid reading_frame(const std::string& path, double part, int columns, int rows, bool unicode) {
    Grid grid(std::max(1, columns), std::max(1, rows));
    Canvas canvas(grid, unicode);
    const int room = std::max(1, grid.width() - 2);
    const int y = std::max(0, grid.height() / 2 - 2);
    const int done = static_cast<int>(std::clamp(part, 0.0, 1.0) * room);
    canvas.put(1, y, fit("reading " + trace::safe(path), room, unicode), Style::strong);
    for (int x = 0; x < room; ++x)
        canvas.put(1 + x, y + 1, x < done ? canvas.glyphs().block : canvas.glyphs().dot,
                   x < done ? Style::accent : Style::dim);
    const std::string text = fmt::format("{} %  an index is made: the next time it opens at once",
                                         static_cast<int>(std::clamp(part, 0.0, 1.0) * 100));
    canvas.put(1, y + 2, fit(text, room, unicode), Style::normal);
    int x = canvas.put(1, y + 3, "q", Style::key);
    canvas.put(x + 1, y + 3, "gives up", Style::dim);
    return grid;
}

}  // namespace evglass::viz
