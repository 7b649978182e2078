// The public functions of <event2/evglass.h>: each a few lines over recording.h and TRACE.
// None of them harms the program: what can't be done is told in evglass_trace_status.
#include <event2/evglass.h>

#include <cerrno>
#include <cstring>

#include "trace/probe.h"
#include "trace/writer/recording.h"

namespace writer = evglass::trace::writer;
namespace rec = evglass::trace::rec;

namespace {

/// How many bytes of a character (UTF-8) stand before this place, which is inside of it; 0 where no
/// character has so many.
std::size_t part_of_character(const char* text, std::size_t place) {
    std::size_t part = 0;
    while (part < 4 && (static_cast<unsigned char>(text[place - part]) & 0xC0) == 0x80) ++part;
    return part < 4 ? part : 0;
}

/// What a record's field holds of a person's text: if not all, then no part of a character.
template <class Field>
Field fitting(const char* text) {
    Field field;
    constexpr std::size_t kRoom = sizeof field.bytes - 1;
    std::size_t size = strnlen(text, kRoom + 1);
    if (size > kRoom) size = kRoom - part_of_character(text, kRoom);
    std::memcpy(field.bytes, text, size);
    return field;
}

}  // namespace

int evglass_trace_start(const char* path, const char* options) {
    writer::Options parsed;
    writer::Message error;
    const bool understood = writer::parse_path(path == nullptr ? "" : path, parsed, error) &&
                            writer::parse_options(options, parsed, error);
    if (!evglass::trace::kCompiledIn) error.set("this library was built without tracing (TRACE=0)");
    errno = evglass::trace::kCompiledIn ? EINVAL : ENOSYS;
    if (understood && evglass::trace::kCompiledIn)
        return writer::start_recording(parsed, error) ? 0 : -1;
    writer::report_failure(error, errno);
    return -1;
}

void evglass_trace_stop(void) {
    writer::stop_recording(0);
}

void evglass_mark(const char* text) {
    if (text == nullptr) return;
    TRACE(mark, .text = fitting<decltype(rec::mark::text)>(text));
}

void evglass_note(const char* name, long long value) {
    if (name == nullptr) return;
    TRACE(note, .label = fitting<decltype(rec::note::label)>(name), .value = value);
}

void evglass_name_fd(int fd, const char* name) {
    if (name == nullptr) return;
    TRACE(fd_name, .fd = fd, .label = fitting<decltype(rec::fd_name::label)>(name));
}

void evglass_trace_status(struct evglass_status* out) {
    if (out == nullptr) return;
    writer::StatusReport report;
    writer::report_status(report);
    *out = {};
    out->recording = report.recording ? 1 : 0;
    out->error = report.error;
    out->records = report.records;
    out->lost = report.lost;
    static_assert(sizeof out->path == sizeof report.path);
    static_assert(sizeof out->message == sizeof report.message.text);
    std::memcpy(out->path, report.path, sizeof out->path);
    std::memcpy(out->message, report.message.text, sizeof out->message);
}

void evglass_name_event(struct event* ev, const char* name) {
    if (ev == nullptr || name == nullptr) return;
    TRACE(event_name, .event = ev, .name = fitting<decltype(rec::event_name::name)>(name));
}
