// The epoll backends as a base knows them: how one is made and ends, and its functions as a table.
// There are two: "epoll" tells the kernel each change at once, "epoll (with changelist)" keeps
// changes until the loop sleeps. Nothing here waits, and nothing tells the kernel what to watch.
// Read next: epoll.cc, the sleep; epoll_control.cc, changes.
#include <errno.h>
#include <sys/epoll.h>

#include "src/backend/epoll_control.h"
#include "src/event/event_core.h"
#include "src/event/quiet.h"
#include "src/util/evutil.h"
#include "src/util/log.h"
#include "src/util/memory.h"
#include "src/util/sys.h"

extern const eventop epollops;
extern const eventop epollops_changelist;

namespace {

constexpr int INITIAL_NEVENT = 32;

bool wants_changelist(const event_base* base) {
    if ((base->flags & EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) != 0) return true;
    return (base->flags & EVENT_BASE_FLAG_IGNORE_ENV) == 0 &&
           evutil_getenv_("EVENT_EPOLL_USE_CHANGELIST") != nullptr;
}

void* epoll_init(event_base* base) {
    TRACE_CALL(base);
    const int epfd = sys::epoll_create1(EPOLL_CLOEXEC);
    if (epfd < 0) {
        if (errno != ENOSYS) event_warn("epoll_create");
        return nullptr;
    }
    auto* op = mm_new<epollop>();
    if (op != nullptr) {
        op->epfd = epfd;
        op->nevents = INITIAL_NEVENT;
        op->events = static_cast<epoll_event*>(mm_calloc(INITIAL_NEVENT, sizeof(epoll_event)));
        op->precise = (base->flags & EVENT_BASE_FLAG_PRECISE_TIMER) != 0;
        op->strays = 0;
        if (op->events != nullptr && evsig_init_(base) == 0) {
            if (wants_changelist(base)) base->evsel = &epollops_changelist;
            return op;
        }
        mm_free(op->events);
        mm_delete(op);
    }
    sys::close(epfd);
    return nullptr;
}

void epoll_dealloc(event_base* base) {
    TRACE_CALL(base);
    evsig_dealloc_(base);
    event_changelist_remove_all_(base);
    auto* op = static_cast<epollop*>(base->evbase);
    sys::close(op->epfd);
    mm_free(op->events);
    mm_delete(op);
}

// The functions of the hot path: with probes only while something watches.

int add(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    return is_quiet() ? quiet::epoll_add(base, fd, old, events)
                      : epoll_nochangelist_add(base, fd, old, events, p);
}

int del(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    return is_quiet() ? quiet::epoll_del(base, fd, old, events)
                      : epoll_nochangelist_del(base, fd, old, events, p);
}

int dispatch(event_base* base, const timeval* tv) {
    return is_quiet() ? quiet::dispatch_epoll(base, tv) : epoll_dispatch(base, tv);
}

}  // namespace

const eventop epollops = {
    .name = "epoll",
    .init = epoll_init,
    .add = add,
    .del = del,
    .dispatch = dispatch,
    .dealloc = epoll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = sizeof(epoll_fdinfo),
    .write_keyframe = nullptr,
};

/// Not in the table of eventops.cc: epoll_init takes it where the program asks for it.
const eventop epollops_changelist = {
    .name = "epoll (with changelist)",
    .init = epoll_init,
    .add = epoll_changelist_add,
    .del = epoll_changelist_del,
    .dispatch = dispatch,
    .dealloc = epoll_dealloc,
    .need_reinit = true,
    .features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
    .on_request = false,
    .fdinfo_len = sizeof(epoll_fdinfo),
    .write_keyframe = event_changelist_write_keyframe_,
};
