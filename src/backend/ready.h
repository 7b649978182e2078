// What a backend calls for each fd that is ready. While nothing records it goes the way without
// probes (src/event/flavour.h), whichever copy of the loop asked the backend.
// Read next: evmap_io.cc.
#pragma once

#include "src/backend/evmap.h"
#include "src/event/quiet.h"

/// Makes the fd's events that want any of `events` active.
inline void evmap_ready(event_base* base, evutil_socket_t fd, short events) {
    if (evglass::trace::active_mask.load(std::memory_order_relaxed) == 0) [[likely]]
        return quiet::io_active(base, fd, events);
    evmap_io_active_(base, fd, events);
}
