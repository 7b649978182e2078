// Compiled into every scenario of the sweep, before its own text: a scenario gives up as soon as a
// function tells it of the failure that was injected. So what a scenario does afterwards is what a
// careful program does, and what is left over or hangs is the library's doing.
// A macro of a function's own name calls the function and looks at its result; it never changes it.
// Read next: fault.h.
#pragma once

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_compat.h>
#include <event2/bufferevent_ssl.h>
#include <event2/dns.h>
#include <event2/dns_compat.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

#include <concepts>
#include <cstddef>

#include "tests/sweep/belongings.h"

namespace evglass::sweep {

/// Has the failure been injected already?
bool has_failed();
/// Leaves the scenario: unwinds it where no loop is on the stack, else ends the process.
void give_up();

template <class T>
T* checked(T* result) {
    if (result == nullptr && has_failed()) give_up();
    return result;
}
template <std::signed_integral Number>
Number checked(Number result) {
    if (result < 0 && has_failed()) give_up();
    return result;
}
/// Functions of evdns that return 0, or what went wrong.
inline int checked_status(int result) {
    if (result != 0 && has_failed()) give_up();
    return result;
}
/// Bytes: none is the failure.
inline std::size_t checked(std::size_t result) {
    if (result == 0 && has_failed()) give_up();
    return result;
}

/// While one lives, a user's callback may be running, from within a loop or from within a function
/// that changes a buffer: there is no way out but the end.
class InLoop {
 public:
    InLoop();
    ~InLoop();
    InLoop(const InLoop&) = delete;
    InLoop& operator=(const InLoop&) = delete;
};
template <class Call>
auto calling(Call call) {
    const auto result = [&] {
        const InLoop inside;
        return call();
    }();
    return checked(result);
}

/// Notes what was made.
template <class T>
T* owning(Belonging kind, T* made) {
    own(kind, made);
    return made;
}
/// A bufferevent above another, which it may free with itself.
inline bufferevent* owning_above(bufferevent* below, int options, bufferevent* made) {
    if (made != nullptr && (options & BEV_OPT_CLOSE_ON_FREE) != 0)
        disown(Belonging::bufferevent, below);
    return owning(Belonging::bufferevent, made);
}
template <class Make, class In, class Out, class... Rest>
bufferevent* owning_filter(Make make, bufferevent* below, In in, Out out, int options,
                           Rest... rest) {
    return owning_above(below, options,
                        calling([&] { return make(below, in, out, options, rest...); }));
}
template <class Make, class Ssl, class State>
bufferevent* owning_tls_filter(Make make, event_base* base, bufferevent* below, Ssl* ssl,
                               State state, int options) {
    return owning_above(below, options,
                        calling([&] { return make(base, below, ssl, state, options); }));
}
template <class Make>
int owning_pair(Make make, event_base* base, int options, bufferevent** pair) {
    const int result = calling([&] { return make(base, options, pair); });
    for (int i = 0; result == 0 && i < 2; ++i) own(Belonging::bufferevent, pair[i]);
    return result;
}
/// Frees, unless it was done when the scenario gave up.
template <class Free, class T>
void freeing(Free free, Belonging kind, T* object) {
    if (disown(kind, object)) free(object);
}

}  // namespace evglass::sweep

// NOLINTBEGIN: each macro has the name of the function that it calls.
#define EVGLASS_SWEPT 1  ///< scenarios repeat themselves less often
#define EVGLASS_CHECKED(call) ::evglass::sweep::checked(call)
#define EVGLASS_STATUS(call) ::evglass::sweep::checked_status(call)
#define EVGLASS_CALLING(call) ::evglass::sweep::calling([&] { return call; })
#define EVGLASS_OWNING(kind, call) \
    ::evglass::sweep::owning(::evglass::sweep::Belonging::kind, EVGLASS_CALLING(call))
#define EVGLASS_HANDING_OVER(call) \
    (::evglass::sweep::hands_over(), EVGLASS_OWNING(bufferevent, call))
#define EVGLASS_OWNED(helper, function, ...) \
    ::evglass::sweep::helper([](auto... a) { return function(a...); }, __VA_ARGS__)
