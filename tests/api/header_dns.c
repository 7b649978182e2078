/* <event2/dns.h> stands alone, in C99. */
#include <event2/dns.h>

int header_dns_compiles(void);
int header_dns_compiles(void) {
    return 1;
}
