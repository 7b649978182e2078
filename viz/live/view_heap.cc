// The timer heap, as a tree whose nodes carry their place in the array, with deadlines that count
// down. While an event looks for its place, the hole shows: one sees the heap sift, swap by swap.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

/// A row of the drawn tree.
struct Node {
    std::size_t index;
    std::string lead;  ///< the lines left of it
};

/// A node has this many children: of place i they are at 4i+1 to 4i+4.
constexpr std::size_t kArity = 4;

/// The heap top-down, children under their parent.
void walk(std::size_t index, std::size_t size, const std::string& lead, const std::string& below,
          bool unicode, std::vector<Node>& out) {
    out.push_back({index, lead});
    const std::size_t first = kArity * index + 1, end = std::min(first + kArity, size);
    for (std::size_t child = first; child < end; ++child) {
        const bool last = child + 1 == end;
        const std::string branch = unicode ? (last ? "└─" : "├─") : (last ? "`-" : "+-");
        const std::string line = last ? "  " : unicode ? "│ " : "| ";
        walk(child, size, below + branch, below + line, unicode, out);
    }
}

/// A tree where it fits; else the array from its front, which has the timers that are due first.
std::vector<Node> rows_of(std::size_t size, std::size_t room, bool unicode) {
    std::vector<Node> nodes;
    if (size == 0) return nodes;
    if (size <= room) {
        walk(0, size, "", "", unicode, nodes);
    } else {
        for (std::size_t i = 0; i < size; ++i) nodes.push_back({i, ""});
    }
    return nodes;
}

void draw_node(Canvas canvas, int y, const Moment& moment, const Node& node) {
    const trace::Base& base = *moment.base;
    const trace::HeapItem& item = base.heap[node.index];
    const bool hole = base.heap_lifted != 0 && node.index == base.heap_hole;
    const bool at_hand = !hole && item.event != 0 && item.event == event_of(moment.record);
    int x = canvas.put(0, y, at_hand ? canvas.glyphs().mark : " ", Style::changed);
    x = canvas.put(x + 1, y, node.lead, Style::rule);
    x = canvas.put(x, y, fmt::format("[{}] ", node.index), Style::dim);
    if (hole) {
        canvas.put(x, y, "(hole)", Style::warning);
        return;
    }
    // From the right: the interval where there is room, the deadline, and what is left is the
    // name's.
    constexpr int kInterval = 16, kDeadline = 14, kName = 36;
    const bool roomy = canvas.width() >= 64;
    const int deadline_at = std::min(canvas.width() - kDeadline - (roomy ? kInterval : 0), kName);
    canvas.cell(x, y, deadline_at - x, event_label(moment, item.event),
                at_hand ? Style::strong : Style::normal);
    canvas.cell_right(deadline_at, y, kDeadline, deadline_text(moment, item.deadline),
                      is_due(moment, item.deadline) ? Style::active : Style::pending);
    const trace::Event* event = moment.model->event(item.event);
    if (roomy && event != nullptr && event->interval > 0) {
        canvas.put(deadline_at + kDeadline + 2, y, "every " + usec_text(event->interval),
                   Style::dim);
    }
}

std::string heap_note(const Moment& moment) {
    const trace::Base& base = *moment.base;
    if (base.heap.empty()) return "empty: no timer decides how long the loop sleeps";
    std::string note = plural(base.heap.size(), "timer");
    const std::string first = deadline_text(moment, base.heap.front().deadline);
    if (!first.empty() && base.heap_lifted == 0) note += ", first " + first;
    return note;
}

}  // namespace

int heap_length(const Moment& moment) {
    return moment.base == nullptr ? 0 : static_cast<int>(moment.base->heap.size());
}

void view_heap(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.base == nullptr) return canvas.rule(0, "Heap", "no base yet");
    const trace::Base& base = *moment.base;
    int y = base.heap_lifted != 0 ? 2 : 1;
    const int rows = std::max(0, canvas.height() - y);
    const auto nodes = rows_of(base.heap.size(), static_cast<std::size_t>(rows), canvas.unicode());
    const int count = static_cast<int>(nodes.size());
    const int first = scrolled_row(view.screen == Screen::heap ? view.selected : 0, count, rows);
    canvas.rule(0, "Heap", heap_note(moment), seen_text(first, rows, count));
    if (base.heap_lifted != 0) {
        canvas.put(2, 1,
                   event_label(moment, base.heap_lifted) + " (" +
                       deadline_text(moment, base.heap_lifted_deadline) + ") looks for a place",
                   Style::warning);
    }
    for (int i = 0; i < rows && first + i < count; ++i) {
        draw_node(canvas, y + i, moment, nodes[static_cast<std::size_t>(first + i)]);
    }
}

}  // namespace evglass::viz
