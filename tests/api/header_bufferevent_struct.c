/* <event2/bufferevent_struct.h> stands alone, in C99. */
#include <event2/bufferevent_struct.h>

int header_bufferevent_struct_compiles(void);
int header_bufferevent_struct_compiles(void) {
    return 1;
}
