// evdns's own log: for historical reasons it has a callback beside the library's.
// A message is cut at 512 bytes and allocates nothing. Names that come from the network are printed
// with escapes (message.h), so that no message carries a control character.
// Read next: dns_log.cc.
#pragma once

namespace dns {

/// Something that a person should know: to evdns_set_log_fn's callback, else a warning.
void log_warn(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// A server goes down or comes back: to the callback, else a message.
void log_message(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// What happens in the ordinary way: to the callback, else a debug message.
void log_debug(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace dns
