/* <event2/event_compat.h> stands alone, in C99. */
#include <event2/event_compat.h>

int header_event_compat_compiles(void);
int header_event_compat_compiles(void) {
    return 1;
}
