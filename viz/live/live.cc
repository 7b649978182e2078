// The loop of the live view: read what came, let keys act, draw if something changed. It sleeps in
// poll(2) for most of the time and draws at most 25 frames a second.
#include "viz/live/live.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>

#include "viz/live/app.h"
#include "viz/live/reading.h"
#include "viz/live/signals.h"
#include "viz/live/snapshot.h"
#include "viz/live/surroundings.h"
#include "viz/live/terminal.h"

namespace evglass::viz {
namespace {

using Clock = Session::Clock;
using std::chrono::milliseconds;

constexpr milliseconds kFrame{40};       ///< at most 25 frames a second
constexpr milliseconds kCountdown{100};  ///< how often times that pass are drawn anew
constexpr milliseconds kEagerPoll{4};    ///< right after a key
constexpr milliseconds kBusyPoll{20};    ///< while records come
constexpr milliseconds kIdlePoll{50};    ///< while they may come
constexpr milliseconds kRest{500};       ///< when nothing can change but by a key

int fail(const std::string& why) {
    fmt::print(stderr, "evglass live: {}\n", why);
    return 2;
}

int show_once(const LiveOptions& options, Session& session, App& app) {
    if (options.json) {
        fmt::print("{}", snapshot_json(session.moment(1, 0)));
        return 0;
    }
    const auto [columns, rows] = printed_size(options);
    std::string frame = app.frame(columns, rows).text();
    while (session.gathering()) frame = app.frame(columns, rows).text();
    fmt::print("{}", frame);
    return 0;
}

/// When to read, when to draw, how long to sleep.
class Pace {
 public:
    void news() { dirty_ = true, busy_ = true; }
    void quiet() { busy_ = false, eager_ -= eager_ > 0 ? 1 : 0; }
    void drawn(Clock::time_point now) { drawn_ = now, dirty_ = false; }
    /// A key was pressed: draw now, and look soon whether the program answers (a step).
    void draw_at_once() { dirty_ = true, drawn_ = {}, eager_ = kEager; }
    bool may_draw(Clock::time_point now, bool time_passes) const {
        const auto since = now - drawn_;
        return (dirty_ && since >= kFrame) || (time_passes && since >= kCountdown);
    }
    int sleep_ms(bool may_change) const {
        return static_cast<int>((eager_ > 0   ? kEagerPoll
                                 : busy_      ? kBusyPoll
                                 : may_change ? kIdlePoll
                                              : kRest)
                                    .count());
    }

 private:
    Clock::time_point drawn_{};
    bool dirty_ = true, busy_ = false;
    static constexpr int kEager = 10;
    int eager_ = 0;
};

/// A trace that is or was watched, with its view as it was left.
struct Watched {
    std::unique_ptr<Session> session;
    std::unique_ptr<App> app;
};

/// Until the user leaves this trace.
void watch(Session& session, App& app, Terminal& terminal) {
    Pace pace;
    while (app.leaving() == App::Leave::stay && ending_signal() == 0) {
        if (app.view().follow_forks)
            if (const auto child = session.new_child()) return app.follow(*child);
        if (session.poll() || session.gathering()) {
            pace.news();
        } else {
            pace.quiet();
        }
        const bool time_passes = session.time() == ViewTime::now &&
                                 session.state() != ProgramState::file &&
                                 session.state() != ProgramState::held && !session.ended();
        const auto now = Clock::now();
        if (pace.may_draw(now, time_passes)) {
            terminal.show(app.frame(terminal.columns(), terminal.rows()));
            pace.drawn(now);
        }
        terminal.use_mouse(app.view().mouse);
        for (const Key& key : terminal.wait(pace.sleep_ms(session.busy()))) {
            app.press(key);
            pace.draw_at_once();
        }
    }
    terminal.use_mouse(false);
}

/// All traces that were watched, the first one first. Those out of sight stay open: a program that
/// is held stays held, and one that was started here is still ours to end.
class Desk {
 public:
    explicit Desk(bool unicode) : unicode_(unicode) {}

    void add(Watched first) { all_.push_back(std::move(first)); }
    Session& first() { return *all_.front().session; }
    /// REQUIRES: one was added.
    App::Leave watch_all(Terminal& terminal) {
        Watched* now = &all_.front();
        while (true) {
            watch(*now->session, *now->app, terminal);
            const App::Leave leave = now->app->leaving();
            if (leave != App::Leave::change_process) return leave;
            const ViewState was = now->app->view();
            now = &other(now->app->take_other_process(), *now);
            now->app->follow_forks(was.follow_forks);
            now->app->use_mouse(was.mouse);
        }
    }