#define EVGLASS_FREEING(kind, function, object)                                                \
    ::evglass::sweep::freeing([](auto* o) { function(o); }, ::evglass::sweep::Belonging::kind, \
                              object)
#define event_base_new() EVGLASS_CHECKED(event_base_new())
#define event_base_new_with_config(c) EVGLASS_CHECKED(event_base_new_with_config(c))
#define event_config_new() EVGLASS_CHECKED(event_config_new())
#define event_config_avoid_method(...) EVGLASS_CHECKED(event_config_avoid_method(__VA_ARGS__))
#define event_new(...) EVGLASS_CHECKED(event_new(__VA_ARGS__))
#define event_add(...) EVGLASS_CHECKED(event_add(__VA_ARGS__))
#define event_del(...) EVGLASS_CHECKED(event_del(__VA_ARGS__))
#define event_once(...) EVGLASS_CHECKED(event_once(__VA_ARGS__))
#define event_base_once(...) EVGLASS_CHECKED(event_base_once(__VA_ARGS__))
#define event_base_loopexit(...) EVGLASS_CHECKED(event_base_loopexit(__VA_ARGS__))
#define event_base_loopbreak(...) EVGLASS_CHECKED(event_base_loopbreak(__VA_ARGS__))
#define event_loopexit(...) EVGLASS_CHECKED(event_loopexit(__VA_ARGS__))
#define event_loopbreak() EVGLASS_CHECKED(event_loopbreak())
#define event_priority_init(...) EVGLASS_CHECKED(event_priority_init(__VA_ARGS__))
#define event_base_priority_init(...) EVGLASS_CHECKED(event_base_priority_init(__VA_ARGS__))
#define event_base_init_common_timeout(...) \
    EVGLASS_CHECKED(event_base_init_common_timeout(__VA_ARGS__))
#define event_reinit(...) EVGLASS_CHECKED(event_reinit(__VA_ARGS__))
#define evthread_use_pthreads() EVGLASS_CHECKED(evthread_use_pthreads())
#define evthread_make_base_notifiable(b) EVGLASS_CHECKED(evthread_make_base_notifiable(b))
#define evconnlistener_new(...) EVGLASS_CHECKED(evconnlistener_new(__VA_ARGS__))
#define evconnlistener_new_bind(...) EVGLASS_CHECKED(evconnlistener_new_bind(__VA_ARGS__))
#define evconnlistener_enable(...) EVGLASS_CHECKED(evconnlistener_enable(__VA_ARGS__))
#define evutil_socketpair(...) EVGLASS_CHECKED(evutil_socketpair(__VA_ARGS__))
#define evutil_monotonic_timer_new() EVGLASS_CHECKED(evutil_monotonic_timer_new())
#define event_base_loop(...) EVGLASS_CALLING(event_base_loop(__VA_ARGS__))
#define event_base_dispatch(...) EVGLASS_CALLING(event_base_dispatch(__VA_ARGS__))
#define event_dispatch() EVGLASS_CALLING(event_dispatch())
#define event_loop(...) EVGLASS_CALLING(event_loop(__VA_ARGS__))
#define evbuffer_new() EVGLASS_OWNING(buffer, evbuffer_new())
#define evbuffer_free(b) EVGLASS_FREEING(buffer, evbuffer_free, b)
#define ev_token_bucket_cfg_new(...) EVGLASS_OWNING(rate, ev_token_bucket_cfg_new(__VA_ARGS__))
#define ev_token_bucket_cfg_free(c) EVGLASS_FREEING(rate, ev_token_bucket_cfg_free, c)
#define evbuffer_add(...) EVGLASS_CALLING(evbuffer_add(__VA_ARGS__))
#define evbuffer_add_buffer(...) EVGLASS_CALLING(evbuffer_add_buffer(__VA_ARGS__))
#define evbuffer_add_buffer_reference(...) \
    EVGLASS_CALLING(evbuffer_add_buffer_reference(__VA_ARGS__))
