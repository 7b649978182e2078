// How two tellings of the same thing are compared, and a difference is said. Private to the
// transitions of keyframes. Templates over lists and maps; they know no model.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace evglass::trace {

inline std::string number(std::int64_t n) {
    return std::to_string(n);
}

/// Is this place the next one of a list that is told in order?
inline bool in_order(std::string& error, std::size_t size, std::uint32_t index) {
    if (size == index) return true;
    if (error.empty())
        error = "place " + number(index) + " is told after " +
                number(static_cast<std::int64_t>(size)) + " others";
    return false;
}

/// The first place where two lists differ: "active[0][2] is E4, replayed E7".
template <class List, class Text>
std::string list_disagrees(const std::string& name, const List& told, const List& replayed,
                           const Text& text) {
    if (told == replayed) return {};  // nearly always: no text is made for nothing
    for (std::size_t i = 0; i < std::max(told.size(), replayed.size()); ++i) {
        const std::string a = i < told.size() ? text(told[i]) : "nothing";
        const std::string b = i < replayed.size() ? text(replayed[i]) : "nothing";
        if (a != b) return name + "[" + std::to_string(i) + "] is " + a + ", replayed " + b;
    }
    return {};
}

/// The same for maps from an fd or a signal to something.
template <class Map, class Compare>
std::string map_disagrees(const std::string& name, const Map& told, const Map& replayed,
                          const Compare& compare) {
    const typename Map::mapped_type none{};
    for (const auto& [key, value] : told) {
        const auto it = replayed.find(key);
        const auto& other = it == replayed.end() ? none : it->second;
        if (value != other) return compare(name + " " + std::to_string(key), value, other);
    }
    for (const auto& [key, value] : replayed)
        if (!told.contains(key) && value != none)
            return compare(name + " " + std::to_string(key), none, value);
    return {};
}

inline std::string number_disagrees(const std::string& name, std::int64_t told,
                                    std::int64_t replayed) {
    return told == replayed ? std::string()
                            : name + " is " + number(told) + ", replayed " + number(replayed);
}

}  // namespace evglass::trace
