// Opening, following, scrubbing, playing, and what the program is let do. What a frame needs is
// gathered in session_moment.cc. See session.h.
#include "viz/live/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "trace/text.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

/// Records held of a trace that grows, so that memory is bounded. One that is finished and large
/// has an index: then all of them are there.
constexpr std::size_t kKeep = 500'000;

trace::Filter turn_begin_filter() {
    std::string error;
    return trace::Filter::parse("name=turn_begin", error);
}

Outcome fault(std::string text) {
    return {std::move(text), true};
}

}  // namespace

Session::Session(trace::Timeline timeline)
    : timeline_(std::move(timeline)), turn_filter_(turn_begin_filter()) {
    if (!timeline_.empty()) position_ = timeline_.last();
}

Session::Opened Session::open(const std::string& path, bool controllable,
                              std::optional<pid_t> child, const std::string& output_path,
                              const Progress& progress) {
    auto opened = trace::Timeline::open(
        path, {.keep = kKeep, .index_from = trace::Timeline::kLarge, .progress = progress});
    if (!opened.timeline) return {nullptr, opened.error};
    auto session = std::make_unique<Session>(std::move(*opened.timeline));
    const trace::Reader& reader = session->timeline_.reader();
    const trace::TraceInfo& info = reader.info();
    session->has_reader_ = true;
    session->path_ = path;
    session->program_ = info.program;
    session->pid_ = info.pid;
    session->start_wall_ns_ = info.start_wall_ns;
    session->virtual_clock_ = info.clock == "virtual";
    session->child_ = Child(child);
    session->output_ = OutputTail(output_path);
    session->live_ = child.has_value() || (info.recording && !reader.finished());
    if (!reader.warnings().empty()) session->notice_ = reader.warnings().front();
    if (controllable && session->live_) {
        auto control = trace::Control::open(path);
        session->control_ = std::move(control.control);
        if (!session->control_) session->notice_ = "watching only: " + control.error;
    }
    session->poll();
    return {std::move(session), ""};
}

ProgramState Session::state() const {
    if (!live_) return ProgramState::file;
    if (ended_) return ProgramState::ended;
    if (!control_) return ProgramState::runs;
    if (control_->held() > 0) return ProgramState::held;
    if (asked_ == Asked::hold) return ProgramState::holding;
    return asked_ == Asked::seek ? ProgramState::seeking : ProgramState::runs;
}

bool Session::busy() const {
    return (live_ && !ended_) || time_ == ViewTime::playing || child_.running();
}

/// A program may tell more than can be read: a frame is due all the same.
bool Session::read_on() {
    constexpr std::size_t kBatch = 4096;
    constexpr std::chrono::milliseconds kLongest{30};
    const auto began = Clock::now();
    std::size_t got = timeline_.poll(kBatch);
    const bool any = got > 0;
    while (got == kBatch && Clock::now() - began < kLongest) got = timeline_.poll(kBatch);
    return any;
}

bool Session::poll(Clock::time_point now) {
    bool news = child_.poll();
    news |= output_.poll();
    news |= read_on();
    if (has_reader_ && !ended_) {
        ended_ = timeline_.reader().finished() || !child_.ended_text().empty();
        // What was written between the last look and the end.
        if (ended_) news |= timeline_.poll() > 0;
    }
    if (timeline_.empty()) return news;
    if (time_ == ViewTime::now) position_ = timeline_.last();
    position_ = std::max(position_, timeline_.first());
    advance_play(now);
    const ProgramState state_now = state();
    news |= std::exchange(last_state_, state_now) != state_now;
    return news || time_ == ViewTime::playing;
}

// ---- the view's time
// -----------------------------------------------------------------------------

/// Stands at a record. Reaching the newest one is "now", unless the program would run on under it.
void Session::move_to(std::uint64_t number) {
    if (timeline_.empty()) return;
    position_ = std::clamp(number, timeline_.first(), timeline_.last());
    const ProgramState program = state();
    const bool runs = program == ProgramState::runs || program == ProgramState::seeking;
    time_ = position_ == timeline_.last() && !runs ? ViewTime::now : ViewTime::back;
}

void Session::go(std::uint64_t number) {
    if (timeline_.empty()) return;
    const trace::Record* record = timeline_.at(number);
    move_to(record != nullptr ? record->number : timeline_.last());
}

