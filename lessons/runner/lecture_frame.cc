// What the full-screen lesson shows, and where: the text at the left, source or picture at its
// right (both where there is room), the state below them, the keys at the bottom. See lecture.h.
#include <algorithm>

#include <fmt/format.h>

#include "lessons/runner/entries.h"
#include "lessons/runner/lecture.h"
#include "lessons/runner/panes.h"
#include "lessons/runner/sentences.h"
#include "lessons/runner/source.h"
#include "trace/text.h"
#include "viz/live/view.h"

namespace evglass::lessons {
namespace {

using viz::Canvas;
using Look = viz::Style;
using Lines = std::vector<std::string>;

constexpr int kLeastColumns = 60, kLeastRows = 16, kLeastState = 2;
constexpr int kWidestText = 66;   ///< longer lines are hard to read, and code wants the room
constexpr int kRowsForBoth = 24;  ///< of the right side, for source and picture one above the other

Lines split_lines(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

void append(Lines& lines, const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

/// A text of ours, wrapped, with a mark in front, in one of the colours that write_styled knows.
Lines marked(std::string_view mark, const std::string& text, int width, const char* colour) {
    TextBlock block{
        .kind = TextBlock::Kind::item, .level = 0, .bullet = std::string(mark), .spans = {}};
    block.spans.push_back({Style::plain, text});
    Lines lines = split_lines(render({block}, {.width = width, .colour = false, .fill = {}}));
    for (std::string& line : lines) line = fmt::format("\x1b[{}m{}\x1b[0m", colour, line);
    return lines;
}

Look style_of(std::string_view code) {
    if (code == "1") return Look::strong;
    if (code == "3" || code == "36") return Look::accent;
    if (code == "32") return Look::running;
    if (code == "33") return Look::changed;
    if (code == "31") return Look::error;
    if (code == "2") return Look::dim;
    return Look::normal;
}

/// Writes a line that has styles in it, as render() makes them for a terminal.
void write_styled(Canvas canvas, int x, int y, std::string_view line) {
    Look style = Look::normal;
    while (!line.empty()) {
        const auto escape = std::min(line.find('\x1b'), line.size());
        x = canvas.put(x, y, line.substr(0, escape), style);
        line.remove_prefix(escape);
        const auto end = line.find('m');
        if (line.empty() || end == std::string_view::npos) return;
        style = style_of(line.substr(2, end - 2));
        line.remove_prefix(end + 1);
    }
}

std::string plain(const Value& value) {
    return trace::safe(to_text(value));
}

/// The screen of the live view that shows what a picture or a pane is about.
void (*screen_for(const Stop& stop))(Canvas, const viz::Moment&, const viz::ViewState&) {
    struct Row {
        std::string_view name;
        void (*draw)(Canvas, const viz::Moment&, const viz::ViewState&);
    };
    static constexpr Row kRows[] = {
        {"heap", viz::view_heap},      {"queues", viz::view_queues},
        {"active", viz::view_queues},  {"io", viz::view_fds},
        {"signals", viz::view_fds},    {"calls", viz::view_calls},
        {"buffer", viz::view_buffers}, {"bufferevent", viz::view_buffers},
        {"base", viz::view_events},    {"states", viz::view_events},
        {"events", viz::view_events},  {"turn", viz::view_loop},
        {"loop", viz::view_loop},      {"syscalls", viz::view_log},
        {"wait", viz::view_log},
    };
    std::vector<std::string> wanted = {stop.picture};
    wanted.insert(wanted.end(), stop.show.begin(), stop.show.end());
    for (const std::string& name : wanted)
        for (const Row& row : kRows)
            if (row.name == name) return row.draw;
    return viz::view_events;
}

/// One row of the source pane.
struct SourceRow {
    int number = 0;  ///< 0: the row goes on with the line above
    bool here = false;
    std::string text;
};

/// The line that is meant, in the middle, and as many around it as there are rows for. A line that
/// is longer than the pane goes on in the next row.
std::vector<SourceRow> rows_around(const SourceWindow& window, int width, int height) {
    const auto& lines = window.lines;
    const auto is_meant = [&](const auto& line) { return line.number == window.here; };
    auto first = std::find_if(lines.begin(), lines.end(), is_meant);
    if (first == lines.end()) return {};
    std::vector<SourceRow> rows;
    const auto rows_of = [&](const SourceWindow::Line& line) {
        std::vector<SourceRow> more;
        for (std::string& piece : fold(line.text, width))
            more.push_back({more.empty() ? line.number : 0, is_meant(line), std::move(piece)});
        return more;
    };
    const auto room_for = [&](const std::vector<SourceRow>& more) {
        return rows.empty() || static_cast<int>(rows.size() + more.size()) <= height;
    };
    rows = rows_of(*first);
    auto next = std::next(first);
    for (bool above = true, below = true; above || below;) {
        const auto after = below && next != lines.end() ? rows_of(*next) : std::vector<SourceRow>();
        below = !after.empty() && room_for(after);
        if (below) rows.insert(rows.end(), after.begin(), after.end()), ++next;
        const auto before =
            above && first != lines.begin() ? rows_of(*std::prev(first)) : std::vector<SourceRow>();
        above = !before.empty() && room_for(before);
        if (above) rows.insert(rows.begin(), before.begin(), before.end()), --first;
    }
    return rows;
}

/// "src/event/loop.cc:12  f", or without its directories where there is no room for them.
std::string short_place(const std::string& place, int width) {
    if (cells(place) <= width) return place;
    const auto slash = place.rfind('/', place.find(':'));
    return slash == std::string::npos ? place : place.substr(slash + 1);
}

struct KeyHelp {
    const char *keys, *help;
};
constexpr KeyHelp kKeys[] = {
    {"Enter n Right", "the next page; in a question: your answer"},
    {"b Left", "the page before"},
    {"Space", "more of the text, then the next page"},
    {"j k Up Down", "scroll the text"},
    {"h", "a hint for the next stop; in a question: ?"},
    {"s", "skip; an empty answer skips a question"},
    {"Tab", "source or picture at the right"},
    {"z", "the right side over the whole width"},
    {"g", "the words of this page, explained"},
    {"e", "edit your file of the exercise ($VISUAL, $EDITOR), then check it"},
    {"x", "check your file of the exercise"},
    {"w", "check it each time you save it"},
    {"o", "how the author did it, once your file has passed"},
    {"q", "leave; your place is kept (in a question: Esc)"},
};

}  // namespace

viz::Grid Lecture::frame(int columns, int rows) {
    viz::Grid grid(std::max(columns, 1), std::max(rows, 1));
    Canvas all(grid, options_.unicode);
    if (columns < kLeastColumns || rows < kLeastRows) {
        all.put(0, 0, words_("a lesson needs {} columns and {} rows", kLeastColumns, kLeastRows));
        return grid;
    }
    const Lines state = state_lines(columns);
    // A rule above it. It takes what it needs, so that the text has the rest.
    const int state_rows =
        std::clamp(static_cast<int>(state.size()) + 1, kLeastState, rows * 2 / 5);
    const int above = rows - state_rows - 3;  // the bar, and two lines at the bottom
    const bool whole = cover_ == Cover::result || cover_ == Cover::keys;
    const int text_width = whole        ? columns + 1
                           : wide_side_ ? 0
                                        : std::min(columns / 2, kWidestText) + 1;
    draw_bar(all);
    if (text_width > 0) draw_text(all.part(0, 1, text_width - 1, above));
    Canvas right = all.part(text_width, 1, std::max(columns - text_width, 0), above);
    if (whole) {
        // nothing beside it
    } else if (page_now().exercise) {
        draw_starter(right);
    } else if (above >= kRowsForBoth && shown_stop() != nullptr) {
        draw_side(right.part(0, 0, right.width(), above / 2), Side::source);
        draw_side(right.part(0, above / 2, right.width(), above - above / 2), Side::picture);
    } else {
        draw_side(right, side_);
    }
    draw_state(all.part(0, 1 + above, columns, state_rows), state);
    draw_bottom(all.part(0, rows - 2, columns, 2));
    return grid;
}

void Lecture::draw_bar(Canvas canvas) const {
    constexpr int kPlace = 22;  // "page 10 of 12", in any language
    canvas.fill(0, Look::bar);
    canvas.put(1, 0, viz::fit(lesson_.title, canvas.width() - kPlace - 2, canvas.unicode()),
               Look::bar_strong);
    const std::string place = words_("page {} of {} ", page_ + 1, lesson_.pages.size());
    canvas.cell_right(canvas.width() - kPlace, 0, kPlace, place, Look::bar);
}

void Lecture::add_stop(Lines& lines, int width) const {
    const Stop& stop = *page_now().stop;
    const Moment& there = located_.moments[page_];
    const auto& given = answers_[page_];
    for (std::size_t i = 0; i < stop.predictions.size(); ++i) {
        const Prediction& one = stop.predictions[i];
        if (i > given.size()) break;
        append(lines, marked(words_("predict:"), one.question, width, "33"));
        if (i == given.size()) break;
        const Answered truth = there.evaluate(one.answer);
        if (!truth.error.empty()) continue;
        const std::string how = fmt::format("{}   [{}]", plain(truth.value), one.answer.source);
        if (given[i].empty())
            append(lines, marked(words_("answer:"), how, width, "33"));
        else if (same_answer(given[i], truth.value, one.tolerance))
            append(lines, marked(words_("right:"), how, width, "32"));
        else
            append(lines, marked(words_("not so:"),
                                 words_("you said {}; the run says {}", trace::safe(given[i]), how),
                                 width, "31"));
    }
    for (const Outcome& outcome : check_stop(stop, there, words_))
        if (!outcome.passed)
            append(lines, marked(words_("not as the lesson says:"), outcome.text, width, "31"));
    if (!stop.predictions.empty()) lines.emplace_back();
}

void Lecture::add_myth(Lines& lines, int width) const {
    const Myth& myth = *page_now().myth;
    append(lines, marked(words_("Is it true?"), myth.quote, width, "1"));
    if (!myth.means.empty()) append(lines, marked(words_("that is:"), myth.means, width, "1"));
    append(lines, marked(words_("where:"), myth.where, width, "2"));
    append(lines, marked(words_("tested by:"), myth.claim.source, width, "36"));
    const Verdict verdict = judge(myth, run_);
    if (!verdict.asked)
        append(lines, marked(words_("no verdict:"), verdict.error, width, "31"));
    else
        append(lines, marked(words_(verdict.is_true ? "it is true:" : "it is not true:"),
                             verdict.evidence, width, verdict.is_true ? "32" : "31"));
    lines.emplace_back();
}

Lines Lecture::text_lines(int width) const {
    const Page& page = page_now();
    Lines lines;
    if (cover_ == Cover::keys) {
        for (const KeyHelp& key : kKeys)
            append(lines, marked(key.keys, std::string(words_(key.help)), width, "0"));
        return lines;
    }
    if (cover_ == Cover::result) {
        for (const std::string& line : split_lines(cover_text_))
            append(lines, fold(trace::safe(line), width));
        return lines;
    }
    const auto fill = [&](std::size_t n) {
        const Answered answer = located_.moments[page_].evaluate(lesson_.placeholders.at(n));
        return answer.error.empty() ? plain(answer.value) : std::string("?");
    };
    if (cover_ == Cover::words && options_.glossary) {
        const std::string text = render(page.text, {.width = 10000, .colour = false, .fill = fill});
        return split_lines(options_.glossary(text));
    }
    append(lines,
           split_lines(render(page.heading, {.width = width, .colour = true, .fill = fill})));
    if (!lines.empty()) lines.emplace_back();
    if (page.stop) add_stop(lines, width);
    if (page.myth) add_myth(lines, width);
    if (asking()) return lines;  // the text would give the answer away
    if (page.exercise) append(lines, marked(words_("Exercise:"), page.exercise->title, width, "1"));
    if (page_ == 0 && !lesson_.matches.empty())
        append(lines, marked(words_("matches:"), lesson_.matches, width, "2"));
    if (!lines.empty() && !lines.back().empty()) lines.emplace_back();
    append(lines, split_lines(render(page.text, {.width = width, .colour = true, .fill = fill})));
    if (page_ + 1 == lesson_.pages.size() && !lesson_.read_next.empty()) {
        lines.emplace_back();
        append(lines, marked(words_("read next:"), lesson_.read_next, width, "1"));
    }
    return lines;
}

void Lecture::draw_text(Canvas canvas) {
    const Lines lines = text_lines(canvas.width() - 2);
    overflow_ = std::max(0, static_cast<int>(lines.size()) - canvas.height());
    scroll_ = std::clamp(scroll_, 0, overflow_);
    for (int y = 0; y < canvas.height(); ++y) {
        const auto at = static_cast<std::size_t>(y + scroll_);
        if (at < lines.size()) write_styled(canvas, 1, y, lines[at]);
    }
    if (scroll_ < overflow_)
        canvas.cell_right(0, canvas.height() - 1, canvas.width(),
                          words_(" Space: more ({})", overflow_ - scroll_), Look::key);
}

void Lecture::draw_side(Canvas canvas, Side side) {
    if (side == Side::picture && shown_stop() != nullptr) return draw_picture(canvas);
    draw_source(canvas);
}

void Lecture::draw_source(Canvas canvas) const {
    constexpr int kGutter = 6;
    canvas.rule(0, words_("source"));
    const int height = canvas.height() - 2;
    const SourceWindow window = source_window(shown_moment(), options_.root, height, height);
    if (window.place.empty()) {
        canvas.put(1, 1, words_("this record names no line of a source"), Look::dim);
        return;
    }
    const int width = canvas.width() - 1;
    canvas.put(1, 1, viz::fit(short_place(window.place, width), width, canvas.unicode()),
               Look::dim);
    const auto rows = rows_around(window, canvas.width() - kGutter, height);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const SourceRow& row = rows[i];
        const int y = static_cast<int>(i) + 2;
        const bool marked_here = row.here && row.number != 0;
        int x = canvas.put(0, y, marked_here ? canvas.glyphs().mark : " ", Look::changed);
        x = canvas.cell_right(x, y, 4, row.number == 0 ? "" : std::to_string(row.number),
                              Look::dim);
        canvas.put(x + 1, y, row.text, row.here ? Look::strong : Look::normal);
    }
}

/// What the learner begins with, as far as there is room; the file itself is for an editor.
void Lecture::draw_starter(Canvas canvas) const {
    canvas.rule(0, words_("where you begin"));
    int y = 1;
    for (const std::string& line : split_lines(options_.starter))
        for (const std::string& row : fold(trace::safe(line), canvas.width() - 1))
            canvas.put(1, y++, row);
}

void Lecture::draw_picture(Canvas canvas) {
    const Moment& there = shown_moment();
    const std::string& path = there.run().path();
    auto& session = sessions_[path];
    if (session == nullptr) session = viz::Session::open(path, false, std::nullopt, {}).session;
    if (session == nullptr) {
        canvas.put(1, 1, words_("there is no trace to draw"), Look::dim);
        return;
    }
    session->poll();
    session->go(there.number());
    const viz::Moment moment = session->moment(canvas.height(), 0);
    viz::ViewState view;
    view.unicode = canvas.unicode();
    screen_for (*shown_stop())(canvas, moment, view);
}

Lines Lecture::state_lines(int width) {
    constexpr int kMargin = 2;  // as the panes have it
    const Stop* stop = shown_stop();
    if (stop == nullptr) return {};
    const Moment& there = shown_moment();
    const std::string said = trace::safe(without_duration(record_sentence(
        *there.record(), there.run().timeline().reader(), there.model(), options_.language)));
    Lines lines;
    for (const std::string& row : fold(said, width - kMargin))
        lines.push_back(std::string(kMargin, ' ') + row);
    sentence_rows_ = lines.size();
    for (const std::string& pane : stop->show)
        if (pane != "source")
            append(lines, split_lines(show_pane(pane, there, options_.root, width, words_)));
    return lines;
}

void Lecture::draw_state(Canvas canvas, const Lines& lines) const {
    const Stop* stop = shown_stop();
    if (stop == nullptr) {
        canvas.rule(0, page_now().exercise
                           ? words_("your file: {}", options_.file)
                           : std::string(words_("the stops of this lesson are shown here")));
        return;
    }
    canvas.rule(0, words_("record {}", shown_moment().number()), stop->run);
    for (std::size_t i = 0; i < lines.size(); ++i)
        canvas.put(0, static_cast<int>(i) + 1, viz::fit(lines[i], canvas.width(), canvas.unicode()),
                   i < sentence_rows_ ? Look::strong : Look::normal);
}

void Lecture::draw_bottom(Canvas canvas) const {
    if (!message_.empty()) {
        canvas.put(1, 0, viz::fit(trace::safe(message_), canvas.width() - 2, canvas.unicode()),
                   Look::accent);
    } else if (asking()) {
        const int x = canvas.put(1, 0, words_("your answer> "), Look::changed);
        canvas.put(canvas.put(x, 0, trace::safe(typed_), Look::strong), 0, "_", Look::strong);
    }
    const std::string_view keys =
        cover_ == Cover::result
            ? "e edit your file  x check it again  o the author's  any other key: the text"
        : cover_ != Cover::none ? "any key goes back to the text"
        : asking() ? "Enter answer (empty: skip)  ? hint  Left back  Tab picture  Esc leave"
        : page_now().exercise
            ? "e edit your file  x check it  w watch it  h hint  b back  ? keys  q leave"
            : "Enter next  b back  h hint  Tab picture  z wide  g words  ? keys  q leave";
    canvas.put(1, 1, words_(keys), Look::dim);
}

}  // namespace evglass::lessons
