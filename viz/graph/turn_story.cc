// From the records of a turn to its story: one line for what a person asks about, a count for the
// rest (queue and heap steps have pictures of their own).
#include "viz/graph/turn_story.h"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;
using trace::Address;

class Teller {
 public:
    explicit Teller(const Scene& scene) : scene_(scene) {}

    TurnStory tell() {
        for (const trace::Record* record : scene_.records)
            if (concerns(*record)) tell(*record);
        finish();
        return std::move(story_);
    }

 private:
    /// What names another base is not of this turn, nor what other threads say of no base (their
    /// system calls).
    bool concerns(const trace::Record& r) const {
        if (!r.known) return false;
        const Address base = base_of(r);
        return base != 0 ? base == scene_.base.address : !thread_ || r.thread == *thread_;
    }

    void tell(const trace::Record& r) {
        if (const auto* f = r.as<rec::turn_begin>()) return turn(r, *f);
        if (const auto* f = r.as<rec::loop_phase>())
            return phase(r, value_name("phase", static_cast<std::uint64_t>(f->phase)));
        if (story_.phases.empty()) phase(r, "before the first phase");
        last_ns_ = r.time_ns;
        if (const auto* f = r.as<rec::callback_begin>()) return callback_begin(r, *f);
        if (r.as<rec::callback_end>() != nullptr) return callback_end(r);
        const std::string text = line_of(r);
        if (text.empty())
            ++story_.phases.back().others;
        else
            add(r, text);
    }

    void turn(const trace::Record& r, const rec::turn_begin& f) {
        story_.turn = f.turn;
        story_.began_ns = last_ns_ = r.time_ns;
        story_.whole = true;
    }

    void phase(const trace::Record& r, const std::string& name) {
        close_phase(r.time_ns);
        if (story_.phases.empty() && !story_.whole) story_.began_ns = r.time_ns;
        story_.phases.push_back({name, r.time_ns, 0, {}, 0});
        last_ns_ = r.time_ns;
    }

    void close_phase(std::int64_t now) {
        if (story_.phases.empty()) return;
        TurnPhase& last = story_.phases.back();
        last.duration_ns = std::max<std::int64_t>(0, now - last.began_ns);
    }

    void finish() {
        close_phase(last_ns_);
        story_.duration_ns = std::max<std::int64_t>(0, last_ns_ - story_.began_ns);
    }

    void add(const trace::Record& r, const std::string& text) {
        story_.phases.back().lines.push_back({r.number, text, static_cast<int>(open_.size())});
    }

    struct OpenCallback {
        std::size_t phase, line;
        std::int64_t began_ns;
    };

    void callback_begin(const trace::Record& r, const rec::callback_begin& f) {
        add(r, fmt::format("callback of {} ({})", name(f.event), trace::what_text(f.what)));
        open_.push_back(
            {story_.phases.size() - 1, story_.phases.back().lines.size() - 1, r.time_ns});
    }

    void callback_end(const trace::Record& r) {
        if (open_.empty()) return;
        const OpenCallback done = open_.back();
        open_.pop_back();
        std::string& text = story_.phases[done.phase].lines[done.line].text;
        text += ", took " + trace::duration_text(r.time_ns - done.began_ns);
    }

    std::string name(Address event) const { return scene_.names.event_long(event); }

    // One line, or nothing where the record gets none.
    std::string line_of(const trace::Record& r) const {
        if (std::string text = loop_line(r); !text.empty()) return text;
        if (std::string text = syscall_line(r); !text.empty()) return text;
        return event_line(r);
    }

    std::string loop_line(const trace::Record& r) const {
        if (const auto* f = r.as<rec::wait_chosen>()) {
            const std::string why = value_name("waitwhy", static_cast<std::uint64_t>(f->why));
            const std::string who = f->event != 0 ? " " + scene_.names.event(f->event) : "";
            if (f->timeout < 0) return fmt::format("may sleep for ever ({}{})", why, who);
            return fmt::format("may sleep {} ({}{})", trace::duration_text(f->timeout * 1000), why,
                               who);
        }
        if (const auto* f = r.as<rec::backend_ready>())
            return fmt::format("fd {} is ready: {}", f->fd.value, trace::what_text(f->what));
        if (const auto* f = r.as<rec::loop_request>())
            return value_name("request", static_cast<std::uint64_t>(f->request)) + " is asked for";
        if (const auto* f = r.as<rec::loop_end>())
            return fmt::format("the loop returns {} ({})", f->result,
                               value_name("loopend", static_cast<std::uint64_t>(f->reason)));
        if (const auto* f = r.as<rec::signal_caught>())
            return signal_text(f->signal) + " is caught";
        if (const auto* f = r.as<rec::mark>()) return "mark: " + std::string(f->text.view());
        if (r.as<rec::wakeup>() != nullptr) return "another thread wakes the loop";
        if (r.as<rec::keyframe_begin>() != nullptr) return "a keyframe is written";
        return "";
    }

    static std::string syscall_line(const trace::Record& r) {
        const auto line = [](const char* what, std::int64_t timeout, const char* unit, int result) {
            const std::string wait = timeout < 0 ? "no limit" : fmt::format("{} {}", timeout, unit);
            return fmt::format(
                "{}, timeout {}: {}", what, wait,
                result < 0 ? "failed" : counted(static_cast<std::uint64_t>(result), "ready fd"));
        };
        if (const auto* f = r.as<rec::sys_epoll_wait>())
            return line("epoll_wait", f->timeout, "ms", f->result);
        if (const auto* f = r.as<rec::sys_poll>()) return line("poll", f->timeout, "ms", f->result);
        if (const auto* f = r.as<rec::sys_select>())
            return line("select", f->timeout, "us", f->result);
        return "";
    }

    std::string event_line(const trace::Record& r) const {
        if (const auto* f = r.as<rec::event_activate>())
            return fmt::format("{} becomes active: {} (cause: {})", name(f->event),
                               trace::what_text(f->what),
                               value_name("cause", static_cast<std::uint64_t>(f->cause)));
        if (const auto* f = r.as<rec::event_assign>()) return "new: " + name(f->event);
        if (const auto* f = r.as<rec::event_gone>()) return "gone: " + name(f->event);
        if (const auto* f = r.as<rec::interest>())
            return fmt::format("watch fd {}: {} \u2192 {}", f->fd.value,
                               trace::what_text(f->before), trace::what_text(f->after));
        if (const auto* f = r.as<rec::listener_accept>())
            return fmt::format("{} accepts fd {}", scene_.names.listener(f->listener), f->fd.value);
        if (const auto* f = r.as<rec::listener_backoff>())
            return scene_.names.listener(f->listener) + " rests: accept failed";
        return "";
    }

    const Scene& scene_;
    std::optional<std::uint32_t> thread_ = loop_thread(scene_);
    TurnStory story_;
    std::vector<OpenCallback> open_;
    std::int64_t last_ns_ = 0;
};

}  // namespace

TurnStory tell_turn(const Scene& scene) {
    return Teller(scene).tell();
}

}  // namespace evglass::viz::graph