Outcome Session::back() {
    const trace::Record* record = timeline_.before(position_);
    if (record == nullptr) return {"this is the oldest record kept", false};
    move_to(record->number);
    return {};
}

Outcome Session::forward() {
    if (time_ == ViewTime::now) return {"this is the newest record", false};
    const trace::Record* record = timeline_.after(position_);
    if (record == nullptr) {
        now();
        return {};
    }
    move_to(record->number);
    return {};
}

std::optional<std::uint64_t> Session::find_turn(bool forward) {
    return timeline_.find(turn_filter_, position_, forward);
}

Outcome Session::turn_back() {
    const auto found = find_turn(false);
    if (!found) {
        first();
        return {"no turn begins before this record", false};
    }
    move_to(*found);
    return {};
}

Outcome Session::turn_forward() {
    const auto found = find_turn(true);
    if (found) {
        move_to(*found);
        return {};
    }
    now();
    return {"no later turn was recorded: this is the newest record", false};
}

void Session::first() {
    if (!timeline_.empty()) move_to(timeline_.first());
}

void Session::now() {
    time_ = ViewTime::now;
    if (!timeline_.empty()) position_ = timeline_.last();
}

void Session::play(int records_per_second) {
    if (records_per_second <= 0) {
        move_to(position_);
        return;
    }
    play_rate_ = records_per_second;
    play_credit_ = 0;
    played_at_ = Clock::now();
    if (!timeline_.empty() && position_ == timeline_.last()) position_ = timeline_.first();
    time_ = ViewTime::playing;
}

void Session::faster(bool faster) {
    constexpr int kSlowest = 1, kFastest = 100'000;
    // 1, 2, 5, 10, 20, 50, ...
    int leading = play_rate_, power = 1;
    while (leading >= 10) leading /= 10, power *= 10;
    const int up = leading == 1 ? 2 : leading == 2 ? 5 : 10;
    const int rate = faster         ? up * power
                     : leading == 1 ? power / 2
                     : leading == 2 ? power
                                    : 2 * power;
    play_rate_ = std::clamp(rate, kSlowest, kFastest);
}

void Session::advance_play(Clock::time_point now) {
    if (time_ != ViewTime::playing) return;
    const std::chrono::duration<double> passed = now - std::exchange(played_at_, now);
    play_credit_ += std::clamp(passed.count(), 0.0, 1.0) * play_rate_;
    for (; play_credit_ >= 1; play_credit_ -= 1) {
        const trace::Record* next = timeline_.after(position_);
        if (next == nullptr) {
            move_to(timeline_.last());
            return;
        }
        position_ = next->number;
    }
}

Outcome Session::next_match(bool forward) {
    if (filter_.empty()) return fault("no filter yet: / asks for one");
    const auto found = timeline_.find(filter_, position_, forward);
    if (!found) {
        return {fmt::format("no {} record matches {}", forward ? "later" : "earlier", filter_text_),
                false};
    }
    move_to(*found);
    return {};
}

Outcome Session::next_of(trace::Address event, bool forward) {
    std::string error;
    const auto filter = trace::Filter::parse(fmt::format("event={:#x}", event), error);
    if (!error.empty()) return fault(error);
    const auto found = timeline_.find(filter, position_, forward);
    if (!found)
        return {fmt::format("no {} record is about this event", forward ? "later" : "earlier"),
                false};
    move_to(*found);
    return {};
}

Outcome Session::jump(const std::string& where) {
    if (timeline_.empty()) return fault("there is no record yet");
    const char kind = where.empty() ? '\0' : where.front();
    const bool prefixed = kind == 't' || kind == '+' || kind == '-' || kind == '#';
    std::uint64_t number = 0;
    const char* begin = where.data() + (prefixed ? 1 : 0);
    const char* end = where.data() + where.size();
    const auto read = std::from_chars(begin, end, number);
    if (read.ec != std::errc() || read.ptr != end)
        return fault("write a record's number (480), a turn (t12), or +100, -100");
    if (kind == 't') {
        const auto turn = timeline_.turn(number, base_);
        if (!turn) return fault(fmt::format("turn {} is not among the records kept", number));
        move_to(*turn);
        return {};
    }
    if (kind == '+') number = position_ + std::min(number, UINT64_MAX - position_);
    if (kind == '-') number = position_ - std::min(number, position_);
    if (!prefixed && (number < timeline_.first() || number > timeline_.last()))
        return fault(fmt::format("record {} is not kept: there are {} to {}", count_text(number),
                                 count_text(timeline_.first()), count_text(timeline_.last())));
    go(number);
    return {};
}

