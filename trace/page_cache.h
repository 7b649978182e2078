// Pages that were read from a shelf lately. Moments of a trace that are near each other share most
// of their pages on the shelf; through here they share them in memory, too.
// Private to model_archive.cc.
#pragma once

#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "trace/model_archive.h"

namespace evglass::trace {

template <class T>
std::vector<std::byte> page_bytes(const SharedPage<T>& page) {
    ArchiveWriter writer;
    for (const T& item : page.items()) {
        writer.next_item();
        archive(writer, const_cast<T&>(item));  // a writer changes nothing
    }
    return writer.bytes();
}
/// An entry of a map.
template <class A, class K, class V>
void archive(A& a, SharedEntry<K, V>& entry) {
    archive(a, entry.key);
    if constexpr (A::kReads) entry.value = std::make_shared<std::pair<const K, V>>(entry.key, V{});
    archive(a, entry.value->second);
}

template <class Item>
class PageCache : public PageSource<Item> {
 public:
    using Page = SharedPage<Item>;

    explicit PageCache(std::shared_ptr<PageShelf> shelf) : shelf_(std::move(shelf)) {}

    std::vector<Item> read(std::uint64_t place, std::size_t count) const override {
        const std::vector<std::byte> bytes = shelf_->get(place);
        ArchiveReader reader(bytes);
        std::vector<Item> items(count);
        for (Item& item : items) {
            reader.next_item();
            archive(reader, item);
        }
        return items;
    }

    /// `self`: this cache, which the page holds on to.
    std::shared_ptr<Page> page(const std::shared_ptr<PageCache>& self, std::uint64_t place,
                               std::size_t count) {
        std::weak_ptr<Page>& known = pages_[place];
        std::shared_ptr<Page> page = known.lock();
        // One that has only one owner may have been changed since.
        if (page != nullptr && page->place() == place && page->size() == count) return page;
        page = std::make_shared<Page>(self, place, count);
        known = page;
        if (pages_.size() > limit_) forget_the_gone();
        return page;
    }

 private:
    void forget_the_gone() {
        std::erase_if(pages_, [](const auto& entry) { return entry.second.expired(); });
        limit_ = 2 * pages_.size() + kFew;
    }

    static constexpr std::size_t kFew = 10'000;
    std::shared_ptr<PageShelf> shelf_;
    std::unordered_map<std::uint64_t, std::weak_ptr<Page>> pages_;
    std::size_t limit_ = kFew;
};

/// One for each kind of page that a model has.
class PageCaches {
 public:
    explicit PageCaches(const std::shared_ptr<PageShelf>& shelf) {
        std::apply([&](auto&... cache) { (make(cache, shelf), ...); }, caches_);
    }
    template <class Item>
    std::shared_ptr<SharedPage<Item>> page(std::uint64_t place, std::size_t count) {
        const auto& cache = std::get<std::shared_ptr<PageCache<Item>>>(caches_);
        return cache->page(cache, place, count);
    }

 private:
    template <class Cache>
    static void make(std::shared_ptr<Cache>& cache, const std::shared_ptr<PageShelf>& shelf) {
        cache = std::make_shared<Cache>(shelf);
    }
    template <class Item>
    using Held = std::shared_ptr<PageCache<Item>>;
    std::tuple<Held<Events::Entry>, Held<Buffers::Entry>, Held<Bufferevents::Entry>,
               Held<SharedMap<int, IoSlot>::Entry>, Held<SharedMap<int, int>::Entry>,
               Held<HeapItem>>
        caches_;
};

}  // namespace evglass::trace
