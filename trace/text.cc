// Single values as text: what is safe to print, names of objects, flags, times.
// Read next: text_record.cc (whole records), text_sentence.cc, text_syscall.cc.
#include "trace/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "trace/event_bits.h"
#include "trace/text_fields.h"

namespace evglass::trace {

namespace {

struct Decoded {
    char32_t code = 0;
    std::size_t length = 0;  ///< 0: not valid UTF-8 here
};

/// One code point at the start of `s`, by the strict rules: no overlong forms, no surrogates.
Decoded decode(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || s.size() < length) return {};
    char32_t code = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code = (code << 6) | (byte(i) & 0x3fU);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < kLeast[length] || code > 0x10ffff || surrogate) return {};
    return {code, length};
}

/// Would it act on a terminal, or change the order or the lines of a text, instead of being seen?
bool acts(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0)  // C0, DEL, C1
           || c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069)   // bidirectional controls
           || c == 0x2028 || c == 0x2029  // line and paragraph separators
           || (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x2064)    // of no width
           || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff)  // notes, tags
           || c == 0xfeff || (c & 0xfffe) == 0xfffe;  // byte order mark, no characters
}

/// Does it stand on the character before it?
bool is_mark(char32_t c) {
    return (c >= 0x0300 && c <= 0x036f) || (c >= 0x0483 && c <= 0x0489) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

// A heap of marks grows over the lines above, and a first one stands on what is not its text's own.
constexpr int kMarks = 2;

std::string numbered(char letter, std::uint32_t ordinal) {
    return std::string(1, letter) + std::to_string(ordinal);
}

std::string trimmed(double value) {
    std::string text = fmt::format("{:.3g}", value);
    if (value >= 100) text = fmt::format("{:.0f}", value);
    return text;
}

}  // namespace

std::string safe(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    int marks = kMarks;
    while (!raw.empty()) {
        const Decoded next = decode(raw);
        const std::size_t length = next.length == 0 ? 1 : next.length;
        const bool mark = next.length != 0 && is_mark(next.code);
        marks = mark ? marks + 1 : 0;
        if (next.length != 0 && !acts(next.code) && marks <= kMarks) {
            out += raw.substr(0, length);
        } else {
            for (const char c : raw.substr(0, length))
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        }
        raw.remove_prefix(length);
    }
    return out;
}

// ---- names
// ---------------------------------------------------------------------------------------

std::string Names::base(Address a) const {
    const Base* base = model_.base(a);
    return base == nullptr ? hex_text(a) : numbered('B', base->ordinal);
}

std::string Names::event(Address a) const {
    const Event* event = model_.event(a);
    return event == nullptr ? hex_text(a) : numbered('E', event->ordinal);
}

std::string Names::event_long(Address a) const {
    std::string text = event(a);
    const Event* e = model_.event(a);
    if (e == nullptr) return text;
    if (!e->name.empty()) text += " " + safe(e->name);
    if ((e->events & ev::kSignal) != 0) return text + " " + signal_text(e->fd);
    if (e->fd >= 0) return text + " fd " + std::to_string(e->fd);
    const bool timed = e->deadline != kNone || e->interval != kNone;
    return timed && e->name.empty() ? text + " timer" : text;
}

std::string Names::listener(Address a) const {
    const auto it = model_.listeners().find(a);
    return it == model_.listeners().end() ? hex_text(a) : numbered('L', it->second.ordinal);
}

std::string Names::resolver(Address a) const {
    const Resolver* dns = model_.resolver(a);
    return dns == nullptr ? hex_text(a) : numbered('D', dns->ordinal);
}

std::string Names::dns_request(Address resolver, Address a) const {
    const Resolver* dns = model_.resolver(resolver);
    if (dns == nullptr) return hex_text(a);
    const auto it = dns->requests.find(a);
    return it == dns->requests.end() ? hex_text(a) : numbered('Q', it->second.ordinal);
}

std::string Names::dns_port(Address a) const {
    const auto it = model_.dns_ports().find(a);
    return it == model_.dns_ports().end() ? hex_text(a) : numbered('P', it->second.ordinal);
}

std::string Names::watcher(Address a) const {
    for (const auto& [address, base] : model_.bases())
        for (const auto* list : {&base.prepare, &base.check})
            for (const Watcher& w : *list)
                if (w.address == a) return numbered('W', w.ordinal);
    return hex_text(a);
}

std::string Names::buffer(Address a) const {
    const Buffer* buffer = model_.buffer(a);
    return buffer == nullptr ? hex_text(a) : numbered('V', buffer->ordinal);
}

std::string Names::bufferevent(Address a) const {
    const Bufferevent* bev = model_.bufferevent(a);
    return bev == nullptr ? hex_text(a) : numbered('S', bev->ordinal);
}

