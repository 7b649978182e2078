// Noting changes. What was added and is deleted before the kernel heard of it leaves a change that
// says nothing. What was watched, deleted and added again stays a change (epoll: MOD): in between
// the fd may have been closed and its number given to another file, which must then be added.
#include "src/backend/changelist.h"

#include <limits>

#include "src/event/event_core.h"
#include "src/util/log.h"
#include "src/util/memory.h"

namespace {

constexpr int kFirstSize = 64;

event_changelist_fdinfo& fdinfo_of(event_base* base, evutil_socket_t fd) {
    return base->io.entries[fd].info<event_changelist_fdinfo>();
}

bool event_changelist_grow(event_changelist& list) {
    if (list.changes_size > std::numeric_limits<int>::max() / 2) return false;
    const int n = list.changes_size == 0 ? kFirstSize : list.changes_size * 2;
    if (!mm_grow(list.changes, static_cast<std::size_t>(list.changes_size),
                 static_cast<std::size_t>(n))) {
        return false;
    }
    list.changes_size = n;
    return true;
}

/// The fd's change, a new one if none waits. Null: no memory, nothing changed.
event_change* event_changelist_get_or_construct(event_base* base, evutil_socket_t fd, short old,
                                                event_changelist_fdinfo* fdinfo) {
    event_changelist& list = base->changelist;
    if (fdinfo->idxplus1 != 0) {
        event_change* change = &list.changes[fdinfo->idxplus1 - 1];
        EVUTIL_ASSERT(change->fd == fd);
        return change;
    }
    if (list.n_changes == list.changes_size && !event_changelist_grow(list)) return nullptr;
    event_change* change = &list.changes[list.n_changes];
    *change = {fd, old, 0, 0, 0};
    fdinfo->idxplus1 = ++list.n_changes;
    return change;
}

/// Does to each condition of `events` what `apply` says.
template <class Apply>
void for_each_condition(event_change& change, short events, Apply apply) {
    if ((events & EV_READ) != 0) apply(change.read_change, EV_READ);
    if ((events & EV_WRITE) != 0) apply(change.write_change, EV_WRITE);
    if ((events & EV_CLOSED) != 0) apply(change.close_change, EV_CLOSED);
}

void tell(const event_base* base, const event_change& change, bool is_new) {
    if (is_new) {
        TRACE(change_queued, .base = base, .fd = change.fd, .before = change.old_events,
              .after = event_change_after(change));
    } else {
        TRACE(change_merged, .base = base, .fd = change.fd, .before = change.old_events,
              .after = event_change_after(change));
    }
}

}  // namespace

static_assert(EV_CHANGE_ET == EV_ET);

short event_change_after(const event_change& change) {
    int after = change.old_events;
    const auto note = [&after](std::uint8_t how, int condition) {
        if ((how & EV_CHANGE_ADD) != 0) after |= condition | (how & EV_CHANGE_ET);
        if ((how & EV_CHANGE_DEL) != 0) after &= ~condition;
    };
    note(change.read_change, EV_READ);
    note(change.write_change, EV_WRITE);
    note(change.close_change, EV_CLOSED);
    return static_cast<short>((after & ~EV_ET) == 0 ? 0 : after);
}

int event_changelist_add_(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    TRACE_CALL(base);
    auto* fdinfo = static_cast<event_changelist_fdinfo*>(p);
    const bool is_new = fdinfo->idxplus1 == 0;
    event_change* change = event_changelist_get_or_construct(base, fd, old, fdinfo);
    if (change == nullptr) return -1;
    const auto add = static_cast<std::uint8_t>(EV_CHANGE_ADD | (events & EV_ET));
    for_each_condition(*change, events, [add](std::uint8_t& how, short) { how = add; });
    tell(base, *change, is_new);
    return 0;
}

int event_changelist_del_(event_base* base, evutil_socket_t fd, short old, short events, void* p) {
    TRACE_CALL(base);
    auto* fdinfo = static_cast<event_changelist_fdinfo*>(p);
    const bool is_new = fdinfo->idxplus1 == 0;
    event_change* change = event_changelist_get_or_construct(base, fd, old, fdinfo);
    if (change == nullptr) return -1;
    const auto del = static_cast<std::uint8_t>(EV_CHANGE_DEL | (events & EV_ET));
    for_each_condition(*change, events, [change, del](std::uint8_t& how, short condition) {
        how = (change->old_events & condition) != 0 ? del : std::uint8_t{0};
    });
    tell(base, *change, is_new);
    return 0;
}

void event_changelist_remove_all_(event_base* base) {
    TRACE_CALL(base);
    event_changelist& list = base->changelist;
    for (int i = 0; i < list.n_changes; ++i) fdinfo_of(base, list.changes[i].fd).idxplus1 = 0;
    list.n_changes = 0;
}

void event_changelist_freemem_(event_base* base) {
    mm_free(base->changelist.changes);
    base->changelist = event_changelist{};
}

void event_changelist_assert_ok_(const event_base* base) {
    const event_changelist& list = base->changelist;
    EVUTIL_ASSERT(list.n_changes <= list.changes_size);
    for (int i = 0; i < list.n_changes; ++i) {
        const evutil_socket_t fd = list.changes[i].fd;
        EVUTIL_ASSERT(fd >= 0 && fd < base->io.nentries);
        const evmap_io& slot = base->io.entries[fd];
        EVUTIL_ASSERT(slot.info<event_changelist_fdinfo>().idxplus1 == i + 1);
        const short wanted = evmap_io_mask(slot);
        EVUTIL_ASSERT((event_change_after(list.changes[i]) & ~EV_ET) == (wanted & ~EV_ET));
    }
}

void event_changelist_write_keyframe_(const event_base* base) {
    const event_changelist& list = base->changelist;
    for (int i = 0; i < list.n_changes; ++i) {
        TRACE(keyframe_change, .base = base, .fd = list.changes[i].fd,
              .before = list.changes[i].old_events, .after = event_change_after(list.changes[i]));
    }
}
