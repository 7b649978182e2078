/* <evdns.h>, the old name, stands alone, in C99. */
#include <evdns.h>

int header_old_evdns_compiles(void);
int header_old_evdns_compiles(void) {
    return DNS_NO_SEARCH;
}
