// Settings that come as text, and the resolver that old programs share.
// Read next: resolv_conf.cc, global_base.cc.
#pragma once

#include "src/net/dns/dns_base.h"

namespace dns {

/// Sets an option of which `flags` (DNS_OPTION_ bits) allow it. False if its value is none.
bool set_base_option(evdns_base* dns, const char* option, const char* value, int flags);
/// The search list with other contents: requests under way keep the old one.
void replace_search(evdns_base* dns, SearchList* list);
/// The global resolver, which is made if need be; null on failure.
evdns_base* global_base_made();
/// The global resolver, which is nobody's any more; null: there is none.
evdns_base* evdns_take_global_base();

}  // namespace dns
