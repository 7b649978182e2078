// Buffers and bufferevents: bytes of the chains sum up to the length, what is told twice must be
// the same, and what was only seen in passing is never called exact.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/trace-model/replay.h"
#include "trace/text.h"

namespace evglass::trace::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Address kBuffer = 0xf1, kOther = 0xf2, kChain = 0xc1, kNext = 0xc2, kBev = 0x51;

class BufferModel : public ::testing::Test {
 protected:
    RecordBuilder out;
    std::string error() const { return Replay(out).error(); }
    void make(Address buffer) { out.add(rec::buffer_new{.buffer = buffer, .creator = 0}); }
    void link(Address buffer, Address chain, Address after, std::uint64_t used,
              std::uint64_t length) {
        out.add(rec::chain_link{.buffer = buffer,
                                .chain = chain,
                                .after = after,
                                .size = 1000,
                                .misalign = 0,
                                .used = used,
                                .length = length,
                                .refs = 1,
                                .flags = 0,
                                .how = field::bytesfrom::copy});
    }
    void drain(std::uint64_t bytes, std::uint64_t length, Address chain, std::uint64_t misalign,
               std::uint64_t used) {
        out.add(rec::buffer_drain{.buffer = kBuffer,
                                  .bytes = bytes,
                                  .length = length,
                                  .chain = chain,
                                  .misalign = misalign,
                                  .used = used});
    }
};

TEST_F(BufferModel, BytesEnterAndLeave) {
    make(kBuffer);
    link(kBuffer, kChain, 0, 100, 100);
    out.add(rec::buffer_add{.buffer = kBuffer,
                            .chain = kChain,
                            .bytes = 20,
                            .used = 120,
                            .length = 120,
                            .how = field::bytesfrom::read});
    drain(30, 90, kChain, 30, 90);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    const Buffer& buffer = *replay.model.buffer(kBuffer);
    EXPECT_TRUE(buffer.exact);
    EXPECT_EQ(buffer.length, 90U);
    ASSERT_EQ(buffer.chains.size(), 1U);
    EXPECT_EQ(buffer.chains[0].misalign, 30U);
    EXPECT_EQ(buffer.chains[0].room(), 880U);
    EXPECT_EQ(buffer.entered[static_cast<std::size_t>(field::bytesfrom::copy)], 100U);
    EXPECT_EQ(buffer.entered[static_cast<std::size_t>(field::bytesfrom::read)], 20U);
    EXPECT_EQ(buffer.drained, 30U);
}

TEST_F(BufferModel, ALengthThatIsNotTheSumIsAnError) {
    make(kBuffer);
    link(kBuffer, kChain, 0, 100, 101);
    EXPECT_THAT(error(), HasSubstr("V1: its chains have 100 bytes, its length is 101"));
}

TEST_F(BufferModel, MoreBytesThanRoomIsAnError) {
    make(kBuffer);
    link(kBuffer, kChain, 0, 990, 990);
    out.add(rec::buffer_add{.buffer = kBuffer,
                            .chain = kChain,
                            .bytes = 20,
                            .used = 1010,
                            .length = 1010,
                            .how = field::bytesfrom::copy});
    EXPECT_THAT(error(), HasSubstr("no room"));
}

TEST_F(BufferModel, ChainsMoveFromOneToAnotherWithoutACopy) {
    make(kBuffer);
    make(kOther);
    link(kBuffer, kChain, 0, 100, 100);
    link(kBuffer, kNext, kChain, 50, 150);
    out.add(rec::buffer_move{.buffer = kOther,
                             .source = kBuffer,
                             .last = kNext,
                             .bytes = 150,
                             .length = 150,
                             .source_length = 0,
                             .to = field::end::back});
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    EXPECT_EQ(replay.model.buffer(kOther)->chains.size(), 2U);
    EXPECT_TRUE(replay.model.buffer(kBuffer)->chains.empty());
    EXPECT_EQ(replay.model.buffer(kOther)->moved_in, 150U);
    EXPECT_EQ(replay.model.buffer(kBuffer)->moved_out, 150U);
    EXPECT_THAT(record_sentence(out.records().back(), *out.shared_context(), replay.model),
                HasSubstr("150 bytes move from V1 to the end of V2 with their chains"));
}

