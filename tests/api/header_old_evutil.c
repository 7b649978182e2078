/* <evutil.h>, the old name, stands alone, in C99. */
#include <evutil.h>

int header_old_evutil_compiles(void);
int header_old_evutil_compiles(void) {
    return 1;
}