#define evbuffer_add_cb(...) EVGLASS_CALLING(evbuffer_add_cb(__VA_ARGS__))
#define evbuffer_add_file(...) EVGLASS_CALLING(evbuffer_add_file(__VA_ARGS__))
#define evbuffer_add_file_segment(...) EVGLASS_CALLING(evbuffer_add_file_segment(__VA_ARGS__))
#define evbuffer_add_iovec(...) EVGLASS_CALLING(evbuffer_add_iovec(__VA_ARGS__))
#define evbuffer_add_printf(...) EVGLASS_CALLING(evbuffer_add_printf(__VA_ARGS__))
#define evbuffer_add_reference(...) EVGLASS_CALLING(evbuffer_add_reference(__VA_ARGS__))
#define evbuffer_add_vprintf(...) EVGLASS_CALLING(evbuffer_add_vprintf(__VA_ARGS__))
#define evbuffer_commit_space(...) EVGLASS_CALLING(evbuffer_commit_space(__VA_ARGS__))
#define evbuffer_copyout(...) EVGLASS_CALLING(evbuffer_copyout(__VA_ARGS__))
#define evbuffer_defer_callbacks(...) EVGLASS_CALLING(evbuffer_defer_callbacks(__VA_ARGS__))
#define evbuffer_drain(...) EVGLASS_CALLING(evbuffer_drain(__VA_ARGS__))
#define evbuffer_enable_locking(...) EVGLASS_CALLING(evbuffer_enable_locking(__VA_ARGS__))
#define evbuffer_expand(...) EVGLASS_CALLING(evbuffer_expand(__VA_ARGS__))
#define evbuffer_file_segment_new(...) EVGLASS_CALLING(evbuffer_file_segment_new(__VA_ARGS__))
#define evbuffer_prepend(...) EVGLASS_CALLING(evbuffer_prepend(__VA_ARGS__))
#define evbuffer_prepend_buffer(...) EVGLASS_CALLING(evbuffer_prepend_buffer(__VA_ARGS__))
#define evbuffer_pullup(...) EVGLASS_CALLING(evbuffer_pullup(__VA_ARGS__))
#define evbuffer_read(...) EVGLASS_CALLING(evbuffer_read(__VA_ARGS__))
#define evbuffer_readln(...) EVGLASS_CALLING(evbuffer_readln(__VA_ARGS__))
#define evbuffer_remove(...) EVGLASS_CALLING(evbuffer_remove(__VA_ARGS__))
#define evbuffer_remove_buffer(...) EVGLASS_CALLING(evbuffer_remove_buffer(__VA_ARGS__))
#define evbuffer_reserve_space(...) EVGLASS_CALLING(evbuffer_reserve_space(__VA_ARGS__))
#define evbuffer_setcb(...) EVGLASS_CALLING(evbuffer_setcb(__VA_ARGS__))
#define evbuffer_write(...) EVGLASS_CALLING(evbuffer_write(__VA_ARGS__))
#define evbuffer_write_atmost(...) EVGLASS_CALLING(evbuffer_write_atmost(__VA_ARGS__))
#define bufferevent_add_to_rate_limit_group(...) \
    EVGLASS_CALLING(bufferevent_add_to_rate_limit_group(__VA_ARGS__))
#define bufferevent_disable(...) EVGLASS_CALLING(bufferevent_disable(__VA_ARGS__))
#define bufferevent_enable(...) EVGLASS_CALLING(bufferevent_enable(__VA_ARGS__))
#define bufferevent_filter_new(...) \
    EVGLASS_OWNED(owning_filter, bufferevent_filter_new, __VA_ARGS__)
#define bufferevent_free(b) EVGLASS_FREEING(bufferevent, bufferevent_free, b)
#define bufferevent_incref(b) \
    (::evglass::sweep::own(::evglass::sweep::Belonging::reference, b), bufferevent_incref(b))
#define bufferevent_decref(b) \
    (::evglass::sweep::disown(::evglass::sweep::Belonging::reference, b), bufferevent_decref(b))
#define bufferevent_rate_limit_group_free(g) \
    EVGLASS_FREEING(group, bufferevent_rate_limit_group_free, g)