TEST_F(BufferModel, WhatWasOnlySeenInPassingIsNotExactUntilItTellsItself) {
    drain(5, 95, kChain, 5, 95);
    const Replay passing(out);
    EXPECT_THAT(passing.errors, IsEmpty()) << "nothing can be wrong about what isn't known";
    EXPECT_FALSE(passing.model.buffer(kBuffer)->exact);
    EXPECT_EQ(passing.model.buffer(kBuffer)->length, 95U);
    out.add(rec::buffer_state{.buffer = kBuffer,
                              .creator = 0,
                              .bufferevent = nullptr,
                              .length = 95,
                              .chains = 1,
                              .callbacks = 0,
                              .front_frozen = 0,
                              .back_frozen = 0});
    EXPECT_FALSE(Replay(out).model.buffer(kBuffer)->exact) << "its chains are not told yet";
    out.add(rec::buffer_state_chain{.buffer = kBuffer,
                                    .chain = kChain,
                                    .size = 1000,
                                    .misalign = 5,
                                    .used = 95,
                                    .index = 0,
                                    .refs = 1,
                                    .flags = 0});
    const Replay told(out);
    EXPECT_TRUE(told.model.buffer(kBuffer)->exact);
    EXPECT_EQ(told.model.buffer(kBuffer)->chains.at(0).used, 95U);
}

TEST_F(BufferModel, ABufferThatTellsSomethingElseThanTheReplayIsAnError) {
    make(kBuffer);
    link(kBuffer, kChain, 0, 100, 100);
    out.add(rec::buffer_state{.buffer = kBuffer,
                              .creator = 0,
                              .bufferevent = nullptr,
                              .length = 90,
                              .chains = 1,
                              .callbacks = 0,
                              .front_frozen = 0,
                              .back_frozen = 0});
    EXPECT_THAT(error(), HasSubstr("it tells 90 bytes in 1 chains, replayed 100 in 1"));
}

TEST_F(BufferModel, LostRecordsMakeEveryBufferInexact) {
    make(kBuffer);
    link(kBuffer, kChain, 0, 100, 100);
    out.lose(5);
    drain(1, 99, kChain, 1, 99);
    EXPECT_FALSE(Replay(out).model.buffer(kBuffer)->exact);
}

TEST_F(BufferModel, ADirectionRestsAsLongAsThereIsAReason) {
    const auto suspend = [&](int reason, int reasons) {
        out.add(rec::bev_suspend{.bev = kBev,
                                 .direction = field::bevdir::read,
                                 .reason = static_cast<std::uint32_t>(reason),
                                 .reasons = static_cast<std::uint32_t>(reasons)});
    };
    out.add(rec::bev_new{.base = 0,
                         .bev = kBev,
                         .kind = field::bevkind::socket,
                         .fd = 7,
                         .options = 0,
                         .input = kBuffer,
                         .output = kOther,
                         .read_event = 0,
                         .write_event = 0,
                         .deferred = 0,
                         .other = nullptr});
    out.add(
        rec::bev_watermark{.bev = kBev, .direction = field::bevdir::read, .low = 10, .high = 100});
    suspend(1, 1);
    suspend(2, 3);
    const Replay replay(out);
    EXPECT_THAT(replay.errors, IsEmpty());
    const Bufferevent& bev = *replay.model.bufferevent(kBev);
    EXPECT_EQ(bev.read.suspended, 3);
    EXPECT_EQ(bev.read.high, 100U);
    EXPECT_TRUE(bev.write.enabled) << "all are made so";
    EXPECT_FALSE(bev.read.enabled);
    suspend(4, 4);
    EXPECT_THAT(error(), HasSubstr("S1: a reason to rest came, and others with it"));
}

}  // namespace
}  // namespace evglass::trace::testing
