// event_config: what a program asks of a base before there is one. Plain data.
// Read next: base_new.cc, which obeys it.
#pragma once

#include <event2/event.h>

#include "src/event/event_base.h"

/// One backend that must not be used.
struct event_config_entry {
    event_config_entry* next;
    char* avoid_method;
};

struct event_config {
    event_config_entry* avoided = nullptr;
    int n_cpus_hint = 0;
    DispatchLimits limits;
    int require_features = 0;  ///< EV_FEATURE_*
    int flags = 0;             ///< EVENT_BASE_FLAG_*
    bool prefer_io_uring = false;
};

bool event_config_is_avoided_method(const event_config* cfg, const char* method);
