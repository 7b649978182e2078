// A page: a short run of items that copies of a container share until one of them changes it. A
// page may stand in a file (an index, trace_index.h). It is read from there when it is first asked
// for; a container of a hundred thousand items of which nobody asks is a list of places. A page
// that is changed knows which of its items are, so that no more than these are written anew.
// Read next: shared_map.h and shared_list.h, which are made of pages; page_cache.h, which reads
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace evglass::trace {

template <class Item>
class SharedPage {
 public:
    static constexpr std::size_t kMostItems = 64;  ///< one bit for each
    static constexpr std::uint64_t kAll = ~std::uint64_t{0};

    SharedPage() = default;
    /// As it stands at a place, where so many pieces make it up.
    SharedPage(std::vector<Item> items, std::uint64_t place, unsigned pieces)
        : items_(std::move(items)), changed_(0), place_(place), pieces_(pieces) {}

    const std::vector<Item>& items() const { return items_; }
    std::size_t size() const { return items_.size(); }
    /// An item, to be changed.
    Item& change(std::size_t i) {
        changed_ |= std::uint64_t{1} << i;
        return items_[i];
    }
    /// All of them, to come and go.
    std::vector<Item>& rearrange() {
        changed_ = kAll;
        return items_;
    }

    /// A bit for each item that is not as it stands at place().
    std::uint64_t changed() const { return changed_; }
    std::uint64_t place() const { return place_; }  ///< 0: nowhere
    unsigned pieces() const { return pieces_; }
    void written_to(std::uint64_t place, unsigned pieces) const {
        changed_ = 0;
        place_ = place;
        pieces_ = pieces;
    }

 private:
    std::vector<Item> items_;
    mutable std::uint64_t changed_ = kAll, place_ = 0;
    mutable unsigned pieces_ = 0;
};

/// Where pages stand.
template <class Item>
class PageSource {
 public:
    virtual ~PageSource() = default;
    /// The page at a place, of `count` items: so many, whatever is found there.
    virtual std::shared_ptr<SharedPage<Item>> page(std::uint64_t place,
                                                   std::size_t count) const = 0;
};

/// A container's hold on a page. The container knows the source.
template <class Item>
class PageRef {
 public:
    using Page = SharedPage<Item>;
    using Source = std::shared_ptr<const PageSource<Item>>;

    PageRef() : page_(std::make_shared<Page>()) {}
    /// A page that is read when it is asked for.
    PageRef(std::uint64_t place, std::size_t count) : place_(place), count_(count) {}

    std::size_t size() const { return page_ == nullptr ? count_ : page_->size(); }
    const std::vector<Item>& items(const Source& source) const {
        if (page_ == nullptr) page_ = source->page(place_, count_);
        return page_->items();
    }
    /// To be changed: nobody else's.
    Page& own(const Source& source) {
        items(source);
        if (page_.use_count() != 1) page_ = std::make_shared<Page>(*page_);
        return *page_;
    }
    /// Null: nobody asked for it yet, and it is what stands at place().
    const Page* in_memory() const { return page_.get(); }
    std::uint64_t place() const { return page_ == nullptr ? place_ : page_->place(); }

 private:
    mutable std::shared_ptr<Page> page_;
    std::uint64_t place_ = 0;
    std::size_t count_ = 0;
};

}  // namespace evglass::trace
