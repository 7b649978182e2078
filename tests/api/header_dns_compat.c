/* <event2/dns_compat.h> stands alone, in C99. */
#include <event2/dns_compat.h>

int header_dns_compat_compiles(void);
int header_dns_compat_compiles(void) {
    return 1;
}
