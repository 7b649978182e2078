/* <event2/buffer.h> stands alone, in C99. */
#include <event2/buffer.h>

int header_buffer_compiles(void);
int header_buffer_compiles(void) {
    return 1;
}
