// See glossary.h.
#include "lessons/runner/glossary.h"

#include <algorithm>

#include <fmt/format.h>

#include "lessons/runner/entries.h"
#include "lessons/runner/markdown.h"
#include "lessons/runner/process.h"

namespace evglass::lessons {
namespace {

constexpr std::size_t kLargest = 256 * 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// The word stands there as a whole, or with a plural's s.
bool stands_in(const std::string& text, const std::string& word) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const bool starts = at == 0 || !is_letter(text[at - 1]);
        std::size_t end = at + word.size();
        if (end < text.size() && text[end] == 's') ++end;
        if (starts && (end >= text.size() || !is_letter(text[end]))) return true;
    }
    return false;
}

}  // namespace

Glossary::Glossary(std::string_view text) {
    int number = 0;
    bool in_table = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (!line.starts_with('|')) continue;
        if (line.starts_with("|--") || line.starts_with("| --")) {
            in_table = true;
            continue;
        }
        if (!in_table) continue;  // the names of the columns
        const std::vector<std::string> cells = split_list(line, '|');
        if (cells.size() != 4)
            mistakes_.push_back(fmt::format("line {}: a word has four columns", number));
        else if (find(cells[0]) != nullptr)
            mistakes_.push_back(fmt::format("line {}: '{}' is there already", number, cells[0]));
        else
            words_.push_back({cells[0], cells[1], cells[2], cells[3]});
    }
}

Glossary Glossary::load(const std::string& lessons_dir) {
    return Glossary(read_start(lessons_dir + "/GLOSSARY.md", kLargest));
}

const Word* Glossary::find(std::string_view name) const {
    for (const Word& word : words_)
        if (lower(word.english) == lower(name) || word.chinese == name) return &word;
    return nullptr;
}

std::vector<const Word*> Glossary::in(std::string_view text) const {
    const std::string searched = lower(text);
    std::vector<const Word*> found;
    for (const Word& word : words_)
        if (stands_in(searched, lower(word.english)) ||
            searched.find(word.chinese) != std::string::npos)
            found.push_back(&word);
    return found;
}

std::string show_word(const Word& word, const std::string& language, int width) {
    const std::string& meaning = language == "zh" ? word.meaning_chinese : word.meaning;
    const std::string name = fmt::format("{} ({}):", word.english, word.chinese);
    TextBlock block{.kind = TextBlock::Kind::item, .level = 0, .bullet = {}, .spans = {}};
    block.spans.push_back({Style::strong, name});
    block.spans.push_back({Style::plain, " " + meaning});
    return render({block}, {.width = width, .colour = false, .fill = {}});
}

}  // namespace evglass::lessons
