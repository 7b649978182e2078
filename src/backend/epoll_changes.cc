// Many changes at once: what waits in the changelist, and the whole set anew. And the add and del
// of the backend with a changelist, which only note what is to be told. Read next: changelist.cc,
// what cancels out; epoll_control.cc, how one change is told.
#include <errno.h>
#include <sys/epoll.h>

#include "src/backend/epoll_control.h"
#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/sys.h"

void epoll_apply_changes(event_base* base) {
    TRACE_CALL(base);
    event_changelist& list = base->changelist;
    for (int i = 0; i < list.n_changes; ++i) {
        const event_change& change = list.changes[i];
        const bool refused = epoll_apply_one_change(base, change) < 0;
        const int error = refused ? errno : 0;
        TRACE(change_applied, .base = base, .fd = change.fd, .before = change.old_events,
              .after = event_change_after(change), .error = error);
        // event_add said yes before anybody could know: the event's callback learns it now.
        if (refused) evmap_io_lost_(base, change.fd, error);
    }
    event_changelist_remove_all_(base);
}

void epoll_make_set_anew(event_base* base) {
    auto* op = static_cast<epollop*>(base->evbase);
    const int epfd = sys::epoll_create1(EPOLL_CLOEXEC);
    if (epfd < 0) return event_warn("epoll_create");
    sys::close(op->epfd);
    op->epfd = epfd;
    for (int fd = 0; fd < base->io.nentries; ++fd) {
        evmap_io& slot = base->io.entries[fd];
        const short mask = slot.lost ? short{0} : evmap_io_mask(slot);
        slot.info<epoll_fdinfo>().changelist.idxplus1 = 0;
        if (mask == 0) continue;
        if (epoll_nochangelist_add(base, fd, 0, mask, nullptr) < 0) {
            evmap_io_lost_(base, fd, errno);
        }
    }
    event_changelist_remove_all_(base);
}

int epoll_changelist_add(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    TRACE_CALL(base);
    // What wakes the loop is watched at once, so that event_add can say no: a loop that can't be
    // woken is worse than one that is late.
    const bool wakes = fd == base->th_notify_fd || fd == base->sig.ev_signal_pair[0];
    const bool waits = static_cast<event_changelist_fdinfo*>(p)->idxplus1 != 0;
    if (wakes && !waits) return epoll_nochangelist_add(base, fd, old, events, p);
    return event_changelist_add_(base, fd, old, events, p);
}

int epoll_changelist_del(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    TRACE_CALL(base);
    if (event_changelist_del_(base, fd, old, events, p) == 0) return 0;
    // No memory to note it, so it is done at once: deleting must not fail.
    return epoll_nochangelist_del(base, fd, old, events, p);
}
