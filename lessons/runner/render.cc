// Blocks of text to lines for a terminal: wraps at the width, colours only where that is wanted.
// It measures cells, not bytes, so Chinese fits too. It asks no terminal: the caller gives the
// width. Read next: markdown.h.

#include <algorithm>

#include <fmt/format.h>

#include "lessons/runner/markdown.h"

namespace evglass::lessons {
namespace {

struct Glyph {
    std::string_view bytes;
    int width = 1;
};

/// East Asian wide ranges that lessons use; the locale's wcwidth is not trusted to know UTF-8.
bool is_wide(char32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

Glyph next_glyph(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length > text.size()) length = 1;
    char32_t c = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {text.substr(0, length), is_wide(c) ? 2 : 1};
}

std::string_view colour_of(Style style) {
    switch (style) {
        case Style::strong:
            return "\x1b[1m";
        case Style::emphasis:
            return "\x1b[3m";
        case Style::code:
            return "\x1b[36m";
        case Style::plain:
            break;
    }
    return "";
}

std::string coloured(const std::string& text, Style style, bool colour) {
    if (!colour || style == Style::plain) return text;
    return fmt::format("{}{}\x1b[0m", colour_of(style), text);
}

// Wide punctuation: the first must not begin a line, the second must not end one.
constexpr std::string_view kClosing = "，。：；？！）、”》";
constexpr std::string_view kOpening = "（《";

bool is_one_of(std::string_view set, const Glyph& glyph) {
    return glyph.bytes.size() == 3 && set.find(glyph.bytes) != std::string_view::npos;
}

/// A function, an event, a file: without colour it needs no marks to be seen as what it is.
bool is_name(std::string_view text) {
    return text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
           std::string_view::npos;
}

/// Something that is not broken: a word with its styles, or one wide character.
struct Word {
    std::string text;  ///< with colour
    int width = 0;
    bool starts_wide = false, ends_wide = false;  ///< a blank between two wide ones is dropped
    bool opened = false;  ///< it ends with an opening mark: the next character belongs to it
};

class Wrapper {
 public:
    Wrapper(const RenderOptions& options, std::string first, std::string rest)
        : options_(options),
          line_(std::move(first)),
          indent_(std::move(rest)),
          used_(cells(line_)) {}

    void add(const Span& span) {
        std::string filled =
            options_.fill ? fill_placeholders(span.text, options_.fill) : span.text;
        if (span.style == Style::code && !options_.colour && !is_name(filled))
            filled = "`" + filled + "`";
        std::string_view text = filled;
        std::string piece;
        const auto flush_piece = [&] {
            if (piece.empty()) return;
            word_.text += coloured(piece, span.style, options_.colour);
            word_.width += cells(piece);
            word_.ends_wide = false;
            piece.clear();
        };
        const int longest = std::max(1, options_.width - cells(indent_));
        while (!text.empty()) {
            const Glyph glyph = next_glyph(text);
            text.remove_prefix(glyph.bytes.size());
            if (glyph.bytes == " " || glyph.bytes == "\n") {
                flush_piece();
                end_word();
                space_ = true;
            } else if (glyph.width == 2) {
                flush_piece();
                const bool opens = is_one_of(kOpening, glyph);
                if (!is_one_of(kClosing, glyph) && !word_.opened) end_word();
                if (word_.width == 0) word_.starts_wide = true;
                piece = glyph.bytes;
                flush_piece();
                word_.ends_wide = true;
                word_.opened = opens;
                // What closes may follow it, or what it opens: then they are one word.
                const bool closes_next = !text.empty() && is_one_of(kClosing, next_glyph(text));
                if (!opens && !closes_next) end_word();
            } else {
                if (word_.width + cells(piece) >= longest) {  // no line holds the whole word
                    flush_piece();
                    end_word();
                }
                piece += glyph.bytes;
            }
        }
        flush_piece();
    }

    std::string finish() {
        end_word();
        return out_ + line_ + "\n";
    }

 private:
    void end_word() {
        if (word_.width == 0) return;
        // A line end between two wide characters of the source is no blank.
        if (word_.starts_wide && last_wide_) space_ = false;
        last_wide_ = word_.ends_wide;
        const int space = space_ && !fresh_ ? 1 : 0;
        if (!fresh_ && used_ + space + word_.width > options_.width) {
            out_ += line_ + "\n";
            line_ = indent_;
            used_ = cells(indent_);
            fresh_ = true;
        }
        if (space_ && !fresh_) {
            line_ += ' ';
            ++used_;
        }
        line_ += word_.text;
        used_ += word_.width;
        word_ = {};
        space_ = false;
        fresh_ = false;
    }

