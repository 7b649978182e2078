/* evdns: names to addresses and back without blocking, and a small DNS server.
 *
 * A resolver (struct evdns_base) belongs to an event_base and asks name servers over UDP. Each
 * request is sent again when no answer comes, to another server if there is one; a server that
 * keeps silent counts as down and is probed until it answers again. Most programs want
 * evdns_getaddrinfo; evdns_base_resolve_ipv4 and its kin ask for one type of record.
 * There is no TCP, no DNSSEC, and no cache.
 * Threads: any thread may call the functions of a resolver if lock functions are set; callbacks run
 * on the loop's thread, without the resolver's lock.
 * Callbacks of requests come from the loop, never from within the call that asked; the one
 * exception is evdns_getaddrinfo where it needs no server.
 * Manual: chapter 9, DNS.
 * Read next: event2/dns_struct.h (the server's questions), src/net/dns/dns_base.cc.
 */
#ifndef EVENT2_DNS_H_INCLUDED_
#define EVENT2_DNS_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
struct evdns_base;
struct evdns_request;
struct evdns_getaddrinfo_request;
struct evdns_server_port;
struct evdns_server_request;
struct evdns_server_question;
struct in_addr;
struct in6_addr;
struct sockaddr;

/* What became of a request. 1 to 5 are the server's own words (RFC 1035). */
#define DNS_ERR_NONE 0         /**< all is well */
#define DNS_ERR_FORMAT 1       /**< the server does not understand the query */
#define DNS_ERR_SERVERFAILED 2 /**< the server failed */
#define DNS_ERR_NOTEXIST 3     /**< there is no such name */
#define DNS_ERR_NOTIMPL 4      /**< the server does not know this kind of query */
#define DNS_ERR_REFUSED 5      /**< the server refuses */
#define DNS_ERR_TRUNCATED 65   /**< the answer is cut short, or malformed */
#define DNS_ERR_UNKNOWN 66     /**< the server answered with an error that has no name here */
#define DNS_ERR_TIMEOUT 67     /**< no server answered, or each one failed */
#define DNS_ERR_SHUTDOWN 68    /**< evdns_base_free was told to fail requests */
#define DNS_ERR_CANCEL 69      /**< evdns_cancel_request */
#define DNS_ERR_NODATA 70      /**< the name exists, but has no record of this type */

/* What an answer consists of: `type` of evdns_callback_type. */
#define DNS_IPv4_A 1    /**< an array of 4 bytes each, in network order */
#define DNS_PTR 2       /**< one text, by way of a pointer to it: *(char**)addresses */
#define DNS_IPv6_AAAA 3 /**< an array of 16 bytes each */

/** For one request: the name is asked for as it is, never with a domain of the search list. */
#define DNS_QUERY_NO_SEARCH 1
/** The old name of DNS_QUERY_NO_SEARCH. */
#define DNS_NO_SEARCH DNS_QUERY_NO_SEARCH

/* What evdns_base_resolv_conf_parse takes from a file. */
#define DNS_OPTION_SEARCH 1      /**< domain, search, options ndots */
#define DNS_OPTION_NAMESERVERS 2 /**< nameserver; without any: 127.0.0.1 */
#define DNS_OPTION_MISC 4        /**< the other options */
#define DNS_OPTION_HOSTSFILE 8   /**< and the names in /etc/hosts */
#define DNS_OPTIONS_ALL \
    (DNS_OPTION_SEARCH | DNS_OPTION_NAMESERVERS | DNS_OPTION_MISC | DNS_OPTION_HOSTSFILE)
/** With DNS_OPTION_NAMESERVERS: a file without name servers leaves the resolver without any. */
#define DNS_OPTION_NAMESERVERS_NO_DEFAULT 16

/**
 * Called once for each request, by the loop.
 *
 * @param result     a DNS_ERR_ code
 * @param type       DNS_IPv4_A, DNS_IPv6_AAAA or DNS_PTR; 0 after a failure
 * @param count      how many records
 * @param ttl        for how many seconds the answer may be kept
 * @param addresses  the records, as `type` says; null after a failure; gone when the callback
 *                   returns
 * @param arg        what was given with the request
 */
typedef void (*evdns_callback_type)(int result, char type, int count, int ttl, void* addresses,
                                    void* arg);

/* ---- a resolver ---- */

