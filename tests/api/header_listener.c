/* <event2/listener.h> stands alone, in C99. */
#include <event2/listener.h>

int header_listener_compiles(void);
int header_listener_compiles(void) {
    return 1;
}
