// Perfetto's own trace format: a protobuf of packets, one for each begin, end, moment and value.
// Every event has a track of its own whose slices are the states it is in, one after the other.
// Only the fields that are written here are known; the wire format is wire.h's.
#pragma once

#include <string>
#include <vector>

#include "viz/export/tracks.h"
#include "viz/export/wire.h"

namespace evglass::viz::exports {

class PerfettoWriter final : public TrackWriter {
 public:
    void track(const Track& track) override;
    void slice(const Slice& slice) override;
    void instant(const Slice& slice) override;
    void counter(std::uint64_t track, std::int64_t time_ns, std::uint64_t order,
                 std::int64_t value) override;
    std::string finish() override;

 private:
    struct Packet {
        std::int64_t time_ns;
        std::uint64_t order;
        std::string bytes;
    };
    void add(std::int64_t time_ns, std::uint64_t order, const Wire& event);
    std::string descriptors_;
    std::vector<Packet> packets_;
};

}  // namespace evglass::viz::exports
