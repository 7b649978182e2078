// One pass over the blocks of a trace, and the pieces it finds.
#include "trace/block_scan.h"

#include <algorithm>
#include <array>

#include "trace/format.h"

namespace evglass::trace {
namespace {

using format::Block;
using format::RecordHead;

/// Numbers beyond this are damage: nobody writes that many records.
constexpr std::uint64_t kMostRecords = std::uint64_t{1} << 44;

}  // namespace

std::uint64_t BlockScan::block_offset(std::uint32_t index) const {
    return header_.blocks_offset + std::uint64_t{index} * header_.block_bytes;
}

void BlockScan::warn_damaged(std::uint32_t block, std::uint64_t at, const char* what) {
    if (damaged_++ != 0) return;
    warnings_.push_back("block " + std::to_string(block) + " is damaged at byte " +
                        std::to_string(at) + " (" + what +
                        "): the rest of it, and of others like it, is left out");
}

bool BlockScan::read_head(const RawFile& file, std::uint32_t index, Head& out) const {
    std::array<std::byte, sizeof(Block)> bytes{};
    if (!file.read_all(block_offset(index), bytes)) return false;
    out.generation = load_at<std::uint64_t>(bytes, offsetof(Block, generation));
    out.committed = load_at<std::uint32_t>(bytes, offsetof(Block, committed));
    out.thread = load_at<std::uint32_t>(bytes, offsetof(Block, thread));
    out.first = load_at<std::uint64_t>(bytes, offsetof(Block, first_index));
    out.sync_ticks = load_at<std::uint64_t>(bytes, offsetof(Block, sync_ticks));
    out.sync_ns = load_at<std::uint64_t>(bytes, offsetof(Block, sync_ns));
    return true;
}

bool BlockScan::scan_block(const RawFile& file, std::uint32_t index, bool lazy, TickMap& ticks) {
    BlockMemory& memory = memory_[index];
    Head head;
    if (memory.closed || !read_head(file, index, head)) return false;
    if (head.generation == 0 || head.generation % 2 != 0) return false;  // unused, or in change
    if (head.generation == memory.generation && head.committed <= memory.seen) return false;
    const std::uint32_t room =
        header_.block_bytes - static_cast<std::uint32_t>(format::kBlockHeader);
    if (head.committed > room || head.committed % 8 != 0 ||
        head.thread >= header_.thread_capacity || head.first > kMostRecords) {
        warn_damaged(index, 0, "its head makes no sense");
        memory = {head.generation, room, 0, true};
        return false;
    }
    const bool same_life = head.generation == memory.generation;
    Piece piece;
    piece.block = index;
    piece.block_first = head.first;
    piece.from = same_life ? memory.seen : 0;
    piece.to = head.committed;
    piece.pass = passes_;
    piece.first = same_life ? memory.next : head.first;
    if (piece.from == piece.to) {
        memory = {head.generation, piece.to, piece.first, false};
        return false;
    }
    if (!lazy) {
        const bool whole = fetch(file, piece);
        Head after;
        if (!read_head(file, index, after) || after.generation != head.generation) return true;
        if (!whole && piece.data.empty()) return false;
    }
    memory.generation = head.generation;
    memory.seen = head.committed;
    memory.closed = false;
    ticks.add(head.sync_ticks, head.sync_ns);
    if (head.thread >= streams_.size()) streams_.resize(head.thread + 1);
    std::uint64_t count = 0;
    Stream& stream = streams_[head.thread];
    if (piece.loaded) {
        if (!check_records(piece, count, stream.last_stamp))
            memory.closed = header_.mode == format::Mode::full;
        if (count == 0) return false;
        memory.next = piece.first + count;
        stream.end = std::max(stream.end, memory.next);
    } else {
        memory.next = head.first;
    }
    insert(stream, std::move(piece));
    return true;
}

/// Reads the piece's bytes, or as many as the file has.
bool BlockScan::fetch(const RawFile& file, Piece& piece) {
    piece.data.resize(piece.to - piece.from);
    const std::size_t got =
        file.read(block_offset(piece.block) + format::kBlockHeader + piece.from, piece.data);
    const bool whole = got == piece.data.size();
    piece.data.resize(got);
    piece.loaded = true;
    return whole;
}

/// Walks the heads; cuts the piece where one makes no sense. False if it had to.
bool BlockScan::check_records(Piece& piece, std::uint64_t& count, std::uint64_t& last_stamp) {
    std::size_t at = 0;
    count = 0;
    while (piece.data.size() - at >= sizeof(RecordHead)) {
        const auto bytes = load_at<std::uint16_t>(piece.data, at + offsetof(RecordHead, bytes));
        if (bytes < sizeof(RecordHead) || bytes % 8 != 0) {
            warn_damaged(piece.block, format::kBlockHeader + piece.from + at,
                         "no record begins there");
            break;
        }
        if (bytes > piece.data.size() - at) break;  // cut off
        last_stamp = std::max(last_stamp,
                              load_at<std::uint64_t>(piece.data, at + offsetof(RecordHead, stamp)));
        at += bytes;
        ++count;
    }
    const bool whole = at == piece.to - piece.from;
    piece.data.resize(at);
    return whole;
}

void BlockScan::insert(Stream& stream, Piece piece) {
    const auto place = std::upper_bound(
        stream.pieces.begin(), stream.pieces.end(), piece, [](const Piece& a, const Piece& b) {
            return a.block_first != b.block_first ? a.block_first < b.block_first : a.from < b.from;
        });
    // The first piece may be in use: what comes before it came too late and is skipped when it is
    // its turn (its records have numbers that were handed out).
    if (place == stream.pieces.begin() && stream.at != 0) {
        stream.pieces.insert(stream.pieces.begin() + 1, std::move(piece));
    } else {
        stream.pieces.insert(place, std::move(piece));
    }
}

bool BlockScan::load_front(const RawFile& file, Stream& stream) {
    Piece& piece = stream.pieces.front();
    if (piece.loaded) return true;
    fetch(file, piece);
    std::uint64_t count = 0;
    check_records(piece, count, stream.last_stamp);
    if (count == 0) {
        stream.pieces.pop_front();
        return false;
    }
    BlockMemory& memory = memory_[piece.block];
    piece.first = piece.from == 0 ? piece.block_first : memory.next;
    memory.next = piece.first + count;
    stream.end = std::max(stream.end, memory.next);
    return true;
}

bool BlockScan::stands_at_record(const RawFile& file, Stream& stream) {
    if (stream.pieces.empty() || !load_front(file, stream)) return false;
    const std::span<const std::byte> data = stream.pieces.front().data;
    std::size_t at = 0;  // that it is a chain of whole records was checked when it was loaded
    while (at < stream.at) at += load_at<std::uint16_t>(data, at + offsetof(RecordHead, bytes));
    return at == stream.at && at < data.size();
}

/// A long trace's blocks never get a new life: those that a thread has left need no more looks.
void BlockScan::close_blocks() {
    for (Stream& stream : streams_)
        for (std::size_t i = 0; i + 1 < stream.pieces.size(); ++i) {
            const Piece& piece = stream.pieces[i];
            const Piece& next = stream.pieces[i + 1];
            if (next.block != piece.block && next.block_first == memory_[piece.block].next)
                memory_[piece.block].closed = true;
        }
}

bool BlockScan::pass(const RawFile& file, const LiveHeader& live, bool lazy, TickMap& ticks) {
    ++passes_;
    const std::uint64_t size = file.size();
    const std::uint64_t there = size <= header_.blocks_offset
                                    ? 0
                                    : (size - header_.blocks_offset) / header_.block_bytes + 1;
    const auto blocks =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(live.block_count, there));
    if (memory_.size() < blocks) memory_.resize(blocks);
    bool found = false;
    for (std::uint32_t i = 0; i < blocks; ++i) found |= scan_block(file, i, lazy, ticks);
    if (header_.mode == format::Mode::full && !lazy) close_blocks();
    return found;
}

RawRecord BlockScan::peek(const Stream& stream) {
    const std::span<const std::byte> data = stream.pieces.front().data;
    const auto bytes = load_at<std::uint16_t>(data, stream.at + offsetof(RecordHead, bytes));
    return {
        .type = load_at<std::uint16_t>(data, stream.at + offsetof(RecordHead, type)),
        .site = load_at<std::uint16_t>(data, stream.at + offsetof(RecordHead, site)),
        .flags = load_at<std::uint16_t>(data, stream.at + offsetof(RecordHead, flags)),
        .stamp = load_at<std::uint64_t>(data, stream.at + offsetof(RecordHead, stamp)),
        .fields = data.subspan(stream.at + sizeof(RecordHead), bytes - sizeof(RecordHead)),
    };
}

void BlockScan::advance(Stream& stream) {
    const std::span<const std::byte> data = stream.pieces.front().data;
    stream.at += load_at<std::uint16_t>(data, stream.at + offsetof(RecordHead, bytes));
    ++stream.next;
    if (stream.at < data.size()) return;
    stream.pieces.pop_front();
    stream.at = 0;
}

}  // namespace evglass::trace
