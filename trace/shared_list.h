// A vector whose copies share what they have in common: a copy costs one pointer for each page, and
// whoever changes an item afterwards pays for its page. Not for several threads at once, and copies
// count as one list in this respect.
#pragma once

#include <algorithm>
#include <compare>
#include <iterator>
#include <utility>

#include "trace/shared_page.h"

namespace evglass::trace {

template <class Item>
class SharedList {
 public:
    static constexpr std::size_t kPage = 16;
    using value_type = Item;
    using Page = PageRef<Item>;
    using Source = typename Page::Source;
    using Pages = std::vector<Page>;
    static_assert(kPage <= SharedPage<Item>::kMostItems);

    class const_iterator {
     public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const Item*;
        using reference = const Item&;

        const_iterator() = default;
        const_iterator(const SharedList* list, std::size_t at) : list_(list), at_(at) {}
        reference operator*() const { return (*list_)[at_]; }
        pointer operator->() const { return &(*list_)[at_]; }
        const_iterator& operator++() { return *this += 1; }
        const_iterator operator++(int) { return std::exchange(*this, *this + 1); }
        const_iterator& operator--() { return *this += -1; }
        const_iterator& operator+=(difference_type n) {
            at_ += static_cast<std::size_t>(n);
            return *this;
        }
        const_iterator operator+(difference_type n) const { return const_iterator(*this) += n; }
        const_iterator operator-(difference_type n) const { return const_iterator(*this) += -n; }
        difference_type operator-(const const_iterator& other) const {
            return static_cast<difference_type>(at_) - static_cast<difference_type>(other.at_);
        }
        auto operator<=>(const const_iterator& other) const { return at_ <=> other.at_; }
        bool operator==(const const_iterator& other) const { return at_ == other.at_; }

     private:
        const SharedList* list_ = nullptr;
        std::size_t at_ = 0;
    };
    using iterator = const_iterator;

    SharedList() = default;
    /// Of pages that are all full but the last one, and may stand at a source.
    SharedList(Pages pages, Source source) : pages_(std::move(pages)), source_(std::move(source)) {
        for (const Page& page : pages_) size_ += page.size();
    }
    const Pages& pages() const { return pages_; }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// REQUIRES: i < size().
    const Item& operator[](std::size_t i) const {
        return pages_[i / kPage].items(source_)[i % kPage];
    }
    const Item& front() const { return (*this)[0]; }
    const Item& back() const { return (*this)[size_ - 1]; }
    const_iterator begin() const { return {this, 0}; }
    const_iterator end() const { return {this, size_}; }

    void set(std::size_t i, Item item) {
        pages_[i / kPage].own(source_).change(i % kPage) = std::move(item);
    }
    void push_back(Item item) {
        if (size_ % kPage == 0) pages_.emplace_back();
        pages_.back().own(source_).rearrange().push_back(std::move(item));
        ++size_;
    }
    void pop_back() {
        pages_.back().own(source_).rearrange().pop_back();
        if (--size_ % kPage == 0) pages_.pop_back();
    }
    void clear() {
        pages_.clear();
        size_ = 0;
    }
    /// Takes out what the predicate is true for; nothing is touched where it is true for none.
    template <class Predicate>
    void erase_if(const Predicate& predicate) {
        if (std::none_of(begin(), end(), predicate)) return;
        SharedList kept;
        for (const Item& item : *this)
            if (!predicate(item)) kept.push_back(item);
        *this = std::move(kept);
    }

    bool operator==(const SharedList& other) const {
        return size_ == other.size_ && std::equal(begin(), end(), other.begin());
    }

 private:
    Pages pages_;
    Source source_;  ///< of the pages that are not in memory; null where all are
    std::size_t size_ = 0;
};

}  // namespace evglass::trace
