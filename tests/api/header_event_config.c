/* <event2/event-config.h> stands alone, in C99. */
#include <event2/event-config.h>

int header_event_config_compiles(void);
int header_event_config_compiles(void) {
    return 1;
}
