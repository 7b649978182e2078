// Keys written as text, and what they ask for.
#include "viz/live/input.h"

#include <gtest/gtest.h>

namespace evglass::viz {
namespace {

using Code = Key::Code;

TEST(ParseKeys, ReadsCharactersAndNames) {
    std::string error;
    const auto keys = parse_keys("s<Left>/<lt><Enter>", error);
    ASSERT_TRUE(keys) << error;
    const std::vector<Key> expected{{Code::character, U's'},
                                    {Code::left, 0},
                                    {Code::character, U'/'},
                                    {Code::character, U'<'},
                                    {Code::enter, 0}};
    EXPECT_EQ(*keys, expected);
}

TEST(ParseKeys, SaysWhichNameIsWrong) {
    std::string error;
    EXPECT_FALSE(parse_keys("s<Lefty>", error));
    EXPECT_EQ(error, "no key is called <Lefty>; write <lt> for a plain <");
    EXPECT_FALSE(parse_keys("<", error));
}

TEST(Commands, EveryKeyOfTheHelpLineDoesSomething) {
    for (const char32_t key : std::u32string(U" strg/nNhl[]kjm'b+-?q=MPFfoOx,.{}:")) {
        EXPECT_NE(command_for({Code::character, key}), Command::none) << static_cast<char>(key);
    }
    for (const Code code :
         {Code::left, Code::right, Code::up, Code::down, Code::page_up, Code::page_down, Code::home,
          Code::end, Code::tab, Code::back_tab, Code::enter, Code::escape}) {
        EXPECT_NE(command_for({code, 0}), Command::none);
    }
    EXPECT_EQ(command_for({Code::character, U'z'}), Command::none);
    EXPECT_EQ(command_for({Code::resize, 0}), Command::none);
    EXPECT_EQ(command_for({Code::click, 0}), Command::none);
}

TEST(Utf8, WritesAndTakesBackWholeCharacters) {
    std::string text = utf8(U'a') + utf8(U'é') + utf8(U'事') + utf8(U'😀');
    EXPECT_EQ(text, "aé事😀");
    drop_last_character(text);
    drop_last_character(text);
    EXPECT_EQ(text, "aé");
    drop_last_character(text);
    drop_last_character(text);
    drop_last_character(text);
    EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace evglass::viz
