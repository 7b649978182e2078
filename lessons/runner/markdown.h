// Text of a lesson: from CommonMark (cmark) to blocks of styled words, and from those to lines for
// a terminal. It knows no lesson and no trace. A {{...}} of the source is carried through as a mark
// (one private character with its number) and filled in when a page is shown.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace evglass::lessons {

enum class Style { plain, strong, emphasis, code };

struct Span {
    Style style = Style::plain;
    std::string text;
};

struct TextBlock {
    enum class Kind { heading, paragraph, item, quote, code } kind = Kind::paragraph;
    int level = 0;            ///< of a heading, or the depth of an item
    std::string bullet;       ///< "-" or "2." before an item
    std::vector<Span> spans;  ///< a code block has one
};

/// A block of the source: text, or a fenced block with an info string ("stop") left as it is.
struct SourceBlock {
    int line = 0;
    std::string info;     ///< not empty: a fenced block for the caller
    std::string literal;  ///< its lines
    std::vector<TextBlock> text;
};

/// Splits a document. Fenced blocks whose info is in `own` are handed over unread.
std::vector<SourceBlock> parse_markdown(const std::string& source,
                                        const std::vector<std::string>& own);

/// Replaces each {{...}} by a mark and appends what stood in it to `found`. Marks keep line
/// numbers.
std::string mark_placeholders(std::string_view source, std::vector<std::string>& found);
/// Replaces each mark by fill(number).
std::string fill_placeholders(std::string_view text,
                              const std::function<std::string(std::size_t)>& fill);

struct RenderOptions {
    int width = 80;
    bool colour = false;
    std::function<std::string(std::size_t)> fill;  ///< the text of a placeholder
};
/// Lines of at most options.width cells, each ended by a newline.
std::string render(const std::vector<TextBlock>& blocks, const RenderOptions& options);

/// Columns that a UTF-8 text takes on a terminal (a Chinese character takes two).
int cells(std::string_view text);
/// The text, cut where it would take more columns than that.
std::string fit(std::string_view text, int width);
/// A line of code or of output in pieces of at most `width` columns. Blanks stay as they are; what
/// goes on is indented a little more than the line.
std::vector<std::string> fold(std::string_view line, int width);

}  // namespace evglass::lessons
