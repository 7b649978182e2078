// The records of a file that won't change, read a page at a time where they are asked for. It keeps
// the pages that were used lately. A file that does change under it gives fewer records, no others.
#pragma once

#include <list>
#include <unordered_map>
#include <utility>

#include "trace/record_store.h"

namespace evglass::trace {

/// Where a page of kRecordPage records begins, and the number of its first one.
struct PageStart {
    std::uint64_t first = 0;
    ReaderPlace place;
};
inline constexpr std::size_t kRecordPage = 2048;

class RecordPages : public RecordStore {
 public:
    /// `last`: the number of the last record. The reader must outlive this.
    RecordPages(Reader& reader, std::vector<PageStart> starts, std::uint64_t last)
        : reader_(reader), starts_(std::move(starts)), last_(last) {}

    std::uint64_t first() const override { return starts_.empty() ? 0 : starts_.front().first; }
    std::uint64_t last() const override { return last_; }
    const Record* at(std::uint64_t number) const override;
    const Record* before(std::uint64_t number) const override;

 private:
    using Page = std::vector<Record>;
    struct Kept {
        std::size_t index;
        Page records;
    };
    std::size_t page_of(std::uint64_t number) const;
    const Page& page(std::size_t index) const;

    Reader& reader_;
    std::vector<PageStart> starts_;
    std::uint64_t last_;
    mutable std::list<Kept> kept_;  ///< used last first
    mutable std::unordered_map<std::size_t, std::list<Kept>::iterator> where_;
};

}  // namespace evglass::trace
