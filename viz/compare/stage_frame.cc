// The frame: who is compared, a head for each column, the actions with their rows, the call at hand
// in full, and the keys. A difference is told by a mark and a style, never by colour alone.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "trace/text.h"
#include "viz/compare/stage.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz::compare {
namespace {

constexpr int kHead = 5, kFoot = 2;  ///< rows above and below the actions
constexpr int kMarkColumns = 2;

/// What stands in a line of the body: an action's title, or one of its rows.
struct Line {
    std::size_t step;
    std::size_t row;
    bool title;
};

/// A column on the screen.
struct Column {
    std::size_t story;
    int x, width;
};

class Frame {
 public:
    Frame(const Aligned& aligned, const StageView& view, Canvas canvas)
        : aligned_(aligned), view_(view), canvas_(canvas) {
        const auto seen = seen_columns(aligned, view.chosen, canvas.width());
        const int width = canvas.width() / static_cast<int>(seen.size());
        for (std::size_t i = 0; i < seen.size(); ++i)
            columns_.push_back({seen[i], static_cast<int>(i) * width, width - 1});
        for (std::size_t step = 0; step < aligned.steps.size(); ++step) {
            lines_.push_back({step, 0, true});
            for (std::size_t row = 0; row < aligned.steps[step].rows.size(); ++row)
                if (is_seen(step, row)) lines_.push_back({step, row, false});
        }
    }

    void draw() {
        draw_bar();
        for (const Column& column : columns_) draw_head(column);
        canvas_.rule(4, "Calls", "", others_text());
        if (view_.help) {
            draw_help();
        } else {
            draw_body();
            draw_call(canvas_.height() - 2);
        }
        draw_keys(canvas_.height() - 1);
    }

 private:
    const std::string& name(std::size_t story) const { return aligned_.stories[story]->mechanism; }

    /// A row in which no column on the screen has anything would be an empty line.
    bool is_seen(std::size_t step, std::size_t row) const {
        return std::ranges::any_of(columns_, [&](const Column& column) {
            return aligned_.steps[step].rows[row].calls[column.story] != nullptr;
        });
    }

    void draw_bar() {
        canvas_.fill(0, Style::bar);
        const std::string with = fmt::format(" COMPARED WITH {} ", name(aligned_.reference));
        const int at = canvas_.width() - text_columns(with);
        const auto put = [&](int x, const std::string& text, Style style) {
            if (x + text_columns(text) >= at) return x;
            return canvas_.put(x, 0, text, style) + 2;
        };
        int x = put(1, fmt::format("{} side by side", plural(aligned_.stories.size(), "recording")),
                    Style::bar_strong);
        put(x, fmt::format("action {} of {}", view_.step + 1, aligned_.steps.size()), Style::bar);
        canvas_.put(at, 0, with, Style::badge_replay);
    }

    std::string others_text() const {
        const std::size_t hidden = aligned_.stories.size() - columns_.size();
        return hidden == 0 ? "" : fmt::format("Left/Right: {} more", hidden);
    }

    struct Sums {
        std::size_t calls = 0;
        long bytes = 0;
    };
    Sums sums(std::size_t story, std::size_t from, std::size_t to) const {
        Sums out;
        for (std::size_t step = from; step <= to; ++step)
            for (const AlignedRow& row : aligned_.steps[step].rows)
                if (const StoryCall* call = row.calls[story]; call != nullptr) {
                    ++out.calls;
                    out.bytes += call->bytes_in + call->bytes_out;
                }
        return out;
    }

    void draw_head(const Column& column) {
        const bool chosen = column.story == view_.chosen;
        const Sums here = sums(column.story, view_.step, view_.step);
        const Sums so_far = sums(column.story, 0, view_.step);
        canvas_.cell(column.x, 1, column.width, " " + name(column.story),
                     chosen ? Style::tab_chosen : Style::strong);
        canvas_.cell(column.x, 2, column.width,
                     fmt::format(" {}, {} so far", plural(here.calls, "call"), so_far.calls),
                     Style::dim);
        canvas_.cell(column.x, 3, column.width,
                     fmt::format(" copies {} B, {} so far", here.bytes, so_far.bytes), Style::dim);
    }

