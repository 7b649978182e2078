// The index of a trace: an answer that is kept. With one, each moment, each record and each search
// of a random program's recording is what it is without one. An index that is damaged, of another
// state of the trace, or not ours is not believed.
#include <event2/evglass.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/model/random_program.h"
#include "trace/model_archive.h"
#include "trace/timeline.h"

namespace evglass::testing {
namespace {

namespace fs = std::filesystem;
using trace::Timeline;

class Index : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "evglass-index-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
        setenv("XDG_CACHE_HOME", (directory_ + "/cache").c_str(), 1);
    }
    void TearDown() override {
        unsetenv("XDG_CACHE_HOME");
        fs::permissions(directory_, fs::perms::owner_all);
        fs::remove_all(directory_);
    }
    void record(const char* options, int steps) {
        ASSERT_EQ(evglass_trace_start(path().c_str(), options), 0);
        {
            RandomProgram program(
                {.seed = 5, .backend = "epoll", .steps = steps, .keyframe_each_step = false});
            program.run();
            evglass_trace_stop();  // in the middle of things
        }
    }
    std::string path() const { return directory_ + "/t.evg"; }
    std::vector<fs::path> kept() const {
        std::vector<fs::path> found;
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(directory_ + "/cache/evglass", none))
            found.push_back(entry.path());
        return found;
    }
    Timeline plain() const { return get({.index_from = UINT64_MAX}); }
    /// `made`: whether the trace had to be read for it.
    Timeline indexed(bool* made = nullptr) const {
        bool read = false;
        Timeline timeline = get({.index_from = 1, .progress = [&](double part) {
                                     EXPECT_TRUE(part >= 0 && part <= 1) << part;
                                     read = true;
                                     return true;
                                 }});
        EXPECT_TRUE(timeline.indexed());
        if (made != nullptr) *made = read;
        return timeline;
    }

    std::string directory_;

 private:
    Timeline get(const Timeline::Options& options) const {
        auto opened = Timeline::open(path(), options);
        if (!opened.timeline) throw std::runtime_error(opened.error);
        return std::move(*opened.timeline);
    }
};

void expect_same_record(const trace::Record* a, const trace::Record* b) {
    ASSERT_EQ(a == nullptr, b == nullptr);
    if (a == nullptr) return;
    ASSERT_EQ(a->number, b->number);
    ASSERT_EQ(a->time_ns, b->time_ns) << a->number;
    ASSERT_EQ(a->type, b->type) << a->number;
    ASSERT_EQ(a->site, b->site) << a->number;
    ASSERT_EQ(a->thread, b->thread) << a->number;
    ASSERT_EQ(a->fields, b->fields) << a->number;
}

void expect_same(Timeline& plain, Timeline& indexed) {
    ASSERT_EQ(indexed.first(), plain.first());
    ASSERT_EQ(indexed.last(), plain.last());
    EXPECT_EQ(indexed.reader().lost(), plain.reader().lost());
    EXPECT_TRUE(indexed.reader().finished());
    ASSERT_EQ(indexed.problems().size(), plain.problems().size());
    const trace::Record* a = plain.at(0);
    const trace::Record* b = indexed.at(0);
    for (; a != nullptr; a = plain.after(a->number), b = indexed.after(b->number))
        ASSERT_NO_FATAL_FAILURE(expect_same_record(a, b));
    EXPECT_EQ(b, nullptr);
    std::mt19937 random(1);
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t n = plain.first() + random() % (plain.last() - plain.first() + 1);
        ASSERT_EQ(trace::model_bytes(indexed.model(n)), trace::model_bytes(plain.model(n))) << n;
        ASSERT_NO_FATAL_FAILURE(expect_same_record(plain.before(n), indexed.before(n)));
    }
    EXPECT_EQ(trace::model_bytes(indexed.head()), trace::model_bytes(plain.head()));
}

