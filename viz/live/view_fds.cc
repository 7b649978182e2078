// The io map beside what the backend watches. In a consistent state they say the same; between two
// records of one operation they may not, and a difference that stays is a bug: so it is marked.
#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

constexpr int kRead = 0x02, kWrite = 0x04, kClosed = 0x80;

struct Row {
    int fd;
    std::string events, counts;
    int wanted = 0, watched = 0;
    std::string
        note;  ///< what the backend keeps for itself: a change that waits, a request, a loss
    bool differs() const { return wanted != (watched & (kRead | kWrite | kClosed)); }
};

/// What the backend keeps for itself of an fd.
std::string backend_note(const trace::Base& base, int fd) {
    std::string note;
    if (base.lost.contains(fd)) note = "lost: the kernel refused it";
    if (const auto change = base.changes.find(fd); change != base.changes.end())
        note += fmt::format("{}changelist: {} -> {}", note.empty() ? "" : ", ",
                            trace::what_text(change->second.before),
                            trace::what_text(change->second.after));
    if (const auto request = base.ring.find(fd); request != base.ring.end())
        note +=
            fmt::format("{}ring: {}{}, {} completions", note.empty() ? "" : ", ",
                        request->second.user_data == 0 ? std::string("no request")
                                                       : trace::what_text(request->second.armed),
                        request->second.hot ? " (hot)" : "", request->second.completions);
    return note;
}

Row row_of(const Moment& moment, int fd) {
    const trace::Base& base = *moment.base;
    Row row{.fd = fd, .events = "", .counts = "", .wanted = 0, .watched = 0, .note = ""};
    if (const auto slot = base.io.find(fd); slot != base.io.end()) {
        for (const trace::Address address : slot->second.events) {
            row.events += (row.events.empty() ? "" : ", ") + event_label(moment, address);
        }
        const trace::IoSlot& s = slot->second;
        row.counts = fmt::format("{}/{}/{}", s.nread, s.nwrite, s.nclose);
        row.wanted =
            (s.nread > 0 ? kRead : 0) | (s.nwrite > 0 ? kWrite : 0) | (s.nclose > 0 ? kClosed : 0);
    }
    if (const auto mask = base.interest.find(fd); mask != base.interest.end()) {
        row.watched = mask->second;
    }
    row.note = backend_note(base, fd);
    return row;
}

/// Every fd that the map or the backend has something to say about.
std::vector<Row> fd_rows(const Moment& moment) {
    std::set<int> fds;
    for (const auto& [fd, slot] : moment.base->io) {
        if (!slot.events.empty()) fds.insert(fd);
    }
    for (const auto& [fd, mask] : moment.base->interest) {
        if (mask != 0) fds.insert(fd);
    }
    std::vector<Row> rows;
    for (const int fd : fds) rows.push_back(row_of(moment, fd));
    return rows;
}

std::string changes_note(const trace::Base& base) {
    return base.changes.empty() ? "" : ", " + plural(base.changes.size(), "change") + " waiting";
}

void draw_head(Canvas canvas, int y) {
    int x = canvas.cell_right(2, y, 5, "fd", Style::dim);
    x = canvas.cell(x + 2, y, 14, "map wants", Style::dim);
    x = canvas.cell(x + 3, y, 14, "backend has", Style::dim);
    x = canvas.cell(x, y, 8, "r/w/c", Style::dim);
    constexpr std::string_view kFull = "events, first told first";
    const bool roomy = x + static_cast<int>(kFull.size()) <= canvas.width();
    canvas.put(x, y, roomy ? kFull : "events", Style::dim);
}

void draw_row(Canvas canvas, int y, const Moment& moment, const Row& row, int last_column) {
    const bool at_hand = fd_of(moment.record) == row.fd;
    const Style style = row.differs() ? Style::warning : at_hand ? Style::strong : Style::normal;
    int x = canvas.cell(0, y, 2, at_hand ? canvas.glyphs().mark : "", Style::changed);
    x = canvas.cell_right(x, y, 5, std::to_string(row.fd), style);
    x = canvas.cell(x, y, 2, "");
    x = canvas.cell(x, y, 14, trace::what_text(row.wanted), style);
    x = canvas.cell(x, y, 3, row.differs() ? "!=" : "=", row.differs() ? Style::error : Style::dim);
    x = canvas.cell(x, y, 14, trace::what_text(row.watched), style);
    x = canvas.cell(x, y, 8, row.counts, Style::dim);
    const std::string events = row.note.empty() ? row.events : row.events + "  (" + row.note + ")";
    canvas.cell(x, y, last_column - x, events, style);
}

void draw_signals(Canvas canvas, int y, const Moment& moment) {
    std::string text;
    for (const auto& [number, events] : moment.base->signals) {
        if (events.empty()) continue;
        text += (text.empty() ? "" : ";  ") + trace::signal_text(number) + ":";
        for (const trace::Address address : events) text += " " + event_label(moment, address);
    }
    canvas.put(2, y, "signals  ", Style::title);
    canvas.put(11, y, fit(text.empty() ? "none" : text, canvas.width() - 11, canvas.unicode()),
               text.empty() ? Style::dim : Style::normal);
}

}  // namespace

std::vector<int> listed_fds(const Moment& moment) {
    std::vector<int> fds;
    if (moment.base != nullptr)
        for (const Row& row : fd_rows(moment)) fds.push_back(row.fd);
    return fds;
}

int fds_length(const Moment& moment) {
    return static_cast<int>(listed_fds(moment).size());
}

void view_fds(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (moment.base == nullptr) return canvas.rule(0, "Fds", "no base yet");
    const auto rows = fd_rows(moment);
    int different = 0, at_hand = 0;
    const int count = static_cast<int>(rows.size());
    for (int i = 0; i < count; ++i) {
        different += rows[static_cast<std::size_t>(i)].differs() ? 1 : 0;
        if (rows[static_cast<std::size_t>(i)].fd == fd_of(moment.record)) at_hand = i;
    }
    const int room = std::max(0, canvas.height() - 3);
    const bool picked = view.screen == Screen::fds && view.picked;
    const int first = first_row(picked ? view.selected : at_hand, count, room);
    canvas.rule(0, "Fds",
                plural(rows.size(), "fd") + changes_note(*moment.base) +
                    (different > 0 ? fmt::format(", {} differ", different) : ""),
                seen_text(first, room, count));
    draw_head(canvas, 1);
    for (int i = 0; i < room && first + i < count; ++i) {
        draw_row(canvas, 2 + i, moment, rows[static_cast<std::size_t>(first + i)], canvas.width());
        if (view.screen == Screen::fds)
            canvas.mark(2 + i, {Spot::Kind::row, static_cast<std::uint64_t>(first + i)});
        if (picked && first + i == view.selected) canvas.restyle(2 + i, Style::selected);
    }
    const int after = 2 + std::min(room, count);
    if (after < canvas.height()) draw_signals(canvas, after, moment);
}

}  // namespace evglass::viz
