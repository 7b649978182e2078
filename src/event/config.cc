// The functions that fill an event_config in. Nothing is checked against this machine here: whether
// some backend satisfies it all is known only when a base is made (base_new.cc).
#include "src/event/config.h"

#include <event2/evglass.h>
#include <string.h>

#include "src/util/memory.h"

event_config* event_config_new() {
    evglass::trace::init_from_environment();  // often a program's first call
    auto* cfg = mm_new<event_config>();
    TRACE_CALL(cfg);
    return cfg;
}

void event_config_free(event_config* cfg) {
    TRACE_CALL(cfg);
    if (cfg == nullptr) return;
    while (event_config_entry* entry = cfg->avoided) {
        cfg->avoided = entry->next;
        mm_free(entry->avoid_method);
        mm_delete(entry);
    }
    mm_delete(cfg);
}

int event_config_avoid_method(event_config* cfg, const char* method) {
    auto* entry = mm_new<event_config_entry>();
    if (entry == nullptr) return -1;
    entry->avoid_method = mm_strdup(method);
    if (entry->avoid_method == nullptr) {
        mm_delete(entry);
        return -1;
    }
    entry->next = cfg->avoided;
    cfg->avoided = entry;
    return 0;
}

bool event_config_is_avoided_method(const event_config* cfg, const char* method) {
    TRACE_CALL(cfg);
    for (const event_config_entry* entry = cfg->avoided; entry != nullptr; entry = entry->next) {
        if (strcmp(entry->avoid_method, method) == 0) return true;
    }
    return false;
}

int event_config_require_features(event_config* cfg, int features) {
    if (cfg == nullptr) return -1;
    cfg->require_features = features;
    return 0;
}

int evglass_config_prefer_io_uring(event_config* cfg) {
    if (cfg == nullptr) return -1;
    cfg->prefer_io_uring = true;
    return 0;
}

int event_config_set_flag(event_config* cfg, int flag) {
    if (cfg == nullptr) return -1;
    cfg->flags |= flag;
    return 0;
}

int event_config_set_num_cpus_hint(event_config* cfg, int cpus) {
    if (cfg == nullptr) return -1;
    cfg->n_cpus_hint = cpus;
    return 0;
}

int event_config_set_max_dispatch_interval(event_config* cfg, const timeval* max_interval,
                                           int max_callbacks, int min_priority) {
    DispatchLimits& limits = cfg->limits;
    limits.max_dispatch_time = max_interval != nullptr ? *max_interval : timeval{-1, 0};
    limits.max_dispatch_callbacks = max_callbacks >= 0 ? max_callbacks : 0x7fffffff;
    limits.limit_callbacks_after_prio = min_priority > 0 ? min_priority : 0;
    return 0;
}
