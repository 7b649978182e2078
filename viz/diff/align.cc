// What align.h declares.
#include "viz/diff/align.h"

#include <algorithm>

namespace evglass::viz::diff {

namespace {

constexpr std::size_t kShared = 3;

std::optional<Step> step_at(const Unit* unit, std::size_t at) {
    if (unit == nullptr || at >= unit->steps.size()) return {};
    return unit->steps[at];
}

std::size_t behind(const Unit* unit, std::size_t at) {
    return unit == nullptr || unit->steps.size() <= at + 1 ? 0 : unit->steps.size() - at - 1;
}

// Where the unit that lacks a step would have it: after the last step that both have.
std::int64_t time_of(const Unit* a, const Unit* b, std::size_t at) {
    if (const auto step = step_at(a, at)) return step->time_ns;
    if (const auto step = step_at(b, at)) return step->time_ns;
    return 0;
}

std::optional<Parting> compare(const Unit* a, const Unit* b) {
    const Unit& any = a != nullptr ? *a : *b;
    std::size_t at = 0;
    while (a != nullptr && b != nullptr && at < a->steps.size() && at < b->steps.size() &&
           a->steps[at].text == b->steps[at].text)
        ++at;
    const bool same =
        a != nullptr && b != nullptr && at == a->steps.size() && at == b->steps.size();
    if (same) return {};
    Parting out;
    out.actor = any.actor;
    out.run = any.run;
    out.in_a = a != nullptr;
    out.in_b = b != nullptr;
    if (a != nullptr)
        for (std::size_t i = at - std::min(at, kShared); i < at; ++i)
            out.shared.push_back(a->steps[i]);
    out.a = step_at(a, at);
    out.b = step_at(b, at);
    out.more_a = behind(a, at);
    out.more_b = behind(b, at);
    out.time_ns = time_of(a, b, at);
    return out;
}

}  // namespace

std::vector<Parting> partings(const Script& a, const Script& b) {
    std::vector<Parting> out;
    const auto add = [&](const Unit* one, const Unit* other) {
        if (std::optional<Parting> parting = compare(one, other))
            out.push_back(std::move(*parting));
    };
    for (const auto& [key, unit] : a) {
        const auto other = b.find(key);
        add(&unit, other == b.end() ? nullptr : &other->second);
    }
    for (const auto& [key, unit] : b)
        if (!a.contains(key)) add(nullptr, &unit);
    std::ranges::stable_sort(
        out, [](const Parting& x, const Parting& y) { return x.time_ns < y.time_ns; });
    return out;
}

}  // namespace evglass::viz::diff
