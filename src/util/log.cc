// One message is put together in a buffer on the stack, handed to the callback or written to
// stderr. How a process ends is decided in exit_now alone.
// Read next: event2/event.h (the callbacks that a program may set).
#include "src/util/log.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constinit event_log_cb log_callback = nullptr;
constinit event_fatal_cb fatal_callback = nullptr;
constinit ev_uint32_t debug_mask = EVENT_DBG_NONE;

/// errno when the message began, for its text and for the caller afterwards.
class KeepErrno {
 public:
    KeepErrno() : value(errno) {}
    ~KeepErrno() { errno = value; }
    KeepErrno(const KeepErrno&) = delete;
    KeepErrno& operator=(const KeepErrno&) = delete;
    const int value;
};

const char* severity_name(int severity) {
    switch (severity) {
        case EVENT_LOG_DEBUG:
            return "debug";
        case EVENT_LOG_MSG:
            return "msg";
        case EVENT_LOG_WARN:
            return "warn";
        case EVENT_LOG_ERR:
            return "err";
        default:
            return "?";
    }
}

void deliver(int severity, const char* text) {
    if (log_callback != nullptr)
        log_callback(severity, text);
    else
        std::fprintf(stderr, "[%s] %s\n", severity_name(severity), text);
}

/// Formats the message, then ": errno's text" if `error` is not 0, and delivers it.
EVLOG_PRINTF(3, 0)
void event_logv(int severity, int error, const char* format, va_list args) {
    char text[1024];
    int length = std::vsnprintf(text, sizeof text, format, args);
    if (length < 0) length = std::snprintf(text, sizeof text, "%s", format);
    const auto used = static_cast<std::size_t>(length);
    if (error != 0 && used + 3 < sizeof text) {
        char reason[128];
        std::snprintf(text + used, sizeof text - used, ": %s",
                      strerror_r(error, reason, sizeof reason));
    }
    deliver(severity, text);
}

[[noreturn]] void exit_now(int status) {
    if (fatal_callback != nullptr) {
        fatal_callback(status);
        std::exit(status);  // the callback must not return, but who can make it so
    }
    if (status == EVENT_ERR_ABORT_) std::abort();
    std::exit(status);
}

}  // namespace

void event_set_log_callback(event_log_cb cb) {
    log_callback = cb;
}
void event_set_fatal_callback(event_fatal_cb cb) {
    fatal_callback = cb;
}
void event_enable_debug_logging(ev_uint32_t which) {
    debug_mask = which;
}

void event_err(int status, const char* format, ...) {
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_ERR, errno, format, args);
    va_end(args);
    exit_now(status);
}

void event_errx(int status, const char* format, ...) {
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_ERR, 0, format, args);
    va_end(args);
    exit_now(status);
}

void event_sock_err(int status, evutil_socket_t fd, const char* format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    std::vsnprintf(text, sizeof text, format, args);
    va_end(args);
    event_err(status, "fd %d: %s", fd, text);
}

void event_warn(const char* format, ...) {
    const KeepErrno error;
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_WARN, error.value, format, args);
    va_end(args);
}

void event_warnx(const char* format, ...) {
    const KeepErrno error;
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_WARN, 0, format, args);
    va_end(args);
}

void event_sock_warn(evutil_socket_t fd, const char* format, ...) {
    const KeepErrno error;
    char text[512];
    va_list args;
    va_start(args, format);
    std::vsnprintf(text, sizeof text, format, args);
    va_end(args);
    errno = error.value;
    event_warn("fd %d: %s", fd, text);
}

void event_msgx(const char* format, ...) {
    const KeepErrno error;
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_MSG, 0, format, args);
    va_end(args);
}

void event_debugx(const char* format, ...) {
    if (debug_mask == EVENT_DBG_NONE) [[likely]]
        return;
    const KeepErrno error;
    va_list args;
    va_start(args, format);
    event_logv(EVENT_LOG_DEBUG, 0, format, args);
    va_end(args);
}

void evutil_assert_failed_(const char* condition, const char* file, int line,
                           const char* function) {
    event_errx(EVENT_ERR_ABORT_, "%s:%d: %s: does not hold: %s", file, line, function, condition);
}
