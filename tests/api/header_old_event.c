/* <event.h>, the old name, stands alone, in C99. */
#include <event.h>

int header_old_event_compiles(void);
int header_old_event_compiles(void) {
    return 1;
}
