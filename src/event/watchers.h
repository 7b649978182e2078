// Prepare and check watchers: callbacks around the sleep, for those who measure loops or embed
// other ones. A prepare watcher runs just before the backend sleeps and learns how long; a check
// watcher just after. They are not events: they have no state and keep no loop alive.
#pragma once

#include <event2/watch.h>

#include "src/event/event_base.h"

void run_prepare_watchers(event_base* base, const timeval* timeout);
void run_check_watchers(event_base* base);
void watchers_free(event_base* base);
