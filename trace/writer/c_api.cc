// The public functions of <event2/evglass.h>: each a few lines over recording.h and TRACE.
// None of them harms the program: what can't be done is told in evglass_trace_status.
#include <event2/evglass.h>

#include <cerrno>
#include <cstring>

#include "trace/probe.h"
#include "trace/writer/recording.h"

namespace writer = evglass::trace::writer;

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
    TRACE(mark, .text = text);
}

void evglass_note(const char* name, long long value) {
    if (name == nullptr) return;
    TRACE(note, .label = name, .value = value);
}

void evglass_name_fd(int fd, const char* name) {
    if (name == nullptr) return;
    TRACE(fd_name, .fd = fd, .label = name);
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
    TRACE(event_name, .event = ev, .name = name);
}
