/* <event2/bufferevent_compat.h> stands alone, in C99. */
#include <event2/bufferevent_compat.h>

int header_bufferevent_compat_compiles(void);
int header_bufferevent_compat_compiles(void) {
    return 1;
}
