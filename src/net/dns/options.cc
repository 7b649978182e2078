// The options by name. Times and addresses apart, an option is a row: where its number is kept, and
// between which bounds.
// Read next: options.h.
#include "src/net/dns/options.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstring>
#include <string_view>

#include <event2/dns.h>
#include <event2/util.h>

namespace dns {
namespace {

struct CountOption {
    const char* name;
    int Options::*place;
    int least;
    int most;
};
constexpr CountOption kCounts[] = {
    {"max-timeouts", &Options::max_timeouts, 1, 255},
    {"max-inflight", &Options::max_inflight, 1, 65000},
    {"attempts", &Options::attempts, 0, 255},
    {"randomize-case", &Options::randomize_case, 0, INT_MAX},
    {"so-rcvbuf", &Options::so_rcvbuf, 0, INT_MAX},
    {"so-sndbuf", &Options::so_sndbuf, 0, INT_MAX},
};

struct TimeOption {
    const char* name;
    timeval Options::*place;
};
constexpr TimeOption kTimes[] = {
    {"timeout", &Options::timeout},
    {"initial-probe-timeout", &Options::initial_probe},
    {"getaddrinfo-allow-skew", &Options::allow_skew},
};
constexpr double kLongest = 3600.0 * 24 * 365;

/// Seconds with a fraction, more than 0.
bool parse_time(std::string_view text, timeval& out) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(seconds))
        return false;
    seconds = std::min(seconds, kLongest);
    const auto usec = static_cast<long long>(seconds * 1e6);
    if (usec <= 0) return false;
    out = {static_cast<time_t>(usec / 1000000), static_cast<suseconds_t>(usec % 1000000)};
    return true;
}

SetOption done_if(bool done) {
    return done ? SetOption::done : SetOption::bad_value;
}

SetOption set_count(Options& options, const CountOption& row, const char* value) {
    int count = 0;
    if (!parse_count(value, count)) return SetOption::bad_value;
    options.*row.place = std::clamp(count, row.least, row.most);
    return SetOption::done;
}

bool set_bind_to(Options& options, const char* value) {
    sockaddr_storage address{};
    int length = sizeof address;
    if (evutil_parse_sockaddr_port(value, reinterpret_cast<sockaddr*>(&address), &length) < 0)
        return false;
    options.bind_to = address;
    options.bind_to_length = static_cast<socklen_t>(length);
    return true;
}

}  // namespace

bool parse_count(const char* text, int& out) {
    const std::string_view digits(text);
    const auto [end, error] = std::from_chars(text, text + digits.size(), out);
    return error == std::errc{} && *end == '\0' && out >= 0;
}

bool is_option(const char* name, const char* option) {
    std::string_view text(name);
    if (text.ends_with(':')) text.remove_suffix(1);
    return text == option;
}

SetOption set_option(Options& options, const char* name, const char* value, int flags) {
    if (is_option(name, "bind-to")) {
        if ((flags & DNS_OPTION_NAMESERVERS) == 0) return SetOption::done;
        return done_if(set_bind_to(options, value));
    }
    for (const TimeOption& row : kTimes)
        if (is_option(name, row.name))
            return (flags & DNS_OPTION_MISC) == 0 ? SetOption::done
                                                  : done_if(parse_time(value, options.*row.place));
    for (const CountOption& row : kCounts)
        if (is_option(name, row.name))
            return (flags & DNS_OPTION_MISC) == 0 ? SetOption::done
                                                  : set_count(options, row, value);
    return SetOption::unknown;
}

}  // namespace dns
