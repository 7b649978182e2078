// The loop screen, the first that people see: everything about one base at a glance. It draws
// nothing of its own; it gives the other views as much room as the terminal has.
#include <algorithm>

#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using Draw = void (*)(Canvas, const Moment&, const ViewState&);

/// One above the other, each with its share of the height; the last takes what is left.
struct Share {
    Draw draw;
    int rows;
};

void stack(Canvas canvas, std::initializer_list<Share> shares, const Moment& moment,
           const ViewState& view) {
    int y = 0, left = static_cast<int>(shares.size());
    for (const Share& share : shares) {
        --left;
        const int rows = left == 0 ? canvas.height() - y : share.rows;
        share.draw(canvas.part(0, y, canvas.width(), rows), moment, view);
        y += rows;
    }
}

void side_by_side(Canvas canvas, Draw left, Draw right, const Moment& moment,
                  const ViewState& view) {
    const int half = (canvas.width() - 1) / 2;
    left(canvas.part(0, 0, half, canvas.height()), moment, view);
    right(canvas.part(half + 1, 0, canvas.width() - half - 1, canvas.height()), moment, view);
}

void heap_and_queues(Canvas canvas, const Moment& moment, const ViewState& view) {
    side_by_side(canvas, view_heap, view_queues, moment, view);
}

int event_rows(const Moment& moment, const ViewState& view, int most) {
    return std::min(most, 2 + std::max(1, count_listed(moment, view, most)));
}

void draw_narrow(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int rows = canvas.height();
    if (rows < 14) {
        stack(canvas, {{view_events, event_rows(moment, view, rows / 2)}, {view_log, 0}}, moment,
              view);
        return;
    }
    const int middle = std::clamp(rows / 4, 4, 10);
    stack(canvas,
          {{view_events, event_rows(moment, view, rows - middle - std::max(6, rows / 4))},
           {heap_and_queues, middle},
           {view_log, 0}},
          moment, view);
}

void draw_wide(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int right = canvas.width() * 2 / 5, left = canvas.width() - right - 1;
    const int rows = canvas.height();
    const Canvas left_part = canvas.part(0, 0, left, rows);
    const Canvas right_part = canvas.part(left + 1, 0, right, rows);
    stack(left_part, {{view_events, event_rows(moment, view, rows / 2)}, {view_log, 0}}, moment,
          view);
    const int third = rows / 3;
    if (rows < 34) {
        stack(right_part, {{view_heap, third}, {view_queues, third}, {view_source, 0}}, moment,
              view);
        return;
    }
    const int quarter = rows / 5;
    stack(right_part,
          {{view_heap, quarter},
           {view_queues, quarter},
           {view_fds, quarter},
           {view_calls, rows - 3 * quarter - source_rows(moment, rows - 4 * quarter)},
           {view_source, 0}},
          moment, view);
}

}  // namespace

void view_loop(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (canvas.width() >= kWide && canvas.height() >= 24) {
        draw_wide(canvas, moment, view);
    } else {
        draw_narrow(canvas, moment, view);
    }
}

}  // namespace evglass::viz