    const RenderOptions& options_;
    std::string out_, line_, indent_;
    int used_ = 0;
    Word word_;
    bool space_ = false;
    bool last_wide_ = false;
    bool fresh_ = true;  ///< nothing but the indent stands in the line
};

std::string wrapped(const TextBlock& block, const RenderOptions& options, const std::string& first,
                    const std::string& rest, Style force) {
    Wrapper wrapper(options, first, rest);
    for (const Span& span : block.spans)
        wrapper.add({force == Style::plain ? span.style : force, span.text});
    return wrapper.finish();
}

std::string code_lines(const TextBlock& block, const RenderOptions& options) {
    std::string out;
    std::string_view text = block.spans.empty() ? std::string_view() : block.spans[0].text;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string line(text.substr(0, end));
        if (options.fill) line = fill_placeholders(line, options.fill);
        out += "    " + coloured(line, Style::code, options.colour) + "\n";
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

std::string rendered(const TextBlock& block, const RenderOptions& options) {
    switch (block.kind) {
        case TextBlock::Kind::heading:
            // Where there is no colour, marks say that it is a heading.
            return options.colour
                       ? wrapped(block, options, "", "", Style::strong)
                       : wrapped(block, options,
                                 std::string(static_cast<std::size_t>(block.level), '#') + " ",
                                 "  ", Style::strong);
        case TextBlock::Kind::item: {
            const std::string indent(static_cast<std::size_t>(block.level) * 2, ' ');
            // A wide colon has its blank in it.
            const bool close = block.bullet.empty() || block.bullet.ends_with("：");
            const std::string bullet = close ? block.bullet : block.bullet + " ";
            const auto hang = static_cast<std::size_t>(bullet.empty() ? 2 : cells(bullet));
            return wrapped(block, options, indent + bullet, indent + std::string(hang, ' '),
                           Style::plain);
        }
        case TextBlock::Kind::quote:
            return wrapped(block, options, "  | ", "  | ", Style::plain);
        case TextBlock::Kind::code:
            return code_lines(block, options);
        case TextBlock::Kind::paragraph:
            break;
    }
    return wrapped(block, options, "", "", Style::plain);
}

/// A piece of a line ends at a blank, if there is one near its end. Returns its length.
std::size_t keep_words(std::string& piece, std::string_view line) {
    const bool cut = piece.size() < line.size() && line[piece.size()] != ' ';
    const auto blank = piece.rfind(' ');
    if (cut && blank != std::string::npos && blank > piece.size() / 2) piece.resize(blank);
    return piece.size();
}

}  // namespace

int cells(std::string_view text) {
    int width = 0;
    while (!text.empty()) {
        const Glyph glyph = next_glyph(text);
        width += glyph.width;
        text.remove_prefix(glyph.bytes.size());
    }
    return width;
}

std::string fit(std::string_view text, int width) {
    std::string out;
    int used = 0;
    while (!text.empty()) {
        const Glyph glyph = next_glyph(text);
        used += glyph.width;
        if (used > width) break;
        out += glyph.bytes;
        text.remove_prefix(glyph.bytes.size());
    }
    return out;
}

std::vector<std::string> fold(std::string_view line, int width) {
    constexpr int kHang = 2;
    const auto blanks = std::min(line.find_first_not_of(' '), line.size());
    const int indent = std::min(static_cast<int>(blanks) + kHang, width / 3);
    std::vector<std::string> pieces = {fit(line, width)};
    for (std::size_t done = keep_words(pieces[0], line); done < line.size();) {
        if (line[done] == ' ') ++done;
        const std::string_view rest = line.substr(done);
        std::string piece = fit(rest, width - indent);
        if (piece.empty()) break;
        done += keep_words(piece, rest);
        pieces.push_back(std::string(static_cast<std::size_t>(indent), ' ') + piece);
    }
    return pieces;
}

std::string render(const std::vector<TextBlock>& blocks, const RenderOptions& options) {
    std::string out;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const bool in_list = i > 0 && blocks[i].kind == TextBlock::Kind::item &&
                             blocks[i - 1].kind == TextBlock::Kind::item;
        if (i > 0 && !in_list) out += "\n";
        out += rendered(blocks[i], options);
    }
    return out;
}

}  // namespace evglass::lessons
