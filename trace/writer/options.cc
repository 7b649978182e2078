// Parses the options of a recording. Every refusal names what was written and what is possible.
#include "trace/writer/options.h"

#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace evglass::trace::writer {
namespace {

/// "64K", "16M", "1G" or a number of bytes; 0 if it is none or out of bounds.
std::uint64_t parse_size(std::string_view text) {
    int shift = 0;
    if (!text.empty()) {
        const char unit = text.back();
        shift = unit == 'K' || unit == 'k'   ? 10
                : unit == 'M' || unit == 'm' ? 20
                : unit == 'G' || unit == 'g' ? 30
                                             : 0;
        if (shift != 0) text.remove_suffix(1);
    }
    if (text.empty() || text.size() > 12) return 0;
    std::uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (number > Options::kLargest >> shift) return 0;
    return number << shift;
}

bool take_size(std::string_view option, std::string_view value, format::Mode mode, Options& out,
               Message& error) {
    const std::uint64_t bytes = parse_size(value);
    if (bytes < Options::kSmallest) {
        error.set("'%.*s' is no size: write %.*s=SIZE with SIZE from 64K to 64G, for example 16M",
                  static_cast<int>(value.size()), value.data(), static_cast<int>(option.size()),
                  option.data());
        return false;
    }
    out.mode = mode;
    out.bytes = bytes;
    return true;
}

bool take_categories(std::string_view value, Options& out, Message& error) {
    std::uint32_t mask = 0;
    while (!value.empty()) {
        const std::size_t plus = value.find('+');
        const std::string_view name = value.substr(0, plus);
        const std::uint32_t category = name == "all" ? kAllCategories : category_bit(name);
        if (category == 0) {
            error.set(
                "'%.*s' is no category: write only= with some of state, syscall, buffer, lock, "
                "call, net, all joined by '+'",
                static_cast<int>(name.size()), name.data());
            return false;
        }
        mask |= category;
        value.remove_prefix(plus == std::string_view::npos ? value.size() : plus + 1);
    }
    if (mask == 0) error.set("only= names no category: write for example only=state+syscall");
    out.categories = mask;
    return mask != 0;
}

bool take_clock(std::string_view value, Options& out, Message& error) {
    if (value != "monotonic" && value != "best") {
        error.set("'%.*s' is no clock: write clock=monotonic or clock=best",
                  static_cast<int>(value.size()), value.data());
        return false;
    }
    out.monotonic = value == "monotonic";
    return true;
}

bool take_option(std::string_view option, Options& out, Message& error) {
    const std::size_t equals = option.find('=');
    const std::string_view name = option.substr(0, equals);
    const bool has_value = equals != std::string_view::npos;
    const std::string_view value = has_value ? option.substr(equals + 1) : std::string_view{};
    if (name == "ring" && has_value) return take_size(name, value, format::Mode::ring, out, error);
    if (name == "full" && has_value) return take_size(name, value, format::Mode::full, out, error);
    if (option == "ring" || option == "full") {
        out.mode = option == "ring" ? format::Mode::ring : format::Mode::full;
        out.bytes = option == "ring" ? Options::kDefaultRing : Options::kDefaultFull;
        return true;
    }
    if (name == "only" && has_value) return take_categories(value, out, error);
    if (name == "clock" && has_value) return take_clock(value, out, error);
    error.set(
        "'%.*s' is no option of a trace: there are ring[=SIZE], full[=SIZE], only=CATEGORIES "
        "and clock=monotonic",
        static_cast<int>(option.size()), option.data());
    return false;
}

}  // namespace

void Message::set(const char* format, ...) noexcept {
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
}

bool Options::automatic_path() const {
    return path[0] == '\0' || std::strcmp(path, "auto") == 0;
}

bool parse_options(const char* text, Options& out, Message& error) noexcept {
    std::string_view rest = text == nullptr ? std::string_view{} : std::string_view{text};
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view option = rest.substr(0, comma);
        if (!option.empty() && !take_option(option, out, error)) return false;
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return true;
}

bool parse_path(std::string_view text, Options& out, Message& error) noexcept {
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char piece[24] = {text[i]};
        if (text[i] == '%' && i + 1 < text.size() && text[i + 1] == 'p') {
            std::snprintf(piece, sizeof piece, "%ld", static_cast<long>(getpid()));
            ++i;
        }
        const std::size_t size = std::strlen(piece);
        if (length + size >= sizeof out.path) {
            error.set("the trace's path is too long: at most %zu bytes", sizeof out.path - 1);
            return false;
        }
        std::memcpy(out.path + length, piece, size);
        length += size;
    }
    out.path[length] = '\0';
    return true;
}

}  // namespace evglass::trace::writer
