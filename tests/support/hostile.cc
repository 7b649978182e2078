// What hostile.h declares.
#include "tests/support/hostile.h"

#include <random>

namespace evglass::trace::testing {

std::vector<std::string> hostile_texts() {
    const std::string pieces[] = {"\x1b[31m",
                                  "\x1b]0;x\a",
                                  "\x9b"
                                  "2J",
                                  "\r",
                                  "\n",
                                  "\t",
                                  "\b",
                                  "\x7f",
                                  std::string(1, '\0'),
                                  "\u202e",
                                  "\u2066",
                                  "\u200f",
                                  "\u061c",
                                  "\u200b",
                                  "\u2028",
                                  "\ufeff",
                                  "\u0301",
                                  "\u0489",
                                  "\u20dd",
                                  "\xc2\x9b"
                                  "1m",
                                  "\xff",
                                  "\xc3\x28",
                                  "\xf0\x9f",
                                  "\xed\xa0\x80",
                                  "\xef\xbf\xbe",
                                  "</script>",
                                  "<img src=x onerror=1>",
                                  "<!--",
                                  "]]>",
                                  "&#0;",
                                  "&amp;",
                                  "\"",
                                  "'",
                                  "\\",
                                  "\\N",
                                  "\\u0000",
                                  "\"];}",
                                  "->",
                                  "{|}",
                                  "<TD>",
                                  "%s%n",
                                  "${x}",
                                  "`x`",
                                  ";--",
                                  "');DROP",
                                  ",",
                                  "=1+1",
                                  "\u4e8b\u4ef6",
                                  "\U0001f600",
                                  "E1",
                                  "name",
                                  " ",
                                  "/*",
                                  "*/",
                                  "\xe2\x80\xa6"};
    std::vector<std::string> out;
    std::mt19937 random(20260101);
    while (out.size() < 1000) {
        std::string text;
        const std::size_t parts = 1 + random() % 5;
        for (std::size_t i = 0; i < parts; ++i) text += pieces[random() % std::size(pieces)];
        // A record's text ends at its first NUL: such a one would only be short.
        if (out.size() % 50 != 0) std::erase(text, '\0');
        if (!text.empty() && text[0] != '\0') out.push_back(text.substr(0, 31));
    }
    return out;
}

bool acts_on_terminal(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = [&](std::size_t k) {
            return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
        };
        if ((at(0) < 0x20 && at(0) != '\n') || at(0) == 0x7f) return true;
        if (at(0) == 0xc2 && at(1) >= 0x80 && at(1) < 0xa0) return true;   // C1
        if (at(0) == 0xd8 && at(1) == 0x9c) return true;                   // 061c
        if (at(0) == 0xef && at(1) == 0xbb && at(2) == 0xbf) return true;  // feff
        if (at(0) != 0xe2) continue;
        if (at(1) == 0x80 && ((at(2) >= 0x8b && at(2) <= 0x8f) || at(2) == 0xa8 || at(2) == 0xa9 ||
                              (at(2) >= 0xaa && at(2) <= 0xae)))
            return true;  // 200b to 200f, 2028 to 202e
        if (at(1) == 0x81 && at(2) >= 0xa6 && at(2) <= 0xa9) return true;  // 2066 to 2069
    }
    return false;
}

}  // namespace evglass::trace::testing
