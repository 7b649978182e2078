// Which records are on the way: those of the call that added the event; then the last sleep before
// its callback, what the backend said, and all up to the callback's end.
#include "viz/graph/sequence_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "trace/waits.h"
#include "viz/graph/event_story.h"

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;
using trace::EventState;
using trace::Record;

constexpr std::size_t kInCallback = 6;  // calls told of one callback

class Teller {
 public:
    explicit Teller(const Scene& scene) : scene_(scene) {
        const std::optional<std::uint32_t> thread = loop_thread(scene);
        for (const Record* record : scene.records) {
            const trace::Address base = base_of(*record);
            const bool others_wait = trace::is_wait(*record) && thread && record->thread != *thread;
            if ((base == 0 || base == scene.base.address) && !others_wait)
                records_.push_back(record);
        }
        const trace::Event* event = scene.model.event(scene.event);
        if (event != nullptr) {
            fd_ = event->fd;
            is_signal_ = (event->events & 0x08) != 0;
        }
    }

    std::vector<SequenceStep> tell() {
        const std::size_t end = records_.size();
        const std::optional<std::size_t> begun = last<rec::callback_begin>(end);
        const std::size_t add = begin_of_add(begun.value_or(end));
        if (add == end) return {};
        const std::size_t added = end_of_add(add);
        for (std::size_t i = add; i < added; ++i) tell(*records_[i]);
        if (!begun) return std::move(steps_);
        const std::size_t slept = std::max(added, begin_of_turn(*begun));
        leave_out(added, slept);
        std::size_t at = slept;
        for (; at <= *begun; ++at) tell(*records_[at]);
        in_callback(at);
        return std::move(steps_);
    }

 private:
    bool ours(std::size_t i) const { return concerns_event(*records_[i], scene_.event); }

    template <class R>
    std::optional<std::size_t> last(std::size_t before) const {
        for (std::size_t i = before; i-- > 0;)
            if (records_[i]->as<R>() != nullptr && ours(i)) return i;
        return {};
    }

    bool makes_pending(std::size_t i) const {
        const auto* insert = records_[i]->as<rec::queue_insert>();
        return insert != nullptr && ours(i) && insert->queue != trace::field::queue::active &&
               insert->queue != trace::field::queue::active_later;
    }
    bool adds(std::size_t i) const {
        const trace::SiteInfo* site = scene_.site(*records_[i]);
        return ours(i) || (site != nullptr && site->function.find("add") != std::string::npos);
    }

    // The api_begin of the call that last made it pending. Where there is none (an event of the
    // library's own, a stretch that begins later): where it last became pending before it became
    // active for this callback. (A persistent event is added anew between the two.)
    std::size_t begin_of_add(std::size_t before) const {
        std::size_t found = records_.size();
        bool inside = false, active = false;
        for (std::size_t i = before; i-- > 0;) {
            if (makes_pending(i)) {
                inside = true;
                if (found == records_.size() || !active) found = i;
            }
            if (records_[i]->as<rec::event_activate>() != nullptr && ours(i)) {
                if (!active) found = records_.size();
                active = true;
            }
            const bool begins = records_[i]->as<rec::api_begin>() != nullptr;
            if (inside && begins && adds(i)) return i;
            if (begins || records_[i]->as<rec::api_end>() != nullptr) inside = false;
        }
        return found;
    }

    std::size_t end_of_add(std::size_t begin) const {
        for (std::size_t i = begin; i < records_.size(); ++i)
            if (records_[i]->as<rec::api_end>() != nullptr ||
                (records_[i]->as<rec::callback_begin>() != nullptr && ours(i)) ||
                records_[i]->as<rec::wait_chosen>() != nullptr ||
                records_[i]->as<rec::turn_begin>() != nullptr)
                return i + (records_[i]->as<rec::api_end>() != nullptr ? 1 : 0);
        return records_.size();
    }

    std::size_t begin_of_turn(std::size_t before) const {
        for (std::size_t i = before; i-- > 0;)
            if (records_[i]->as<rec::turn_begin>() != nullptr) return i;
        return 0;
    }

    void leave_out(std::size_t from, std::size_t to) {
        if (to <= from) return;
        std::uint64_t ran = 0;
        for (std::size_t i = from; i < to; ++i)
            if (records_[i]->as<rec::callback_begin>() != nullptr && ours(i)) ++ran;
        SequenceStep gap;
        gap.gap = to - from;
        gap.text = ran == 0 ? counted(to - from, "record")
                            : fmt::format("{}, its callback ran {}\u00d7",
                                          counted(to - from, "record"), ran);
        steps_.push_back(gap);
    }

    // What the callback asks for, and its end.
    void in_callback(std::size_t from) {
        std::size_t told = 0, more = 0;
        for (std::size_t i = from; i < records_.size(); ++i) {
            const Record& r = *records_[i];
            if (r.as<rec::callback_end>() != nullptr && ours(i)) {
                if (more > 0) {
                    SequenceStep gap;
                    gap.gap = more;
                    gap.text = counted(more, "more call");
                    steps_.push_back(gap);
                }
                add(r, Party::program, Party::base, "returns",
                    scene_.model.event(scene_.event)->state());
                return;
            }
            const std::string call = call_of(r);
            if (call.empty() || r.thread != records_[from - 1]->thread) continue;
            if (told < kInCallback) {
                const bool kernel =
                    trace::find_record(r.type)->category == trace::Category::syscall;
                add(r, Party::program, kernel ? Party::kernel : Party::base, call);
                ++told;
            } else {
                ++more;
            }
        }
    }

