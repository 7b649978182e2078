// A program that knows the library by its headers alone. It is compiled twice, with our headers and
// with stock's, and both run on both libraries: all four must print the same.
//
// First the shape of what callers embed and read, then a run in which the caller's own idea of
// these shapes meets the library's. Read next: abi_test.cc.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <initializer_list>

namespace {

template <class T>
void number(const char* name, T value) {
    std::printf("%s %lld\n", name, static_cast<long long>(value));
}
#define SIZE(type) number("sizeof " #type, sizeof(type))
#define FIELD(type, field) number(#type "." #field, offsetof(struct type, field))
#define VALUE(name) number(#name, name)

void shape_of_event() {
    SIZE(struct event);
    FIELD(event, ev_evcallback);
    FIELD(event, ev_timeout_pos);
    FIELD(event, ev_fd);
    FIELD(event, ev_base);
    FIELD(event, ev_);
    FIELD(event, ev_events);
    FIELD(event, ev_res);
    FIELD(event, ev_timeout);
    SIZE(struct event_callback);
    FIELD(event_callback, evcb_active_next);
    FIELD(event_callback, evcb_flags);
    FIELD(event_callback, evcb_pri);
    FIELD(event_callback, evcb_closure);
    FIELD(event_callback, evcb_cb_union);
    FIELD(event_callback, evcb_arg);
    SIZE(struct event_list);
    SIZE(struct event_dlist);
    SIZE(struct evkeyval);
    SIZE(struct evkeyvalq);
}

void shape_of_buffers() {
    SIZE(struct bufferevent);
    FIELD(bufferevent, ev_base);
    FIELD(bufferevent, be_ops);
    FIELD(bufferevent, ev_read);
    FIELD(bufferevent, ev_write);
    FIELD(bufferevent, input);
    FIELD(bufferevent, output);
    FIELD(bufferevent, wm_read);
    FIELD(bufferevent, wm_write);
    FIELD(bufferevent, readcb);
    FIELD(bufferevent, writecb);
    FIELD(bufferevent, errorcb);
    FIELD(bufferevent, cbarg);
    FIELD(bufferevent, timeout_read);
    FIELD(bufferevent, timeout_write);
    FIELD(bufferevent, enabled);
    SIZE(struct event_watermark);
    SIZE(struct evbuffer_ptr);
    SIZE(struct evbuffer_iovec);
    SIZE(struct evbuffer_cb_info);
    FIELD(evbuffer_cb_info, n_deleted);
    SIZE(struct evthread_lock_callbacks);
    FIELD(evthread_lock_callbacks, unlock);
    SIZE(struct evthread_condition_callbacks);
    FIELD(evthread_condition_callbacks, wait_condition);
}

void shape_of_dns() {
    SIZE(struct evdns_server_request);
    FIELD(evdns_server_request, nquestions);
    FIELD(evdns_server_request, questions);
    SIZE(struct evdns_server_question);
    FIELD(evdns_server_question, dns_question_class);
    FIELD(evdns_server_question, name);
    for (const int error : {DNS_ERR_NONE, DNS_ERR_FORMAT, DNS_ERR_SERVERFAILED, DNS_ERR_NOTEXIST,
                            DNS_ERR_NOTIMPL, DNS_ERR_REFUSED, DNS_ERR_TRUNCATED, DNS_ERR_UNKNOWN,
                            DNS_ERR_TIMEOUT, DNS_ERR_SHUTDOWN, DNS_ERR_CANCEL, DNS_ERR_NODATA})
        number("DNS_ERR_", error);
    for (const int flag :
         {DNS_QUERY_NO_SEARCH, DNS_NO_SEARCH, DNS_OPTION_SEARCH, DNS_OPTION_NAMESERVERS,
          DNS_OPTION_MISC, DNS_OPTION_HOSTSFILE, DNS_OPTIONS_ALL, DNS_OPTION_NAMESERVERS_NO_DEFAULT,
          EVDNS_BASE_INITIALIZE_NAMESERVERS, EVDNS_BASE_DISABLE_WHEN_INACTIVE,
          EVDNS_BASE_NAMESERVERS_NO_DEFAULT})
        number("DNS_", flag);
    for (const int type :
         {DNS_IPv4_A, DNS_PTR, DNS_IPv6_AAAA, EVDNS_TYPE_A, EVDNS_TYPE_NS, EVDNS_TYPE_CNAME,
          EVDNS_TYPE_SOA, EVDNS_TYPE_PTR, EVDNS_TYPE_MX, EVDNS_TYPE_TXT, EVDNS_TYPE_AAAA,
          EVDNS_QTYPE_AXFR, EVDNS_QTYPE_ALL, EVDNS_CLASS_INET, EVDNS_ANSWER_SECTION,
          EVDNS_AUTHORITY_SECTION, EVDNS_ADDITIONAL_SECTION, EVDNS_FLAGS_AA, EVDNS_FLAGS_RD})
        number("EVDNS_", type);
}

void values() {
    for (const int flag :
         {EV_TIMEOUT, EV_READ, EV_WRITE, EV_SIGNAL, EV_PERSIST, EV_ET, EV_FINALIZE, EV_CLOSED})
        number("EV_", flag);
    for (const int flag : {EVLIST_TIMEOUT, EVLIST_INSERTED, EVLIST_SIGNAL, EVLIST_ACTIVE,
                           EVLIST_INTERNAL, EVLIST_ACTIVE_LATER, EVLIST_FINALIZING, EVLIST_INIT})
        number("EVLIST_", flag);
    for (const int flag : {EVLOOP_ONCE, EVLOOP_NONBLOCK, EVLOOP_NO_EXIT_ON_EMPTY})
        number("EVLOOP_", flag);
    for (const int flag : {BEV_EVENT_READING, BEV_EVENT_WRITING, BEV_EVENT_EOF, BEV_EVENT_ERROR,
                           BEV_EVENT_TIMEOUT, BEV_EVENT_CONNECTED})
        number("BEV_EVENT_", flag);
    for (const unsigned flag :
         {LEV_OPT_LEAVE_SOCKETS_BLOCKING, LEV_OPT_CLOSE_ON_FREE, LEV_OPT_CLOSE_ON_EXEC,
          LEV_OPT_REUSEABLE, LEV_OPT_THREADSAFE, LEV_OPT_DISABLED, LEV_OPT_DEFERRED_ACCEPT,
          LEV_OPT_REUSEABLE_PORT, LEV_OPT_BIND_IPV6ONLY})
        number("LEV_OPT_", flag);
    VALUE(EVENT_BASE_FLAG_PRECISE_TIMER);
    VALUE(EV_FEATURE_EARLY_CLOSE);
    VALUE(EVBUFFER_EOL_NUL);
    VALUE(EVBUF_FS_DISABLE_LOCKING);
    VALUE(EVENT_MAX_PRIORITIES);
    VALUE(EVTHREAD_LOCK_API_VERSION);
    VALUE(EVTHREAD_CONDITION_API_VERSION);
    VALUE(EVUTIL_EAI_CANCEL);
    VALUE(EV_RATE_LIMIT_MAX);
    VALUE(LIBEVENT_VERSION_NUMBER);
}

// The caller's event, in the caller's memory, with the caller's macros.
struct Owner {
    event in_place{};
    int before = 0x1234, calls = 0;
    event_base* base = nullptr;
};

void on_tick(evutil_socket_t, short what, void* arg) {
    auto* owner = static_cast<Owner*>(arg);
    number("what", what);
    if (++owner->calls == 3) evtimer_del(&owner->in_place);
}

void events_in_place() {
    Owner owner;
    number("initialized", event_initialized(&owner.in_place));
    owner.base = event_base_new();
    number("library's size", event_get_struct_event_size());
    event_assign(&owner.in_place, owner.base, -1, EV_PERSIST, on_tick, &owner);
    number("initialized", event_initialized(&owner.in_place));
    const timeval every = {0, 1000};
    event_add(&owner.in_place, &every);
    number("base", owner.in_place.ev_base == owner.base);
    number("events", owner.in_place.ev_events);
    number("pending", evtimer_pending(&owner.in_place, nullptr));
    number("loop", event_base_dispatch(owner.base));
    number("calls", owner.calls);
    number("before", owner.before);
    event_base_free(owner.base);
}

void on_read(bufferevent* bev, void* arg) {
    char text[64] = "";
    const std::size_t size = bufferevent_read(bev, text, sizeof text - 1);
    std::printf("read %zu %s\n", size, text);
    event_base_loopbreak(static_cast<event_base*>(arg));
}

void buffers_by_their_fields() {
    event_base* base = event_base_new();
    bufferevent* ends[2] = {};
    number("pair", bufferevent_pair_new(base, 0, ends));
    bufferevent_setcb(ends[1], on_read, nullptr, nullptr, base);
    number("readcb", ends[1]->readcb == on_read);
    number("enabled", ends[1]->enabled);
    bufferevent_enable(ends[1], EV_READ);
    bufferevent_setwatermark(ends[1], EV_READ, 3, 4096);
    number("low", ends[1]->wm_read.low);
    number("high", ends[1]->wm_read.high);
    evbuffer_add_printf(ends[0]->output, "%s %d", "through fields", 42);
    number("loop", event_base_dispatch(base));
    evbuffer* buffer = evbuffer_new();
    evbuffer_iovec pieces[2] = {};
    evbuffer_add(buffer, "abc", 3);
    number("pieces", evbuffer_peek(buffer, -1, nullptr, pieces, 2));
    number("length", pieces[0].iov_len);
    evbuffer_ptr at = evbuffer_search(buffer, "c", 1, nullptr);
    number("at", at.pos);
    evbuffer_free(buffer);
    bufferevent_free(ends[0]);
    bufferevent_free(ends[1]);
    event_base_free(base);
}

// A server and a resolver in one loop: the library fills in the structs that the caller reads.
void answer(evdns_server_request* request, void*) {
    number("questions", request->nquestions);
    number("type", request->questions[0]->type);
    number("class", request->questions[0]->dns_question_class);
    const unsigned char address[4] = {192, 0, 2, 1};
    evdns_server_request_add_a_reply(request, request->questions[0]->name, 1, address, 60);
    number("respond", evdns_server_request_respond(request, 0));
}

void on_answer(int result, char type, int count, int ttl, void* addresses, void* base) {
    number("result", result);
    number("type", type);
    number("count", count);
    number("ttl", ttl);
    number("last byte", static_cast<unsigned char*>(addresses)[3]);
    event_base_loopbreak(static_cast<event_base*>(base));
}

void names() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* sa = reinterpret_cast<sockaddr*>(&address);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    number("bind", bind(fd, sa, length));
    getsockname(fd, sa, &length);
    event_base* base = event_base_new();
    evdns_server_port* port = evdns_add_server_port_with_base(base, fd, 0, answer, nullptr);
    evdns_base* dns = evdns_base_new(base, 0);
    number("add", evdns_base_nameserver_sockaddr_add(dns, sa, length, 0));
    number("asked", evdns_base_resolve_ipv4(dns, "www.example.com", 0, on_answer, base) != nullptr);
    event_base_dispatch(base);
    evdns_base_free(dns, 0);
    evdns_close_server_port(port);
    event_base_free(base);
}

}  // namespace

int main() {
    shape_of_event();
    shape_of_buffers();
    shape_of_dns();
    values();
    std::printf("%s\n", event_get_version());
    number("pthreads", evthread_use_pthreads());
    events_in_place();
    names();
    buffers_by_their_fields();
    return 0;
}
