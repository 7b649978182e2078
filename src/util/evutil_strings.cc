// Strings and numbers that don't depend on the locale, and the environment. A process that runs
// with more rights than who started it sees no environment: it could be made to do what it
// shouldn't. Read next: evutil_address.cc.
#include <cstdio>
#include <cstdlib>

#include "src/util/evutil.h"

namespace {

constexpr unsigned char to_lower(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + ('a' - 'A')) : byte;
}

}  // namespace

ev_int64_t evutil_strtoll(const char* s, char** endptr, int base) {
    static_assert(sizeof(long long) == sizeof(ev_int64_t));
    return std::strtoll(s, endptr, base);
}

int evutil_snprintf(char* buf, size_t buflen, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const int length = evutil_vsnprintf(buf, buflen, format, args);
    va_end(args);
    return length;
}

int evutil_vsnprintf(char* buf, size_t buflen, const char* format, va_list ap) {
    return std::vsnprintf(buf, buflen, format, ap);
}

int evutil_ascii_strcasecmp(const char* str1, const char* str2) {
    return evutil_ascii_strncasecmp(str1, str2, EV_SIZE_MAX);
}

int evutil_ascii_strncasecmp(const char* str1, const char* str2, size_t n) {
    for (; n > 0; ++str1, ++str2, --n) {
        const unsigned char a = to_lower(*str1);
        const unsigned char b = to_lower(*str2);
        if (a != b) return a < b ? -1 : 1;
        if (a == '\0') return 0;
    }
    return 0;
}

const char* evutil_getenv_(const char* name) {
    return secure_getenv(name);
}