std::string Names::lock(Address a) const {
    const Lock* lock = model_.lock(a);
    if (lock == nullptr) return a == 0 ? "no lock" : "lock " + hex_text(a);
    if (lock->base != 0) return "the lock of " + base(lock->base);
    const std::string made = safe(lock->made_in);
    return "lock " + numbered('K', lock->ordinal) + (made.empty() ? "" : " made in " + made);
}

Address Names::find(std::string_view alias) const {
    if (alias.size() < 2) return 0;
    const auto search = [&](const auto& map) -> Address {
        for (const auto& [address, object] : map)
            if (alias.substr(1) == std::to_string(object.ordinal)) return address;
        return 0;
    };
    switch (alias[0]) {
        case 'B':
            return search(model_.bases());
        case 'E':
            return search(model_.events());
        case 'L':
            return search(model_.listeners());
        case 'D':
            return search(model_.resolvers());
        case 'P':
            return search(model_.dns_ports());
        case 'V':
            return search(model_.buffers());
        case 'S':
            return search(model_.bufferevents());
        default:
            return 0;
    }
}

// ---- values
// -----------------------------------------------------------------------------------------

std::string hex_text(std::uint64_t number) {
    return fmt::format("{:#x}", number);
}

std::string enum_text(std::string_view type, std::uint64_t number, const TraceContext* trace) {
    if (trace != nullptr) {
        const std::string_view name = trace->enum_name(type, number);
        if (!name.empty()) return safe(name);
    }
    if (const EnumInfo* info = find_enum(type))
        for (const EnumValue& value : info->values)
            if (value.number == number) return std::string(value.name);
    return std::to_string(number);
}

std::string flags_text(std::string_view type, std::uint64_t bits, const TraceContext* trace) {
    std::string text;
    std::uint64_t unknown = 0;
    for (std::uint64_t bit = 1; bit != 0; bit <<= 1) {
        if ((bits & bit) == 0) continue;
        const std::string name = enum_text(type, bit, trace);
        if (name == std::to_string(bit))
            unknown |= bit;
        else
            text += (text.empty() ? "" : "|") + name;
    }
    if (unknown != 0) text += (text.empty() ? "" : "|") + hex_text(unknown);
    return text.empty() ? "-" : text;
}

std::string what_text(int bits) {
    return flags_text("what", bits & 0xffff, nullptr);
}

std::string evlist_text(int bits) {
    return flags_text("evlist", bits & 0xffff, nullptr);
}

std::string errno_text(int error) {
    const char* name = error > 0 ? strerrorname_np(error) : nullptr;
    return name == nullptr ? std::to_string(error) : name;
}

std::string signal_text(int signal) {
    const char* name = signal > 0 ? sigabbrev_np(signal) : nullptr;
    return name == nullptr ? "signal " + std::to_string(signal) : std::string("SIG") + name;
}

std::string usec_text(std::int64_t usec) {
    if (usec == kNone) return "none";
    const auto exact = [](std::int64_t value, std::int64_t unit, int digits, const char* name) {
        std::string text = fmt::format("{}{}.{:0{}}", value < 0 ? "-" : "", std::abs(value / unit),
                                       std::abs(value % unit), digits);
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
        return text + name;
    };
    if (usec > -1000 && usec < 1000) return std::to_string(usec) + "us";
    if (usec > -1'000'000 && usec < 1'000'000) return exact(usec, 1000, 3, "ms");
    return exact(usec, 1'000'000, 6, "s");
}

std::string duration_text(std::int64_t ns) {
    if (ns < 0) return ns == INT64_MIN ? "-292 years" : "-" + duration_text(-ns);
    const double n = static_cast<double>(ns);
    if (ns < 1000) return std::to_string(ns) + " ns";
    // 999.6 us is "1 ms", not "1e+03 us".
    if (n < 999.5e3) return trimmed(n / 1e3) + " us";
    if (n < 999.5e6) return trimmed(n / 1e6) + " ms";
    if (n < 59.95e9) return trimmed(n / 1e9) + " s";
    const std::int64_t seconds = ns / 1'000'000'000 + (ns % 1'000'000'000 >= 500'000'000);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

std::string usec_duration_text(std::int64_t usec) {
    constexpr std::int64_t kMost = INT64_MAX / 1000;
    return duration_text(std::clamp(usec, -kMost, kMost) * 1000);
}

std::string cause_text(const Cause& cause, const Names& names) {
    const std::string function = safe(cause.function);
    switch (cause.kind) {
        case Cause::Kind::none:
            return function;
        case Cause::Kind::callback:
            return (function.empty() ? "from " : function + " from ") + names.event(cause.event) +
                   "'s callback";
        case Cause::Kind::api:
            return function + " called by the program";
        case Cause::Kind::backend:
            return "the backend reported it";
        case Cause::Kind::timer:
            return "its time came";
        case Cause::Kind::signal:
            return "the signal came";
        case Cause::Kind::keyframe:
            return "told by a keyframe";
    }
    return function;
}

}  // namespace evglass::trace
