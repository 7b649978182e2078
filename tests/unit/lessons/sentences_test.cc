// Records in Chinese: the table covers trace/records.def, names fields that are there, and uses the
// glossary's words; what it says of a run.
#include "lessons/runner/sentences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "lessons/runner/glossary.h"
#include "lessons/runner/labels.h"
#include "lessons/runner/runs.h"
#include "tests/unit/lessons/find.h"

namespace evglass::lessons {
namespace {

/// The fields of each record type that is no system call, from the one list.
std::map<std::string, std::set<std::string>> types_to_tell() {
    std::map<std::string, std::set<std::string>> types;
#define FIELD(type, name) #name,
#define RETIRED(id, name)
#define RECORD(id, name, category, clock, fields, doc) types[#name] = {fields};
#include "trace/records.def"
#undef RECORD
#undef RETIRED
#undef FIELD
    std::erase_if(types, [](const auto& type) { return type.first.starts_with("sys_"); });
    return types;
}

std::set<std::string> places_of(std::string_view row) {
    std::set<std::string> places;
    while (true) {
        const auto open = row.find('{');
        if (open == std::string_view::npos) return places;
        const auto close = row.find('}', open);
        if (close == std::string_view::npos) return {"a brace is not closed"};
        places.emplace(row.substr(open + 1, close - open - 1));
        row.remove_prefix(close + 1);
    }
}

TEST(ChineseSentences, AreThereForEachTypeAndNameItsFields) {
    const auto types = types_to_tell();
    const auto derived = derived_places();
    std::set<std::string> told;
    for (const SentenceRow& row : chinese_sentences()) {
        const auto type = types.find(std::string(row.record));
        ASSERT_NE(type, types.end()) << row.record << " is no record type";
        EXPECT_TRUE(told.insert(type->first).second) << row.record << " is there twice";
        for (const std::string& place : places_of(row.chinese)) {
            const bool known = type->second.contains(place) ||
                               std::find(derived.begin(), derived.end(), place) != derived.end();
            EXPECT_TRUE(known) << row.record << " has no field '" << place << "'";
            // Of whom it speaks must be known.
            EXPECT_TRUE(place != "who" || type->second.contains("event")) << row.record;
            EXPECT_TRUE(place != "change" || type->second.contains("before")) << row.record;
        }
    }
    for (const auto& [name, fields] : types)
        EXPECT_TRUE(told.contains(name))
            << name << " has no sentence in lessons/runner/sentences.cc";
}

// A word of the glossary has one translation: other usual ones don't appear in what the runner
// says.
TEST(ChineseSentences, UseTheGlossarysWords) {
    const std::pair<const char*, const char*> others[] = {
        {"pending", "待定"},
        {"pending", "挂起中"},
        {"callback", "回呼"},
        {"timer heap", "小根堆"},
        {"watermark", "水印"},
        {"chain", "链节"},
        {"listener", "侦听器"},
        {"back end", "后台"},
        {"turn", "一圈"},
        {"changelist", "更改列表"},
        {"active queue", "活动队列"},
        {"record", "纪录"},
        {"self-pipe", "自身管道"},
        {"tick", "滴答"},
        {"token bucket", "漏桶"},
    };
    const Glossary glossary = Glossary::load(all_lessons().lessons_dir);
    std::string said;
    for (const SentenceRow& row : chinese_sentences()) said += std::string(row.chinese) + "\n";
    for (const Label& label : all_labels()) said += std::string(label.chinese) + "\n";
    for (const auto& [word, other] : others) {
        const auto& words = glossary.words();
        const auto is_it = [meant = word](const Word& known) { return known.english == meant; };
        EXPECT_TRUE(std::any_of(words.begin(), words.end(), is_it)) << word;
        EXPECT_EQ(said.find(other), std::string::npos) << word << ": " << other;
    }
}

TEST(ChineseSentences, TellARun) {
    const CatalogueEntry* entry = all_lessons().find("four-calls");
    const ParsedLesson parsed = load_lesson(entry->file);
    const LessonRuns runs(*parsed.lesson, entry->program);
    ASSERT_EQ(runs.error(), "");
    const auto& run = runs.first();
    const auto& timeline = run.timeline();
    std::set<std::string> said;
    for (const trace::Record* record = timeline.at(timeline.first()); record != nullptr;
         record = timeline.after(record->number)) {
        const Moment there(run, record->number);
        said.insert(record_sentence(*record, timeline.reader(), there.model(), "zh"));
    }
    for (const std::string& text : said)
        EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
    EXPECT_TRUE(said.contains("第 1 轮开始"));
    EXPECT_TRUE(std::any_of(said.begin(), said.end(), [](const std::string& text) {
        return text.find("initialized -> pending（程序调用 event_add）") != std::string::npos;
    }));
    EXPECT_TRUE(std::any_of(said.begin(), said.end(), [](const std::string& text) {
        return text.starts_with("epoll_ctl(");
    })) << "a system call is told as strace does";
}

}  // namespace
}  // namespace evglass::lessons
