// Puts a frame together: a header that always tells where and when one is, the chosen screen, the
// record at hand as a sentence, and the keys that do something now.
// Larger terminals show the records and the source beside any screen.
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "trace/text.h"
#include "viz/live/hints.h"
#include "viz/live/strip.h"
#include "viz/live/view.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

constexpr std::array kScreens{
    ScreenInfo{Screen::loop, '1', "Loop", "Loop", view_loop},
    ScreenInfo{Screen::events, '2', "Events", "Events", view_events},
    ScreenInfo{Screen::heap, '3', "Timers", "Timers", view_heap},
    ScreenInfo{Screen::queues, '4', "Queues", "Queues", view_queues},
    ScreenInfo{Screen::fds, '5', "Fds", "Fds", view_fds},
    ScreenInfo{Screen::calls, '6', "Syscalls", "Calls", view_calls},
    ScreenInfo{Screen::source, '7', "Source", "Src", view_source},
    ScreenInfo{Screen::output, '8', "Output", "Out", view_output},
    ScreenInfo{Screen::buffers, '9', "Buffers", "Bufs", view_buffers},
    ScreenInfo{Screen::lanes, '0', "Lanes", "Lanes", view_lanes},
    ScreenInfo{Screen::histograms, 'H', "Histograms", "Hist", view_histograms},
    ScreenInfo{Screen::lints, 'L', "Lints", "Lints", view_lints},
};

// ---- the header
// ------------------------------------------------------------------------------------

struct Badge {
    std::string text;
    Style style;
};

std::string_view program_word(ProgramState state) {
    switch (state) {
        case ProgramState::runs:
            return "program runs";
        case ProgramState::seeking:
            return "program runs to the stop";
        case ProgramState::holding:
            return "program stops at its next record";
        case ProgramState::held:
            return "program held";
        case ProgramState::ended:
            return "program ended";
        case ProgramState::file:
            break;
    }
    return "";
}

Badge badge_of(const Moment& moment) {
    if (moment.time == ViewTime::playing) {
        return {fmt::format("PLAYING {}/s", moment.play_rate), Style::badge_replay};
    }
    if (moment.time == ViewTime::back) {
        std::string text = "REPLAY -" + count_text(moment.last - moment.position);
        const std::string_view program = program_word(moment.state);
        if (!program.empty()) text += ", " + std::string(program);
        return {text, Style::badge_replay};
    }
    switch (moment.state) {
        case ProgramState::runs:
            return {"FOLLOWING", Style::badge_follow};
        case ProgramState::seeking:
            return {"RUNNING TO THE STOP", Style::badge_follow};
        case ProgramState::holding:
            return {"HOLDING", Style::badge_held};
        case ProgramState::held:
            return {"HELD", Style::badge_held};
        case ProgramState::ended:
            return {moment.ended.empty() ? "ENDED" : "ENDED, " + moment.ended, Style::badge_ended};
        case ProgramState::file:
            break;
    }
    return {"END OF TRACE", Style::badge_ended};
}

/// A piece of the header; the ones of the highest rank go first when there is no room.
struct Piece {
    std::string text;
    int rank;
    Style style = Style::bar;
};

/// " (2 of 5)" where the program has several bases.
std::string of_how_many(const Moment& moment) {
    std::size_t count = 0, place = 0;
    for (const auto& [address, base] : moment.model->bases()) {
        if (!base.alive && address != moment.base->address) continue;
        ++count;
        if (base.ordinal <= moment.base->ordinal) ++place;
    }
    return count < 2 ? std::string() : fmt::format(" ({} of {})", place, count);
}

