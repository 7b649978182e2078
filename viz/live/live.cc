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
    while (session.lints_behind()) frame = app.frame(columns, rows).text();
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
        if (session.poll()) {
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
        for (const Key& key : terminal.wait(pace.sleep_ms(session.busy()))) {
            app.press(key);
            pace.draw_at_once();
        }
    }
}

/// All traces that were watched, the first one first. Those out of sight stay open: a program that
/// is held stays held, and one that was started here is still ours to end.
class Desk {
 public:
    Desk(Watched first, bool unicode) : unicode_(unicode) { all_.push_back(std::move(first)); }

    Session& first() { return *all_.front().session; }
    App::Leave watch_all(Terminal& terminal) {
        Watched* now = &all_.front();
        while (true) {
            watch(*now->session, *now->app, terminal);
            const App::Leave leave = now->app->leaving();
            if (leave != App::Leave::change_process) return leave;
            now = &other(now->app->take_other_process(), *now);
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

int show_live(const LiveOptions& options, Desk& desk, const Surroundings& around) {
    App::Leave leave = App::Leave::stay;
    int signal = 0;
    {
        const SignalGuard guard;
        std::string error;
        const auto terminal = Terminal::take({.color = around.color, .utf8 = around.utf8}, error);
        if (terminal == nullptr) return fail(error);
        leave = desk.watch_all(*terminal);
        signal = ending_signal();
    }
    say_goodbye(options, desk.first(), leave);
    if (signal != 0) raise(signal);
    return 0;
}

}  // namespace

int live_main(const LiveOptions& options) {
    if (!options.once) {
        const std::string missing = terminal_missing();
        if (!missing.empty()) return fail(missing);
    }
    std::string error;
    const auto keys = parse_keys(options.keys, error);
    if (!keys) return fail(error);
    auto opened =
        Session::open(options.trace_path, options.controllable, options.child, options.output_path);
    if (opened.session == nullptr) return fail(opened.error);
    Session& session = *opened.session;
    if (options.at > 0) session.go(options.at);

    const Surroundings around = look_around(options);
    auto app = std::make_unique<App>(session, around.unicode);
    for (const Key& key : *keys) {
        app->press(key);
        session.poll();
    }
    if (options.once) return show_once(options, session, *app);
    Desk desk({std::move(opened.session), std::move(app)}, around.unicode);
    return show_live(options, desk, around);
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
    Desk({std::move(opened.session), std::move(app)}, unicode).watch_all(terminal);
    return "";
}

}  // namespace evglass::viz
