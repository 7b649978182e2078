// A resolver's options: their defaults, and how they are set from text.
// What is out of bounds is brought within them, as stock does; what is no number is refused.
// Threads: the resolver's lock. Read next: options.cc (the table), resolv_conf.cc.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>

namespace dns {

struct Options {
    timeval timeout{5, 0};         ///< how long an answer is waited for before asking again
    timeval initial_probe{10, 0};  ///< until a server that is down is first probed
    timeval allow_skew{3, 0};      ///< how long one family's addresses wait for the other's
    int max_timeouts = 3;          ///< so many in a row, and a server counts as down
    int max_inflight = 64;         ///< more requests than these wait
    int attempts = 3;              ///< how often one question is asked
    int randomize_case = 1;        ///< letters' cases are drawn, and answers must repeat them
    int so_rcvbuf = 0;             ///< of sockets to servers that are added later; 0: the system's
    int so_sndbuf = 0;
    sockaddr_storage bind_to{};    ///< they are bound to this address
    socklen_t bind_to_length = 0;  ///< 0: to none
};

/// What became of setting an option.
enum class SetOption { done, bad_value, unknown };
/// `name` may end in a colon; what `flags` (DNS_OPTION_ bits) don't ask for is left alone. ndots is
/// the search list's: it is not known here.
SetOption set_option(Options& options, const char* name, const char* value, int flags);
/// A whole number, of decimal digits alone. False if it is none.
[[nodiscard]] bool parse_count(const char* text, int& out);
/// Whether `name`, with or without a colon at its end, is this option.
bool is_option(const char* name, const char* option);

}  // namespace dns
