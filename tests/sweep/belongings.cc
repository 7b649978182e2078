// The list of what a scenario has, and its end.
#include "tests/sweep/belongings.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

namespace evglass::sweep {
namespace {

struct Item {
    Belonging kind;
    void* object;
    bool operator==(const Item&) const = default;
};

std::mutex mutex;
std::vector<Item> items;
std::atomic<bool> handed_over{false};
std::vector<Item> freed;  ///< by us; whoever would free one of them now must not

void free_item(const Item& item) {
    switch (item.kind) {
        case Belonging::bufferevent:
            return bufferevent_free(static_cast<bufferevent*>(item.object));
        case Belonging::reference:
            bufferevent_decref(static_cast<bufferevent*>(item.object));
            return;
        case Belonging::group:
            return bufferevent_rate_limit_group_free(
                static_cast<bufferevent_rate_limit_group*>(item.object));
        case Belonging::rate:
            return ev_token_bucket_cfg_free(static_cast<ev_token_bucket_cfg*>(item.object));
        case Belonging::buffer:
            return evbuffer_free(static_cast<evbuffer*>(item.object));
    }
}

}  // namespace

void own(Belonging kind, void* object) {
    const std::scoped_lock lock(mutex);
    if (object != nullptr) items.push_back({kind, object});
}

void hands_over() {
    handed_over = true;
}
bool has_handed_over() {
    return handed_over;
}

bool disown(Belonging kind, void* object) {
    const std::scoped_lock lock(mutex);
    const Item item{kind, object};
    if (std::find(freed.begin(), freed.end(), item) != freed.end()) return false;
    const auto last = std::find(items.rbegin(), items.rend(), item);
    if (last != items.rend()) items.erase(std::next(last).base());
    return true;
}

void free_belongings() {
    std::vector<Item> rest;
    {
        const std::scoped_lock lock(mutex);
        rest.swap(items);
        freed = rest;
    }
    std::reverse(rest.begin(), rest.end());
    const auto turn = [](const Item& item) {
        return item.kind == Belonging::reference ? Belonging::bufferevent : item.kind;
    };
    std::stable_sort(rest.begin(), rest.end(),
                     [&](const Item& a, const Item& b) { return turn(a) < turn(b); });
    for (const Item& item : rest) free_item(item);
}

}  // namespace evglass::sweep