std::vector<Piece> header_pieces(const Moment& moment, const ViewState& view) {
    std::vector<Piece> pieces;
    std::string program = trace::safe(moment.program.empty() ? "(no name)" : moment.program);
    pieces.push_back(
        {fit(program, 20, true) + fmt::format(" {}", moment.pid), 3, Style::bar_strong});
    if (moment.base != nullptr) {
        const std::string& backend = moment.base->backend;
        pieces.push_back({fmt::format("B{}{}{}{}", moment.base->ordinal, of_how_many(moment),
                                      backend.empty() ? "" : " ", trace::safe(backend)) +
                              (moment.base->exact ? "" : " (not exact)"),
                          4});
        pieces.push_back({"turn " + count_text(moment.base->turn), 2});
    }
    pieces.push_back({"record " + count_text(moment.position) +
                          (moment.time == ViewTime::now ? "" : "/" + count_text(moment.last)),
                      1});
    pieces.push_back(
        {"lost " + count_text(moment.lost), 0, moment.lost > 0 ? Style::bar_error : Style::bar});
    if (view.follow_forks) pieces.push_back({"follows forks", 5});
    if (moment.problems > 0) {
        pieces.push_back({plural(moment.problems, "problem"), 1, Style::bar_error});
    }
    return pieces;
}

int columns_of(const std::vector<Piece>& pieces) {
    int columns = 1;
    for (const Piece& piece : pieces) columns += text_columns(piece.text) + 2;
    return columns;
}

void drop_until_fits(std::vector<Piece>& pieces, int room) {
    for (int rank = 5; rank > 0 && columns_of(pieces) > room; --rank) {
        std::erase_if(pieces, [rank](const Piece& piece) { return piece.rank == rank; });
    }
}

void draw_header(Canvas canvas, const Moment& moment, const ViewState& view) {
    canvas.fill(0, Style::bar);
    const Badge badge = badge_of(moment);
    std::string text = " " + fit(badge.text, canvas.width() - 24, canvas.unicode()) + " ";
    const int badge_at = canvas.width() - text_columns(text);
    auto pieces = header_pieces(moment, view);
    drop_until_fits(pieces, badge_at);
    int x = 1;
    for (const Piece& piece : pieces) x = canvas.put(x, 0, piece.text, piece.style) + 2;
    canvas.put(badge_at, 0, text, badge.style);
}

/// How the tabs are written: the fullest way that fits.
enum class Tabs { full, brief, keys };

std::string tab_text(const ScreenInfo& info, Tabs tabs, bool chosen) {
    switch (tabs) {
        case Tabs::full:
            return fmt::format(" {} {} ", info.key, info.name);
        case Tabs::brief:
            return fmt::format("{}{}", info.key, info.brief);
        case Tabs::keys:
            break;
    }
    return chosen ? fmt::format(" {} {} ", info.key, info.name) : fmt::format(" {} ", info.key);
}

/// Draws them from column 0 (or only measures, without a canvas) and returns the column after.
int draw_tabs_as(Tabs tabs, Canvas* canvas, int y, const Moment& moment, const ViewState& view) {
    int x = 0;
    const int gap = tabs == Tabs::brief ? 1 : 0;
    const auto put = [&](const std::string& text, Screen screen, bool chosen) {
        if (canvas != nullptr) {
            canvas->put(x, y, text, chosen ? Style::tab_chosen : Style::tab);
            canvas->mark(y, {Spot::Kind::tab, static_cast<std::uint64_t>(screen)}, x,
                         text_columns(text));
            if (tabs == Tabs::brief && !chosen) canvas->put(x, y, text.substr(0, 1), Style::key);
        }
        x += text_columns(text) + gap;
    };
    const Screen shown = view.screen == Screen::detail ? view.before_detail : view.screen;
    for (const ScreenInfo& info : kScreens) {
        if (info.screen == Screen::output && !moment.has_output) continue;
        put(tab_text(info, tabs, info.screen == shown), info.screen, info.screen == shown);
    }
    put(tabs == Tabs::full    ? " ? Help "
        : tabs == Tabs::brief ? "?"
                              : " ? ",
        Screen::help, view.screen == Screen::help);
    return x - gap;
}

void draw_tabs(Canvas canvas, int y, const Moment& moment, const ViewState& view) {
    Tabs tabs = Tabs::full;
    for (const Tabs fuller : {Tabs::full, Tabs::brief, Tabs::keys}) {
        tabs = fuller;
        if (draw_tabs_as(tabs, nullptr, y, moment, view) <= canvas.width()) break;
    }
    draw_tabs_as(tabs, &canvas, y, moment, view);
}

