// Transitions of what backends keep for themselves: the changelist, the requests in an io_uring,
// and fds that they lost. A keyframe tells them after the maps.
// Records of a keyframe that a backend writes are not counted in its keyframe_end.
// Read next: transitions_common.cc.
#include <algorithm>

#include "trace/keyframe_compare.h"
#include "trace/text.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {
std::string fd_text(int fd) {
    return "fd " + std::to_string(fd);
}
/// The io_uring backend's changes are from what its request watches, which may change meanwhile
/// without another record of the change: there, what is told is believed.
bool is_ring(const Base& base) {
    return base.backend == "io_uring";
}
std::string change_text(const PendingChange& change) {
    return what_text(change.before) + " -> " + what_text(change.after);
}
}  // namespace

void Transitions::io_lost(const rec::io_lost& r) {
    base_at(r.base).lost.insert(r.fd);
}

void Transitions::change_queued(const rec::change_queued& r) {
    Base& base = base_at(r.base);
    const auto [it, fresh] = base.changes.try_emplace(r.fd);
    if (!fresh && !is_ring(base))
        object(base, fd_text(r.fd) + " has a change in the changelist already");
    it->second = {.before = r.before, .after = r.after};
}

void Transitions::change_merged(const rec::change_merged& r) {
    Base& base = base_at(r.base);
    const auto [it, fresh] = base.changes.try_emplace(r.fd);
    if (fresh)
        object(base, fd_text(r.fd) + " has no change in the changelist to join");
    else if (it->second.before != r.before && !is_ring(base))
        object(base, fd_text(r.fd) + "'s change is " + change_text(it->second) + ", not from " +
                         what_text(r.before));
    it->second = {.before = r.before, .after = r.after};
}

void Transitions::change_applied(const rec::change_applied& r) {
    Base& base = base_at(r.base);
    const auto it = base.changes.find(r.fd);
    const PendingChange told{.before = r.before, .after = r.after};
    if (it == base.changes.end() && is_ring(base)) return;
    if (it == base.changes.end())
        return object(base, fd_text(r.fd) + " has no change in the changelist");
    if (it->second != told && !is_ring(base))
        object(base, fd_text(r.fd) + "'s change is " + change_text(it->second) + ", not " +
                         change_text(told));
    base.changes.erase(it);
}

void Transitions::uring_poll_add(const rec::uring_poll_add& r) {
    RingRequest& request = base_at(r.base).ring[r.fd];
    request.armed = r.what;
    request.user_data = r.user_data;
}

void Transitions::uring_poll_remove(const rec::uring_poll_remove& r) {
    Base& base = base_at(r.base);
    const auto it = base.ring.find(r.fd);
    if (it == base.ring.end() || it->second.user_data != r.user_data)
        return object(base, fd_text(r.fd) + " has no such request in the ring");
    it->second.armed = 0;
    it->second.user_data = 0;
}

void Transitions::uring_completion(const rec::uring_completion& r) {
    Base& base = base_at(r.base);
    const auto it = base.ring.find(r.fd);
    if (r.current == 0 || it == base.ring.end()) return;
    if (it->second.user_data != r.user_data)
        return object(base, fd_text(r.fd) + " has no such request in the ring");
    ++it->second.completions;
    // Without "more will come", the kernel has let the request go.
    constexpr std::uint32_t kMore = 2;
    if ((r.flags & kMore) != 0) return;
    it->second.armed = 0;
    it->second.user_data = 0;
}

void Transitions::uring_hot(const rec::uring_hot& r) {
    base_at(r.base).ring[r.fd].hot = r.what.value != 0;
}

void Transitions::keyframe_lost(const rec::keyframe_lost& r) {
    if (Model::Keyframe* told = keyframe_of(r.base)) told->base.lost.insert(r.fd);
}

void Transitions::keyframe_change(const rec::keyframe_change& r) {
    const auto told = model.keyframes_.find(r.base);
    if (told != model.keyframes_.end())
        told->second.base.changes[r.fd] = {.before = r.before, .after = r.after};
}

void Transitions::keyframe_uring(const rec::keyframe_uring& r) {
    const auto told = model.keyframes_.find(r.base);
    if (told == model.keyframes_.end()) return;
    told->second.base.ring[r.fd] = {
        .armed = r.armed, .user_data = r.user_data, .hot = r.hot != 0, .completions = 0};
}

std::string Transitions::keyframe_backend_disagrees(const Base& base,
                                                    const Model::Keyframe& told) const {
    const auto change = [](const std::string& name, const PendingChange& a,
                           const PendingChange& b) {
        return name + " is " + change_text(a) + ", replayed " + change_text(b);
    };
    std::string why;
    if (!is_ring(base))
        why = map_disagrees("the change of fd", told.base.changes, base.changes, change);
    if (why.empty() && told.base.lost != base.lost) why = "other fds are lost";
    return why;
}

/// What a keyframe that agrees knows better, because no record told it.
void Transitions::take_what_backends_know(Base& base, const Model::Keyframe& told) {
    if (!is_ring(base)) return;
    base.changes = told.base.changes;
    for (const auto& [fd, request] : told.base.ring) {
        const std::uint64_t completions = base.ring[fd].completions;
        base.ring[fd] = request;
        base.ring[fd].completions = completions;
    }
}

void Transitions::adopt_backend(Base& base, Model::Keyframe& told) {
    base.changes = std::move(told.base.changes);
    base.ring = std::move(told.base.ring);
    base.lost = std::move(told.base.lost);
}

}  // namespace evglass::trace
