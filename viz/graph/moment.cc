// Seeking: turns by their number, the base by its alias, the monotonic clock by the loop's own
// records of it.
#include "viz/graph/moment.h"

#include <fmt/format.h>

namespace evglass::viz::graph {

namespace rec = trace::rec;
using trace::Address;
using trace::Record;

class Chooser {
 public:
    Chooser(trace::Timeline& timeline, const View& view, const Asked& asked)
        : timeline_(timeline), view_(view), asked_(asked) {}

    Moment choose() {
        if (timeline_.empty()) return refuse("the trace holds no record");
        if (view_.wants == Wants::wait) return choose_wait();
        if (!find_base()) return std::move(out_);
        if (asked_.since && !has(*asked_.since)) return refuse(range("--since", *asked_.since));
        const bool found = asked_.turn ? at_turn(*asked_.turn)
                           : asked_.at ? at_record(*asked_.at)
                                       : newest();
        if (!found) return std::move(out_);
        if (view_.wants == Wants::event && !find_event()) return std::move(out_);
        compare();
        out_.model_ = timeline_.model(last_);
        const trace::Base* base = out_.model_.base(out_.base_);
        if (base == nullptr)
            return refuse(fmt::format("no event_base exists yet at record {}", last_));
        if (!find_object()) return std::move(out_);
        gather();
        out_.now_us_ = monotonic_now();
        out_.sites_ = &timeline_.context().sites();
        return std::move(out_);
    }

 private:
    Moment refuse(const std::string& why) {
        out_.error_ = why;
        return std::move(out_);
    }

    bool fail(const std::string& why) {
        out_.error_ = why;
        return false;
    }

    static bool is_wait(const Record& record) {
        return record.as<rec::sys_poll>() != nullptr || record.as<rec::sys_select>() != nullptr ||
               record.as<rec::sys_epoll_wait>() != nullptr;
    }

    /// The names of descriptors up to a wait, the wait, and what is told after it: the entries of a
    /// program's own call, or what a loop's backend found ready.
    Moment choose_wait() {
        std::uint64_t from = asked_.at.value_or(timeline_.last());
        if (!has(from)) return refuse(range("record", from));
        if (asked_.turn) {
            if (!find_base() || !at_turn(*asked_.turn)) return std::move(out_);
            from = end_of_turn(last_);
        }
        const Record* wait = timeline_.at(from);
        while (wait != nullptr && !is_wait(*wait)) wait = timeline_.before(wait->number);
        if (wait == nullptr)
            return refuse(
                fmt::format("no select, poll or epoll_wait is told of up to record {}", from));
        for (const Record* r = timeline_.at(timeline_.first()); r->number < wait->number;
             r = timeline_.after(r->number))
            if (r->as<rec::fd_name>() != nullptr) out_.records_.push_back(r);
        out_.records_.push_back(wait);
        out_.nobody_.exact = true;  // nothing is asked of a base
        for (const Record* r = timeline_.after(wait->number); r != nullptr;
             r = timeline_.after(r->number)) {
            if (r->thread != wait->thread) continue;
            if (is_wait(*r) || r->as<rec::loop_phase>() != nullptr) break;
            const auto* ready = r->as<rec::backend_ready>();
            if (ready != nullptr) out_.base_ = ready->base;
            if (ready != nullptr || r->as<rec::wait_entry>() != nullptr) out_.records_.push_back(r);
        }
        out_.model_ = timeline_.model(wait->number);
        out_.sites_ = &timeline_.context().sites();
        return std::move(out_);
    }

    bool find_base() {
        const std::uint64_t at = asked_.at && has(*asked_.at) ? *asked_.at : timeline_.last();
        const trace::Model& model = timeline_.model(at);
        last_ = timeline_.last();
        if (!asked_.base.empty()) {
            if (!is_base(at) && (asked_.at || !was_base()))
                return fail(fmt::format("there is no base {}: {}", asked_.base,
                                        bases_of(timeline_.model(at))));
        } else if (const trace::Base* base = model.current_base()) {
            out_.base_ = base->address;
        } else {
            return fail("the trace tells of no event_base: is the category state recorded?");
        }
        return true;
    }

    // Is a base of that name known at this record?
    bool is_base(std::uint64_t at) {
        const trace::Model& model = timeline_.model(at);
        const trace::Address address = trace::Names(model).find(asked_.base);
        const trace::Base* base = model.base(address);
        if (base == nullptr) return false;
        out_.base_ = address;
        ordinal_ = base->ordinal;
        return true;
    }

    // It may have ended, and another base have its place in memory. Then its last moment counts.
    bool was_base() {
        for (const Record* r = timeline_.at(timeline_.last()); r != nullptr;
             r = timeline_.before(r->number)) {
            if (r->as<rec::base_new>() == nullptr || r->number == timeline_.first()) continue;
            last_ = r->number - 1;
            if (is_base(last_)) return true;
        }
        return false;
    }

