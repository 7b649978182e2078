/* What a DNS server is asked: the structs that its callback reads.
 *
 * They belong to the library: they are there until the request is answered or dropped.
 * Manual: chapter 9, DNS, on servers.
 * Read next: event2/dns.h.
 */
#ifndef EVENT2_DNS_STRUCT_H_INCLUDED_
#define EVENT2_DNS_STRUCT_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/util.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A query. */
struct evdns_server_request {
    int flags;                                /**< the query's header: recursion desired, 0x100 */
    int nquestions;                           /**< usually 1 */
    struct evdns_server_question** questions; /**< so many pointers */
};

/** One question. */
struct evdns_server_question {
    int type; /**< EVDNS_TYPE_ or EVDNS_QTYPE_ */
#ifdef __cplusplus
    int dns_question_class; /**< EVDNS_CLASS_INET */
#else
    /* Old C programs say "class". */
    int class;
#define dns_question_class class
#endif
    char name[1]; /**< the text goes on behind the struct */
};

#ifdef __cplusplus
}
#endif

#endif
