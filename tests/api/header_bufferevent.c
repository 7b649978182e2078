/* <event2/bufferevent.h> stands alone, in C99. */
#include <event2/bufferevent.h>

int header_bufferevent_compiles(void);
int header_bufferevent_compiles(void) {
    return 1;
}
