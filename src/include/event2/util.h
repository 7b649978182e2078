/* Helpers that hide differences between systems: types, sockets, times, strings, addresses,
 * random numbers. They know nothing of events and need no base.
 *
 * Any thread may call any of them, unless its own text says otherwise. Functions that return int
 * return 0 or more on success and -1 on failure, with errno set where the system set it.
 * Manual: chapter 5, Helper functions and types.
 * Read next: src/util/evutil.h (the internal ones), src/util/evutil_*.cc.
 */
#ifndef EVENT2_UTIL_H_INCLUDED_
#define EVENT2_UTIL_H_INCLUDED_

#include <errno.h>
#include <event2/event-config.h>
#include <event2/visibility.h>
#include <netdb.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types. They are macros, because programs ask with #ifdef whether they exist. --------------
 */

#define ev_uint64_t uint64_t
#define ev_int64_t int64_t
#define ev_uint32_t uint32_t
#define ev_int32_t int32_t
#define ev_uint16_t uint16_t
#define ev_int16_t int16_t
#define ev_uint8_t uint8_t
#define ev_int8_t int8_t
#define ev_uintptr_t uintptr_t /**< an unsigned integer as wide as a pointer */
#define ev_intptr_t intptr_t   /**< a signed integer as wide as a pointer */
#define ev_ssize_t ssize_t     /**< a size, or -1 */
#define ev_off_t ev_int64_t    /**< an offset in a file */
#define ev_socklen_t socklen_t /**< the length of a socket address */
#define evutil_socket_t int    /**< a file descriptor */

#define EV_UINT64_MAX UINT64_MAX
#define EV_INT64_MAX INT64_MAX
#define EV_INT64_MIN INT64_MIN
#define EV_UINT32_MAX UINT32_MAX
#define EV_INT32_MAX INT32_MAX
#define EV_INT32_MIN INT32_MIN
#define EV_UINT16_MAX UINT16_MAX
#define EV_INT16_MAX INT16_MAX
#define EV_INT16_MIN INT16_MIN
#define EV_UINT8_MAX UINT8_MAX
#define EV_INT8_MAX INT8_MAX
#define EV_INT8_MIN INT8_MIN
#define EV_SIZE_MAX EV_UINT64_MAX
#define EV_SSIZE_MAX EV_INT64_MAX
#define EV_SSIZE_MIN ((-EV_SSIZE_MAX) - 1)

/** The offset of a field in a struct, in bytes. */
#define evutil_offsetof(type, field) offsetof(type, field)

/* ---- Monotonic time: a clock that nobody can set back ------------------------------------------
 */

/** A clock. One thread at a time may use it. */
struct evutil_monotonic_timer;

/** Take a clock of full resolution, though it costs more to read. */
#define EV_MONOT_PRECISE 1
/** Take the wall clock, corrected to never run back: for tests of systems without a better one. */
#define EV_MONOT_FALLBACK 2

/** Makes a clock; configure it before use. @return null if memory ran out */
EVENT2_EXPORT_SYMBOL struct evutil_monotonic_timer* evutil_monotonic_timer_new(void);

/** Frees a clock; null is ignored. */
EVENT2_EXPORT_SYMBOL void evutil_monotonic_timer_free(struct evutil_monotonic_timer* timer);

/** Chooses what the clock reads. @param flags EV_MONOT_ bits */
EVENT2_EXPORT_SYMBOL int evutil_configure_monotonic_time(struct evutil_monotonic_timer* timer,
                                                         int flags);

/** Reads a configured clock into tp. The time counts from an unnamed point in the past. */
EVENT2_EXPORT_SYMBOL int evutil_gettime_monotonic(struct evutil_monotonic_timer* timer,
                                                  struct timeval* tp);

/* ---- Times of day and durations
 * ------------------------------------------------------------------ */

/** The wall clock; it may jump. */
#define evutil_gettimeofday(tv, tz) gettimeofday((tv), (tz))

/** *vvp = *tvp + *uvp. The microseconds of both must be less than a second. */
#define evutil_timeradd(tvp, uvp, vvp)                    \
    do {                                                  \
        (vvp)->tv_sec = (tvp)->tv_sec + (uvp)->tv_sec;    \
        (vvp)->tv_usec = (tvp)->tv_usec + (uvp)->tv_usec; \
        if ((vvp)->tv_usec >= 1000000) {                  \
            (vvp)->tv_sec++;                              \
            (vvp)->tv_usec -= 1000000;                    \
        }                                                 \
    } while (0)

/** *vvp = *tvp - *uvp. The microseconds of both must be less than a second. */
#define evutil_timersub(tvp, uvp, vvp)                    \
    do {                                                  \
        (vvp)->tv_sec = (tvp)->tv_sec - (uvp)->tv_sec;    \
        (vvp)->tv_usec = (tvp)->tv_usec - (uvp)->tv_usec; \
        if ((vvp)->tv_usec < 0) {                         \
            (vvp)->tv_sec--;                              \
            (vvp)->tv_usec += 1000000;                    \
        }                                                 \
    } while (0)

