// Words of one line of text, taken from the left with every bound checked. For text that comes from
// a file: it never reads past the line and never overflows a number.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace evglass::trace {

class WordCursor {
 public:
    explicit WordCursor(std::string_view line) : rest_(line) {}

    /// The next word; empty at the end.
    std::string_view word() {
        skip_blanks();
        const std::string_view found = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(found.size());
        return found;
    }
    /// The next word as a number of at most `limit`; nothing if it is none.
    std::optional<std::uint64_t> number(std::uint64_t limit, int base = 10) {
        const std::string_view text = word();
        std::uint64_t value = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), value, base);
        if (error != std::errc{} || end != text.data() + text.size() || text.empty() ||
            value > limit)
            return std::nullopt;
        return value;
    }
    /// All that is left, without the blanks before it.
    std::string_view rest() {
        skip_blanks();
        return rest_;
    }

 private:
    void skip_blanks() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    }
    std::string_view rest_;
};

}  // namespace evglass::trace
