// A sorted map whose copies share what they have in common: a copy costs one pointer for each page,
// and whoever changes an entry afterwards pays for that entry and its page. That is what makes
// moments of a trace cheap to keep (timeline.h) and small to write (trace_index.h).
//
// As in std::map, a reference to an entry stays good while others come and go. It ends when the map
// is copied and the entry is then changed: the change goes to a copy of the entry. Whatever is
// reached through a map that is not const counts as changed. Unlike those of std::map, iterators
// (and end()) are places: they end when an entry comes or goes.
// Not for several threads at once, and copies count as one map in this respect.
#pragma once

#include <algorithm>
#include <iterator>
#include <utility>

#include "trace/shared_page.h"

namespace evglass::trace {

/// The key stands beside the pointer, too: a search touches one entry, not all that it passes.
template <class Key, class Value>
struct SharedEntry {
    Key key{};
    std::shared_ptr<std::pair<const Key, Value>> value;
};

template <class Key, class Value, std::size_t kMost = 16>
class SharedMap {
 public:
    using key_type = Key;
    using mapped_type = Value;
    using value_type = std::pair<const Key, Value>;
    using Entry = SharedEntry<Key, Value>;
    using Page = PageRef<Entry>;
    using Source = typename Page::Source;
    static_assert(kMost <= SharedPage<Entry>::kMostItems);
    /// A page and a key that is not after its first and after the last one of the page before.
    struct Slot {
        Key first;
        Page page;
    };
    // Invariants: no page is empty; keys ascend within a page and from page to page.
    using Slots = std::vector<Slot>;

 private:
    struct Place {
        std::size_t page = 0, entry = 0;
        bool operator==(const Place&) const = default;
    };

    template <class Map, class Item>
    class Walker {
     public:
        using iterator_category = std::bidirectional_iterator_tag;
        using value_type = SharedMap::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = Item*;
        using reference = Item&;

        Walker() = default;
        Walker(Map* map, Place place) : map_(map), place_(place) {}
        /// A walker that may change entries is one that may not, too.
        operator Walker<const SharedMap, const SharedMap::value_type>() const {
            return {map_, place_};
        }
        Item& operator*() const { return map_->entry(place_); }
        Item* operator->() const { return &map_->entry(place_); }
        Walker& operator++() {
            if (++place_.entry == map_->slots_[place_.page].page.size())
                place_ = {place_.page + 1, 0};
            return *this;
        }
        Walker operator++(int) {
            Walker before = *this;
            ++*this;
            return before;
        }
        Walker& operator--() {
            if (place_.entry == 0) {
                --place_.page;
                place_.entry = map_->slots_[place_.page].page.size();
            }
            --place_.entry;
            return *this;
        }
        Walker operator--(int) {
            Walker before = *this;
            --*this;
            return before;
        }
        bool operator==(const Walker& other) const { return place_ == other.place_; }

     private:
        friend class SharedMap;
        Map* map_ = nullptr;
        Place place_;
    };

 public:
    using iterator = Walker<SharedMap, value_type>;
    using const_iterator = Walker<const SharedMap, const value_type>;

    SharedMap() = default;
    /// Of pages that may stand at a source.
    SharedMap(Slots slots, Source source) : slots_(std::move(slots)), source_(std::move(source)) {
        for (const Slot& slot : slots_) size_ += slot.page.size();
    }
    const Slots& slots() const { return slots_; }

