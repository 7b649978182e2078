// What moments.h declares.
#include "trace/moments.h"

#include <algorithm>

namespace evglass::trace {

namespace {

constexpr std::size_t kMostCopies = 256;  // then every other one goes, and the interval doubles
// All copies together have so many pages at most. Pages that nobody changed are shared, so this is
// what they may have; a loop with 100,000 events has few copies, then, and one with a hundred has
// all it may.
constexpr std::size_t kMostPages = 1'000'000;
constexpr std::size_t kFewestCopies = 8;

std::size_t pages_in(const Model& model) {
    std::size_t pages = 16 + model.events().slots().size() + model.buffers().slots().size() +
                        model.bufferevents().slots().size();
    for (const auto& [address, base] : model.bases())
        pages += base.io.slots().size() + base.interest.slots().size() + base.heap.pages().size();
    return pages;
}

}  // namespace

const Model& MomentsInMemory::find(std::uint64_t number) const {
    const auto later = [](std::uint64_t n, const Model& m) { return n < m.record(); };
    const auto it = std::upper_bound(copies_.begin(), copies_.end(), number, later);
    return it == copies_.begin() ? *it : *std::prev(it);
}

void MomentsInMemory::see(const Model& model) {
    if (++since_ < interval_) return;
    since_ = 0;
    copies_.push_back(model);
    pages_ += pages_in(model);
    const bool heavy = pages_ > kMostPages && copies_.size() > kFewestCopies;
    if (copies_.size() > kMostCopies || heavy) thin();
}

void MomentsInMemory::thin() {
    std::deque<Model> kept;
    for (std::size_t i = 0; i < copies_.size(); i += 2) kept.push_back(std::move(copies_[i]));
    copies_ = std::move(kept);
    pages_ = 0;
    for (const Model& copy : copies_) pages_ += pages_in(copy);
    interval_ *= 2;
}

std::uint64_t MomentsInMemory::drop_oldest() {
    pages_ -= std::min(pages_, pages_in(copies_.front()));
    copies_.pop_front();
    return copies_.front().record();
}

}  // namespace evglass::trace
