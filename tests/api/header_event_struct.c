/* <event2/event_struct.h> stands alone, in C99. */
#include <event2/event_struct.h>

int header_event_struct_compiles(void);
int header_event_struct_compiles(void) {
    return 1;
}
