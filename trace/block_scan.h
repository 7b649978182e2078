// Collects what stands in a trace's blocks, thread by thread, while they may be written and given
// new lives. It knows heads of records (length and stamp) and nothing of their meaning.
//
// Pieces. A piece is a run of whole records of one block. A block's bytes are used only if its
// generation is even and the same before and after they are read. A thread's pieces follow each
// other by the thread's own count of records; a hole in that count is believed only when a whole
// further pass over the file has not filled it.
//
// Order. Records of different threads are ordered by stamp (see reader.cc for what may be handed
// out when). Not for several threads at once. Read next: merge.h.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "trace/layout_check.h"
#include "trace/raw_file.h"
#include "trace/tick_map.h"

namespace evglass::trace {

/// The head of a record and where its fields lie in the piece.
struct RawRecord {
    std::uint16_t type = 0, site = 0, flags = 0;
    std::uint64_t stamp = 0;
    std::span<const std::byte> fields;
};

/// Whole records of one block, one after the other.
struct Piece {
    std::uint64_t block_first = 0;  ///< the thread's number of the first record of the block ...
    std::uint64_t first = 0;        ///< ... and of this piece (set when it is loaded)
    std::uint32_t block = 0;
    std::uint32_t from = 0, to = 0;  ///< bytes of the block, after its head
    std::uint64_t pass = 0;          ///< in which it was seen
    bool loaded = false;
    std::vector<std::byte> data;
};

/// One thread's records that were not handed out yet.
struct Stream {
    std::deque<Piece> pieces;      ///< in the thread's order
    std::size_t at = 0;            ///< in the first piece
    std::uint64_t next = 0;        ///< the thread's number of the record that is due
    std::uint64_t end = 0;         ///< after the last record that was seen
    std::uint64_t written = 0;     ///< what the thread itself says, before the last pass
    std::uint64_t last_stamp = 0;  ///< of all that was loaded
};

class BlockScan {
 public:
    BlockScan() = default;
    explicit BlockScan(const CheckedHeader& header) : header_(header) {}

    /// One pass over all blocks. `lazy`: the file will not change, so bytes may be fetched when
    /// they are asked for. Returns whether anything new was seen.
    bool pass(const RawFile& file, const LiveHeader& live, bool lazy, TickMap& ticks);
    std::uint64_t passes() const { return passes_; }

    std::vector<Stream>& streams() { return streams_; }
    const std::vector<Stream>& streams() const { return streams_; }
    /// Fetches the bytes of the stream's first piece. False if there was nothing whole in it: the
    /// piece is gone then.
    bool load_front(const RawFile& file, Stream& stream);
    /// Is the stream's place one where a record begins? Fetches what it must.
    bool stands_at_record(const RawFile& file, Stream& stream);
    /// The record at the stream's place. The first piece must be loaded and not used up.
    static RawRecord peek(const Stream& stream);
    /// Goes on to the next record.
    static void advance(Stream& stream);

    const std::vector<std::string>& warnings() const { return warnings_; }

 private:
    struct BlockMemory {
        std::uint64_t generation = 0;
        std::uint32_t seen = 0;  ///< bytes
        std::uint64_t next = 0;  ///< the thread's number after the bytes that were loaded
        bool closed = false;     ///< full mode: its thread has gone on to another block
    };
    struct Head {
        std::uint64_t generation = 0, first = 0, sync_ticks = 0, sync_ns = 0;
        std::uint32_t committed = 0, thread = 0;
    };
    bool read_head(const RawFile& file, std::uint32_t index, Head& out) const;
    bool scan_block(const RawFile& file, std::uint32_t index, bool lazy, TickMap& ticks);
    bool fetch(const RawFile& file, Piece& piece);
    bool check_records(Piece& piece, std::uint64_t& count, std::uint64_t& last_stamp);
    void insert(Stream& stream, Piece piece);
    void close_blocks();
    std::uint64_t block_offset(std::uint32_t index) const;
    void warn_damaged(std::uint32_t block, std::uint64_t at, const char* what);

    CheckedHeader header_;
    std::vector<BlockMemory> memory_;
    std::vector<Stream> streams_;
    std::vector<std::string> warnings_;
    std::uint64_t damaged_ = 0;
    std::uint64_t passes_ = 0;
};

}  // namespace evglass::trace