#define evutil_timerclear(tvp) ((tvp)->tv_sec = (tvp)->tv_usec = 0)
#define evutil_timerisset(tvp) ((tvp)->tv_sec || (tvp)->tv_usec)

/** Compares two times with an operator: evutil_timercmp(&a, &b, <=). */
#define evutil_timercmp(tvp, uvp, cmp)                                     \
    (((tvp)->tv_sec == (uvp)->tv_sec) ? ((tvp)->tv_usec cmp(uvp)->tv_usec) \
                                      : ((tvp)->tv_sec cmp(uvp)->tv_sec))

/**
 * Writes a time as HTTP does: "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale is.
 *
 * @param tm  the time in UTC; null: now
 * @return the length of the text; it was cut if that is not less than datelen
 */
EVENT2_EXPORT_SYMBOL int evutil_date_rfc1123(char* date, const size_t datelen, const struct tm* tm);

/* ---- Sockets
 * --------------------------------------------------------------------------------------- */

/** socketpair(2), in the form that it has everywhere. */
EVENT2_EXPORT_SYMBOL int evutil_socketpair(int domain, int type, int protocol,
                                           evutil_socket_t sv[2]);

/** Makes calls on the socket return at once (O_NONBLOCK). */
EVENT2_EXPORT_SYMBOL int evutil_make_socket_nonblocking(evutil_socket_t sock);

/** Lets the socket's address be bound again as soon as the socket is closed (SO_REUSEADDR). */
EVENT2_EXPORT_SYMBOL int evutil_make_listen_socket_reuseable(evutil_socket_t sock);

/** Lets several sockets listen at one address, and the kernel share out connections (SO_REUSEPORT).
 */
EVENT2_EXPORT_SYMBOL int evutil_make_listen_socket_reuseable_port(evutil_socket_t sock);

/** Makes an IPv6 socket take no IPv4 connections (IPV6_V6ONLY). */
EVENT2_EXPORT_SYMBOL int evutil_make_listen_socket_ipv6only(evutil_socket_t sock);

/** Makes the kernel hold back a TCP connection until data arrive (TCP_DEFER_ACCEPT). */
EVENT2_EXPORT_SYMBOL int evutil_make_tcp_listen_socket_deferred(evutil_socket_t sock);

/** Has the socket closed when the process starts another program (FD_CLOEXEC). */
EVENT2_EXPORT_SYMBOL int evutil_make_socket_closeonexec(evutil_socket_t sock);

/** Closes a socket. The descriptor is gone even where an error is returned. */
EVENT2_EXPORT_SYMBOL int evutil_closesocket(evutil_socket_t sock);
#define EVUTIL_CLOSESOCKET(s) evutil_closesocket(s)

/* The last error of a socket call: here it is errno. */
#define EVUTIL_SOCKET_ERROR() (errno)
#define EVUTIL_SET_SOCKET_ERROR(errcode) \
    do {                                 \
        errno = (errcode);               \
    } while (0)
#define evutil_socket_geterror(sock) (errno)
/** Needs <string.h>. */
#define evutil_socket_error_to_string(errcode) (strerror(errcode))
#define EVUTIL_INVALID_SOCKET -1

/* ---- Strings and numbers
 * ----------------------------------------------------------------------------- */

/** strtoll(3): a 64-bit integer, EV_INT64_MAX or EV_INT64_MIN if it is too big. */
EVENT2_EXPORT_SYMBOL ev_int64_t evutil_strtoll(const char* s, char** endptr, int base);

/** snprintf(3): the text always ends in a NUL, and the length returned is the uncut one. */
EVENT2_EXPORT_SYMBOL int evutil_snprintf(char* buf, size_t buflen, const char* format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/** vsnprintf(3), as evutil_snprintf. */
EVENT2_EXPORT_SYMBOL int evutil_vsnprintf(char* buf, size_t buflen, const char* format, va_list ap)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 0)))
#endif
    ;

/** Compares two strings; ASCII letters are equal in either case, whatever the locale is. */
EVENT2_EXPORT_SYMBOL int evutil_ascii_strcasecmp(const char* str1, const char* str2);

/** The same for at most the first n bytes. */
EVENT2_EXPORT_SYMBOL int evutil_ascii_strncasecmp(const char* str1, const char* str2, size_t n);

/* ---- Addresses
 * --------------------------------------------------------------------------------------- */

/** Writes an address (AF_INET or AF_INET6) as text. @return dst; null if it doesn't fit */
EVENT2_EXPORT_SYMBOL const char* evutil_inet_ntop(int af, const void* src, char* dst, size_t len);

