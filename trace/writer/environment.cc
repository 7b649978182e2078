// EVGLASS_TRACE=path[,options]: recording any program that is linked against the library, as it is.
// The variable is read when the library is loaded, and the file made (reservation.h); the recording
// begins with the first base.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "trace/probe.h"
#include "trace/writer/recording.h"
#include "trace/writer/reservation.h"

namespace evglass::trace {
namespace {

constinit char at_load[1200] = "";  // programs clean their environment

/// One line, because the user asked for a trace and there is none.
void complain(const writer::Message& message) {
    std::fprintf(stderr, "evglass: no trace: %s\n", message.text);
}

bool parse(const char* value, writer::Options& options, writer::Message& error) {
    const std::string_view text{value};
    const std::size_t comma = text.find(',');
    return writer::parse_path(text.substr(0, comma), options, error) &&
           writer::parse_options(comma == std::string_view::npos ? "" : value + comma + 1, options,
                                 error);
}

void start_as_asked(const char* value) {
    writer::Options options;
    writer::Message error;
    if (!parse(value, options, error) || !writer::start_recording(options, error)) complain(error);
}

[[gnu::constructor]] void reserve_at_load() {
    const char* value = kCompiledIn ? secure_getenv("EVGLASS_TRACE") : nullptr;
    writer::Options options;
    writer::Message ignored;
    if (value == nullptr || std::strlen(value) >= sizeof at_load || !parse(value, options, ignored))
        return;
    std::memcpy(at_load, value, std::strlen(value));
    writer::reserve(options);
}

}  // namespace

void init_from_environment() noexcept {
    static const bool done = [] {
        const char* value = kCompiledIn ? secure_getenv("EVGLASS_TRACE") : nullptr;
        if (value == nullptr && at_load[0] != '\0') value = at_load;
        if (value != nullptr) start_as_asked(value);
        return true;
    }();
    static_cast<void>(done);
}

}  // namespace evglass::trace
