// Any moment of a trace: seek to a record, forward and back, and see the model there.
//
// It keeps the records it has read (bounded) and a copy of the model every so often. Or, where it
// is asked to and the trace won't change any more, it reads it once and writes an index of it
// (trace_index.h): then it opens at once, any record of it is there, and memory holds what was
// looked at lately. Read next: record_store.h, moments.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trace/model.h"
#include "trace/query.h"
#include "trace/reader.h"

namespace evglass::trace {

/// A record that the model found illegal, or a keyframe that disagrees with what was replayed.
struct Problem {
    std::uint64_t record = 0;
    std::string text;
};

class Timeline {
 public:
    struct Opened;
    struct Options {
        /// How many records to hold at most (0: all); the oldest go first. An indexed trace holds
        /// all of them.
        std::size_t keep = 0;
        /// A finished trace of so many bytes or more gets an index. For those who go from place to
        /// place: what holds on to many records at once can't have one (see at()).
        std::uint64_t index_from = UINT64_MAX;
        /// Called now and then during a long reading with the part that is done. False: give up.
        std::function<bool(double)> progress = {};
    };
    static constexpr std::uint64_t kLarge = std::uint64_t{32} << 20;
    static Opened open(const std::string& path, const Options& options);
    static Opened open(const std::string& path);
    /// A timeline over records in memory, without a file; reader() must not be called then.
    static Timeline of(std::vector<Record> records, std::shared_ptr<const TraceContext> context,
                       std::size_t keep = 0);
    ~Timeline();
    Timeline(Timeline&&) noexcept;
    Timeline& operator=(Timeline&&) noexcept;

    /// Reads what came, at most so many records (0: all). Returns how many were added.
    std::size_t poll(std::size_t limit = 0);
    Reader& reader();
    const Reader& reader() const;
    /// The reader, or what of() was given: enough for texts and filters.
    const TraceContext& context() const;

    bool empty() const;
    bool indexed() const;
    std::uint64_t first() const;  ///< number of the oldest record held
    std::uint64_t last() const;   ///< number of the newest
    /// The record with this number, or the next one after it (numbers of lost records are missing).
    /// Pointers to records are good until the next poll(), and for as long as no more than 100,000
    /// other records were asked for.
    const Record* at(std::uint64_t number) const;
    /// The record before or after a number; null at the ends.
    const Record* before(std::uint64_t number) const;
    const Record* after(std::uint64_t number) const;
    /// The model right after the record with this number was applied. The reference is valid until
    /// the next call. Clamped to [first, last].
    const Model& model(std::uint64_t number);
    /// The next record from `from` (exclusive) that matches, forward or back.
    std::optional<std::uint64_t> find(const Filter& filter, std::uint64_t from, bool forward);
    /// The record at which a turn of a base begins (any base: 0).
    std::optional<std::uint64_t> turn(std::uint64_t n, Address base = 0);
    /// What the model objected to, over all records read so far.
    const std::vector<Problem>& problems() const;
    /// The model after the newest record: never seeks.
    const Model& head() const;

 private:
    struct Impl;
    explicit Timeline(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct Timeline::Opened {
    std::optional<Timeline> timeline;
    std::string error;
};

}  // namespace evglass::trace
