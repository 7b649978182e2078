/* <event2/event.h> stands alone, in C99. */
#include <event2/event.h>

int header_event_compiles(void);
int header_event_compiles(void) {
    return 1;
}
