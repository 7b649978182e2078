/* The functions of evdns before libevent 2.0, which work on one resolver that the process shares.
 *
 * They keep old programs running. New code makes its own resolver and passes it (event2/dns.h). The
 * first use of most of them makes the global resolver, on the base that event_init made last.
 * None of them may be called from two threads at a time.
 * Manual: chapter 9, the section on obsolete functions.
 */
#ifndef EVENT2_DNS_COMPAT_H_INCLUDED_
#define EVENT2_DNS_COMPAT_H_INCLUDED_

#include <event2/dns.h>
#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Makes the global resolver and configures it from the system's files. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_init(void);

/** The global resolver; null before evdns_init, or before a function here made it. */
EVENT2_EXPORT_SYMBOL struct evdns_base* evdns_get_global_base(void);

/** evdns_base_free of the global resolver. */
EVENT2_EXPORT_SYMBOL void evdns_shutdown(int fail_requests);

/** evdns_base_nameserver_add; makes the resolver if need be. */
EVENT2_EXPORT_SYMBOL int evdns_nameserver_add(unsigned long int address);
/** evdns_base_count_nameservers */
EVENT2_EXPORT_SYMBOL int evdns_count_nameservers(void);
/** evdns_base_clear_nameservers_and_suspend */
EVENT2_EXPORT_SYMBOL int evdns_clear_nameservers_and_suspend(void);
/** evdns_base_resume */
EVENT2_EXPORT_SYMBOL int evdns_resume(void);
/** evdns_base_nameserver_ip_add; makes the resolver if need be. */
EVENT2_EXPORT_SYMBOL int evdns_nameserver_ip_add(const char* ip_as_string);

/** evdns_base_resolve_ipv4. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_resolve_ipv4(const char* name, int flags,
                                            evdns_callback_type callback, void* ptr);
/** evdns_base_resolve_ipv6. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_resolve_ipv6(const char* name, int flags,
                                            evdns_callback_type callback, void* ptr);
/** evdns_base_resolve_reverse. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_resolve_reverse(const struct in_addr* in, int flags,
                                               evdns_callback_type callback, void* ptr);
/** evdns_base_resolve_reverse_ipv6. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_resolve_reverse_ipv6(const struct in6_addr* in, int flags,
                                                    evdns_callback_type callback, void* ptr);

/** evdns_base_set_option; makes the resolver if need be. @param flags no effect */
EVENT2_EXPORT_SYMBOL int evdns_set_option(const char* option, const char* val, int flags);
/** evdns_base_resolv_conf_parse; makes the resolver if need be. */
EVENT2_EXPORT_SYMBOL int evdns_resolv_conf_parse(int flags, const char* const filename);
/** evdns_base_search_clear */
EVENT2_EXPORT_SYMBOL void evdns_search_clear(void);
/** evdns_base_search_add */
EVENT2_EXPORT_SYMBOL void evdns_search_add(const char* domain);
/** evdns_base_search_ndots_set */
EVENT2_EXPORT_SYMBOL void evdns_search_ndots_set(const int ndots);

/** evdns_add_server_port_with_base on the current base. */
EVENT2_EXPORT_SYMBOL struct evdns_server_port* evdns_add_server_port(
    evutil_socket_t socket, int flags, evdns_request_callback_fn_type callback, void* user_data);

#ifdef __cplusplus
}
#endif

#endif
