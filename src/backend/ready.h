// What a backend calls for each fd that is ready. While nothing records it goes the way without
// probes (src/event/flavour.h), whichever copy of the loop asked the backend.
// Read next: evmap_io.cc.
#pragma once

#include "src/backend/evmap.h"
#include "src/event/event_base.h"
#include "src/event/quiet.h"

/// Makes those events of a slot (of an fd, which has one at least) active that want any of
/// `events`.
inline void evmap_ready(event_base* base, const evmap_io& slot, evutil_socket_t fd, short events) {
    if (evglass::trace::active_mask.load(std::memory_order_relaxed) != 0) [[unlikely]]
        return evmap_io_active_(base, fd, events);
    quiet::io_active(base, slot.first, events);
}

/// The same for whatever fd the kernel speaks of.
inline void evmap_ready(event_base* base, evutil_socket_t fd, short events) {
    const evmap_io* slot = evmap_io_slot(base, fd);
    if (slot != nullptr && slot->first != nullptr) evmap_ready(base, *slot, fd, events);
}
