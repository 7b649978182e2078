// Where evdns's messages go, and its errors in words.
// Read next: src/util/log.h (the library's own log).
#include "src/net/dns/dns_log.h"

#include <atomic>
#include <cstdarg>
#include <cstdio>

#include <event2/dns.h>

#include "src/util/log.h"

namespace dns {
namespace {

constinit std::atomic<evdns_debug_log_fn_type> log_fn{nullptr};

enum class Level { debug, message, warning };

void tell(Level level, const char* format, va_list arguments) {
    char text[512];
    std::vsnprintf(text, sizeof text, format, arguments);
    const evdns_debug_log_fn_type fn = log_fn.load(std::memory_order_acquire);
    if (fn != nullptr)
        fn(level == Level::warning ? 1 : 0, text);
    else if (level == Level::warning)
        event_warnx("[evdns] %s", text);
    else if (level == Level::message)
        event_msgx("[evdns] %s", text);
    else
        event_debugx("[evdns] %s", text);
}

}  // namespace

void log_warn(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tell(Level::warning, format, arguments);
    va_end(arguments);
}

void log_message(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tell(Level::message, format, arguments);
    va_end(arguments);
}

void log_debug(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tell(Level::debug, format, arguments);
    va_end(arguments);
}

}  // namespace dns

void evdns_set_log_fn(evdns_debug_log_fn_type fn) {
    dns::log_fn.store(fn, std::memory_order_release);
}

// Random numbers are the kernel's (src/util/evutil_random.cc): these have nothing to do any more.
void evdns_set_transaction_id_fn(ev_uint16_t (*)(void)) {}
void evdns_set_random_bytes_fn(void (*)(char*, size_t)) {}

const char* evdns_err_to_string(int err) {
    switch (err) {
        case DNS_ERR_NONE:
            return "no error";
        case DNS_ERR_FORMAT:
            return "the server does not understand the query";
        case DNS_ERR_SERVERFAILED:
            return "the server failed";
        case DNS_ERR_NOTEXIST:
            return "the name does not exist";
        case DNS_ERR_NOTIMPL:
            return "the server does not know this kind of query";
        case DNS_ERR_REFUSED:
            return "the server refuses";
        case DNS_ERR_TRUNCATED:
            return "the answer is cut short or malformed";
        case DNS_ERR_UNKNOWN:
            return "unknown";
        case DNS_ERR_TIMEOUT:
            return "the server did not answer in time";
        case DNS_ERR_SHUTDOWN:
            return "the resolver was shut down";
        case DNS_ERR_CANCEL:
            return "the request was cancelled";
        case DNS_ERR_NODATA:
            return "the name has no record of this type";
        default:
            return "[unknown error code]";
    }
}