/* Flags of evdns_base_new. */
#define EVDNS_BASE_INITIALIZE_NAMESERVERS \
    1 /**< configure it from /etc/resolv.conf and /etc/hosts */
/** Without requests the resolver does not keep its loop from ending. */
#define EVDNS_BASE_DISABLE_WHEN_INACTIVE 0x8000
/** With EVDNS_BASE_INITIALIZE_NAMESERVERS: as DNS_OPTION_NAMESERVERS_NO_DEFAULT. */
#define EVDNS_BASE_NAMESERVERS_NO_DEFAULT 0x10000

/**
 * Makes a resolver. Unless EVDNS_BASE_DISABLE_WHEN_INACTIVE is given, each of its name servers
 * keeps the loop running.
 *
 * @param initialize_nameservers  EVDNS_BASE_ flags
 * @return the resolver; null on failure
 */
EVENT2_EXPORT_SYMBOL struct evdns_base* evdns_base_new(struct event_base* event_base,
                                                       int initialize_nameservers);

/**
 * Frees a resolver. The memory goes when the loop has ended what still runs.
 *
 * @param fail_requests  not 0: pending requests are told DNS_ERR_SHUTDOWN, by the loop; 0: their
 *                       callbacks are never called
 */
EVENT2_EXPORT_SYMBOL void evdns_base_free(struct evdns_base* base, int fail_requests);

/** Forgets all that was read from hosts files. */
EVENT2_EXPORT_SYMBOL void evdns_base_clear_host_addresses(struct evdns_base* base);

/** A DNS_ERR_ code in words. Never null. */
EVENT2_EXPORT_SYMBOL const char* evdns_err_to_string(int err);

/** Adds a server by its IPv4 address in network order; port 53. @return 0; else not 0 */
EVENT2_EXPORT_SYMBOL int evdns_base_nameserver_add(struct evdns_base* base,
                                                   unsigned long int address);

/**
 * Adds a server by text: "1.2.3.4", "1.2.3.4:53", "::1", "[::1]" or "[::1]:53".
 *
 * @return 0; 3 if it is there already; 4 if the text is no address; other numbers if no socket
 * could be had
 */
EVENT2_EXPORT_SYMBOL int evdns_base_nameserver_ip_add(struct evdns_base* base,
                                                      const char* ip_as_string);

/** Adds a server by address. @param flags 0 for now. @return as evdns_base_nameserver_ip_add */
EVENT2_EXPORT_SYMBOL int evdns_base_nameserver_sockaddr_add(struct evdns_base* base,
                                                            const struct sockaddr* sa,
                                                            ev_socklen_t len, unsigned flags);

/** How many servers there are, whether they are up or down. */
EVENT2_EXPORT_SYMBOL int evdns_base_count_nameservers(struct evdns_base* base);

/**
 * The address of the server number `idx`, from 0.
 *
 * @return how many bytes the address has; -1 if there is no such server. If it is more than `len`,
 *         nothing was written to `sa`.
 */
EVENT2_EXPORT_SYMBOL int evdns_base_get_nameserver_addr(struct evdns_base* base, int idx,
                                                        struct sockaddr* sa, ev_socklen_t len);

/** Removes all servers; pending requests wait until there are others. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_base_clear_nameservers_and_suspend(struct evdns_base* base);

/** Takes waiting requests up again, after servers were added. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evdns_base_resume(struct evdns_base* base);

/**
 * Sets an option by name; a colon at its end is allowed. ndots, timeout, max-timeouts,
 * max-inflight, attempts, randomize-case, initial-probe-timeout, getaddrinfo-allow-skew; and, for
 * servers that are added later, bind-to, so-rcvbuf and so-sndbuf. Options that are not known are
 * ignored.
 *
 * @return 0; -1 if val is not a value of this option
 */
EVENT2_EXPORT_SYMBOL int evdns_base_set_option(struct evdns_base* base, const char* option,
                                               const char* val);

/**
 * Takes servers, domains and options from a file in the format of resolv.conf(5).
 *
 * @param flags  DNS_OPTION_ bits
 * @return 0; 1: the file can't be opened, 2: it is no file, 3: it is too large, 4: no memory, 5: it
 *         ended too early, 6: it names no server (then 127.0.0.1 is one)
 */
EVENT2_EXPORT_SYMBOL int evdns_base_resolv_conf_parse(struct evdns_base* base, int flags,
                                                      const char* const filename);