// ---- the last two lines
// ----------------------------------------------------------------------------

void draw_record(Canvas canvas, int y, const Moment& moment) {
    if (moment.record == nullptr) {
        canvas.put(1, y, "no record yet: the program has not begun to tell", Style::dim);
        return;
    }
    std::string when = clock_text(moment.now_ns < 0 ? 0 : moment.record->time_ns) + "  ";
    if (moment.threads > 1) when += "T" + std::to_string(moment.record->thread + 1) + "  ";
    int x = canvas.put(1, y, when, Style::dim);
    std::string place;
    if (!moment.source.file.empty()) {
        place = trace::safe(moment.source.file) + ":" + std::to_string(moment.source.line);
    }
    const int room = canvas.width() - x - 1;
    const int place_columns = text_columns(place);
    const std::string sentence = trace::safe(moment.sentence);
    const bool both = text_columns(sentence) + 2 + place_columns <= room;
    canvas.put(x, y, fit(sentence, room, canvas.unicode()), Style::accent);
    if (both) canvas.put(canvas.width() - 1 - place_columns, y, place, Style::dim);
}

void draw_prompt(Canvas canvas, int y, const Prompt& prompt) {
    int x = canvas.put(1, y, prompt.label + " ", Style::key);
    // The end of the text is where one types: it stays in sight.
    std::string text = trace::safe(prompt.text);
    const int room = std::max(8, canvas.width() - x - 2);
    auto from = text.begin();
    while (text_columns(std::string_view(from, text.end())) > room && from != text.end()) ++from;
    x = canvas.put(x, y, std::string_view(from, text.end()), Style::strong);
    canvas.put(x, y, canvas.unicode() ? "▏" : "_", Style::accent);
}

void draw_keys(Canvas canvas, int y, const Moment& moment, const ViewState& view) {
    if (view.prompt.open) return draw_prompt(canvas, y, view.prompt);
    if (view.leaving) {
        canvas.put(1, y,
                   fit("The program still runs.  l leave it running   k end it   Esc stay",
                       canvas.width() - 2, canvas.unicode()),
                   Style::warning);
        return;
    }
    if (!view.message.text.empty()) {
        canvas.put(1, y, fit(trace::safe(view.message.text), canvas.width() - 2, canvas.unicode()),
                   view.message.is_error ? Style::error : Style::strong);
        return;
    }
    draw_hints(canvas, y, moment, view);
}

std::string_view prompt_help(Prompt::Kind kind) {
    switch (kind) {
        case Prompt::Kind::jump:
            return "480 a record   t12 a turn   +100 or -100 from here";
        case Prompt::Kind::events:
            return "words of a row, in any order: client pending fd   Enter keeps them, Esc shows "
                   "all";
        case Prompt::Kind::find:
            break;
    }
    return "FIELD=VALUE ..., as in name=callback_begin event=E3   name=epoll_ctl op=ADD fd=7";
}

/// Parts of it, which have three blanks between them, go where there is no room.
std::string_view as_much_as_fits(std::string_view parts, int room) {
    while (text_columns(parts) > room) {
        const std::size_t last = parts.rfind("   ");
        if (last == std::string_view::npos) break;
        parts = parts.substr(0, last);
    }
    return parts;
}

/// Above the keys: what is wrong with the filter being typed, else the record at hand.
void draw_footer(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int y = canvas.height() - 2;
    if (view.prompt.open && !view.prompt.error.empty()) {
        canvas.put(1, y, fit(trace::safe(view.prompt.error), canvas.width() - 2, canvas.unicode()),
                   Style::error);
    } else if (view.prompt.open) {
        canvas.put(1, y, as_much_as_fits(prompt_help(view.prompt.kind), canvas.width() - 2),
                   Style::dim);
    } else {
        draw_record(canvas, y, moment);
    }
    draw_keys(canvas, y + 1, moment, view);
}

// ---- the body
// ------------------------------------------------------------------------------------