    iterator begin() { return {this, {}}; }
    iterator end() { return {this, end_place()}; }
    const_iterator begin() const { return {this, {}}; }
    const_iterator end() const { return {this, end_place()}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    void clear() {
        slots_.clear();
        size_ = 0;
    }

    iterator find(const Key& key) { return {this, exact(key)}; }
    const_iterator find(const Key& key) const { return {this, exact(key)}; }
    const_iterator lower_bound(const Key& key) const { return {this, settled(lower(key))}; }
    const_iterator upper_bound(const Key& key) const {
        const_iterator at = lower_bound(key);
        return at != end() && !(key < at->first) ? ++at : at;
    }
    bool contains(const Key& key) const { return !(exact(key) == end_place()); }
    /// REQUIRES: contains(key).
    const Value& at(const Key& key) const { return find(key)->second; }
    Value& operator[](const Key& key) { return try_emplace(key).first->second; }

    template <class... Args>
    std::pair<iterator, bool> try_emplace(const Key& key, Args&&... args) {
        Place place = lower(key);
        if (is_at(place, key)) return {{this, place}, false};
        place = insert(place, {key, std::make_shared<value_type>(
                                        std::piecewise_construct, std::forward_as_tuple(key),
                                        std::forward_as_tuple(std::forward<Args>(args)...))});
        return {{this, place}, true};
    }
    template <class Given>
    std::pair<iterator, bool> emplace(const Key& key, Given&& value) {
        return try_emplace(key, std::forward<Given>(value));
    }

    std::size_t erase(const Key& key) {
        const Place place = exact(key);
        if (place == end_place()) return 0;
        erase_at(place);
        return 1;
    }
    iterator erase(iterator it) {
        erase_at(it.place_);
        return {this, settled(it.place_)};
    }

    bool operator==(const SharedMap& other) const {
        return size_ == other.size_ && std::equal(begin(), end(), other.begin());
    }

 private:
    Place end_place() const { return {slots_.size(), 0}; }

    /// Where the key is or would be: perhaps behind the last entry of a page.
    Place lower(const Key& key) const {
        if (slots_.empty()) return {};
        const auto before_slot = [](const Key& k, const Slot& slot) { return k < slot.first; };
        const auto behind = std::upper_bound(slots_.begin(), slots_.end(), key, before_slot);
        const auto slot = behind == slots_.begin() ? behind : std::prev(behind);
        const auto& items = slot->page.items(source_);
        const auto before = [](const Entry& entry, const Key& k) { return entry.key < k; };
        const auto entry = std::lower_bound(items.begin(), items.end(), key, before);
        return {static_cast<std::size_t>(slot - slots_.begin()),
                static_cast<std::size_t>(entry - items.begin())};
    }
    /// The same, but the next page's first where no entry stands there.
    Place settled(Place place) const {
        if (place.page >= slots_.size()) return end_place();
        return place.entry == slots_[place.page].page.size() ? Place{place.page + 1, 0} : place;
    }
    bool is_at(Place place, const Key& key) const {
        return place.page < slots_.size() && place.entry < slots_[place.page].page.size() &&
               items(place.page)[place.entry].key == key;
    }
    Place exact(const Key& key) const {
        const Place place = lower(key);
        return is_at(place, key) ? place : end_place();
    }

    const value_type& entry(Place place) const { return *items(place.page)[place.entry].value; }
    /// To be changed: it must be nobody else's.
    value_type& entry(Place place) {
        auto& found = slots_[place.page].page.own(source_).change(place.entry).value;
        if (found.use_count() != 1) found = std::make_shared<value_type>(*found);
        return *found;
    }
    const std::vector<Entry>& items(std::size_t page) const {
        return slots_[page].page.items(source_);
    }
    std::vector<Entry>& rearrange(std::size_t page) {
        return slots_[page].page.own(source_).rearrange();
    }

    Place insert(Place place, Entry added) {
        ++size_;
        if (slots_.empty()) slots_.push_back({added.key, Page()});
        if (slots_[place.page].page.size() == kMost) place = split(place, added.key);
        auto& items = rearrange(place.page);
        if (place.entry == 0) slots_[place.page].first = added.key;
        items.insert(items.begin() + static_cast<std::ptrdiff_t>(place.entry), std::move(added));
        return place;
    }
    /// Makes room. Keys mostly come in ascending order: a page that is full at its end stays full.
    Place split(Place place, const Key& added) {
        auto& items = rearrange(place.page);
        const std::size_t keep = place.entry == kMost ? kMost : kMost / 2;
        Page behind;
        const auto from = items.begin() + static_cast<std::ptrdiff_t>(keep);
        auto& moved = behind.own(source_).rearrange();
        moved.assign(std::make_move_iterator(from), std::make_move_iterator(items.end()));
        items.erase(from, items.end());
        const Key first = keep == kMost ? added : moved.front().key;
        slots_.insert(slots_.begin() + static_cast<std::ptrdiff_t>(place.page) + 1,
                      Slot{first, std::move(behind)});
        if (place.entry < keep) return place;
        return {place.page + 1, place.entry - keep};
    }
    void erase_at(Place place) {
        auto& items = rearrange(place.page);
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(place.entry));
        if (items.empty()) slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(place.page));
        --size_;
    }

    Slots slots_;
    Source source_;  ///< of the pages that are not in memory; null where all are
    std::size_t size_ = 0;
};

}  // namespace evglass::trace
