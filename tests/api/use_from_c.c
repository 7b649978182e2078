/* A small program of the public API in C99: a timer, a pair of sockets, a signal, the macros.
 * api_test.cc calls it. It returns 0, or the number of the line that went wrong. */
#include "tests/api/use_from_c.h"

#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MUST(condition) \
    if (!(condition)) return __LINE__

struct counts {
    int timer, reader, sig;
};

static void on_timer(evutil_socket_t fd, short what, void* arg) {
    struct counts* counts = arg;
    if (fd == -1 && what == EV_TIMEOUT) counts->timer++;
}

static void on_readable(evutil_socket_t fd, short what, void* arg) {
    struct counts* counts = arg;
    char byte;
    if (what == EV_READ && read(fd, &byte, 1) == 1) counts->reader++;
}

static void on_signal(evutil_socket_t fd, short what, void* arg) {
    struct counts* counts = arg;
    if (fd == SIGUSR1 && what == EV_SIGNAL) counts->sig++;
}

int use_events_from_c(void) {
    struct counts counts = {0, 0, 0};
    struct timeval soon = {0, 1000};
    evutil_socket_t pair[2];
    struct event timer;
    struct event *reader, *sig;
    struct event_base* base = event_base_new();
    MUST(base != NULL);
    MUST(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    MUST(evutil_make_socket_nonblocking(pair[0]) == 0);
    memset(&timer, 0, sizeof timer);
    MUST(!evtimer_initialized(&timer));
    MUST(evtimer_assign(&timer, base, on_timer, &counts) == 0);
    MUST(evtimer_initialized(&timer));
    MUST(evtimer_add(&timer, &soon) == 0);
    MUST(evtimer_pending(&timer, NULL) == EV_TIMEOUT);
    reader = event_new(base, pair[0], EV_READ, on_readable, &counts);
    MUST(reader != NULL && event_add(reader, NULL) == 0);
    sig = evsignal_new(base, SIGUSR1, on_signal, &counts);
    MUST(sig != NULL && evsignal_add(sig, NULL) == 0);
    MUST(event_get_signal(sig) == SIGUSR1);
    MUST(write(pair[1], "x", 1) == 1);
    MUST(raise(SIGUSR1) == 0);
    while (counts.timer == 0 || counts.reader == 0 || counts.sig == 0)
        MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
    event_free(sig);
    event_free(reader);
    MUST(event_base_loop(base, 0) == 1);
    MUST(counts.timer == 1 && counts.reader == 1 && counts.sig == 1);
    EVUTIL_CLOSESOCKET(pair[0]);
    EVUTIL_CLOSESOCKET(pair[1]);
    event_base_free(base);
    return 0;
}

int use_old_events_from_c(void) {
    struct counts counts = {0, 0, 0};
    struct timeval soon = {0, 1000};
    struct event timer;
    struct event_base* base = event_init();
    MUST(base != NULL);
    timeout_set(&timer, on_timer, &counts);
    MUST(timeout_add(&timer, &soon) == 0);
    MUST(timeout_initialized(&timer) && timeout_pending(&timer, NULL));
    MUST(EVENT_FD(&timer) == -1);
    MUST(event_dispatch() == 1);
    MUST(counts.timer == 1);
    event_base_free(base);
    return 0;
}
