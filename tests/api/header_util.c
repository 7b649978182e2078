/* <event2/util.h> stands alone, in C99. */
#include <event2/util.h>

int header_util_compiles(void);
int header_util_compiles(void) {
    return 1;
}
