// What the model knows of buffers, each with its list of chains and where its bytes came from, and
// of bufferevents with their watermarks, buckets and reasons to rest. Values, as in model.h;
// transitions_buffer.cc changes them.
//
// A buffer is `exact` from its birth or from the moment when it told its whole state; a record that
// doesn't fit it is then an error. One that isn't exact was only seen in passing (it tells itself
// before its next record), or records were lost: its chains are what could be told from records.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

namespace evglass::trace {

/// A piece of memory in a buffer: `misalign` bytes that are free in front, `used` bytes, and the
/// room behind them.
struct Chain {
    std::uint64_t address = 0;
    std::uint64_t size = 0, misalign = 0, used = 0;
    std::uint32_t refs = 1;  ///< when it was last told
    int flags = 0;           ///< field::chainflags
    int how = 0;             ///< field::bytesfrom: how its first bytes came
    std::uint64_t room() const {
        return misalign <= size && used <= size - misalign ? size - misalign - used : 0;
    }
    /// Is it the same memory in the same state? (How its bytes came, a whole telling can't know.)
    bool same(const Chain& other) const {
        return address == other.address && size == other.size && misalign == other.misalign &&
               used == other.used && flags == other.flags;
    }
};

struct Buffer {
    std::uint64_t address = 0;
    std::uint32_t ordinal = 0;  ///< V1, V2, ...
    bool exact = false;
    std::uint64_t creator = 0, bufferevent = 0;
    std::uint64_t length = 0;
    std::deque<Chain> chains;
    bool front_frozen = false, back_frozen = false;
    std::uint64_t lent = 0;       ///< room lent out by the last reserve, until it is committed
    std::uint64_t callbacks = 0;  ///< how often a callback was told of a change
    // bytes, since we know the buffer
    static constexpr std::size_t kWays = 8;      ///< of field::bytesfrom
    std::array<std::uint64_t, kWays> entered{};  ///< by the way they came
    std::uint64_t moved_in = 0, moved_out = 0;   ///< with their chains: nothing was copied
    std::uint64_t drained = 0;
    std::uint64_t copied_within = 0;  ///< by pullup and realign: copies that moved nothing along
    // a whole telling under way
    std::uint32_t chains_told = 0;
    std::deque<Chain> told;
    std::uint64_t chain_bytes() const {
        std::uint64_t sum = 0;
        for (const Chain& chain : chains) sum += chain.used;
        return sum;
    }
};

/// One direction of a bufferevent.
struct Direction {
    bool enabled = false;
    int suspended = 0;                   ///< field::bevsuspend: why it rests though it is enabled
    std::uint64_t low = 0, high = 0;     ///< watermarks; high 0: without bound
    std::int64_t timeout = 0;            ///< µs; 0: none
    std::uint64_t bytes = 0, moves = 0;  ///< moved between the transport and the buffer
    std::uint64_t calls = 0;             ///< of the user's callback
};

/// A pair of token buckets: a bufferevent's own, or a group's. Rates are bytes for each tick.
struct Bucket {
    bool whole = false;  ///< rates and maxima were told; else only what is in it
    std::int64_t read_rate = 0, read_maximum = 0, write_rate = 0, write_maximum = 0;
    std::int64_t read_limit = 0, write_limit = 0;  ///< what is in it; may be negative
    std::int64_t tick_us = 0;
    std::uint64_t fills = 0;
};

struct Bufferevent {
    std::uint64_t address = 0, base = 0;
    std::uint32_t ordinal = 0;  ///< S1, S2, ...
    bool exact = false;         ///< its birth or its whole state was told, and nothing lost since
    int kind = 0;               ///< field::bevkind
    int fd = -1;
    int options = 0;  ///< field::bevopt
    std::uint64_t input = 0, output = 0, read_event = 0, write_event = 0;
    std::uint64_t other = 0;  ///< the one below it (filter, TLS), or its partner (pair)
    Direction read, write;
    int connect = 0;  ///< field::bevconnect; 0: nothing told
    int tls = 0;      ///< field::bevtls; 0: nothing told
    bool released = false;
    std::uint32_t refs = 0;
    std::uint64_t group = 0;
    int calling = 0;  ///< field::bevcall: which of its callbacks is being run; 0: none
    std::uint64_t event_calls = 0;
    int last_event = 0;  ///< field::bevevent of the last call of the event callback
};

struct RateGroup {
    std::uint64_t address = 0, base = 0, event = 0;
    std::uint32_t ordinal = 0;  ///< G1, G2, ...
    std::uint32_t members = 0;
    bool read_rests = false, write_rests = false;
};

}  // namespace evglass::trace