/**
 * Adds the names of a file in the format of hosts(5); evdns_getaddrinfo looks there first.
 *
 * @param hosts_fname  null: localhost alone
 * @return 0; -1 if the file can't be read: then localhost is added
 */
EVENT2_EXPORT_SYMBOL int evdns_base_load_hosts(struct evdns_base* base, const char* hosts_fname);

/** Forgets all domains that short names are searched in. */
EVENT2_EXPORT_SYMBOL void evdns_base_search_clear(struct evdns_base* base);

/** Adds a domain in front of those that short names are searched in. */
EVENT2_EXPORT_SYMBOL void evdns_base_search_add(struct evdns_base* base, const char* domain);

/** A name with at least so many dots is first asked for as it is. */
EVENT2_EXPORT_SYMBOL void evdns_base_search_ndots_set(struct evdns_base* base, const int ndots);

/** Gets evdns's messages. It may run with a resolver's lock held: it must not call evdns. */
typedef void (*evdns_debug_log_fn_type)(int is_warning, const char* msg);
/** Sets the log callback; null: messages go to the library's log. */
EVENT2_EXPORT_SYMBOL void evdns_set_log_fn(evdns_debug_log_fn_type fn);

/** Does nothing: transaction ids come from the library's secure random numbers. */
EVENT2_EXPORT_SYMBOL void evdns_set_transaction_id_fn(ev_uint16_t (*fn)(void));
/** Does nothing, for the same reason. */
EVENT2_EXPORT_SYMBOL void evdns_set_random_bytes_fn(void (*fn)(char*, size_t));

/* ---- requests for one type of record ---- */

/**
 * Asks for a name's IPv4 addresses.
 *
 * @param flags     0 or DNS_QUERY_NO_SEARCH
 * @param callback  called once, by the loop
 * @return the request, until its callback begins; null on failure, and the callback is not called
 */
EVENT2_EXPORT_SYMBOL struct evdns_request* evdns_base_resolve_ipv4(struct evdns_base* base,
                                                                   const char* name, int flags,
                                                                   evdns_callback_type callback,
                                                                   void* ptr);

/** The same for IPv6 addresses. */
EVENT2_EXPORT_SYMBOL struct evdns_request* evdns_base_resolve_ipv6(struct evdns_base* base,
                                                                   const char* name, int flags,
                                                                   evdns_callback_type callback,
                                                                   void* ptr);

/** Asks for the name of an IPv4 address. */
EVENT2_EXPORT_SYMBOL struct evdns_request* evdns_base_resolve_reverse(struct evdns_base* base,
                                                                      const struct in_addr* in,
                                                                      int flags,
                                                                      evdns_callback_type callback,
                                                                      void* ptr);

/** Asks for the name of an IPv6 address. */
EVENT2_EXPORT_SYMBOL struct evdns_request* evdns_base_resolve_reverse_ipv6(
    struct evdns_base* base, const struct in6_addr* in, int flags, evdns_callback_type callback,
    void* ptr);

/** Ends a request before its callback began: the loop will call it with DNS_ERR_CANCEL. */
EVENT2_EXPORT_SYMBOL void evdns_cancel_request(struct evdns_base* base, struct evdns_request* req);

/* ---- getaddrinfo ---- */

/** Gets an EVUTIL_EAI_ error or 0, and the addresses, which evutil_freeaddrinfo frees. */
typedef void (*evdns_getaddrinfo_cb)(int result, struct evutil_addrinfo* res, void* arg);

/**
 * getaddrinfo without blocking: IPv4 and IPv6 addresses are asked for at the same time. Arguments
 * are copied. What needs no server (numbers, hosts files, mistakes) is answered at once: then the
 * callback is called before this function returns. EVUTIL_AI_V4MAPPED and EVUTIL_AI_ALL have no
 * effect.
 *
 * @return the request, until its callback begins; null if the callback was called already
 */
EVENT2_EXPORT_SYMBOL struct evdns_getaddrinfo_request* evdns_getaddrinfo(
    struct evdns_base* dns_base, const char* nodename, const char* servname,
    const struct evutil_addrinfo* hints_in, evdns_getaddrinfo_cb cb, void* arg);

/** Ends a request before its callback began: the loop will call it with EVUTIL_EAI_CANCEL. */
EVENT2_EXPORT_SYMBOL void evdns_getaddrinfo_cancel(struct evdns_getaddrinfo_request* req);

/* ---- a server ---- */

