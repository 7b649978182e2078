// What all lints share. See lint.h.
#include "trace/lints/lint.h"

#include <algorithm>
#include <utility>

#include "trace/text.h"

namespace evglass::trace {

Finding* Report::about(const std::string& thing) {
    auto it = findings_.find(thing);
    if (it == findings_.end()) {
        if (findings_.size() >= kMostThings) return nullptr;
        it = findings_.emplace(thing, Finding{}).first;
        it->second.about = thing;
    }
    ++it->second.times;
    return &it->second;
}

std::vector<Finding> Report::findings() const {
    std::vector<Finding> all;
    for (const auto& [thing, finding] : findings_) all.push_back(finding);
    std::stable_sort(all.begin(), all.end(),
                     [](const Finding& a, const Finding& b) { return a.evidence < b.evidence; });
    return all;
}

const Event* Seen::users_event(Address address) const {
    const Event* event = model.event(address);
    return event == nullptr || event->internal() ? nullptr : event;
}

std::string Seen::called(Address event) const {
    return Names(model).event_long(event);
}

std::string counted(std::uint64_t n, const char* thing) {
    return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

void fill(Finding* finding, const Seen& seen, Address event, std::string text,
          std::vector<std::uint64_t> evidence) {
    if (finding == nullptr) return;
    finding->text = std::move(text);
    std::erase(evidence, 0);  // a record from before the trace began
    finding->evidence = std::move(evidence);
    if (const Event* e = seen.model.event(event)) {
        finding->event = event;
        finding->base = e->base;
        finding->ordinal = e->ordinal;
        finding->place = e->creator;
    }
}

}  // namespace evglass::trace