 private:
    Watched& other(const trace::TraceEntry& entry, Watched& from) {
        for (Watched& watched : all_)
            if (watched.session->path() == entry.path) return watched;
        auto opened = Session::open(entry.path, entry.live, std::nullopt, "");
        if (opened.session == nullptr) {
            from.app->say(opened.error);
            return from;
        }
        auto app = std::make_unique<App>(*opened.session, unicode_);
        all_.push_back({std::move(opened.session), std::move(app)});
        return all_.back();
    }

    std::deque<Watched> all_;
    bool unicode_;
};

/// The last line, after the terminal is as it was.
void say_goodbye(const LiveOptions& options, Session& session, App::Leave leave) {
    Child& child = session.child();
    if (!options.child) return;
    session.release();
    if (leave == App::Leave::end_program && !child.end()) {
        fmt::print("evglass live: the program does not end at SIGTERM\n");
    }
    child.poll();
    if (child.running()) {
        fmt::print("evglass live: process {} goes on; `evglass live {}` watches it again\n",
                   *options.child, *options.child);
    } else {
        const std::string how = child.ended_text();
        fmt::print("evglass live: process {} has ended{}{}\n", *options.child,
                   how.empty() ? "" : ": ", how);
    }
    std::fflush(stdout);
}

/// Opens the trace and presses the keys. A large trace is read first; `progress` tells.
Watched open_first(const LiveOptions& options, bool unicode, const Session::Progress& progress,
                   std::string& error) {
    const auto keys = parse_keys(options.keys, error);
    if (!keys) return {};
    auto opened = Session::open(options.trace_path, options.controllable, options.child,
                                options.output_path, progress);
    error = opened.error;
    if (opened.session == nullptr) return {};
    if (options.at > 0) opened.session->go(options.at);
    auto app = std::make_unique<App>(*opened.session, unicode);
    app->follow_forks(options.follow_forks);
    app->use_mouse(options.mouse);
    for (const Key& key : *keys) {
        app->press(key);
        opened.session->poll();
    }
    return {std::move(opened.session), std::move(app)};
}

/// One frame for each step of the first reading. False: the user has had enough.
bool show_reading(Terminal& terminal, const LiveOptions& options, double part, bool unicode) {
    terminal.show(
        reading_frame(options.trace_path, part, terminal.columns(), terminal.rows(), unicode));
    for (const Key& key : terminal.wait(0))
        if (key == Key{Key::Code::character, U'q'} || key.code == Key::Code::escape) return false;
    return ending_signal() == 0;
}

int show_live(const LiveOptions& options, const Surroundings& around) {
    App::Leave leave = App::Leave::stay;
    int signal = 0;
    Desk desk(around.unicode);
    std::string error;
    bool enough = false;
    {
        const SignalGuard guard;
        const auto terminal = Terminal::take({.color = around.color, .utf8 = around.utf8}, error);
        if (terminal == nullptr) return fail(error);
        const auto progress = [&](double part) {
            enough = !show_reading(*terminal, options, part, around.unicode);
            return !enough;
        };
        Watched first = open_first(options, around.unicode, progress, error);
        if (first.session != nullptr) {
            desk.add(std::move(first));
            leave = desk.watch_all(*terminal);
        }
        signal = ending_signal();
    }
    if (!error.empty() && !enough) return fail(error);
    if (!enough) say_goodbye(options, desk.first(), leave);
    if (signal != 0) raise(signal);
    return 0;
}

int show_one(const LiveOptions& options, bool unicode) {
    std::string error;
    Watched first = open_first(options, unicode, {}, error);
    if (first.session == nullptr) return fail(error);
    return show_once(options, *first.session, *first.app);
}

}  // namespace

int live_main(const LiveOptions& options) {
    const std::string missing = options.once ? std::string() : terminal_missing();
    if (!missing.empty()) return fail(missing);
    const Surroundings around = look_around(options);
    return options.once ? show_one(options, around.unicode) : show_live(options, around);
}

std::string watch_recording(Terminal& terminal, const std::string& path, std::uint64_t at,
                            bool unicode) {
    auto opened = Session::open(path, false, std::nullopt, "");
    if (opened.session == nullptr) return opened.error;
    if (at > 0) opened.session->go(at);
    auto app = std::make_unique<App>(*opened.session, unicode);
    // A loop written by hand has no event_base: its system calls are all there is to see.
    if (opened.session->moment(1, 0).base == nullptr)
        for (const ScreenInfo& info : screens())
            if (info.screen == Screen::calls)
                app->press({Key::Code::character, static_cast<char32_t>(info.key)});
    Desk desk(unicode);
    desk.add({std::move(opened.session), std::move(app)});
    desk.watch_all(terminal);
    return "";
}

}  // namespace evglass::viz
