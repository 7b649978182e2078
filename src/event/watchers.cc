// The watchers' lists and their one call a turn. Their callbacks run with the base's lock held, as
// libevent 2.2 does it: they are for measuring, and must be short.
#include "src/event/watchers.h"

#include "src/event/event_core.h"
#include "src/util/memory.h"

struct evwatch_prepare_cb_info {
    const timeval* timeout;
};
struct evwatch_check_cb_info {};

namespace {

using evglass::trace::field::watcherkind;

watcherkind kind_of(const evwatch* watcher) {
    return watcher->is_prepare ? watcherkind::prepare : watcherkind::check;
}

/// Calls a watcher between its two records. It may free itself meanwhile.
template <class Call>
void run_watcher(event_base* base, evwatch* watcher, Call call) {
    const watcherkind kind = kind_of(watcher);
    TRACE(watcher_begin, .base = base, .watcher = watcher, .kind = kind);
    call();
    TRACE(watcher_end, .base = base, .watcher = watcher, .kind = kind);
}

evwatch* add_watcher(event_base* base, evwatch* watcher, watcher_list& list) {
    if (watcher == nullptr) return nullptr;
    const BaseLock lock(base);
    watcher->base = base;
    list.insert_tail(watcher);
    TRACE(watcher_new, .base = base, .watcher = watcher,
          .callback = watcher->is_prepare ? reinterpret_cast<std::uint64_t>(watcher->prepare)
                                          : reinterpret_cast<std::uint64_t>(watcher->check),
          .arg = watcher->arg, .kind = kind_of(watcher),
          .length = static_cast<std::uint32_t>(list.length));
    return watcher;
}

}  // namespace

evwatch* evwatch_prepare_new(event_base* base, evwatch_prepare_cb callback, void* arg) {
    auto* watcher = mm_new<evwatch>();
    if (watcher != nullptr) {
        watcher->is_prepare = true;
        watcher->prepare = callback;
        watcher->arg = arg;
    }
    return add_watcher(base, watcher, base->prepare_watchers);
}

evwatch* evwatch_check_new(event_base* base, evwatch_check_cb callback, void* arg) {
    auto* watcher = mm_new<evwatch>();
    if (watcher != nullptr) {
        watcher->is_prepare = false;
        watcher->check = callback;
        watcher->arg = arg;
    }
    return add_watcher(base, watcher, base->check_watchers);
}

event_base* evwatch_base(evwatch* watcher) {
    return watcher->base;
}

void evwatch_free(evwatch* watcher) {
    if (watcher == nullptr) return;
    event_base* base = watcher->base;
    const BaseLock lock(base);
    watcher_list& list = watcher->is_prepare ? base->prepare_watchers : base->check_watchers;
    list.remove(watcher);
    TRACE(watcher_free, .base = base, .watcher = watcher, .kind = kind_of(watcher),
          .length = static_cast<std::uint32_t>(list.length));
    mm_delete(watcher);
}

int evwatch_prepare_get_timeout(const evwatch_prepare_cb_info* info, timeval* timeout) {
    if (info->timeout == nullptr) return 0;
    *timeout = *info->timeout;
    return 1;
}

void run_prepare_watchers(event_base* base, const timeval* timeout) {
    const evwatch_prepare_cb_info info{timeout};
    evwatch* next = nullptr;
    for (evwatch* watcher = base->prepare_watchers.first; watcher != nullptr; watcher = next) {
        next = watcher->link.tqe_next;
        run_watcher(base, watcher, [&] { watcher->prepare(watcher, &info, watcher->arg); });
    }
}

void run_check_watchers(event_base* base) {
    const evwatch_check_cb_info info{};
    evwatch* next = nullptr;
    for (evwatch* watcher = base->check_watchers.first; watcher != nullptr; watcher = next) {
        next = watcher->link.tqe_next;
        run_watcher(base, watcher, [&] { watcher->check(watcher, &info, watcher->arg); });
    }
}

void watchers_free(event_base* base) {
    while (evwatch* watcher = base->prepare_watchers.first) evwatch_free(watcher);
    while (evwatch* watcher = base->check_watchers.first) evwatch_free(watcher);
}
