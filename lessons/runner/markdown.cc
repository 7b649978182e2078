// CommonMark to blocks, with cmark. Rendering to a terminal is in render.cc.
#include "lessons/runner/markdown.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>

#include <cmark.h>
#include <fmt/format.h>

namespace evglass::lessons {
namespace {

using Document = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;

std::string owned(const char* text) {
    return text != nullptr ? text : "";
}

/// Does Chinese text stand there? Its characters, and its punctuation, lie above U+3000.
bool begins_wide(std::string_view text) {
    return !text.empty() && static_cast<unsigned char>(text[0]) >= 0xE3;
}
bool ends_wide(std::string_view text) {
    return text.size() >= 3 && begins_wide(text.substr(text.size() - 3));
}
bool ends_with_wide_mark(std::string_view text) {
    constexpr std::string_view kMarks[] = {"、", "，", "。", "；", "：", "？", "！", "）", "》"};
    return std::any_of(std::begin(kMarks), std::end(kMarks),
                       [&](std::string_view mark) { return text.ends_with(mark); });
}

/// Chinese has no spaces: the end of a line inside of it is none either.
bool is_space(cmark_node* line_end, const std::vector<Span>& before) {
    const std::string_view text = before.empty() ? std::string_view() : before.back().text;
    cmark_node* next = cmark_node_next(line_end);
    const std::string after = next != nullptr ? owned(cmark_node_get_literal(next)) : "";
    return !ends_with_wide_mark(text) && !(ends_wide(text) && begins_wide(after));
}

/// Text with the style of the innermost mark around it.
void collect_spans(cmark_node* node, Style style, std::vector<Span>& spans) {
    for (cmark_node* child = cmark_node_first_child(node); child != nullptr;
         child = cmark_node_next(child)) {
        switch (cmark_node_get_type(child)) {
            case CMARK_NODE_SOFTBREAK:
            case CMARK_NODE_LINEBREAK:
                if (is_space(child, spans)) spans.push_back({style, " "});
                break;
            case CMARK_NODE_CODE:
                spans.push_back({Style::code, owned(cmark_node_get_literal(child))});
                break;
            case CMARK_NODE_STRONG:
                collect_spans(child, Style::strong, spans);
                break;
            case CMARK_NODE_EMPH:
                collect_spans(child, Style::emphasis, spans);
                break;
            case CMARK_NODE_TEXT:
                spans.push_back({style, owned(cmark_node_get_literal(child))});
                break;
            default:
                collect_spans(child, style, spans);
                break;
        }
    }
}

TextBlock with_spans(cmark_node* node, TextBlock::Kind kind) {
    TextBlock block{.kind = kind, .level = 0, .bullet = {}, .spans = {}};
    collect_spans(node, Style::plain, block.spans);
    return block;
}

void collect_blocks(cmark_node* node, TextBlock::Kind kind, std::vector<TextBlock>& blocks);

/// Items are flattened: each paragraph of an item is a block with the item's depth.
void collect_list(cmark_node* list, std::vector<TextBlock>& blocks) {
    const bool ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    int number = ordered ? cmark_node_get_list_start(list) : 0;
    for (cmark_node* item = cmark_node_first_child(list); item != nullptr;
         item = cmark_node_next(item)) {
        const std::size_t before = blocks.size();
        collect_blocks(item, TextBlock::Kind::item, blocks);
        for (std::size_t i = before; i < blocks.size(); ++i) ++blocks[i].level;
        if (before < blocks.size())
            blocks[before].bullet = ordered ? fmt::format("{}.", number++) : "-";
    }
}

void collect_block(cmark_node* node, TextBlock::Kind kind, std::vector<TextBlock>& blocks) {
    switch (cmark_node_get_type(node)) {
        case CMARK_NODE_HEADING: {
            blocks.push_back(with_spans(node, TextBlock::Kind::heading));
            blocks.back().level = cmark_node_get_heading_level(node);
            break;
        }
        case CMARK_NODE_PARAGRAPH:
            blocks.push_back(with_spans(node, kind));
            break;
        case CMARK_NODE_LIST:
            collect_list(node, blocks);
            break;
        case CMARK_NODE_BLOCK_QUOTE:
            collect_blocks(node, TextBlock::Kind::quote, blocks);
            break;
        case CMARK_NODE_CODE_BLOCK: {
            TextBlock block{.kind = TextBlock::Kind::code, .level = 0, .bullet = {}, .spans = {}};
            block.spans.push_back({Style::code, owned(cmark_node_get_literal(node))});
            blocks.push_back(std::move(block));
            break;
        }
        default:
            break;  // HTML and rules have no place in a lesson
    }
}

void collect_blocks(cmark_node* node, TextBlock::Kind kind, std::vector<TextBlock>& blocks) {
    for (cmark_node* child = cmark_node_first_child(node); child != nullptr;
         child = cmark_node_next(child))
        collect_block(child, kind, blocks);
}

// Marks are U+100000 (a private plane, which no lesson writes) plus the number.
constexpr char32_t kMark = 0x100000;
constexpr std::size_t kMarkBytes = 4;

std::string mark(std::size_t number) {
    const char32_t c = kMark + static_cast<char32_t>(number);
    return {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)),
            static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
}

}  // namespace

std::vector<SourceBlock> parse_markdown(const std::string& source,
                                        const std::vector<std::string>& own) {
    const Document document(
        cmark_parse_document(source.data(), source.size(), CMARK_OPT_VALIDATE_UTF8),
        &cmark_node_free);
    cmark_consolidate_text_nodes(document.get());
    std::vector<SourceBlock> blocks;
    for (cmark_node* node = cmark_node_first_child(document.get()); node != nullptr;
         node = cmark_node_next(node)) {
        SourceBlock block;
        block.line = cmark_node_get_start_line(node);
        if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK)
            block.info = owned(cmark_node_get_fence_info(node));
        if (std::find(own.begin(), own.end(), block.info) != own.end()) {
            block.literal = owned(cmark_node_get_literal(node));
        } else {
            block.info.clear();
            collect_block(node, TextBlock::Kind::paragraph, block.text);
        }
        blocks.push_back(std::move(block));
    }
    return blocks;
}

std::string mark_placeholders(std::string_view source, std::vector<std::string>& found) {
    std::string marked;
    while (true) {
        const auto open = source.find("{{");
        const auto close = open == std::string_view::npos ? open : source.find("}}", open);
        const auto line_end = open == std::string_view::npos ? open : source.find('\n', open);
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        if (close > line_end || found.size() >= 1000) {  // not closed in its line: just text
            marked += source.substr(0, open + 2);
            source.remove_prefix(open + 2);
            continue;
        }
        marked += source.substr(0, open);
        marked += mark(found.size());
        found.emplace_back(source.substr(open + 2, close - open - 2));
        source.remove_prefix(close + 2);
    }
    marked += source;
    return marked;
}

std::string fill_placeholders(std::string_view text,
                              const std::function<std::string(std::size_t)>& fill) {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
        if (byte(0) != 0xF4 || i + kMarkBytes > text.size() || byte(1) != 0x80) {
            filled += text[i];
            continue;
        }
        filled += fill((byte(2) & 0x3FU) << 6 | (byte(3) & 0x3FU));
        i += kMarkBytes - 1;
    }
    return filled;
}

}  // namespace evglass::lessons