void draw_screen(Canvas canvas, const Moment& moment, const ViewState& view) {
    if (view.screen == Screen::help) return view_help(canvas, moment, view);
    if (view.screen == Screen::detail) return view_detail(canvas, moment, view);
    if (view.screen == Screen::processes) return view_processes(canvas, moment, view);
    for (const ScreenInfo& info : kScreens) {
        if (info.screen == view.screen) info.draw(canvas, moment, view);
    }
}

/// Beside a screen's list, on a wide terminal: the records, and the source around the one at hand.
void draw_side(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int width = canvas.width(), height = canvas.height();
    const int upper =
        view.screen == Screen::source ? height / 2 : height - source_rows(moment, height / 2);
    view_log(canvas.part(0, 0, width, upper), moment, view);
    const auto lower = canvas.part(0, upper, width, height - upper);
    (view.screen == Screen::source ? view_calls : view_source)(lower, moment, view);
}

/// The table of events and the lanes have more to tell than fits beside something: what is around
/// is below them.
bool takes_the_width(Screen screen) {
    return screen == Screen::events || screen == Screen::lanes;
}
int events_room(int body) {
    return body * 3 / 5 - 2;
}
void draw_above(Canvas canvas, const Moment& moment, const ViewState& view) {
    const int width = canvas.width(), height = canvas.height();
    const int around = view.screen == Screen::lanes ? 3 : 2;  // title, head or ruler, legend
    const int upper = around + std::max(1, count_listed(moment, view, events_room(height)));
    draw_screen(canvas.part(0, 0, width, upper), moment, view);
    const int log = width * 3 / 5;
    view_log(canvas.part(0, upper, log, height - upper), moment, view);
    view_source(canvas.part(log + 1, upper, width - log - 1, height - upper), moment, view);
}

constexpr int kAboveBody = 4, kBelowBody = 2;

void draw_body(Canvas canvas, const Moment& moment, const ViewState& view) {
    const bool alone = view.screen == Screen::loop || view.screen == Screen::help ||
                       view.screen == Screen::histograms;
    if (alone || canvas.width() < kWide) return draw_screen(canvas, moment, view);
    if (takes_the_width(view.screen)) return draw_above(canvas, moment, view);
    const int side = canvas.width() * 2 / 5;
    const int main = canvas.width() - side - 1;
    draw_screen(canvas.part(0, 0, main, canvas.height()), moment, view);
    draw_side(canvas.part(main + 1, 0, side, canvas.height()), moment, view);
}

}  // namespace

int list_rows(const ViewState& view, int columns, int rows) {
    const int body = rows - kAboveBody - kBelowBody;
    const bool below = takes_the_width(view.screen) && columns >= kWide;
    return std::max(1, below ? events_room(body) : body - 1);
}

std::span<const ScreenInfo> screens() {
    return kScreens;
}

Grid too_small(int columns, int rows, bool unicode) {
    Grid grid(columns, rows);
    Canvas canvas(grid, unicode);
    const std::string text = fmt::format("terminal is {}x{}; this view needs {}x{}", columns, rows,
                                         kLeastColumns, kLeastRows);
    // Broken over lines where the terminal is narrower than the sentence.
    int x = 0, y = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find(' ', from), text.size());
        const auto word = std::string_view(text).substr(from, to - from);
        if (x > 0 && x + static_cast<int>(word.size()) > columns) x = 0, ++y;
        x = canvas.put(x, y, word, Style::warning) + 1;
        from = to + 1;
    }
    return grid;
}

Grid draw_frame(const Moment& moment, const ViewState& view, int columns, int rows) {
    if (columns < kLeastColumns || rows < kLeastRows) {
        return too_small(columns, rows, view.unicode);
    }
    Grid grid(columns, rows);
    const Canvas canvas(grid, view.unicode);
    draw_header(canvas, moment, view);
    draw_tabs(canvas, 1, moment, view);
    draw_phases(canvas, 2, moment);
    draw_wait(canvas, 3, moment);
    draw_body(canvas.part(0, kAboveBody, columns, rows - kAboveBody - kBelowBody), moment, view);
    draw_footer(canvas, moment, view);
    return grid;
}

}  // namespace evglass::viz
