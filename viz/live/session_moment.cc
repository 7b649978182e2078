// What a frame needs of a session: the model at the position, the records around it as sentences,
// what woke the loop, the source. Looking back is bounded everywhere: a frame must be quick.
#include <time.h>

#include <algorithm>

#include "trace/text.h"
#include "viz/live/session.h"

namespace evglass::viz {
namespace {

constexpr int kLookBack = 4096;           ///< records searched for one fact
constexpr std::size_t kSentences = 8192;  ///< kept in the cache

std::int64_t wall_ns() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

bool is_wait(const trace::Record& record) {
    using trace::RecordId;
    const RecordId id = record.id();
    return id == RecordId::sys_epoll_wait || id == RecordId::sys_poll || id == RecordId::sys_select;
}

const trace::SiteInfo* site_of(const trace::Record* record, const trace::TraceContext& context) {
    if (record == nullptr || record->site == 0) return nullptr;
    const auto& sites = context.sites();
    return record->site <= sites.size() ? &sites[record->site - 1U] : nullptr;
}

/// The monotonic clock that a record tells, in microseconds, or -1.
std::int64_t told_clock(const trace::Record& record) {
    if (const auto* cache = record.as<trace::rec::time_cache>()) return cache->now;
    if (const auto* frame = record.as<trace::rec::keyframe_begin>()) return frame->now;
    return -1;
}

}  // namespace

const std::string& Session::sentence(std::uint64_t number) {
    if (sentences_.size() > kSentences) sentences_.clear();
    const auto [entry, is_new] = sentences_.try_emplace(number);
    if (is_new) {
        const trace::Model& after = timeline_.model(number);
        const trace::Record* record = timeline_.at(number);
        if (record != nullptr) {
            entry->second = trace::record_sentence(*record, timeline_.context(), after);
        }
    }
    return entry->second;
}

/// The records around the position; two thirds of them before it.
void Session::fill_log(Moment& moment, int rows) {
    std::vector<const trace::Record*> records;
    const trace::Record* record = timeline_.at(position_);
    for (int i = 0; i < rows && record != nullptr; ++i) {
        records.push_back(record);
        record = timeline_.before(record->number);
    }
    std::reverse(records.begin(), records.end());
    record = time_ == ViewTime::now ? nullptr : timeline_.after(position_);
    for (int i = 0; i < rows / 3 && record != nullptr; ++i) {
        records.push_back(record);
        record = timeline_.after(record->number);
    }
    for (const trace::Record* r : records) {
        LogLine line{.number = r->number,
                     .time_ns = r->time_ns,
                     .type = r->type,
                     .sentence = sentence(r->number)};
        line.thread = r->thread;
        line.current = r->number == position_;
        line.bookmark = std::binary_search(bookmarks_.begin(), bookmarks_.end(), r->number);
        line.match =
            !filter_.empty() && !filter_.needs_model() && filter_.matches(*r, timeline_.context());
        moment.log.push_back(std::move(line));
    }
}

void Session::fill_place(Moment& moment) {
    const trace::Record* record = timeline_.at(position_);
    constexpr std::uint32_t kBefore = 30, kAfter = 40;
    moment.source = sources_.around(site_of(record, timeline_.context()), kBefore, kAfter);
    moment.sentence = sentence(position_);
}

namespace {
int wait_result(const trace::Record& record) {
    if (const auto* call = record.as<trace::rec::sys_epoll_wait>()) return call->result;
    if (const auto* call = record.as<trace::rec::sys_poll>()) return call->result;
    const auto* call = record.as<trace::rec::sys_select>();
    return call != nullptr ? call->result : 0;
}
}  // namespace

/// Goes back to where this turn began and notes what its wait brought.
void Session::fill_wake(Moment& moment) const {
    const trace::Record* record = timeline_.at(position_);
    for (int i = 0; i < kLookBack && record != nullptr; ++i) {
        if (is_wait(*record)) {
            moment.wake.record = record->number;
            moment.wake.result = wait_result(*record);
            break;
        }
        if (record->id() == trace::RecordId::turn_begin) break;
        if (const auto* ready = record->as<trace::rec::backend_ready>()) {
            moment.wake.ready.insert(moment.wake.ready.begin(), {ready->fd, ready->what});
        }
        const auto* activate = record->as<trace::rec::event_activate>();
        if (activate != nullptr && activate->cause == trace::field::cause::timeout) {
            ++moment.wake.timers;
        }
        record = timeline_.before(record->number);
    }
}

/// Durations count up to the present only while the view follows a program that runs.
void Session::fill_time(Moment& moment) {
    const trace::Record* record = timeline_.at(position_);
    if (record == nullptr) return;
    moment.now_ns = record->time_ns;
    const bool follows =
        time_ == ViewTime::now && !virtual_clock_ &&
        (moment.state == ProgramState::runs || moment.state == ProgramState::seeking ||
         moment.state == ProgramState::holding);
    if (follows) {
        const std::int64_t passed = wall_ns() - static_cast<std::int64_t>(start_wall_ns_);
        moment.now_ns = std::max(moment.now_ns, passed);
    }
    for (int i = 0; i < kLookBack && record != nullptr && !clock_offset_ns_; ++i) {
        const std::int64_t told = told_clock(*record);
        if (told > 0) clock_offset_ns_ = told * 1000 - record->time_ns;
        record = timeline_.before(record->number);
    }
    if (clock_offset_ns_) moment.now_usec = (*clock_offset_ns_ + moment.now_ns) / 1000;
}

/// Stays with one base while it lives; people choose another with a key.
void Session::choose_base(const trace::Model& model) {
    const trace::Base* chosen = model.base(base_);
    const trace::Base* current = model.current_base();
    const bool gone = chosen == nullptr || !chosen->alive;
    if (current != nullptr && (base_ == 0 || (gone && current->alive))) base_ = current->address;
}

std::string Session::ended_text() const {
    if (!live_ || !ended_) return "";
    if (!child_.ended_text().empty()) return child_.ended_text();
    if (has_reader_ && timeline_.reader().info().stop_error != 0) {
        return "recording stopped: " + trace::errno_text(timeline_.reader().info().stop_error);
    }
    return "";
}

Moment Session::moment(int log_rows, std::size_t output_rows, Wanted wanted) {
    Moment moment;
    moment.program = program_;
    moment.path = path_;
    moment.pid = pid_;
    moment.state = state();
    moment.time = time_;
    moment.play_rate = play_rate_;
    moment.ended = ended_text();
    moment.filter = filter_text_;
    moment.has_output = output_.any();
    moment.output = output_.lines(output_rows);
    moment.lost = has_reader_ ? timeline_.reader().lost() : 0;
    moment.problems = timeline_.problems().size();
    moment.model = &nothing_;
    if (wanted.processes) fill_processes(moment);
    if (timeline_.empty()) return moment;

    moment.position = position_;
    moment.threads = timeline_.context().threads().size();
    moment.first = timeline_.first();
    moment.last = timeline_.last();
    fill_log(moment, log_rows);
    fill_place(moment);
    fill_wake(moment);
    fill_time(moment);
    gathering_ = false;
    if (wanted.history) fill_history(moment);
    if (wanted.durations) fill_durations(moment);
    if (wanted.life != 0) fill_life(moment, wanted.life);
    if (wanted.lints) fill_lints(moment);
    if (symbols_ == nullptr) symbols_ = std::make_unique<trace::Symbols>(timeline_.context());
    moment.symbol = [this](trace::Address address) { return symbols_->find(address).text(); };
    // Last, because the model is only good until the timeline is asked for another one.
    moment.record = timeline_.at(position_);
    moment.model = &timeline_.model(position_);
    choose_base(*moment.model);
    moment.base = moment.model->base(base_);
    if (moment.base == nullptr) moment.base = moment.model->current_base();
    if (moment.record != nullptr) moment.stack = moment.model->call_stack(moment.record->thread);
    return moment;
}

}  // namespace evglass::viz
