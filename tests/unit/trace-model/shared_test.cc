// The containers that share: against those of the library under random changes, and copies that
// never see each other's. Models as bytes and back, and bytes that lie.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "tests/support/sample_model.h"
#include "tests/support/scene.h"
#include "trace/model_archive.h"

namespace evglass::trace::testing {
namespace {

using Shared = SharedMap<int, std::string>;
using Plain = std::map<int, std::string>;

void expect_same(const Shared& shared, const Plain& plain) {
    ASSERT_EQ(shared.size(), plain.size());
    auto it = plain.begin();
    for (const auto& [key, value] : shared) {
        ASSERT_EQ(key, it->first);
        ASSERT_EQ(value, it->second);
        ++it;
    }
}

TEST(SharedMap, IsAMapUnderRandomChangesAndItsCopiesStayAsTheyWere) {
    std::mt19937 random(7);
    Shared shared;
    Plain plain;
    std::vector<std::pair<Shared, Plain>> copies;
    for (int i = 0; i < 20'000; ++i) {
        const int key = static_cast<int>(random() % 700);
        switch (random() % 5) {
            case 0:
                EXPECT_EQ(shared.erase(key), plain.erase(key));
                break;
            case 1:
                EXPECT_EQ(shared.emplace(key, "e").second, plain.emplace(key, "e").second);
                break;
            case 2:
                EXPECT_EQ(shared.contains(key), plain.contains(key));
                if (const auto it = shared.find(key); it != shared.end()) it->second += "x";
                if (const auto it = plain.find(key); it != plain.end()) it->second += "x";
                break;
            default:
                shared[key] = plain[key] = std::to_string(i);
        }
        if (i % 500 == 0) copies.emplace_back(shared, plain);
    }
    expect_same(shared, plain);
    for (const auto& [copy, then] : copies) expect_same(copy, then);
}

TEST(SharedMap, ReferencesOutliveInsertions) {
    Shared map;
    std::string& first = map[1000];
    for (int i = 0; i < 500; ++i) map[i] = "x";
    for (int i = 2000; i < 2500; ++i) map[i] = "x";
    first = "still here";
    EXPECT_EQ(map.at(1000), "still here");
}

TEST(SharedMap, ErasesWhileItWalks) {
    Shared map;
    Plain plain;
    for (int i = 0; i < 300; ++i) map[i] = plain[i] = std::to_string(i);
    for (auto it = map.begin(); it != map.end();)
        it = it->first % 3 == 0 ? map.erase(it) : std::next(it);
    std::erase_if(plain, [](const auto& entry) { return entry.first % 3 == 0; });
    expect_same(map, plain);
    EXPECT_EQ(std::prev(map.end())->first, 299);
    EXPECT_EQ(map.lower_bound(3)->first, 4);
    EXPECT_EQ(map.upper_bound(4)->first, 5);
    EXPECT_EQ(map.lower_bound(1000), std::as_const(map).end());
}

TEST(SharedMap, ComparesByWhatIsInIt) {
    Shared a, b;
    for (int i = 0; i < 200; ++i) a[i] = "v";
    for (int i = 199; i >= 0; --i) b[i] = "v";
    EXPECT_EQ(a, b);
    b[5] = "w";
    EXPECT_FALSE(a == b);
}

TEST(SharedList, IsAVectorUnderRandomChangesAndItsCopiesStayAsTheyWere) {
    std::mt19937 random(11);
    SharedList<int> shared;
    std::vector<int> plain;
    std::vector<std::pair<SharedList<int>, std::vector<int>>> copies;
    for (int i = 0; i < 20'000; ++i) {
        if (const auto what = random() % 4; what < 2 || plain.empty()) {
            shared.push_back(i);
            plain.push_back(i);
        } else if (what == 2) {
            const std::size_t place = random() % plain.size();
            shared.set(place, -i);
            plain[place] = -i;
        } else {
            ASSERT_EQ(shared.back(), plain.back());
            shared.pop_back();
            plain.pop_back();
        }
        if (i % 4000 == 0) {
            shared.erase_if([](int n) { return n % 7 == 0; });
            std::erase_if(plain, [](int n) { return n % 7 == 0; });
        }
        if (i % 500 == 0) copies.emplace_back(shared, plain);
    }
    copies.emplace_back(shared, plain);
    for (const auto& [copy, then] : copies)
        EXPECT_TRUE(std::equal(copy.begin(), copy.end(), then.begin(), then.end()));
}

// ---- models as bytes ----------------------------------------------------------------------------

class Shelf : public PageShelf {
 public:
    std::uint64_t put(std::span<const std::byte> bytes) override {
        pieces.emplace_back(bytes.begin(), bytes.end());
        return pieces.size();
    }
    std::vector<std::byte> get(std::uint64_t place) const override {
        return place == 0 || place > pieces.size() ? std::vector<std::byte>() : pieces[place - 1];
    }
    std::vector<std::vector<std::byte>> pieces;
};

/// The sample's story, and after each record what the model is.
struct Story {
    Sample sample = make_finished_sample();
    std::vector<Record> records = sample.builder.records();
    void apply(Model& model, std::size_t i) const {
        const auto& sites = sample.builder.shared_context()->sites();
        const std::uint16_t site = records[i].site;
        static_cast<void>(model.apply(records[i], site == 0 ? nullptr : &sites[site - 1U]));
    }
};

TEST(ModelShelf, EveryMomentComesBackAsItWasAndGoesOnAsItDid) {
    const Story story;
    auto shelf = std::make_shared<Shelf>();
    ModelShelf models(shelf);
    std::vector<std::uint64_t> places;
    std::vector<std::vector<std::byte>> then;
    Model model;
    for (std::size_t i = 0; i < story.records.size(); ++i) {
        story.apply(model, i);
        places.push_back(models.put(model));
        then.push_back(model_bytes(model));
    }
    for (std::size_t i = 0; i < places.size(); ++i)
        ASSERT_EQ(model_bytes(models.get(places[i])), then[i]) << "record " << i + 1;
    Model again = models.get(places[places.size() / 2]);
    for (std::size_t i = places.size() / 2 + 1; i < places.size(); ++i) story.apply(again, i);
    EXPECT_EQ(model_bytes(again), then.back());
    EXPECT_EQ(model_bytes(models.get(places[places.size() / 2])), then[places.size() / 2])
        << "what was changed since was a copy";
}

TEST(ModelShelf, WhatHasNotChangedIsNotWrittenAgain) {
    const Story story;
    auto shelf = std::make_shared<Shelf>();
    ModelShelf models(shelf);
    Model model;
    for (std::size_t i = 0; i < story.records.size(); ++i) story.apply(model, i);
    models.put(model);
    const std::size_t first = shelf->pieces.size();
    models.put(model);
    EXPECT_EQ(shelf->pieces.size(), first + 1) << "the model alone, and no page of it";
}

TEST(ModelShelf, BytesThatLieGiveSomeModelAndNoHarm) {
    const Story story;
    std::mt19937 random(13);
    auto shelf = std::make_shared<Shelf>();
    std::uint64_t place = 0;
    {
        ModelShelf models(shelf);
        Model model;
        for (std::size_t i = 0; i < story.records.size() / 2; ++i) story.apply(model, i);
        place = models.put(model);
    }
    const auto whole = shelf->pieces;
    for (int round = 0; round < 300; ++round) {
        shelf->pieces = whole;
        auto& piece = shelf->pieces[random() % whole.size()];
        for (int i = 0; i < 3 && !piece.empty(); ++i)
            piece[random() % piece.size()] = static_cast<std::byte>(random());
        if (random() % 4 == 0) piece.resize(random() % (piece.size() + 1));
        Model model = ModelShelf(shelf).get(place);
        static_cast<void>(model_bytes(model));
        for (std::size_t i = story.records.size() / 2; i < story.records.size(); ++i)
            story.apply(model, i);
    }
}

}  // namespace
}  // namespace evglass::trace::testing