/// Aliases (E3) become addresses: those mean the same at every record, and in the traced process.
trace::Filter Session::resolve(const trace::Filter& filter) {
    if (timeline_.empty()) return filter;
    const trace::Names names(timeline_.model(position_));
    constexpr std::string_view kOps[] = {"=", "!=", "<", ">", "~"};
    std::string text, error;
    bool found = false;
    for (const trace::FilterTerm& term : filter.terms()) {
        const trace::Address address = names.find(term.value);
        found |= address != 0;
        text += (text.empty() ? "" : " ") + term.field +
                std::string(kOps[static_cast<std::size_t>(term.op)]) +
                (address != 0 ? fmt::format("{:#x}", address) : term.value);
    }
    if (!found) return filter;
    trace::Filter resolved = trace::Filter::parse(text, error);
    return error.empty() ? resolved : filter;
}

void Session::set_filter(const trace::Filter& filter, const std::string& text) {
    filter_ = resolve(filter);
    filter_text_ = text;
}

Outcome Session::toggle_bookmark() {
    const auto found = std::lower_bound(bookmarks_.begin(), bookmarks_.end(), position_);
    if (found != bookmarks_.end() && *found == position_) {
        bookmarks_.erase(found);
        return {"bookmark taken away", false};
    }
    bookmarks_.insert(found, position_);
    return {fmt::format("bookmark {} set; ' goes to the next one", count_text(position_)), false};
}

Outcome Session::next_bookmark() {
    if (bookmarks_.empty()) return fault("no bookmark yet: m sets one");
    const auto next = std::upper_bound(bookmarks_.begin(), bookmarks_.end(), position_);
    go(next != bookmarks_.end() ? *next : bookmarks_.front());
    return {};
}

Outcome Session::next_base() {
    if (timeline_.empty()) return fault("no event_base is known yet");
    const auto& bases = timeline_.model(position_).bases();
    if (bases.size() < 2) return {"there is no other event_base", false};
    auto next = bases.upper_bound(base_);
    if (next == bases.end()) next = bases.begin();
    base_ = next->first;
    return {fmt::format("now watching B{}", next->second.ordinal), false};
}

// ---- the program
// -----------------------------------------------------------------------------------

Outcome Session::hold_or_release() {
    if (!live_) return fault("a recording can't be held: Left, [ and Home go back in it");
    if (ended_) return fault("the program has ended: Left, [ and Home go back");
    if (!control_) return fault("this program can only be watched: " + notice_);
    if (state() == ProgramState::runs) {
        control_->pause(control_->mask());
        asked_ = Asked::hold;
    } else {
        release();
    }
    return {};
}

void Session::release() {
    if (control_) control_->resume();
    asked_ = Asked::nothing;
}

Outcome Session::step() {
    if (time_ != ViewTime::now) return forward();
    if (!can_control()) return {"this is the newest record", false};
    if (state() != ProgramState::held) {
        if (state() != ProgramState::holding) return hold_or_release();
        return {"the program is not at a record yet: it sleeps or computes", false};
    }
    control_->step(1);
    asked_ = Asked::hold;
    return {};
}

Outcome Session::step_turn() {
    if (time_ != ViewTime::now) return turn_forward();
    if (!can_control()) return {"this is the newest record", false};
    const std::string error = control_->run_to(turn_filter_);
    if (!error.empty()) return fault(error);
    asked_ = Asked::seek;
    return {};
}

Outcome Session::run() {
    release();
    now();
    return {};
}

Outcome Session::run_to(const trace::Filter& filter, const std::string& text) {
    set_filter(filter, text);
    if (time_ != ViewTime::now || !can_control()) {
        Outcome outcome = next_match(true);
        if (!outcome.text.empty() && can_control()) outcome.text += "; End, then / runs to it";
        if (!outcome.text.empty() && !can_control()) outcome.text += "; N looks back";
        return outcome;
    }
    const std::string error = control_->run_to(filter_);
    if (!error.empty()) return fault(error);
    asked_ = Asked::seek;
    return {};
}

}  // namespace evglass::viz
