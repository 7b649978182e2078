/* <event2/evglass.h> stands alone, in C99. */
#include <event2/evglass.h>

int header_evglass_compiles(void);
int header_evglass_compiles(void) {
    return 1;
}
