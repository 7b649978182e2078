/* <event2/visibility.h> stands alone, in C99. */
#include <event2/visibility.h>

int header_visibility_compiles(void);
int header_visibility_compiles(void) {
    return 1;
}
