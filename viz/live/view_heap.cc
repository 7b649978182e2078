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

/// The queues of common timeouts: in the heap each is one timer, that of its first event.
void draw_common(Canvas canvas, const Moment& moment) {
    if (canvas.height() < 2) return;
    const auto& queues = moment.base->common;
    canvas.rule(0, "Common timeouts", plural(queues.size(), "queue"));
    for (int i = 0; i + 1 < canvas.height() && i < static_cast<int>(queues.size()); ++i) {
        const trace::CommonQueue& queue = queues[static_cast<std::size_t>(i)];
        std::string text = fmt::format("{:<10} {:<12}", usec_text(queue.duration),
                                       plural(queue.events.size(), "event"));
        if (!queue.events.empty())
            text += "first " + event_label(moment, queue.events.front().event) + " " +
                    deadline_text(moment, queue.events.front().deadline) + ",";
        text += " for all of them " + event_label(moment, queue.timer);
        canvas.put(2, 1 + i, fit(text, canvas.width() - 3, canvas.unicode()));
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

std::vector<std::size_t> listed_timers(const Moment& moment, int rows) {
    std::vector<std::size_t> places;
    if (moment.base == nullptr || rows <= 0) return places;
    for (const Node& node :
         rows_of(moment.base->heap.size(), static_cast<std::size_t>(rows), false))
        places.push_back(node.index);
    return places;
}

void view_heap(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.base == nullptr) return canvas.rule(0, "Timers", "no base yet");
    const trace::Base& base = *moment.base;
    int y = base.heap_lifted != 0 ? 2 : 1;
    const int below = base.common.empty() || canvas.height() < 10
                          ? 0
                          : std::min(canvas.height() / 3, 1 + static_cast<int>(base.common.size()));
    const int rows = std::max(0, canvas.height() - y - below);
    const auto nodes = rows_of(base.heap.size(), static_cast<std::size_t>(rows), canvas.unicode());
    const int count = static_cast<int>(nodes.size());
    const bool mine = view.screen == Screen::heap;
    const int first = first_row(mine ? view.selected : 0, count, rows);
    canvas.rule(0, "Timers", heap_note(moment), seen_text(first, rows, count));
    if (base.heap_lifted != 0) {
        canvas.put(2, 1,
                   event_label(moment, base.heap_lifted) + " (" +
                       deadline_text(moment, base.heap_lifted_deadline) + ") looks for a place",
                   Style::warning);
    }
    for (int i = 0; i < rows && first + i < count; ++i) {
        const Node& node = nodes[static_cast<std::size_t>(first + i)];
        draw_node(canvas, y + i, moment, node);
        canvas.mark(y + i, mine ? Spot{Spot::Kind::row, static_cast<std::uint64_t>(first + i)}
                                : Spot{Spot::Kind::event, base.heap[node.index].event});
        if (mine && view.picked && first + i == view.selected)
            canvas.restyle(y + i, Style::selected);
    }
    draw_common(canvas.part(0, canvas.height() - below, canvas.width(), below), moment);
}

}  // namespace evglass::viz