/**
 * Reads an address, which may end in a scope ("fe80::1%eth0", "fe80::1%2").
 *
 * @param indexp  gets the number of the interface, 0 without a scope
 * @return 1; 0 if the text is no address; -1 if af is not known
 */
EVENT2_EXPORT_SYMBOL int evutil_inet_pton_scope(int af, const char* src, void* dst,
                                                unsigned* indexp);

/** Reads an address. @return 1; 0 if the text is no address; -1 if af is not known */
EVENT2_EXPORT_SYMBOL int evutil_inet_pton(int af, const char* src, void* dst);

/**
 * Reads an address with or without a port: "1.2.3.4", "1.2.3.4:80", "::1", "[::1]", "[::1]:80".
 * The port is 0 where there is none, else 1 to 65535.
 *
 * @param out     gets a sockaddr_in or sockaddr_in6
 * @param outlen  the room there is; then the length used, in bytes
 */
EVENT2_EXPORT_SYMBOL int evutil_parse_sockaddr_port(const char* str, struct sockaddr* out,
                                                    int* outlen);

/** Orders two addresses, with their ports or without: less than, equal to, or more than 0. */
EVENT2_EXPORT_SYMBOL int evutil_sockaddr_cmp(const struct sockaddr* sa1, const struct sockaddr* sa2,
                                             int include_port);

/** One answer of evutil_getaddrinfo, linked to the next. */
#define evutil_addrinfo addrinfo
struct evutil_addrinfo;

/* Errors of evutil_getaddrinfo. The two that only GNU's header names have a value without it. */
#define EVUTIL_EAI_BADFLAGS -1
#define EVUTIL_EAI_NONAME -2
#define EVUTIL_EAI_AGAIN -3
#define EVUTIL_EAI_FAIL -4
#define EVUTIL_EAI_FAMILY -6
#define EVUTIL_EAI_SOCKTYPE -7
#define EVUTIL_EAI_SERVICE -8
#define EVUTIL_EAI_MEMORY -10
#define EVUTIL_EAI_SYSTEM -11
#ifdef EAI_ADDRFAMILY
#define EVUTIL_EAI_ADDRFAMILY EAI_ADDRFAMILY
#else
#define EVUTIL_EAI_ADDRFAMILY -901
#endif
#ifdef EAI_NODATA
#define EVUTIL_EAI_NODATA EAI_NODATA
#else
#define EVUTIL_EAI_NODATA -907
#endif
/** An asynchronous lookup was cancelled. */
#define EVUTIL_EAI_CANCEL -90001

/* Wishes: bits of ai_flags. */
#define EVUTIL_AI_PASSIVE 0x0001
#define EVUTIL_AI_CANONNAME 0x0002
#define EVUTIL_AI_NUMERICHOST 0x0004
#define EVUTIL_AI_V4MAPPED 0x0008
#define EVUTIL_AI_ALL 0x0010
#define EVUTIL_AI_ADDRCONFIG 0x0020
#define EVUTIL_AI_NUMERICSERV 0x0400

/**
 * getaddrinfo(3): the addresses of a host and service. It blocks while it asks a name server.
 *
 * @param hints_in  what is wanted; null: anything
 * @param res       gets the list; free it with evutil_freeaddrinfo
 * @return 0, or an EVUTIL_EAI_ error, and *res is null
 */
EVENT2_EXPORT_SYMBOL int evutil_getaddrinfo(const char* nodename, const char* servname,
                                            const struct evutil_addrinfo* hints_in,
                                            struct evutil_addrinfo** res);

/** Frees a list that evutil_getaddrinfo made; null is ignored. */
EVENT2_EXPORT_SYMBOL void evutil_freeaddrinfo(struct evutil_addrinfo* ai);

/** The meaning of an EVUTIL_EAI_ error, in words. The text is never freed. */
EVENT2_EXPORT_SYMBOL const char* evutil_gai_strerror(int err);

/* ---- Random numbers
 * --------------------------------------------------------------------------------- */

/** Fills a buffer with numbers that nobody can guess. It can't fail. */
EVENT2_EXPORT_SYMBOL void evutil_secure_rng_get_bytes(void* buf, size_t n);

/** Seeds the generator now, so that a failure shows early. @return 0; -1 on failure */
EVENT2_EXPORT_SYMBOL int evutil_secure_rng_init(void);

/** Names a file to seed from. The kernel seeds here, so it is refused. @return -1 */
EVENT2_EXPORT_SYMBOL int evutil_secure_rng_set_urandom_device_file(char* fname);

/** Adds bytes to the seed. The kernel seeds here, so they are not used. */
EVENT2_EXPORT_SYMBOL void evutil_secure_rng_add_bytes(const char* dat, size_t datlen);

#ifdef __cplusplus
}
#endif

#endif
