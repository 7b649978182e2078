// Random numbers that nobody can guess: the kernel's, through the C library.
// There is no state here, so nothing has to be seeded, locked, or renewed after fork.
// Read next: event2/util.h (what the functions promise).
#include <stdlib.h>
#include <sys/random.h>

#include "src/util/evutil.h"

void evutil_secure_rng_get_bytes(void* buf, size_t n) {
    arc4random_buf(buf, n);
}

int evutil_secure_rng_init() {
    unsigned char byte = 0;
    ssize_t got = 0;
    do got = getrandom(&byte, sizeof byte, 0);
    while (got == -1 && errno == EINTR);
    return got == sizeof byte ? 0 : -1;
}

int evutil_secure_rng_set_urandom_device_file(char*) {
    return -1;
}

void evutil_secure_rng_add_bytes(const char*, size_t) {}
