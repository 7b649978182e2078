// The resolver that the functions of event2/dns_compat.h share.
// One thread at a time, as their header says.
// Read next: dns_base.cc.
#include <event2/dns_compat.h>

#include "src/event/event_core.h"
#include "src/net/dns/resolv_conf.h"

namespace {

constinit evdns_base* current_base = nullptr;

/// What a request says that could not be made.
int status_of(const evdns_request* req) {
    return req != nullptr ? 0 : -1;
}

}  // namespace

namespace dns {

evdns_base* evdns_take_global_base() {
    return std::exchange(current_base, nullptr);
}

evdns_base* global_base_made() {
    if (current_base == nullptr) current_base = evdns_base_new(event_global_current_base_, 0);
    return current_base;
}

}  // namespace dns

evdns_base* evdns_get_global_base() {
    return current_base;
}

int evdns_init() {
    evdns_base* dns = evdns_base_new(event_global_current_base_, EVDNS_BASE_INITIALIZE_NAMESERVERS);
    if (dns == nullptr) return -1;
    current_base = dns;
    return 0;
}

void evdns_shutdown(int fail_requests) {
    if (evdns_base* dns = dns::evdns_take_global_base()) evdns_base_free(dns, fail_requests);
}

int evdns_nameserver_add(unsigned long address) {
    evdns_base* dns = dns::global_base_made();
    return dns != nullptr ? evdns_base_nameserver_add(dns, address) : -1;
}

int evdns_count_nameservers() {
    return current_base != nullptr ? evdns_base_count_nameservers(current_base) : -1;
}

int evdns_clear_nameservers_and_suspend() {
    return current_base != nullptr ? evdns_base_clear_nameservers_and_suspend(current_base) : -1;
}

int evdns_resume() {
    return current_base != nullptr ? evdns_base_resume(current_base) : -1;
}

int evdns_nameserver_ip_add(const char* ip_as_string) {
    evdns_base* dns = dns::global_base_made();
    return dns != nullptr ? evdns_base_nameserver_ip_add(dns, ip_as_string) : -1;
}

int evdns_resolve_ipv4(const char* name, int flags, evdns_callback_type callback, void* ptr) {
    evdns_base* dns = dns::global_base_made();
    if (dns == nullptr) return -1;
    return status_of(evdns_base_resolve_ipv4(dns, name, flags, callback, ptr));
}

int evdns_resolve_ipv6(const char* name, int flags, evdns_callback_type callback, void* ptr) {
    evdns_base* dns = dns::global_base_made();
    if (dns == nullptr) return -1;
    return status_of(evdns_base_resolve_ipv6(dns, name, flags, callback, ptr));
}

int evdns_resolve_reverse(const in_addr* in, int flags, evdns_callback_type callback, void* ptr) {
    evdns_base* dns = dns::global_base_made();
    if (dns == nullptr) return -1;
    return status_of(evdns_base_resolve_reverse(dns, in, flags, callback, ptr));
}

int evdns_resolve_reverse_ipv6(const in6_addr* in, int flags, evdns_callback_type callback,
                               void* ptr) {
    evdns_base* dns = dns::global_base_made();
    if (dns == nullptr) return -1;
    return status_of(evdns_base_resolve_reverse_ipv6(dns, in, flags, callback, ptr));
}

int evdns_set_option(const char* option, const char* val, int) {
    evdns_base* dns = dns::global_base_made();
    return dns != nullptr ? evdns_base_set_option(dns, option, val) : -1;
}

int evdns_resolv_conf_parse(int flags, const char* const filename) {
    evdns_base* dns = dns::global_base_made();
    return dns != nullptr ? evdns_base_resolv_conf_parse(dns, flags, filename) : -1;
}

void evdns_search_clear() {
    if (current_base != nullptr) evdns_base_search_clear(current_base);
}

void evdns_search_add(const char* domain) {
    if (current_base != nullptr) evdns_base_search_add(current_base, domain);
}

void evdns_search_ndots_set(const int ndots) {
    if (current_base != nullptr) evdns_base_search_ndots_set(current_base, ndots);
}

evdns_server_port* evdns_add_server_port(evutil_socket_t socket, int flags,
                                         evdns_request_callback_fn_type callback, void* user_data) {
    return evdns_add_server_port_with_base(event_global_current_base_, socket, flags, callback,
                                           user_data);
}
