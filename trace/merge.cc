// Merging the threads' streams.
#include "trace/merge.h"

#include <algorithm>

namespace evglass::trace {

Merge::Merge(const RawFile& file, BlockScan& scan, std::uint64_t horizon, bool final)
    : file_(file), scan_(scan), horizon_(horizon), final_(final) {
    for (std::uint32_t i = 0; i < scan_.streams().size(); ++i) offer(i);
}

/// Puts the thread's next record among the candidates.
void Merge::offer(std::uint32_t thread) {
    Stream& stream = scan_.streams()[thread];
    while (!stream.pieces.empty()) {
        if (!scan_.load_front(file_, stream)) continue;
        // A piece that was found after its numbers had been given up as lost.
        if (stream.at == 0 && stream.pieces.front().first < stream.next) {
            stream.pieces.pop_front();
            continue;
        }
        heap_.push_back({BlockScan::peek(stream).stamp, thread});
        std::push_heap(heap_.begin(), heap_.end());
        return;
    }
}

std::optional<MergedRecord> Merge::peek() {
    if (heap_.empty() || heap_.front().stamp > horizon_) return std::nullopt;
    const std::uint32_t thread = heap_.front().thread;
    const Stream& stream = scan_.streams()[thread];
    const Piece& piece = stream.pieces.front();
    const std::uint64_t lost = stream.at == 0 ? piece.first - stream.next : 0;
    if (lost != 0 && !final_ && piece.pass >= scan_.passes()) return std::nullopt;
    return MergedRecord{BlockScan::peek(stream), thread, lost};
}

void Merge::take() {
    const std::uint32_t thread = heap_.front().thread;
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    Stream& stream = scan_.streams()[thread];
    if (stream.at == 0) stream.next = stream.pieces.front().first;
    BlockScan::advance(stream);
    offer(thread);
}

}  // namespace evglass::trace
