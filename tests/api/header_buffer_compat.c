/* <event2/buffer_compat.h> stands alone, in C99. */
#include <event2/buffer_compat.h>

int header_buffer_compat_compiles(void);
int header_buffer_compat_compiles(void) {
    return 1;
}
