// "key: value" lines, with bounds on everything. See entries.h.
#include "lessons/runner/entries.h"

#include <charconv>

#include <fmt/format.h>

namespace evglass::lessons {
namespace {

constexpr std::size_t kLongestValue = 2000;

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split_list(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(separator);
        const std::string_view part = trim(text.substr(0, comma));
        if (!part.empty()) parts.emplace_back(part);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return parts;
}

std::vector<Entry> parse_entries(std::string_view text, int first_line) {
    std::vector<Entry> entries;
    int line = first_line;
    for (; !text.empty(); ++line) {
        const auto end = text.find('\n');
        const std::string_view raw = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::string_view content = trim(raw);
        if (content.empty() || content.front() == '#') continue;
        if (raw.front() == ' ' && !entries.empty()) {
            entries.back().value += " " + std::string(content);
        } else {
            const auto colon = content.find(':');
            if (colon == std::string_view::npos)
                throw Mistake{line, fmt::format("'{}' is not of the form key: value", content)};
            entries.push_back({line, std::string(trim(content.substr(0, colon))),
                               std::string(trim(content.substr(colon + 1)))});
        }
        if (entries.back().value.size() > kLongestValue)
            throw Mistake{line, fmt::format("more than {} bytes in one value", kLongestValue)};
    }
    for (const Entry& entry : entries)
        if (entry.value.empty())
            throw Mistake{entry.line, fmt::format("'{}:' says nothing", entry.key)};
    return entries;
}

int whole_number(const Entry& entry, std::string_view text, int low, int high) {
    int number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number < low || number > high)
        throw Mistake{entry.line, fmt::format("{}: '{}' is not a whole number from {} to {}",
                                              entry.key, text, low, high)};
    return number;
}

void refuse_key(const Entry& entry, std::string_view block, std::string_view known) {
    throw Mistake{entry.line, fmt::format("'{}:' is not known in a {} block; known are {}",
                                          entry.key, block, known)};
}

}  // namespace evglass::lessons
