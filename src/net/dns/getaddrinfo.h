// evdns_getaddrinfo for callers inside of the library, who hold a reference until they are told.
// Read next: getaddrinfo.cc, src/bufferevent/connect.cc (who calls).
#pragma once

#include <event2/dns.h>

namespace dns {

/// As evdns_getaddrinfo, but the callback comes even where the resolver is freed without failing
/// its requests (EVUTIL_EAI_FAIL), or where the loop's base goes (kEaiBaseGone: call no user).
evdns_getaddrinfo_request* getaddrinfo_told_always(evdns_base* dns, const char* nodename,
                                                   const char* servname,
                                                   const evutil_addrinfo* hints,
                                                   evdns_getaddrinfo_cb cb, void* arg);
inline constexpr int kEaiBaseGone = -90003;

}  // namespace dns
