/* <event2/watch.h> stands alone, in C99. */
#include <event2/watch.h>

int header_watch_compiles(void);
int header_watch_compiles(void) {
    return 1;
}
