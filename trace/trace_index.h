// The index of a trace that won't change: where its pages of records begin, moments of the model
// every so many records, turns, and what the model objected to. Made by reading the trace once;
// kept for the next time where that is possible (index_home.h). It is an answer that is kept, never
// a source: a trace without one says the same.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trace/model_archive.h"
#include "trace/moments.h"
#include "trace/record_pages.h"
#include "trace/timeline.h"

namespace evglass::trace {

/// The record at which a turn of a base begins.
struct TurnStart {
    Address base = 0;
    std::uint64_t turn = 0, record = 0;
};

struct IndexTables {
    struct Moment {
        std::uint64_t record = 0, place = 0;
    };
    std::vector<PageStart> pages;
    std::vector<Moment> moments;  ///< the first before any record, the last after all of them
    std::vector<TurnStart> turns;
    std::vector<Problem> problems;
    std::uint64_t last = 0, lost = 0;
};

class TraceIndex {
 public:
    /// The one that was kept; nothing if there is none for the trace as it is now.
    static std::unique_ptr<TraceIndex> open(const std::string& trace_path);
    /// Made anew from a reader that has handed out nothing yet, and is still(). Null if there is no
    /// place to write to, or `progress` says false.
    static std::unique_ptr<TraceIndex> make(const std::string& trace_path, Reader& reader,
                                            const std::function<bool(double)>& progress);
    ~TraceIndex();
    TraceIndex(const TraceIndex&) = delete;
    TraceIndex& operator=(const TraceIndex&) = delete;

    const IndexTables& tables() const { return tables_; }
    Model model(const IndexTables::Moment& moment) const { return shelf_.get(moment.place); }

 private:
    TraceIndex(ModelShelf shelf, IndexTables tables)
        : shelf_(std::move(shelf)), tables_(std::move(tables)) {}
    ModelShelf shelf_;
    IndexTables tables_;
};

/// The moments of an index, of which it keeps those in memory that were asked for lately.
class MomentsInIndex : public Moments {
 public:
    explicit MomentsInIndex(const TraceIndex& index) : index_(index) {}
    std::uint64_t before(std::uint64_t number) const override { return find(number).record; }
    const Model& at_or_before(std::uint64_t number) override;

 private:
    const IndexTables::Moment& find(std::uint64_t number) const;
    const TraceIndex& index_;
    std::deque<Model> kept_;  ///< used last first
};

}  // namespace evglass::trace
