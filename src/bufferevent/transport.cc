// How TLS reaches a socket: libevent_openssl has no system-call seam of its own, and OpenSSL's own
// calls would pass it by. Through these two the trace sees them, and tests make them fail.
// Nothing is kept here. Read next: src/openssl/bio.cc (who calls), src/util/sys_io.h.
#include "src/bufferevent/bufferevent_private.h"
#include "src/util/sys.h"

ev_ssize_t bufferevent_recv_(evutil_socket_t fd, void* to, size_t size) {
    return sys::read(fd, to, size);
}

ev_ssize_t bufferevent_send_(evutil_socket_t fd, const void* from, size_t size) {
    return sys::write(fd, from, size);
}
