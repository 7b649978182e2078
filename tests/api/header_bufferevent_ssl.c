/* <event2/bufferevent_ssl.h> stands alone, in C99. */
#include <event2/bufferevent_ssl.h>

int header_bufferevent_ssl_compiles(void);
int header_bufferevent_ssl_compiles(void) {
    return 1;
}
