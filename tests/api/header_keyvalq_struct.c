/* <event2/keyvalq_struct.h> stands alone, in C99. */
#include <event2/keyvalq_struct.h>

int header_keyvalq_struct_compiles(void);
int header_keyvalq_struct_compiles(void) {
    return 1;
}
