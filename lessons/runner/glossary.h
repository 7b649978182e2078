// The words of the course, in both languages: one table, lessons/GLOSSARY.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evglass::lessons {

struct Word {
    std::string english, chinese;
    std::string meaning, meaning_chinese;
};

class Glossary {
 public:
    /// Rows of the table in this text: | word | 中文 | what it is | 是什么 |.
    explicit Glossary(std::string_view text);
    static Glossary load(const std::string& lessons_dir);

    const std::vector<Word>& words() const { return words_; }
    /// Rows that are no word: one line each, with its number.
    const std::vector<std::string>& mistakes() const { return mistakes_; }
    /// By its English or Chinese name; null if there is none.
    const Word* find(std::string_view name) const;
    /// Those that stand in a text, in the order of the table.
    std::vector<const Word*> in(std::string_view text) const;

 private:
    std::vector<Word> words_;
    std::vector<std::string> mistakes_;
};

/// One word, wrapped: its name in both languages, and what it is in the language asked for.
std::string show_word(const Word& word, const std::string& language, int width);

}  // namespace evglass::lessons