    // ---- the actions

    /// The first line to show: the action at hand in the middle, and the call at hand in sight.
    std::size_t top_line(std::size_t room) const {
        std::size_t title = 0, hand = 0, length = 0;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i].step != view_.step) continue;
            ++length;
            if (lines_[i].title) title = hand = i;
            if (!lines_[i].title && lines_[i].row == view_.row) hand = i;
        }
        const std::size_t above = length < room ? (room - length) / 2 : 0;
        std::size_t top = title > above ? title - above : 0;
        if (hand >= top + room) top = hand - room + 1;
        return std::min(top, lines_.size() > room ? lines_.size() - room : 0);
    }

    void draw_body() {
        const int room = canvas_.height() - kHead - kFoot;
        const std::size_t top = top_line(static_cast<std::size_t>(room));
        for (int y = 0; y < room; ++y) {
            const std::size_t i = top + static_cast<std::size_t>(y);
            if (i >= lines_.size()) break;
            if (lines_[i].title)
                draw_title(kHead + y, lines_[i].step);
            else
                draw_row(kHead + y, lines_[i]);
        }
    }

    void draw_title(int y, std::size_t step) {
        const bool now = step == view_.step;
        const std::string text = fmt::format("{} {}. {}", now ? canvas_.glyphs().play : " ",
                                             step + 1, aligned_.steps[step].what);
        canvas_.put(0, y, fit(text, canvas_.width(), canvas_.unicode()),
                    now ? Style::title : Style::dim);
    }

    void draw_row(int y, const Line& line) {
        for (const Column& column : columns_) {
            draw_cell(y, line, column);
            if (column.story != columns_.back().story)
                canvas_.put(column.x + column.width, y, canvas_.glyphs().bar, Style::rule);
        }
    }

    void draw_cell(int y, const Line& line, const Column& column) {
        const StoryCall* call = aligned_.steps[line.step].rows[line.row].calls[column.story];
        const bool parts = aligned_.parts[column.story].is(line.step, line.row);
        const bool differs = aligned_.differs(line.step, line.row, column.story);
        const bool now = line.step == view_.step;
        const int room = column.width - kMarkColumns;
        std::string text;
        if (call != nullptr)
            text = text_columns(call->text) <= room ? call->text : call->brief;
        else if (parts)
            text = "(no such call)";
        const Style plain = !now ? Style::dim : differs ? Style::changed : Style::normal;
        const bool at_hand = now && line.row == view_.row && column.story == view_.chosen;
        canvas_.cell(column.x, y, kMarkColumns, parts ? canvas_.glyphs().mark : " ", Style::error);
        canvas_.cell(column.x + kMarkColumns, y, room, text, at_hand ? Style::selected : plain);
    }

    // ---- the call at hand, and the keys

    const StoryCall* call_of(std::size_t story) const {
        const std::vector<AlignedRow>& rows = aligned_.steps[view_.step].rows;
        return view_.row < rows.size() ? rows[view_.row].calls[story] : nullptr;
    }
    static std::string told(const StoryCall* call) {
        if (call == nullptr) return "no such call";
        std::string text = call->text;
        if (call->bytes_in > 0) text += fmt::format(", {} B in", call->bytes_in);
        if (call->bytes_out > 0) text += fmt::format(", {} B out", call->bytes_out);
        return text;
    }

    void draw_call(int y) {
        const StoryCall* call = call_of(view_.chosen);
        const StoryCall* other = call_of(aligned_.reference);
        std::string text = name(view_.chosen) + ": " + told(call);
        if (view_.chosen != aligned_.reference)
            text += "; " + name(aligned_.reference) + ": " + told(other);
        canvas_.put(1, y, fit(text, canvas_.width() - 2, canvas_.unicode()), Style::accent);
    }

    void draw_keys(int y) {
        if (!view_.message.empty()) {
            canvas_.put(1, y, fit(view_.message, canvas_.width() - 2, canvas_.unicode()),
                        Style::strong);
            return;
        }
        struct Hint {
            std::string_view key, does;
        };
        static constexpr Hint kHints[] = {{"[ ]", "action"},
                                          {"Up/Down", "call"},
                                          {"Left/Right", "mechanism"},
                                          {"n N", "difference"},
                                          {"?", "help"},
                                          {"q", "quit"},
                                          {"Enter", "its recording"},
                                          {"f", "first difference"},
                                          {"r", "compare with it"}};
        static constexpr Hint kOfHelp[] = {{"Esc", "back"}, {"q", "quit"}};
        int x = 1;
        const auto put = [&](const Hint& hint) {
            const int needs = text_columns(hint.key) + 1 + text_columns(hint.does);
            if (x + needs >= canvas_.width()) return;
            x = canvas_.put(x, y, hint.key, Style::key);
            x = canvas_.put(x + 1, y, hint.does, Style::dim) + 2;
        };
        if (view_.help)
            std::ranges::for_each(kOfHelp, put);
        else
            std::ranges::for_each(kHints, put);
    }

    void draw_help() {
        struct Row {
            std::string_view key, text;
        };
        static constexpr Row kRows[] = {
            {"[  ]  PgUp PgDn", "the clients' action before, after (also: space, t)"},
            {"Up  Down", "the call before, after (also: k j s)"},
            {"Home  End", "the first action, the last one"},
            {"Left  Right", "the mechanism before, after (also: Tab): columns follow it"},
            {"n  N", "where it next does something else than the one on the left"},
            {"f", "where it first does something else"},
            {"r", "compare all with it: it goes to the left"},
            {"Enter", "its recording at this call, with all screens; q comes back"},
            {"q", "leave"},
            {"", ""},
            {"the mark", "where a column first parts from the one on the left"},
            {"a hole", "this mechanism does nothing there"},
            {"copies", "lists and answers, to and from the kernel: by the arguments"},
        };
        int y = kHead;
        for (const Row& row : kRows) {
            canvas_.put(2, y, row.key, Style::key);
            canvas_.put(19, y, fit(row.text, canvas_.width() - 20, canvas_.unicode()));
            ++y;
        }
    }

    const Aligned& aligned_;
    const StageView& view_;
    Canvas canvas_;
    std::vector<Column> columns_;
    std::vector<Line> lines_;
};

}  // namespace

