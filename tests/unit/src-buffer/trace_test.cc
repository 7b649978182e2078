// What buffers tell: replayed, the records give each buffer's chains and length at any moment, and
// the sums of bytes that were copied and of bytes that were moved.
#include <gtest/gtest.h>

#include <list>
#include <map>
#include <string>

#include "src/buffer/evbuffer.h"
#include "tests/support/recorded.h"

namespace {

using evglass::test::Recorded;
namespace rec = evglass::trace::rec;
using evglass::trace::Record;
using evglass::trace::field::end;

/// A buffer as the records tell of it.
struct Told {
    struct Chain {
        std::uint64_t id;
        std::uint64_t misalign;
        std::uint64_t used;
    };
    std::list<Chain> chains;
    std::uint64_t length = 0;

    auto find(std::uint64_t id) {
        auto it = chains.begin();
        while (it != chains.end() && it->id != id) ++it;
        return it;
    }
    std::uint64_t sum() const {
        std::uint64_t sum = 0;
        for (const Chain& c : chains) sum += c.used;
        return sum;
    }
};

/// The smallest model that follows all records of buffers.
class Replay {
 public:
    void apply(const Record& record) {
        if (const auto* r = record.as<rec::buffer_state>()) buffers[r->buffer].length = r->length;
        if (const auto* r = record.as<rec::buffer_state_chain>())
            buffers[r->buffer].chains.push_back({r->chain, r->misalign, r->used});
        if (const auto* r = record.as<rec::buffer_free>()) buffers.erase(r->buffer);
        if (const auto* r = record.as<rec::chain_link>()) {
            Told& b = buffers[r->buffer];
            auto at = r->after == 0 ? b.chains.begin() : std::next(b.find(r->after));
            b.chains.insert(at, {r->chain, r->misalign, r->used});
            b.length = r->length;
        }
        if (const auto* r = record.as<rec::chain_unlink>())
            buffers[r->buffer].chains.erase(buffers[r->buffer].find(r->chain));
        if (const auto* r = record.as<rec::chain_realign>())
            buffers[r->buffer].find(r->chain)->misalign = 0;
        if (const auto* r = record.as<rec::chain_take>()) set(r);
        if (const auto* r = record.as<rec::buffer_pullup>()) set(r);
        if (const auto* r = record.as<rec::buffer_prepend>()) {
            set(r);
            buffers[r->buffer].length = r->length;
        }
        if (const auto* r = record.as<rec::buffer_add>()) {
            buffers[r->buffer].find(r->chain)->used = r->used;
            buffers[r->buffer].length = r->length;
        }
        if (const auto* r = record.as<rec::buffer_drain>()) {
            if (r->chain != 0) set(r);
            buffers[r->buffer].length = r->length;
        }
        if (const auto* r = record.as<rec::buffer_move>()) move(*r);
    }
    std::map<std::uint64_t, Told> buffers;

 private:
    template <class R>
    void set(const R* r) {
        const auto chain = buffers[r->buffer].find(r->chain);
        chain->misalign = r->misalign;
        chain->used = r->used;
    }
    void move(const rec::buffer_move& r) {
        Told& to = buffers[r.buffer];
        Told& from = buffers[r.source];
        const auto stop = std::next(from.find(r.last));
        to.chains.splice(r.to == end::back ? to.chains.end() : to.chains.begin(), from.chains,
                         from.chains.begin(), stop);
        to.length = r.length;
        from.length = r.source_length;
    }
};

void expect_as_told(const evbuffer* b, const Told& told) {
    EXPECT_EQ(told.length, b->total_len);
    EXPECT_EQ(told.sum(), told.length);
    auto it = told.chains.begin();
    for (const evbuffer_chain* chain = b->first; chain != nullptr; chain = chain->next, ++it) {
        ASSERT_NE(it, told.chains.end());
        EXPECT_EQ(it->id, reinterpret_cast<std::uint64_t>(chain));
        EXPECT_EQ(it->misalign, chain->misalign);
        EXPECT_EQ(it->used, chain->off);
    }
    EXPECT_EQ(it, told.chains.end());
}

/// One of many operations, by number.
void operate(evbuffer* a, evbuffer* b, int i) {
    static const std::string large(3000, 'x');
    char out[700];
    evbuffer_iovec v[2];
    switch (i % 12) {
        case 0:
            evbuffer_add(a, large.data(), static_cast<std::size_t>(i) % 2900);
            break;
        case 1:
            evbuffer_add_reference(a, large.data(), 100, nullptr, nullptr);
            break;
        case 2:
            evbuffer_prepend(a, large.data(), 300);
            break;
        case 3:
            evbuffer_remove_buffer(a, b, 500);
            break;
        case 4:
            evbuffer_remove(a, out, sizeof out);
            break;
        case 5:
            evbuffer_pullup(a, 400);
            break;
        case 6:
            evbuffer_add_buffer(b, a);
            break;
        case 7:
            if (evbuffer_reserve_space(b, 2000, v, 2) > 0) evbuffer_commit_space(b, v, 1);
            break;
        case 8:
            evbuffer_prepend_buffer(a, b);
            break;
        case 9:
            evbuffer_add_buffer_reference(b, a);
            break;
        case 10:
            evbuffer_add_printf(b, "%d", i);
            break;
        default:
            evbuffer_drain(i % 24 == 11 ? a : b, static_cast<std::size_t>(i) * 37 % 6000);
    }
}

TEST(BufferTraceTest, TheRecordsGiveTheChainsOfEachBuffer) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "probes are compiled out";
    evbuffer* before = evbuffer_new();
    evbuffer_add(before, "known before the recording", 26);
    Recorded recorded("full=64M,only=buffer");
    evbuffer* a = evbuffer_new();
    for (int i = 0; i < 2000; ++i) operate(i % 3 == 0 ? before : a, i % 3 == 0 ? a : before, i);
    Replay replay;
    for (const Record& record : recorded.stop()) replay.apply(record);
    expect_as_told(a, replay.buffers[reinterpret_cast<std::uint64_t>(a)]);
    expect_as_told(before, replay.buffers[reinterpret_cast<std::uint64_t>(before)]);
    EXPECT_FALSE(recorded.all<rec::buffer_state>().empty());
    evbuffer_free(a);
    evbuffer_free(before);
}

TEST(BufferTraceTest, MovedIsToldApartFromCopied) {
    if (!evglass::trace::kCompiledIn) GTEST_SKIP() << "probes are compiled out";
    Recorded recorded("full=16M,only=buffer");
    evbuffer* a = evbuffer_new();
    evbuffer* b = evbuffer_new();
    const std::string text(1000, 't');
    evbuffer_add(a, text.data(), text.size());
    evbuffer_add_buffer(b, a);
    evbuffer_freeze(b, 1);
    evbuffer_free(a);
    evbuffer_free(b);
    recorded.stop();
    const auto moves = recorded.all<rec::buffer_move>();
    ASSERT_EQ(moves.size(), 1u);
    EXPECT_EQ(moves[0].bytes, 1000u);
    const auto links = recorded.all<rec::chain_link>();
    ASSERT_EQ(links.size(), 1u);
    EXPECT_EQ(links[0].used, 1000u);
    EXPECT_EQ(links[0].how, evglass::trace::field::bytesfrom::copy);
    EXPECT_EQ(recorded.all<rec::buffer_new>().size(), 2u);
    EXPECT_EQ(recorded.all<rec::buffer_free>().size(), 2u);
    EXPECT_EQ(recorded.all<rec::buffer_freeze>().size(), 1u);
}

}  // namespace