    // The turn of this number of our base, and not of one that had its place before.
    std::optional<std::uint64_t> turn(std::uint64_t n) {
        const std::optional<std::uint64_t> found = timeline_.turn(n, out_.base_);
        if (!found || ordinal_ == 0) return found;
        for (const Record* r = timeline_.at(*found); r != nullptr; r = timeline_.after(r->number)) {
            const auto* begin = r->as<rec::turn_begin>();
            if (begin == nullptr || begin->base != out_.base_ || begin->turn != n) continue;
            const trace::Base* base = timeline_.model(r->number).base(out_.base_);
            if (base != nullptr && base->ordinal == ordinal_) return r->number;
        }
        return {};
    }

    static std::string bases_of(const trace::Model& model) {
        std::string out;
        for (const auto& [address, base] : model.bases())
            out += fmt::format("{}B{}", out.empty() ? "there are " : ", ", base.ordinal);
        return out.empty() ? "there is none" : out;
    }

    bool has(std::uint64_t record) const {
        return record >= timeline_.first() && record <= timeline_.last();
    }

    std::string range(const char* what, std::uint64_t record) const {
        return fmt::format("{} {} is not in the trace: it has {} to {}", what, record,
                           timeline_.first(), timeline_.last());
    }

    bool at_record(std::uint64_t record) {
        if (!has(record)) return fail(range("record", record));
        last_ = record;
        return true;
    }

    // A view of a moment shows the turn's begin; one of a turn, all of it.
    bool at_turn(std::uint64_t turn) {
        const std::optional<std::uint64_t> begin = this->turn(turn);
        if (!begin) return fail(fmt::format("there is no turn {} in the trace: {}", turn, turns()));
        first_ = last_ = *begin;
        out_.moment_ = fmt::format("the beginning of turn {}", turn);
        if (view_.wants != Wants::moment) {
            last_ = end_of_turn(*begin);
            out_.moment_.clear();
        }
        return true;
    }

    bool newest() {
        const trace::Base* base = timeline_.model(last_).base(out_.base_);
        const bool counts = view_.wants == Wants::stretch || view_.name == "states";
        if (view_.wants == Wants::turn) return last_busy_turn();
        if (base == nullptr || base->alive || counts) return true;
        if (const Record* end = last_of<rec::loop_end>(last_)) {
            last_ = end->number;
            out_.moment_ = "where the loop returned";
        }
        return true;
    }

    // The last turn in which a callback ran: the very last one has often nothing to show.
    bool last_busy_turn() {
        const Record* busy = last_of<rec::callback_begin>(last_);
        const Record* begin = last_of<rec::turn_begin>(busy != nullptr ? busy->number : last_);
        if (begin == nullptr) begin = last_of<rec::turn_begin>(last_);
        if (begin == nullptr) return fail("the trace holds no turn of the loop");
        return at_turn(begin->as<rec::turn_begin>()->turn);
    }

    template <class R>
    bool is(const Record& record) const {
        const R* fields = record.as<R>();
        return fields != nullptr && fields->base == out_.base_;
    }

    // The newest record of this kind of our base, at or before `from`; null if there is none.
    template <class R>
    const Record* last_of(std::uint64_t from) const {
        for (const Record* r = timeline_.before(from + 1); r != nullptr;
             r = timeline_.before(r->number))
            if (is<R>(*r)) return r;
        return nullptr;
    }

    std::uint64_t end_of_turn(std::uint64_t begin) const {
        std::uint64_t last = begin;
        for (const Record* r = timeline_.after(begin); r != nullptr;
             r = timeline_.after(r->number)) {
            if (is<rec::turn_begin>(*r)) break;
            last = r->number;
            if (is<rec::loop_end>(*r)) break;
        }
        return last;
    }

    std::string turns() const {
        const Record* newest = last_of<rec::turn_begin>(timeline_.last());
        if (newest == nullptr) return "it holds none";
        const std::uint64_t last = newest->as<rec::turn_begin>()->turn;
        std::uint64_t first = last;
        for (const Record* r = timeline_.at(timeline_.first()); r != nullptr;
             r = timeline_.after(r->number)) {
            if (!is<rec::turn_begin>(*r)) continue;
            first = r->as<rec::turn_begin>()->turn;
            break;
        }
        return fmt::format("it has {} to {}", first, last);
    }

    // The earlier moment whose differences are shown; for views of a stretch there is none.
    void compare() {
        if (view_.wants == Wants::turn || view_.wants == Wants::stretch) return;
        std::optional<std::uint64_t> record = asked_.since;
        if (!record && asked_.at && last_ > timeline_.first()) record = last_ - 1;
        if (!record && asked_.turn && *asked_.turn > 0) record = turn(*asked_.turn - 1);
        if (record && *record <= last_) out_.before_ = timeline_.model(*record);
    }

