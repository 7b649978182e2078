// Chrome's trace JSON, which chrome://tracing, Perfetto and speedscope open. Every slice is a
// complete event ("X"); flows are arrows between slices.
// Read next: perfetto.h (the same tracks in Perfetto's own format, smaller and without limits).
#pragma once

#include <set>
#include <string>

#include "viz/export/tracks.h"

namespace evglass::viz::exports {

class ChromeWriter final : public TrackWriter {
 public:
    void track(const Track& track) override;
    void slice(const Slice& slice) override;
    void instant(const Slice& slice) override;
    void counter(std::uint64_t track, std::int64_t time_ns, std::uint64_t order,
                 std::int64_t value) override;
    std::string finish() override;

 private:
    void add(const std::string& object);
    void flow(const Slice& slice);
    std::string place(std::uint64_t track) const;

    std::string out_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
    bool first_ = true;
    std::map<std::uint64_t, Track> tracks_;
};

}  // namespace evglass::viz::exports
