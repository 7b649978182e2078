// A whole trace from its first record to its last, each with the model right after it: the one
// replayer that tables, exports, counts and comparisons stand on. It keeps no record, so a trace of
// any length needs no more memory than one batch and the model. It never seeks (timeline.h does).
// Read next: viz/export/chronicle.h, which makes spans of time out of it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "trace/model.h"
#include "trace/reader.h"

namespace evglass::trace {

/// Applies the next record of a trace to its model; numbers that are missing before it are lost.
Change apply_next(Model& model, const Record& record, const TraceContext& trace);

/// One record at its place. Valid during the visit.
struct Step {
    const Record& record;
    const SiteInfo* site;       ///< where it was emitted; null: not told
    const Change& change;       ///< what it did to the model
    const Model& model;         ///< right after it
    std::uint64_t lost_before;  ///< records lost just before it
};
using Visit = std::function<void(const Step&)>;

class Replay {
 public:
    explicit Replay(const TraceContext& trace);
    void feed(const Record& record, const Visit& visit);
    const Model& model() const { return model_; }

 private:
    const TraceContext& trace_;
    Model model_;
    std::uint64_t next_ = 1;
};

/// All that the reader has by now. Returns the model after the last record.
Model replay(Reader& reader, const Visit& visit);
Model replay(std::span<const Record> records, const TraceContext& trace, const Visit& visit);

}  // namespace evglass::trace
