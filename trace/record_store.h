// The records of a trace by their numbers: held in memory, the oldest may go; or read from the file
// a page at a time (record_pages.h). Numbers of lost records are missing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "trace/reader.h"

namespace evglass::trace {

class RecordStore {
 public:
    virtual ~RecordStore() = default;
    virtual std::uint64_t first() const = 0;  ///< 0: there is none
    virtual std::uint64_t last() const = 0;
    /// The record with this number or the next one after it; null: there is none.
    virtual const Record* at(std::uint64_t number) const = 0;
    /// The last one with a smaller number; null: there is none.
    virtual const Record* before(std::uint64_t number) const = 0;
};

class RecordsInMemory : public RecordStore {
 public:
    std::uint64_t first() const override { return records_.empty() ? 0 : records_.front().number; }
    std::uint64_t last() const override { return records_.empty() ? 0 : records_.back().number; }
    const Record* at(std::uint64_t number) const override {
        const std::size_t i = index_of(number);
        return i < records_.size() ? &records_[i] : nullptr;
    }
    const Record* before(std::uint64_t number) const override {
        const std::size_t i = index_of(number);
        return i > 0 ? &records_[i - 1] : nullptr;
    }

    std::size_t size() const { return records_.size(); }
    void add(Record&& record) { records_.push_back(std::move(record)); }
    /// Those with a smaller number go.
    void drop_before(std::uint64_t number) {
        records_.erase(records_.begin(),
                       records_.begin() + static_cast<std::ptrdiff_t>(index_of(number)));
    }

 private:
    std::size_t index_of(std::uint64_t number) const {
        const auto less = [](const Record& r, std::uint64_t n) { return r.number < n; };
        return static_cast<std::size_t>(
            std::lower_bound(records_.begin(), records_.end(), number, less) - records_.begin());
    }
    std::deque<Record> records_;
};

}  // namespace evglass::trace
