// How pages stand on a shelf, and those that were read from there lately. Moments of a trace that
// are near each other share most of their pages on the shelf; through here they share them in
// memory, too. Private to model_archive.cc.
#pragma once

#include <bit>
#include <list>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trace/model_archive.h"

namespace evglass::trace {

/// An entry of a map.
template <class A, class K, class V>
void archive(A& a, SharedEntry<K, V>& entry) {
    archive(a, entry.key);
    if constexpr (A::kReads) entry.value = std::make_shared<std::pair<const K, V>>(entry.key, V{});
    archive(a, entry.value->second);
}

// A page stands on a shelf in pieces. The first has all of its items, each further one those that
// have changed, and the place of the piece before it: `older` (0: none), the changed ones' bits if
// there is an older one, the items. More pieces make less to write and more to read.
inline constexpr unsigned kMostPieces = 8;

template <class Item>
void put_page(PageShelf& shelf, const SharedPage<Item>& page) {
    const auto changed = static_cast<std::size_t>(std::popcount(page.changed()));
    const bool in_part =
        page.place() != 0 && page.pieces() < kMostPieces && 2 * changed <= page.size();
    ArchiveWriter writer;
    writer.plain(in_part ? page.place() : 0);
    if (in_part) writer.plain(page.changed());
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (in_part && (page.changed() >> i & 1) == 0) continue;
        writer.next_item();
        archive(writer, const_cast<Item&>(page.items()[i]));  // a writer changes nothing
    }
    page.written_to(shelf.put(writer.bytes()), in_part ? page.pieces() + 1 : 1);
}

template <class Item>
std::shared_ptr<SharedPage<Item>> get_page(const PageShelf& shelf, std::uint64_t place,
                                           std::size_t count) {
    std::vector<std::vector<std::byte>> pieces;  // the newest first
    std::uint64_t at = place;
    do {
        pieces.push_back(shelf.get(at));
        at = ArchiveReader(pieces.back()).plain();
    } while (at != 0 && pieces.size() < kMostPieces);
    std::vector<Item> items(count);
    std::uint64_t missing = SharedPage<Item>::kAll;
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        ArchiveReader reader(*piece);
        const bool is_first = reader.plain() == 0;
        // A piece that lies gives all items some value, too.
        const std::uint64_t taken =
            std::exchange(missing, 0) | (is_first ? SharedPage<Item>::kAll : reader.plain());
        for (std::size_t i = 0; i < count; ++i) {
            if ((taken >> i & 1) == 0) continue;
            reader.next_item();
            archive(reader, items[i]);
        }
    }
    return std::make_shared<SharedPage<Item>>(std::move(items), place,
                                              static_cast<unsigned>(pieces.size()));
}

/// The pages that were asked for lately.
template <class Item>
class PageCache : public PageSource<Item> {
 public:
    using Page = std::shared_ptr<SharedPage<Item>>;

    explicit PageCache(std::shared_ptr<PageShelf> shelf) : shelf_(std::move(shelf)) {}

    Page page(std::uint64_t place, std::size_t count) const override {
        if (const auto it = where_.find(place); it != where_.end()) {
            kept_.splice(kept_.begin(), kept_, it->second);
            if (kept_.front().page->size() == count) return kept_.front().page;
            kept_.pop_front();
        }
        kept_.push_front({place, get_page<Item>(*shelf_, place, count)});
        where_[place] = kept_.begin();
        if (kept_.size() > kMostPages) {
            where_.erase(kept_.back().place);
            kept_.pop_back();
        }
        return kept_.front().page;
    }

 private:
    struct Kept {
        std::uint64_t place;
        Page page;
    };
    static constexpr std::size_t kMostPages = 20'000;
    std::shared_ptr<PageShelf> shelf_;
    mutable std::list<Kept> kept_;  ///< used last first
    mutable std::unordered_map<std::uint64_t, typename std::list<Kept>::iterator> where_;
};

/// One for each kind of page that a model has.
class PageCaches {
    template <class Item>
    using Held = std::shared_ptr<PageCache<Item>>;

 public:
    explicit PageCaches(const std::shared_ptr<PageShelf>& shelf) {
        std::apply([&](auto&... cache) { (make(cache, shelf), ...); }, caches_);
    }
    template <class Item>
    std::shared_ptr<const PageSource<Item>> source() const {
        return std::get<Held<Item>>(caches_);
    }

 private:
    template <class Cache>
    static void make(std::shared_ptr<Cache>& cache, const std::shared_ptr<PageShelf>& shelf) {
        cache = std::make_shared<Cache>(shelf);
    }
    std::tuple<Held<Events::Entry>, Held<Buffers::Entry>, Held<Bufferevents::Entry>,
               Held<SharedMap<int, IoSlot>::Entry>, Held<SharedMap<int, int>::Entry>,
               Held<HeapItem>>
        caches_;
};

}  // namespace evglass::trace
