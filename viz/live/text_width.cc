// Widths as the C library has them for UTF-8, whatever the process's own locale is: the same table
// that ncursesw asks, so a frame and the terminal agree.
#include "viz/live/text_width.h"

#include <locale.h>
#include <wchar.h>

#include <cstddef>

namespace evglass::viz {
namespace {

struct Decoded {
    char32_t character = 0xFFFD;
    std::size_t bytes = 1;
    bool valid = false;
};

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

Decoded decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    if (length == 1 || lead > 0xF4 || text.size() < length) return {};
    char32_t c = lead & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return {};
        c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    if (c < kSmallest[length] || c > 0x10FFFF || surrogate) return {};
    return {c, length, true};
}

/// Characters that draw nothing and steer what stands around them.
bool steers_layout(char32_t c) {
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF || c == 0x00AD;
}

/// 0 for a combining mark, -1 for what can't be printed.
int columns_of(char32_t c) {
    if (c >= 0x20 && c < 0x7F) return 1;
    if (steers_layout(c)) return -1;
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8 == nullptr) return 1;
    const locale_t before = uselocale(utf8);
    const int columns = wcwidth(static_cast<wchar_t>(c));
    uselocale(before);
    return columns;
}

}  // namespace

std::vector<Grapheme> graphemes(std::string_view text) {
    constexpr int kMarks = 2;
    std::vector<Grapheme> out;
    out.reserve(text.size());
    int marks = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Decoded d = decode(text.substr(i));
        const std::size_t at = i;
        i += d.bytes;
        const int columns = d.valid ? columns_of(d.character) : -1;
        if (!d.valid) {
            out.push_back({"?", 1});
        } else if (columns > 0) {
            out.push_back({text.substr(at, d.bytes), columns});
            marks = 0;
        } else if (columns == 0 && !out.empty() && marks < kMarks &&
                   out.back().bytes.data() + out.back().bytes.size() == text.data() + at) {
            out.back().bytes = {out.back().bytes.data(), out.back().bytes.size() + d.bytes};
            ++marks;
        }
    }
    return out;
}

}  // namespace evglass::viz
