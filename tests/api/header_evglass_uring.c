/* <event2/evglass_uring.h> stands alone, in C99, and brings <event2/evglass_sys.h>. */
#include <event2/evglass_uring.h>

int header_evglass_uring_compiles(evglass_at at);
int header_evglass_uring_compiles(evglass_at at) {
    return at == 0;
}
