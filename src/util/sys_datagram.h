// The part of the system-call seam that moves datagrams of sockets that are not connected: with
// each goes an address. As in sys.h: through the table, with a record, at the site of the caller.
#pragma once

#include "src/util/sys.h"

namespace sys {

inline ssize_t sendto(int fd, const void* data, size_t size, const sockaddr* to, socklen_t length,
                      Where w = Where::here()) {
    return traced([&] { return table->sendto(fd, data, size, to, length); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_sendto{.fd = fd,
                                              .size = size,
                                              .port = port_of(to, length),
                                              .result = r,
                                              .error = e,
                                              .duration = t});
                  });
}

/// `length`: the room in `from`; afterwards the address's length.
inline ssize_t recvfrom(int fd, void* data, size_t size, sockaddr* from, socklen_t* length,
                        Where w = Where::here()) {
    return traced([&] { return table->recvfrom(fd, data, size, from, length); },
                  [&](ssize_t r, int e, std::uint64_t t) {
                      tell(w, rec::sys_recvfrom{.fd = fd,
                                                .size = size,
                                                .port = r >= 0 ? port_of(from, *length) : 0,
                                                .result = r,
                                                .error = e,
                                                .duration = t});
                  });
}

}  // namespace sys
