// EVGLASS_TRACE=path[,options]: recording any program that is linked against the library, as it is.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "trace/probe.h"
#include "trace/writer/recording.h"

namespace evglass::trace {
namespace {

/// One line, because the user asked for a trace and there is none.
void complain(const writer::Message& message) {
    std::fprintf(stderr, "evglass: no trace: %s\n", message.text);
}

void start_as_asked(const char* value) {
    const std::string_view text{value};
    const std::size_t comma = text.find(',');
    writer::Options options;
    writer::Message error;
    if (!writer::parse_path(text.substr(0, comma), options, error) ||
        !writer::parse_options(comma == std::string_view::npos ? "" : value + comma + 1, options,
                               error) ||
        !writer::start_recording(options, error))
        complain(error);
}

}  // namespace

void init_from_environment() noexcept {
    static const bool done = [] {
        const char* value = kCompiledIn ? secure_getenv("EVGLASS_TRACE") : nullptr;
        if (value != nullptr) start_as_asked(value);
        return true;
    }();
    static_cast<void>(done);
}

}  // namespace evglass::trace
