// What replay.h declares.
#include "trace/replay.h"

#include <algorithm>

namespace evglass::trace {

namespace {
constexpr std::size_t kBatch = 4096;
}  // namespace

Change apply_next(Model& model, const Record& record, const TraceContext& trace) {
    if (model.record() != 0 && record.number != model.record() + 1) model.mark_loss();
    const auto& sites = trace.sites();
    const bool known = record.site != 0 && record.site <= sites.size();
    return model.apply(record, known ? &sites[record.site - 1U] : nullptr);
}

Replay::Replay(const TraceContext& trace) : trace_(trace) {
    model_.set_ticks_per_ns(trace.ticks_per_ns());
}

void Replay::feed(const Record& record, const Visit& visit) {
    const std::uint64_t lost = record.number - std::min(record.number, next_);
    next_ = record.number + 1;
    if (lost != 0) model_.mark_loss();
    const auto& sites = trace_.sites();
    const bool known = record.site != 0 && record.site <= sites.size();
    const SiteInfo* site = known ? &sites[record.site - 1U] : nullptr;
    const Change change = model_.apply(record, site);
    visit({record, site, change, model_, lost});
}

Model replay(Reader& reader, const Visit& visit) {
    Replay walk(reader);
    // A trace that is being written may grow faster than it is read: a batch that is not full ends
    // the walk.
    for (std::size_t got = kBatch; got == kBatch;) {
        const std::vector<Record> batch = reader.poll(kBatch);
        for (const Record& record : batch) walk.feed(record, visit);
        got = batch.size();
    }
    return walk.model();
}

Model replay(std::span<const Record> records, const TraceContext& trace, const Visit& visit) {
    Replay walk(trace);
    for (const Record& record : records) walk.feed(record, visit);
    return walk.model();
}

}  // namespace evglass::trace
