// Making a base: allocate it, choose its backend, give it its queues. Every step can fail, and then
// nothing is left behind.
// Read next: src/backend/eventops.cc (the candidates), src/backend/epoll_new.cc (epoll_init).
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/event/config.h"
#include "src/event/event_core.h"
#include "src/event/watchers.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

using evglass::trace::field::verdict;

/// EVENT_NOEPOLL and its kin.
bool event_is_method_disabled(const char* name) {
    TRACE_CALL(nullptr);
    char variable[64];
    snprintf(variable, sizeof variable, "EVENT_NO%s", name);
    for (char* c = variable; *c != '\0'; ++c) {
        *c = static_cast<char>(toupper(static_cast<unsigned char>(*c)));
    }
    return evutil_getenv_(variable) != nullptr;
}

/// Does the program, or its user, want io_uring?
bool is_io_uring_asked_for(const event_base* base, const event_config* cfg) {
    if (cfg != nullptr && cfg->prefer_io_uring) return true;
    if ((base->flags & EVENT_BASE_FLAG_IGNORE_ENV) != 0) return false;
    const char* value = evutil_getenv_("EVENT_USE_IO_URING");
    return value != nullptr && strcmp(value, "0") != 0;
}

/// May this backend be tried? If not, the verdict says why.
verdict judge(const eventop* op, const event_base* base, const event_config* cfg) {
    if (cfg != nullptr) {
        if (event_config_is_avoided_method(cfg, op->name)) return verdict::avoided;
        if ((op->features & cfg->require_features) != cfg->require_features) {
            return verdict::lacks_features;
        }
    }
    const bool read_environment = (base->flags & EVENT_BASE_FLAG_IGNORE_ENV) == 0;
    if (read_environment && event_is_method_disabled(op->name)) return verdict::disabled;
    return verdict::chosen;
}

/// Takes the first backend of the table that may be used and works.
bool choose_backend(event_base* base, const event_config* cfg) {
    for (int i = 0; eventops[i] != nullptr && base->evbase == nullptr; ++i) {
        if (eventops[i]->on_request && !is_io_uring_asked_for(base, cfg)) continue;
        verdict v = judge(eventops[i], base, cfg);
        if (v == verdict::chosen) {
            base->evsel = eventops[i];
            base->evbase = base->evsel->init(base);
            if (base->evbase == nullptr) v = verdict::init_failed;
        }
        TRACE(backend_try, .base = base, .verdict = v, .name = eventops[i]->name);
    }
    if (base->evbase == nullptr) {
        base->evsel = nullptr;
        return false;
    }
    TRACE(backend_chosen, .base = base,
          .features = static_cast<std::uint32_t>(base->evsel->features), .name = base->evsel->name);
    return true;
}

/// The lock, and a way for other threads to wake the loop.
bool make_thread_safe(event_base* base) {
    if (!evthread_enabled() || (base->flags & EVENT_BASE_FLAG_NOLOCK) != 0) return true;
    base->th_base_lock = evthread_alloc_lock(EVTHREAD_LOCKTYPE_RECURSIVE);
    base->current_event_cond = evthread_alloc_cond();
    if (base->th_base_lock == nullptr) return false;
    TRACE(base_lock, .base = base, .lock = base->th_base_lock, .cond = base->current_event_cond);
    return evthread_make_base_notifiable(base) == 0;
}

/// The order of the steps is the one that the walks through libevent's source give.
bool set_up(event_base* base, const event_config* cfg) {
    if (!choose_backend(base, cfg)) {
        event_warnx("%s: no event mechanism available", "event_base_new_with_config");
        return false;
    }
    if (evutil_getenv_("EVENT_SHOW_METHOD") != nullptr) {
        event_msgx("libevent using: %s", base->evsel->name);
    }
    return event_base_priority_init(base, 1) == 0 && make_thread_safe(base);
}

}  // namespace

event_base* event_base_new() {
    evglass::trace::init_from_environment();
    TRACE_CALL(nullptr);
    event_config* cfg = event_config_new();
    if (cfg == nullptr) return nullptr;
    event_base* base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    return base;
}

event_base* event_base_new_with_config(const event_config* cfg) {
    evglass::trace::init_from_environment();
    TRACE_CALL(nullptr);
    event_debug_mode_too_late_();
    auto* base = mm_new<event_base>();
    if (base == nullptr) {
        event_warn("%s: no memory for an event_base", __func__);
        return nullptr;
    }
    if (cfg != nullptr) {
        base->flags = cfg->flags;
        base->limits = cfg->limits;
    }
    if ((base->flags & EVENT_BASE_FLAG_IGNORE_ENV) == 0 &&
        evutil_getenv_("EVENT_PRECISE_TIMER") != nullptr) {
        base->flags |= EVENT_BASE_FLAG_PRECISE_TIMER;
    }
    TRACE(base_new, .base = base, .flags = static_cast<std::uint32_t>(base->flags));
    evglass::trace::keyframe_not_needed(base->keyframe);
    timeval now;
    gettime(base, &now);
    min_heap_ctor_(&base->timeheap, base);
    if (!set_up(base, cfg)) {
        event_base_free(base);
        return nullptr;
    }
    return base;
}

int event_base_priority_init(event_base* base, int npriorities) {
    TRACE_CALL(base);
    const BaseLock lock(base);
    if (N_ACTIVE_CALLBACKS(base) != 0 || npriorities < 1 || npriorities >= EVENT_MAX_PRIORITIES) {
        return -1;
    }
    if (npriorities == base->nactivequeues) return 0;
    const auto n = static_cast<std::size_t>(npriorities);
    auto* queues = static_cast<evcallback_list*>(mm_calloc(n, sizeof(evcallback_list)));
    if (queues == nullptr) {
        event_warn("%s: no memory for %d active queues", __func__, npriorities);
        return -1;
    }
    // In place, because an empty queue points into itself.
    for (std::size_t i = 0; i < n; ++i) ::new (&queues[i]) evcallback_list();
    mm_free(base->activequeues);
    base->activequeues = queues;
    base->nactivequeues = npriorities;
    // Called by a callback, whose queue is gone now: the loop must not look into that again.
    if (base->event_running_priority >= 0) base->event_continue = true;
    TRACE(base_priorities, .base = base, .count = static_cast<std::uint32_t>(npriorities));
    return 0;
}

int event_base_get_npriorities(event_base* base) {
    if (base == nullptr) base = event_global_current_base_;
    const BaseLock lock(base);
    return base->nactivequeues;
}

const char** event_get_supported_methods() {
    // All that a base may get without asking, best first; the environment decides only when a base
    // is made. A program that avoids all of these but one must get that one.
    constexpr std::size_t kMost = 16;
    static const char* methods[kMost];
    std::size_t n = 0;
    for (std::size_t i = 0; eventops[i] != nullptr && n + 1 < kMost; ++i) {
        if (!eventops[i]->on_request) methods[n++] = eventops[i]->name;
    }
    methods[n] = nullptr;
    return methods;
}

const char* event_base_get_method(const event_base* base) {
    return base->evsel->name;
}

int event_base_get_features(const event_base* base) {
    return base->evsel->features;
}
