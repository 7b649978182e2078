// How text falls into columns: decodes UTF-8 into graphemes (a character and the marks on it).
// It never fails: what is not UTF-8, and what has no place on a terminal, is left out or shown as
// ?. Read next: grid.h.
#pragma once

#include <string_view>
#include <vector>

namespace evglass::viz {

struct Grapheme {
    std::string_view bytes;  ///< into the text that was split
    int columns = 1;         ///< 1 or 2
};

/// Splits text. Control characters and characters that only steer layout (bidi, joiners) are
/// dropped; a grapheme keeps at most two combining marks.
std::vector<Grapheme> graphemes(std::string_view text);

}  // namespace evglass::viz