std::vector<std::size_t> seen_columns(const Aligned& aligned, std::size_t chosen, int width) {
    std::vector<std::size_t> others, seen = {aligned.reference};
    for (std::size_t i = 0; i < aligned.stories.size(); ++i)
        if (i != aligned.reference) others.push_back(i);
    const auto fit = static_cast<std::size_t>(std::max(0, width / kNarrowestColumn));
    const std::size_t room = std::clamp(fit, kFewestColumns, kMostColumns) - 1;
    if (others.size() > room) {
        const auto at =
            static_cast<std::size_t>(std::ranges::find(others, chosen) - others.begin());
        const std::size_t before = std::min(at, room / 2);
        const std::size_t from = std::min(at - before, others.size() - room);
        others = {others.begin() + static_cast<std::ptrdiff_t>(from),
                  others.begin() + static_cast<std::ptrdiff_t>(from + room)};
    }
    seen.insert(seen.end(), others.begin(), others.end());
    return seen;
}

Grid draw_stage(const Aligned& aligned, const StageView& view, int columns, int rows) {
    if (columns < kLeastColumns || rows < kLeastRows) return too_small(columns, rows, view.unicode);
    Grid grid(columns, rows);
    Frame(aligned, view, Canvas(grid, view.unicode)).draw();
    return grid;
}

}  // namespace evglass::viz::compare