/** Called for each query. It must end with evdns_server_request_respond or _drop, now or later. */
typedef void (*evdns_request_callback_fn_type)(struct evdns_server_request*, void*);

/* Parts of an answer. */
#define EVDNS_ANSWER_SECTION 0
#define EVDNS_AUTHORITY_SECTION 1
#define EVDNS_ADDITIONAL_SECTION 2

/* Types of records. */
#define EVDNS_TYPE_A 1
#define EVDNS_TYPE_NS 2
#define EVDNS_TYPE_CNAME 5
#define EVDNS_TYPE_SOA 6
#define EVDNS_TYPE_PTR 12
#define EVDNS_TYPE_MX 15
#define EVDNS_TYPE_TXT 16
#define EVDNS_TYPE_AAAA 28

/* Types that only a question has. */
#define EVDNS_QTYPE_AXFR 252
#define EVDNS_QTYPE_ALL 255

#define EVDNS_CLASS_INET 1

/* Bits of an answer's header. */
#define EVDNS_FLAGS_AA 0x400 /**< the answer is authoritative */
#define EVDNS_FLAGS_RD 0x080 /**< "recursion available", in spite of its name */

/**
 * Answers queries that arrive at a UDP socket.
 *
 * @param socket  a bound, non-blocking socket; it is the server's from now on, which closes it
 * @param flags   0
 * @return the server; null on failure
 */
EVENT2_EXPORT_SYMBOL struct evdns_server_port* evdns_add_server_port_with_base(
    struct event_base* base, evutil_socket_t socket, int flags,
    evdns_request_callback_fn_type callback, void* user_data);

/** Ends a server. Queries that are out may still be answered or dropped; then the socket is closed.
 */
EVENT2_EXPORT_SYMBOL void evdns_close_server_port(struct evdns_server_port* port);

/** Sets bits of the answer's header: EVDNS_FLAGS_AA, EVDNS_FLAGS_RD. */
EVENT2_EXPORT_SYMBOL void evdns_server_request_set_flags(struct evdns_server_request* req,
                                                         int flags);

/**
 * Adds a record to an answer.
 *
 * @param section  an EVDNS_..._SECTION
 * @param name     whose record it is
 * @param datalen  how long data are; a name's length is its own
 * @param is_name  not 0: data are a name as text, which is compressed
 * @return 0; -1 on failure, or after the answer was sent
 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_add_reply(struct evdns_server_request* req,
                                                        int section, const char* name, int type,
                                                        int dns_class, int ttl, int datalen,
                                                        int is_name, const char* data);
/** Adds n IPv4 addresses of 4 bytes each. @return 0 or -1 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_add_a_reply(struct evdns_server_request* req,
                                                          const char* name, int n,
                                                          const void* addrs, int ttl);
/** Adds n IPv6 addresses of 16 bytes each. @return 0 or -1 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_add_aaaa_reply(struct evdns_server_request* req,
                                                             const char* name, int n,
                                                             const void* addrs, int ttl);
/** Adds the name of an address: `in`, or its name in the arpa domain; one of them is null. */
EVENT2_EXPORT_SYMBOL int evdns_server_request_add_ptr_reply(struct evdns_server_request* req,
                                                            struct in_addr* in,
                                                            const char* inaddr_name,
                                                            const char* hostname, int ttl);
/** Says that `name` is another name of `cname`. @return 0 or -1 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_add_cname_reply(struct evdns_server_request* req,
                                                              const char* name, const char* cname,
                                                              int ttl);

/**
 * Sends the answer with all that was added, and frees the request. What has no room in 512 bytes is
 * left out, and the answer says that it is truncated.
 *
 * @param err  0, or the DNS_ERR_ code of the answer
 * @return 0; -1 if it could not be sent (the request is gone all the same); 1 if it waits until the
 *         socket can be written to
 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_respond(struct evdns_server_request* req, int err);
/** Frees a request without an answer. @return 0 */
EVENT2_EXPORT_SYMBOL int evdns_server_request_drop(struct evdns_server_request* req);

/** Who asks. @return how many bytes the address has; -1 if it has no room in `addr_len` */
EVENT2_EXPORT_SYMBOL int evdns_server_request_get_requesting_addr(struct evdns_server_request* req,
                                                                  struct sockaddr* sa,
                                                                  int addr_len);

#ifdef __cplusplus
}
#endif

#endif