    bool find_event() {
        if (!asked_.event.empty()) {
            const trace::Model& model = timeline_.model(last_);
            out_.event_ = trace::Names(model).find(asked_.event);
            if (model.event(out_.event_) == nullptr)
                return fail("there is no event '" + asked_.event +
                            "' at that moment: events are called E1, E2, ... as `evglass dump` "
                            "shows them");
            return to_end_of_callback();
        }
        out_.event_ = last_run();
        if (out_.event_ == 0)
            return fail("no callback ran up to there: say which event, --event E3");
        return to_end_of_callback();
    }

    // The event whose callback ran last: one of the program's that is still there, if any ran.
    trace::Address last_run() {
        const trace::Model& model = timeline_.model(last_);
        trace::Address any = 0;
        for (const Record* r = timeline_.before(last_ + 1); r != nullptr;
             r = timeline_.before(r->number)) {
            const auto* f = r->as<rec::callback_begin>();
            if (f == nullptr || f->base != out_.base_) continue;
            if (any == 0) any = f->event;
            const trace::Event* event = model.event(f->event);
            const bool the_programs =
                event != nullptr && event->alive && !event->internal() && event->once_callback == 0;
            if (the_programs) return f->event;
        }
        return any;
    }

    // A chart of an event's way ends where its last callback does, and not where its memory goes.
    bool to_end_of_callback() {
        if (view_.name != "sequence") return true;
        for (const Record* r = timeline_.before(last_ + 1); r != nullptr;
             r = timeline_.before(r->number)) {
            const auto* begin = r->as<rec::callback_begin>();
            if (begin == nullptr || begin->event != out_.event_) continue;
            last_ = end_of_callback(r->number);
            break;
        }
        return true;
    }

    std::uint64_t end_of_callback(std::uint64_t begin) const {
        for (const Record* r = timeline_.after(begin); r != nullptr && r->number <= last_;
             r = timeline_.after(r->number)) {
            const auto* end = r->as<rec::callback_end>();
            if (end != nullptr && end->event == out_.event_) return r->number;
        }
        return last_;
    }

    bool find_object() {
        const std::string& alias = asked_.object;
        if (alias.empty()) return true;
        if (view_.picks.empty())
            return fail(fmt::format("the view {} draws no single object: leave '{}' out",
                                    view_.name, trace::safe(alias)));
        if (view_.picks.find(alias[0]) != std::string_view::npos)
            out_.object_ = trace::Names(out_.model_).find(alias);
        if (out_.object_ != 0) return true;
        return fail(fmt::format("there is no '{}' at that moment: {}", trace::safe(alias),
                                view_.picks.size() == 1
                                    ? "bufferevents are called S1, S2, ..."
                                    : "buffers are called V1, V2, ..., bufferevents S1, S2, ..."));
    }

    void gather() {
        if (view_.wants == Wants::moment) return;
        if (view_.wants == Wants::event || view_.wants == Wants::past) first_ = timeline_.first();
        if (view_.wants == Wants::turn && first_ == 0) {  // --at: the turn that this record is in
            const Record* begin = last_of<rec::turn_begin>(last_);
            first_ = begin != nullptr ? begin->number : timeline_.first();
        }
        if (first_ != 0 && view_.wants != Wants::past && view_.wants != Wants::event)
            out_.scope_ = fmt::format("turn {}", out_.model_.base(out_.base_)->turn);
        const Record* r = timeline_.at(first_ != 0 ? first_ : timeline_.first());
        for (; r != nullptr && r->number <= last_; r = timeline_.after(r->number))
            out_.records_.push_back(r);
    }

    // The loop caches the monotonic time each turn and records it: from the newest such record to
    // our moment, the trace's own time says how much passed.
    std::int64_t monotonic_now() const {
        for (const Record* r = timeline_.before(last_ + 1); r != nullptr;
             r = timeline_.before(r->number)) {
            std::int64_t told = trace::kNone;
            if (const auto* cache = r->as<rec::time_cache>()) told = cache->now;
            if (const auto* keyframe = r->as<rec::keyframe_begin>()) told = keyframe->now;
            if (told >= 0) return told + (out_.model_.time_ns() - r->time_ns) / 1000;
        }
        return trace::kNone;
    }

    trace::Timeline& timeline_;
    const View& view_;
    const Asked& asked_;
    Moment out_;
    std::uint64_t first_ = 0, last_ = 0;
    std::uint32_t ordinal_ = 0;  // of the base, if it was asked for by its name
};

Moment Moment::choose(trace::Timeline& timeline, const View& view, const Asked& asked) {
    return Chooser(timeline, view, asked).choose();
}

Scene Moment::scene() const {
    const trace::Base* base = model_.base(base_);
    Scene scene(model_, base != nullptr ? *base : nobody_);
    scene.now_us = now_us_;
    scene.before = before_ ? &*before_ : nullptr;
    scene.event = event_;
    scene.moment = moment_;
    scene.scope = scope_;
    scene.object = object_;
    scene.records = records_;
    scene.sites = sites_;
    return scene;
}

}  // namespace evglass::viz::graph
