/* <event2/thread.h> stands alone, in C99. */
#include <event2/thread.h>

int header_thread_compiles(void);
int header_thread_compiles(void) {
    return 1;
}
