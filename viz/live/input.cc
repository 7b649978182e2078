// See input.h. The two tables here are the only place that knows which key is which.
#include "viz/live/input.h"

#include <array>
#include <utility>

namespace evglass::viz {
namespace {

using Code = Key::Code;

constexpr std::array kCodes{
    std::pair{Code::left, Command::back},
    std::pair{Code::right, Command::forward},
    std::pair{Code::up, Command::up},
    std::pair{Code::down, Command::down},
    std::pair{Code::page_up, Command::turn_back},
    std::pair{Code::page_down, Command::turn_forward},
    std::pair{Code::home, Command::first},
    std::pair{Code::end, Command::now},
    std::pair{Code::tab, Command::next_screen},
    std::pair{Code::back_tab, Command::previous_screen},
    std::pair{Code::enter, Command::choose},
    std::pair{Code::escape, Command::escape},
};
constexpr std::array kCharacters{
    std::pair{U' ', Command::hold_or_play}, std::pair{U's', Command::step},
    std::pair{U't', Command::turn},         std::pair{U'r', Command::run},
    std::pair{U'g', Command::run},          std::pair{U'/', Command::find},
    std::pair{U'n', Command::next_match},   std::pair{U'N', Command::previous_match},
    std::pair{U'h', Command::back},         std::pair{U'l', Command::forward},
    std::pair{U'[', Command::turn_back},    std::pair{U']', Command::turn_forward},
    std::pair{U'k', Command::up},           std::pair{U'j', Command::down},
    std::pair{U'm', Command::bookmark},     std::pair{U'\'', Command::next_bookmark},
    std::pair{U'b', Command::next_base},    std::pair{U'+', Command::faster},
    std::pair{U'=', Command::faster},       std::pair{U'-', Command::slower},
    std::pair{U':', Command::jump},         std::pair{U'x', Command::run_to_row},
    std::pair{U',', Command::change_back},  std::pair{U'.', Command::change_forward},
    std::pair{U'o', Command::sort},         std::pair{U'O', Command::sort_back},
    std::pair{U'f', Command::filter_rows},  std::pair{U'{', Command::page_up},
    std::pair{U'}', Command::page_down},    std::pair{U'?', Command::help},
    std::pair{U'P', Command::processes},    std::pair{U'q', Command::quit},
    std::pair{U'F', Command::follow_forks}, std::pair{U'M', Command::mouse},
};
constexpr std::array kNames{
    std::pair{std::string_view("Left"), Code::left},
    std::pair{std::string_view("Right"), Code::right},
    std::pair{std::string_view("Up"), Code::up},
    std::pair{std::string_view("Down"), Code::down},
    std::pair{std::string_view("PgUp"), Code::page_up},
    std::pair{std::string_view("PgDn"), Code::page_down},
    std::pair{std::string_view("Home"), Code::home},
    std::pair{std::string_view("End"), Code::end},
    std::pair{std::string_view("Enter"), Code::enter},
    std::pair{std::string_view("Esc"), Code::escape},
    std::pair{std::string_view("Tab"), Code::tab},
    std::pair{std::string_view("BackTab"), Code::back_tab},
    std::pair{std::string_view("Backspace"), Code::backspace},
};

std::optional<Key> named_key(std::string_view name) {
    if (name == "Space") return Key{Code::character, U' '};
    if (name == "lt") return Key{Code::character, U'<'};
    for (const auto& [known, code] : kNames) {
        if (known == name) return Key{code, 0};
    }
    return std::nullopt;
}

}  // namespace

Command command_for(const Key& key) {
    for (const auto& [code, command] : kCodes) {
        if (code == key.code) return command;
    }
    if (key.code != Code::character) return Command::none;
    for (const auto& [character, command] : kCharacters) {
        if (character == key.character) return command;
    }
    return Command::none;
}

std::optional<std::vector<Key>> parse_keys(std::string_view text, std::string& error) {
    std::vector<Key> keys;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '<') {
            keys.push_back({Code::character, static_cast<unsigned char>(text[i])});
            continue;
        }
        const std::size_t end = text.find('>', i);
        const auto name = text.substr(i + 1, end == std::string_view::npos ? end : end - i - 1);
        const auto key = named_key(name);
        if (!key) {
            error = "no key is called <" + std::string(name) + ">; write <lt> for a plain <";
            return std::nullopt;
        }
        keys.push_back(*key);
        i = end;
    }
    return keys;
}

std::string utf8(char32_t c) {
    std::string out;
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        tail(12), tail(6), tail(0);
    }
    return out;
}

void drop_last_character(std::string& text) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) {
        text.pop_back();
    }
    if (!text.empty()) text.pop_back();
}

}  // namespace evglass::viz
