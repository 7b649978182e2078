// See mouse.h. A report is read as ECMA-48 writes any such sequence (parameters, then one final
// character), so that one of another kind, or a garbled one, is skipped as a whole.
#include "viz/live/mouse.h"

#include <array>
#include <charconv>
#include <utility>

namespace evglass::viz {
namespace {

constexpr std::size_t kLongest = 32;  ///< "2147483647" three times, and what is between
constexpr int kFarthest = 10'000;     ///< no terminal is so wide
constexpr int kWithModifiers = 4 | 8 | 16;

/// "0;12;5" and nothing else.
std::optional<std::array<int, 3>> three_numbers(std::string_view text) {
    std::array<int, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
        if (error != std::errc() || numbers[i] < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i + 1 == numbers.size()) break;
        if (text.empty() || text.front() != ';') return std::nullopt;
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional(numbers) : std::nullopt;
}

std::optional<Key> key_of(std::string_view report) {
    const auto numbers = three_numbers(report);
    if (!numbers) return std::nullopt;
    const auto [button, column, row] = *numbers;
    if (column < 1 || row < 1 || column > kFarthest || row > kFarthest) return std::nullopt;
    const Mouse at{column - 1, row - 1};
    switch (button & ~kWithModifiers) {
        case 0:
            return Key{Key::Code::click, 0, at};
        case 64:
            return Key{Key::Code::wheel_up, 0, at};
        case 65:
            return Key{Key::Code::wheel_down, 0, at};
        default:  // another button, or one that is moved
            return std::nullopt;
    }
}

}  // namespace

bool MouseReader::takes(char32_t c) {
    const bool inside = c >= 0x20 && c <= 0x3F, last = c >= 0x40 && c <= 0x7E;
    if (!reading_ || (!inside && !last)) return reading_ = false;
    reading_ = inside;
    // One too long is read to its end all the same, and then is none.
    if (inside && text_.size() <= kLongest) text_ += static_cast<char>(c);
    if (c == U'M') key_ = key_of(text_);  // an `m` tells that a button was let go
    return true;
}

std::optional<Key> MouseReader::take_key() {
    return std::exchange(key_, std::nullopt);
}

}  // namespace evglass::viz