    std::string call_of(const Record& r) const {
        if (r.as<rec::api_begin>() != nullptr) {
            const trace::SiteInfo* site = scene_.site(r);
            return site == nullptr ? "a public function" : site->function;
        }
        return trace::syscall_text(r, 1);
    }

    void add(const Record& r, Party from, Party to, std::string text,
             EventState state = EventState::unknown) {
        steps_.push_back({r.number, r.time_ns, from, to, std::move(text), state, 0});
    }

    void tell(const Record& r) {
        if (tell_call(r) || tell_wake(r)) return;
        if (concerns_event(r, scene_.event)) tell_change(r);
    }

    bool tell_call(const Record& r) {
        if (const auto* f = r.as<rec::sys_epoll_ctl>()) {
            if (!is_signal_ && f->fd == fd_)
                add(r, Party::backend, Party::kernel, trace::syscall_text(r, 1));
            return true;
        }
        if (const auto* f = r.as<rec::uring_poll_add>()) {
            if (f->fd == fd_) add(r, Party::backend, Party::kernel, "poll request into the ring");
            return true;
        }
        if (const auto* f = r.as<rec::sys_sigaction>()) {
            if (is_signal_ && f->signal == fd_)
                add(r, Party::backend, Party::kernel, trace::syscall_text(r, 1));
            return true;
        }
        return false;
    }

    bool tell_wake(const Record& r) {
        if (const auto* f = r.as<rec::wait_chosen>()) {
            const std::string time =
                f->timeout < 0 ? "for ever" : "at most " + duration_of_us(f->timeout);
            add(r, Party::base, Party::backend, "dispatch: may sleep " + time);
            return true;
        }
        if (trace::is_wait(r)) {
            add(r, Party::kernel, Party::backend, trace::syscall_text(r, 1));
            return true;
        }
        if (const auto* f = r.as<rec::signal_caught>()) {
            if (is_signal_ && f->signal == fd_)
                add(r, Party::kernel, Party::backend,
                    signal_text(fd_) + ": evsig_handler writes to the pipe");
            return true;
        }
        if (const auto* f = r.as<rec::backend_ready>()) {
            if (!is_signal_ && f->fd == fd_)
                add(r, Party::backend, Party::base,
                    fmt::format("fd {} is ready: {}", f->fd.value, trace::what_text(f->what)));
            return true;
        }
        return false;
    }

    void tell_change(const Record& r) {
        if (r.as<rec::api_begin>() != nullptr) {
            const trace::SiteInfo* site = scene_.site(r);
            add(r, Party::program, Party::base, site == nullptr ? "event_add" : site->function);
        } else if (r.as<rec::io_add>() != nullptr) {
            add(r, Party::base, Party::base, "evmap_io: first in its fd's list");
        } else if (r.as<rec::signal_add>() != nullptr) {
            add(r, Party::base, Party::base, "evmap_signal: first in its signal's list");
        } else if (const auto* f = r.as<rec::event_deadline>()) {
            add(r, Party::base, Party::event,
                f->interval < 0 ? "gets a deadline"
                                : "gets a deadline, every " + duration_of_us(f->interval));
        } else if (const auto* f = r.as<rec::heap_place>()) {
            add(r, Party::base, Party::base, fmt::format("timeheap: place [{}]", f->index));
        } else if (const auto* f = r.as<rec::queue_insert>()) {
            add(r, Party::base, Party::event, "enters " + queue_text(f->queue),
                trace::state_of_flags(f->after));
        } else if (const auto* f = r.as<rec::queue_remove>()) {
            add(r, Party::base, Party::event, "leaves " + queue_text(f->queue),
                trace::state_of_flags(f->after));
        } else if (const auto* f = r.as<rec::event_activate>()) {
            add(r, Party::base, Party::event,
                fmt::format("event_active_nolock_: {} ({})", trace::what_text(f->what),
                            value_name("cause", static_cast<std::uint64_t>(f->cause))));
        } else if (const auto* f = r.as<rec::callback_begin>()) {
            add(r, Party::base, Party::program, "callback: " + trace::what_text(f->what),
                EventState::running);
        }
    }

    static std::string queue_text(trace::field::queue queue) {
        return value_name("queue", static_cast<std::uint64_t>(queue));
    }

    const Scene& scene_;
    std::vector<const Record*> records_;  // but for other loops' and other threads' waits
    std::vector<SequenceStep> steps_;
    int fd_ = -1;
    bool is_signal_ = false;
};

}  // namespace

std::vector<SequenceStep> sequence_steps(const Scene& scene) {
    return Teller(scene).tell();
}

}  // namespace evglass::viz::graph
