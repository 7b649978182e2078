// What an event's state is, from flags and whether its callback runs; why it changed, from the last
// event_activate before.
#include "viz/graph/event_story.h"

#include <algorithm>

namespace evglass::viz::graph {
namespace {

namespace rec = trace::rec;
using trace::EventState;

class Teller {
 public:
    explicit Teller(const Scene& scene) : scene_(scene) {}

    std::vector<EventStep> tell() {
        for (const trace::Record* r : scene_.records)
            if (concerns_event(*r, scene_.event)) step(*r);
        return std::move(steps_);
    }

 private:
    void step(const trace::Record& r) {
        if (const auto* f = r.as<rec::event_assign>()) {
            flags_ = f->flags;
            note(r, "");
        } else if (const auto* f = r.as<rec::keyframe_event>()) {
            flags_ = f->flags;
            note(r, "told by a keyframe");
        } else if (const auto* f = r.as<rec::event_activate>()) {
            why_ = trace::what_text(f->what) +
                   ", cause: " + value_name("cause", static_cast<std::uint64_t>(f->cause));
        } else if (const auto* f = r.as<rec::queue_insert>()) {
            flags_ = f->after;
            note(r, f->queue == trace::field::queue::active ? why_ : "");
        } else if (const auto* f = r.as<rec::queue_remove>()) {
            flags_ = f->after;
            note(r, "");
        } else if (const auto* f = r.as<rec::callback_begin>()) {
            running_ = true;
            note(r, trace::what_text(f->what));
        } else if (r.as<rec::callback_end>() != nullptr) {
            running_ = false;
            note(r, "the callback returned");
        } else if (r.as<rec::event_gone>() != nullptr) {
            flags_ = 0;
            note(r, "its memory goes");
        }
    }

    void note(const trace::Record& r, const std::string& why) {
        const EventState now = running_ ? EventState::running : trace::state_of_flags(flags_);
        if (now == state_) return;
        const trace::SiteInfo* site = scene_.site(r);
        steps_.push_back(
            {r.number, r.time_ns, state_, now, site == nullptr ? "" : site->function, why});
        state_ = now;
    }

    const Scene& scene_;
    std::vector<EventStep> steps_;
    int flags_ = 0;
    bool running_ = false;
    EventState state_ = EventState::unknown;
    std::string why_;
};

}  // namespace

bool concerns_event(const trace::Record& record, trace::Address event) {
    if (!record.known || event == 0) return false;
    const trace::RecordInfo* info = trace::find_record(record.type);
    if (info == nullptr) return false;
    for (const trace::FieldInfo& field : info->fields) {
        if (field.type != "event" || field.offset + sizeof event > record.fields.size()) continue;
        trace::Address address = 0;
        std::memcpy(&address, record.fields.data() + field.offset, sizeof address);
        if (address == event) return true;
    }
    return false;
}

std::vector<EventStep> event_story(const Scene& scene) {
    return Teller(scene).tell();
}

}  // namespace evglass::viz::graph
