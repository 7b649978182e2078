// What record_pages.h declares.
#include "trace/record_pages.h"

namespace evglass::trace {

namespace {
constexpr std::size_t kKeptPages = 128;
}

std::size_t RecordPages::page_of(std::uint64_t number) const {
    const auto after = [](std::uint64_t n, const PageStart& start) { return n < start.first; };
    const auto it = std::upper_bound(starts_.begin(), starts_.end(), number, after);
    return it == starts_.begin() ? 0 : static_cast<std::size_t>(it - starts_.begin()) - 1;
}

const RecordPages::Page& RecordPages::page(std::size_t index) const {
    if (const auto it = where_.find(index); it != where_.end()) {
        kept_.splice(kept_.begin(), kept_, it->second);
        return kept_.front().records;
    }
    kept_.push_front({index, reader_.read(starts_[index].place, kRecordPage)});
    where_[index] = kept_.begin();
    if (kept_.size() > kKeptPages) {
        where_.erase(kept_.back().index);
        kept_.pop_back();
    }
    return kept_.front().records;
}

const Record* RecordPages::at(std::uint64_t number) const {
    if (starts_.empty() || number > last_) return nullptr;
    const auto less = [](const Record& r, std::uint64_t n) { return r.number < n; };
    // In this page or the next; further on only where the file has become shorter.
    const std::size_t here = page_of(number);
    for (std::size_t i = here; i < std::min(here + 2, starts_.size()); ++i) {
        const Page& records = page(i);
        const auto it = std::lower_bound(records.begin(), records.end(), number, less);
        if (it != records.end()) return &*it;
    }
    return nullptr;
}

const Record* RecordPages::before(std::uint64_t number) const {
    if (starts_.empty() || number == 0) return nullptr;
    const auto less = [](const Record& r, std::uint64_t n) { return r.number < n; };
    const std::size_t here = page_of(number - 1);
    for (const std::size_t i : {here, here == 0 ? here : here - 1}) {
        const Page& records = page(i);
        const auto it = std::lower_bound(records.begin(), records.end(), number, less);
        if (it != records.begin()) return &*std::prev(it);
    }
    return nullptr;
}

}  // namespace evglass::trace