#define bufferevent_flush(...) EVGLASS_CALLING(bufferevent_flush(__VA_ARGS__))
#define bufferevent_new(...) EVGLASS_HANDING_OVER(bufferevent_new(__VA_ARGS__))
#define bufferevent_openssl_filter_new(...) \
    EVGLASS_OWNED(owning_tls_filter, bufferevent_openssl_filter_new, __VA_ARGS__)
#define bufferevent_openssl_socket_new(...) \
    EVGLASS_HANDING_OVER(bufferevent_openssl_socket_new(__VA_ARGS__))
#define bufferevent_pair_new(...) EVGLASS_OWNED(owning_pair, bufferevent_pair_new, __VA_ARGS__)
#define bufferevent_rate_limit_group_new(...) \
    EVGLASS_OWNING(group, bufferevent_rate_limit_group_new(__VA_ARGS__))
#define bufferevent_read_buffer(...) EVGLASS_CALLING(bufferevent_read_buffer(__VA_ARGS__))
#define bufferevent_set_rate_limit(...) EVGLASS_CALLING(bufferevent_set_rate_limit(__VA_ARGS__))
#define bufferevent_set_timeouts(...) EVGLASS_CALLING(bufferevent_set_timeouts(__VA_ARGS__))
#define bufferevent_setfd(...) EVGLASS_CALLING(bufferevent_setfd(__VA_ARGS__))
#define bufferevent_socket_connect(...) EVGLASS_CALLING(bufferevent_socket_connect(__VA_ARGS__))
#define bufferevent_socket_connect_hostname(...) \
    EVGLASS_CALLING(bufferevent_socket_connect_hostname(__VA_ARGS__))
#define bufferevent_socket_new(...) EVGLASS_HANDING_OVER(bufferevent_socket_new(__VA_ARGS__))
#define bufferevent_write(...) EVGLASS_CALLING(bufferevent_write(__VA_ARGS__))
#define bufferevent_write_buffer(...) EVGLASS_CALLING(bufferevent_write_buffer(__VA_ARGS__))
#define evdns_base_new(...) EVGLASS_CHECKED(evdns_base_new(__VA_ARGS__))
#define evdns_base_resolve_ipv4(...) EVGLASS_CHECKED(evdns_base_resolve_ipv4(__VA_ARGS__))
#define evdns_base_resolve_ipv6(...) EVGLASS_CHECKED(evdns_base_resolve_ipv6(__VA_ARGS__))
#define evdns_base_resolve_reverse(...) EVGLASS_CHECKED(evdns_base_resolve_reverse(__VA_ARGS__))
#define evdns_base_resolve_reverse_ipv6(...) \
    EVGLASS_CHECKED(evdns_base_resolve_reverse_ipv6(__VA_ARGS__))
#define evdns_base_nameserver_ip_add(...) EVGLASS_STATUS(evdns_base_nameserver_ip_add(__VA_ARGS__))
#define evdns_base_nameserver_add(...) EVGLASS_STATUS(evdns_base_nameserver_add(__VA_ARGS__))
#define evdns_base_nameserver_sockaddr_add(...) \
    EVGLASS_STATUS(evdns_base_nameserver_sockaddr_add(__VA_ARGS__))
#define evdns_base_resolv_conf_parse(...) EVGLASS_STATUS(evdns_base_resolv_conf_parse(__VA_ARGS__))
#define evdns_base_load_hosts(...) EVGLASS_CHECKED(evdns_base_load_hosts(__VA_ARGS__))
#define evdns_nameserver_ip_add(...) EVGLASS_STATUS(evdns_nameserver_ip_add(__VA_ARGS__))
#define evdns_set_option(...) EVGLASS_CHECKED(evdns_set_option(__VA_ARGS__))
#define evdns_resolve_ipv4(...) EVGLASS_CHECKED(evdns_resolve_ipv4(__VA_ARGS__))
#define evdns_server_request_respond(...) EVGLASS_CHECKED(evdns_server_request_respond(__VA_ARGS__))
// The sweep's own functions stay.
#define event_set_mem_functions(...) static_cast<void>(0)
// NOLINTEND