TEST_F(Index, ChangesNothingOfWhatATraceSays) {
    record("full=256M", 1200);
    Timeline without = plain();
    ASSERT_GT(without.last(), 10'000U);
    bool made = false;
    Timeline first = indexed(&made);
    EXPECT_TRUE(made);
    expect_same(without, first);
    Timeline second = indexed(&made);
    EXPECT_FALSE(made);
    expect_same(without, second);
    std::string error;
    for (const char* text : {"name=turn_begin", "name=epoll_ctl op=DEL", "event=E3"}) {
        const trace::Filter filter = trace::Filter::parse(text, error);
        for (const std::uint64_t from : {without.first(), without.last() / 2, without.last()})
            for (const bool forward : {true, false})
                EXPECT_EQ(second.find(filter, from, forward), without.find(filter, from, forward))
                    << text << " from " << from;
    }
    EXPECT_EQ(second.turn(40), without.turn(40));
    EXPECT_EQ(second.turn(1'000'000), std::nullopt);
}

TEST_F(Index, OfARingThatLostItsBeginning) {
    record("ring=1M", 12'000);
    Timeline without = plain();
    ASSERT_GT(without.reader().lost(), 0U);
    Timeline with = indexed();
    expect_same(without, with);
    Timeline again = indexed();
    expect_same(without, again);
}

TEST_F(Index, IsNotBelievedInAnyDoubt) {
    record("full=64M", 300);
    static_cast<void>(indexed());
    ASSERT_EQ(kept().size(), 1U);
    const fs::path file = kept().front();
    const auto size = fs::file_size(file);
    bool made = false;
    std::mt19937 random(3);
    for (int i = 0; i < 40; ++i) {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekg(static_cast<std::streamoff>(i < 8 ? i * 8 : random() % size));
        const auto at = bytes.tellg();
        const int was = bytes.get();
        bytes.seekp(at);
        bytes.put(static_cast<char>(was ^ 0x10));
        bytes.close();
        static_cast<void>(indexed(&made));
        EXPECT_TRUE(made) << "byte " << at << " was changed";
    }
    fs::resize_file(file, size / 2);
    static_cast<void>(indexed(&made));
    EXPECT_TRUE(made) << "cut short";
    chmod(file.c_str(), 0666);
    static_cast<void>(indexed(&made));
    EXPECT_TRUE(made) << "anybody could have written it";
    static_cast<void>(indexed(&made));
    EXPECT_FALSE(made);
    fs::last_write_time(path(), fs::file_time_type::clock::now() + std::chrono::seconds(5));
    static_cast<void>(indexed(&made));
    EXPECT_TRUE(made) << "the trace has changed";
    EXPECT_EQ(kept().size(), 1U) << "the old one was replaced";
}

TEST_F(Index, NeedsNoPlaceToBeKept) {
    record("full=64M", 300);
    Timeline without = plain();
    fs::create_directories(directory_ + "/cache/evglass");
    chmod((directory_ + "/cache/evglass").c_str(), 0777);  // not ours alone
    bool made = false;
    Timeline with = indexed(&made);
    expect_same(without, with);
    EXPECT_TRUE(kept().empty());
    static_cast<void>(indexed(&made));
    EXPECT_TRUE(made);
}

TEST_F(Index, OfAFileThatGetsShorterThereAreFewerRecords) {
    record("full=64M", 300);
    Timeline timeline = indexed();
    const std::uint64_t last = timeline.last();
    fs::resize_file(path(), fs::file_size(path()) / 3);
    std::mt19937 random(9);
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t n = 1 + random() % last;
        const trace::Record* record = timeline.at(n);
        EXPECT_TRUE(record == nullptr || record->number >= n);
        EXPECT_LE(timeline.model(n).record(), n);
        static_cast<void>(timeline.before(n));
    }
    EXPECT_EQ(timeline.last(), last) << "it was there, and is not read anew";
}

TEST_F(Index, CanBeGivenUp) {
    record("full=64M", 300);
    const auto opened =
        Timeline::open(path(), {.index_from = 1, .progress = [](double) { return false; }});
    EXPECT_FALSE(opened.timeline);
    EXPECT_EQ(opened.error, "given up");
    EXPECT_TRUE(kept().empty()) << "half an index is none";
}

}  // namespace
}  // namespace evglass::testing
