// Names to addresses, by the C library's resolver. It blocks.
// The C library's errors are the interface's own, so they pass through; the words are ours.
// Read next: evutil_address.cc (numbers, which need no resolver).
#include <netdb.h>

#include <cstdlib>
#include <cstring>

#include "src/util/evutil.h"
#include "src/util/memory.h"

static_assert(EAI_BADFLAGS == EVUTIL_EAI_BADFLAGS && EAI_NONAME == EVUTIL_EAI_NONAME);
static_assert(EAI_AGAIN == EVUTIL_EAI_AGAIN && EAI_FAIL == EVUTIL_EAI_FAIL);
static_assert(EAI_FAMILY == EVUTIL_EAI_FAMILY && EAI_SOCKTYPE == EVUTIL_EAI_SOCKTYPE);
static_assert(EAI_SERVICE == EVUTIL_EAI_SERVICE && EAI_MEMORY == EVUTIL_EAI_MEMORY);
static_assert(EAI_SYSTEM == EVUTIL_EAI_SYSTEM);
static_assert(AI_PASSIVE == EVUTIL_AI_PASSIVE && AI_CANONNAME == EVUTIL_AI_CANONNAME);
static_assert(AI_NUMERICHOST == EVUTIL_AI_NUMERICHOST && AI_V4MAPPED == EVUTIL_AI_V4MAPPED);
static_assert(AI_ALL == EVUTIL_AI_ALL && AI_ADDRCONFIG == EVUTIL_AI_ADDRCONFIG);
static_assert(AI_NUMERICSERV == EVUTIL_AI_NUMERICSERV);

namespace {

/// Whether a service is a number that is no port. The C library would take it modulo 65536.
bool is_bad_port(const char* service) {
    if (service == nullptr || *service == '\0') return false;
    char* end = nullptr;
    errno = 0;
    const long port = std::strtol(service, &end, 10);
    return *end == '\0' && (errno == ERANGE || port < 0 || port > 65535);
}

}  // namespace

int evutil_getaddrinfo(const char* nodename, const char* servname, const evutil_addrinfo* hints_in,
                       evutil_addrinfo** res) {
    *res = nullptr;
    if (is_bad_port(servname)) return EVUTIL_EAI_SERVICE;
    // Without hints the C library would assume some of its own.
    const evutil_addrinfo anything{};
    const int error =
        getaddrinfo(nodename, servname, hints_in != nullptr ? hints_in : &anything, res);
    if (error != 0) *res = nullptr;
    return error;
}

void evutil_freeaddrinfo(evutil_addrinfo* ai) {
    if (ai == nullptr) return;
    if ((ai->ai_flags & kAddrinfoIsOurs) == 0) {
        freeaddrinfo(ai);
        return;
    }
    while (ai != nullptr) {
        evutil_addrinfo* next = ai->ai_next;
        mm_free(ai->ai_canonname);
        mm_free(ai);
        ai = next;
    }
}

const char* evutil_gai_strerror(int err) {
    switch (err) {
        case 0:
            return "no error";
        case EVUTIL_EAI_CANCEL:
            return "the lookup was cancelled";
        case EVUTIL_EAI_BADFLAGS:
            return "ai_flags has a bit that is not known";
        case EVUTIL_EAI_NONAME:
            return "the host or service is not known";
        case EVUTIL_EAI_AGAIN:
            return "the name server did not answer; try again later";
        case EVUTIL_EAI_FAIL:
            return "the name server failed for good";
        case EVUTIL_EAI_FAMILY:
            return "ai_family is not supported";
        case EVUTIL_EAI_SOCKTYPE:
            return "ai_socktype is not supported";
        case EVUTIL_EAI_SERVICE:
            return "the service does not exist for ai_socktype";
        case EVUTIL_EAI_MEMORY:
            return "out of memory";
        case EVUTIL_EAI_SYSTEM:
            return "system error";
        // Two numbers each: with and without the names of GNU's header.
        case EVUTIL_EAI_ADDRFAMILY:
        case -901:
            return "the host has no address of that family";
        case EVUTIL_EAI_NODATA:
        case -907:
            return "the host has no address";
        default:
            return "unknown error";
    }
}
