// What this library says it is: the API and ABI of libevent 2.1.12.
#include <event2/event.h>

const char* event_get_version() {
    return LIBEVENT_VERSION;
}

ev_uint32_t event_get_version_number() {
    return LIBEVENT_VERSION_NUMBER;
}
