// Messages to people: what the library says when something is wrong, and how it ends the process
// when that can't be mended.
// A message is cut at 1 KiB, allocates nothing, and leaves errno as it was. It goes to the callback
// of event_set_log_callback, else to stderr as "[warn] text".
// Threads: any. Not for signal handlers. Read next: log.cc.
#pragma once

#include <event2/event.h>

#define EVLOG_PRINTF(text, first) __attribute__((format(printf, text, first)))

/// The exit status that stands for abort(): our own bug, not the caller's.
inline constexpr int EVENT_ERR_ABORT_ = static_cast<int>(0xdeaddead);

// These end the process: the fatal callback gets the status; if there is none, or it returns, the
// process exits with it. `err` adds errno's text, `errx` does not.
[[noreturn]] void event_err(int status, const char* format, ...) EVLOG_PRINTF(2, 3);
[[noreturn]] void event_errx(int status, const char* format, ...) EVLOG_PRINTF(2, 3);
[[noreturn]] void event_sock_err(int status, evutil_socket_t fd, const char* format, ...)
    EVLOG_PRINTF(3, 4);

// These tell and go on. `warn` adds errno's text, `sock_warn` the fd's number too.
void event_warn(const char* format, ...) EVLOG_PRINTF(1, 2);
void event_warnx(const char* format, ...) EVLOG_PRINTF(1, 2);
void event_sock_warn(evutil_socket_t fd, const char* format, ...) EVLOG_PRINTF(2, 3);
void event_msgx(const char* format, ...) EVLOG_PRINTF(1, 2);

/// Told only after event_enable_debug_logging; formats nothing otherwise.
void event_debugx(const char* format, ...) EVLOG_PRINTF(1, 2);

[[noreturn]] void evutil_assert_failed_(const char* condition, const char* file, int line,
                                        const char* function);

/// What must hold, in release builds too. If it doesn't, the process aborts with a message.
#define EVUTIL_ASSERT(condition)        \
    (__builtin_expect(!!(condition), 1) \
         ? static_cast<void>(0)         \
         : evutil_assert_failed_(#condition, __FILE__, __LINE__, __func__))
