// Transitions of the maps: which events are on an fd or a signal, and what the backend watches.
// The counts that a record carries are checked against the list. Read next:
// transitions_keyframe.cc.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

void Transitions::check_counts(Base& base, const IoSlot& slot, int fd, int nread, int nwrite,
                               int nclose) {
    if (slot.nread == nread && slot.nwrite == nwrite && slot.nclose == nclose) return;
    const auto text = [](int r, int w, int c) {
        return std::to_string(r) + "/" + std::to_string(w) + "/" + std::to_string(c);
    };
    object(base, "fd " + std::to_string(fd) + " has " + text(slot.nread, slot.nwrite, slot.nclose) +
                     " readers/writers/closers, not " + text(nread, nwrite, nclose));
}

namespace {
constexpr int kConditions = ev::kRead | ev::kWrite | ev::kClosed;

void count(IoSlot& slot, int events, int by) {
    if ((events & ev::kRead) != 0) slot.nread += by;
    if ((events & ev::kWrite) != 0) slot.nwrite += by;
    if ((events & ev::kClosed) != 0) slot.nclose += by;
}
/// What the event wants that was just counted, if these are the counts with it.
int conditions_told(const IoSlot& slot, const rec::io_add& r) {
    return (r.nread > slot.nread ? ev::kRead : 0) | (r.nwrite > slot.nwrite ? ev::kWrite : 0) |
           (r.nclose > slot.nclose ? ev::kClosed : 0);
}
/// The record knows better than the model, where the event was only seen in passing, or where the
/// program wrote into its struct while it was in no map: fd and conditions are public (unbound
/// does).
void learn(Event& event, const IoSlot& slot, const rec::io_add& r) {
    event.fd = r.fd;
    event.events = (event.events & ~kConditions) | conditions_told(slot, r);
}
bool contains(const std::deque<Address>& list, Address a) {
    return std::find(list.begin(), list.end(), a) != list.end();
}
}  // namespace

void Transitions::io_add(const rec::io_add& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    IoSlot& slot = base.io[r.fd];
    if (contains(slot.events, r.event))
        return object(base, label(r.event) + " is on fd " + std::to_string(r.fd) + " already");
    const bool rewritten =
        event.fd != r.fd || (event.events & kConditions) != conditions_told(slot, r);
    if (event.vague || (base.exact && rewritten)) learn(event, slot, r);
    slot.events.push_front(r.event);
    count(slot, event.events, 1);
    check_counts(base, slot, r.fd, r.nread, r.nwrite, r.nclose);
}

void Transitions::io_del(const rec::io_del& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    const auto it = base.io.find(r.fd);
    if (it == base.io.end() || !contains(it->second.events, r.event))
        return object(base, label(r.event) + " is not on fd " + std::to_string(r.fd));
    IoSlot& slot = it->second;
    std::erase(slot.events, r.event);
    count(slot, event.events, -1);
    check_counts(base, slot, r.fd, r.nread, r.nwrite, r.nclose);
    if (slot.events.empty()) base.io.erase(it);
}

void Transitions::signal_add(const rec::signal_add& r) {
    Base& base = base_at(r.base);
    Event& event = known_event(base, r.event, evlist::kInit);
    if (event.vague) {
        event.fd = r.signal;
        event.events = ev::kSignal;
    }
    auto& list = base.signals[r.signal];
    if (contains(list, r.event))
        return object(base,
                      label(r.event) + " is on signal " + std::to_string(r.signal) + " already");
    list.push_front(r.event);
}

void Transitions::signal_del(const rec::signal_del& r) {
    Base& base = base_at(r.base);
    known_event(base, r.event, evlist::kInit);
    const auto it = base.signals.find(r.signal);
    if (it == base.signals.end() || !contains(it->second, r.event))
        return object(base, label(r.event) + " is not on signal " + std::to_string(r.signal));
    std::erase(it->second, r.event);
    if (it->second.empty()) base.signals.erase(it);
}

void Transitions::interest(const rec::interest& r) {
    Base& base = base_at(r.base);
    const auto it = base.interest.find(r.fd);
    const int known = it == base.interest.end() ? 0 : it->second;
    if (known != r.before)
        object(base, "fd " + std::to_string(r.fd) + " was watched for " + std::to_string(known) +
                         ", not " + std::to_string(r.before.value));
    if (r.after == 0)
        base.interest.erase(r.fd);
    else
        base.interest[r.fd] = r.after;
    // An event was added, or none is left: the backend was asked anew.
    if (r.after == 0 || r.after == r.before || (r.after & ~r.before) != 0) base.lost.erase(r.fd);
}

}  // namespace evglass::trace
