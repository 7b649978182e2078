// A page: a short run of items that copies of a container share until one of them changes it. A
// page may stand in a file (an index, trace_index.h) and is read from there when it is first asked
// for; whoever changes it forgets where it stands, so that it is written anew the next time.
// Read next: shared_map.h and shared_list.h, which are made of pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace evglass::trace {

/// Where pages stand.
template <class Item>
class PageSource {
 public:
    virtual ~PageSource() = default;
    /// The `count` items of the page at a place: so many, whatever is found there.
    virtual std::vector<Item> read(std::uint64_t place, std::size_t count) const = 0;
};

template <class Item>
class SharedPage {
 public:
    using Source = std::shared_ptr<const PageSource<Item>>;

    SharedPage() = default;
    /// A page that is read when it is asked for.
    SharedPage(Source source, std::uint64_t place, std::size_t count)
        : source_(std::move(source)), place_(place), count_(count) {}

    std::size_t size() const { return source_ == nullptr ? items_.size() : count_; }
    const std::vector<Item>& items() const {
        if (source_ != nullptr) {
            items_ = source_->read(place_, count_);
            source_.reset();
        }
        return items_;
    }
    /// To be changed: it is not what stands in the file any more.
    std::vector<Item>& change() {
        items();
        place_ = 0;
        return items_;
    }
    /// Where it stands in the file; 0: nowhere.
    std::uint64_t place() const { return place_; }
    void written_to(std::uint64_t place) const { place_ = place; }

    /// The page behind a pointer, made nobody else's.
    static SharedPage& own(std::shared_ptr<SharedPage>& page) {
        if (page.use_count() != 1) {
            page->items();
            page = std::make_shared<SharedPage>(*page);
        }
        return *page;
    }

 private:
    mutable Source source_;  ///< null: the items are here
    mutable std::uint64_t place_ = 0;
    std::size_t count_ = 0;
    mutable std::vector<Item> items_;
};

}  // namespace evglass::trace
