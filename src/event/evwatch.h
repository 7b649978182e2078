// A prepare or check watcher and the list it stands in. The functions are in watchers.cc.
#pragma once

#include <event2/watch.h>

#include "src/event/lists.h"

struct evwatch {
    struct {
        evwatch* tqe_next;
        evwatch** tqe_prev;
    } link;
    event_base* base;
    bool is_prepare;
    evwatch_prepare_cb prepare;
    evwatch_check_cb check;
    void* arg;
};

struct WatcherLink {
    static auto& of(evwatch* watcher) { return watcher->link; }
};
using watcher_list = TailQueue<evwatch, WatcherLink>;
