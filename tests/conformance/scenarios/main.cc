// Runs one scenario by its name, or lists all: `conformance-ours --list`, `conformance-ours NAME`.
// Exit status 0 when the scenario came to its end, 2 for an unknown name. What the library logs is
// said as "log SEVERITY": the words are each library's own.
// Read next: scenario.h.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "tests/conformance/scenarios/scenario.h"

using evglass::conformance::Registration;
using evglass::conformance::Scenario;

namespace {

void on_log(int severity, const char* text) {
    static const char* const kNames[] = {"debug", "msg", "warn", "err"};
    // What ends the process: people want to read it.
    if (severity == EVENT_LOG_ERR) std::fprintf(stderr, "%s\n", text);
    evglass::conformance::say("log %s", severity >= 0 && severity < 4 ? kNames[severity] : "?");
}

int list_all() {
    for (const Scenario* s = Registration::first(); s != nullptr; s = s->next) std::puts(s->name);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: conformance-ours NAME | --list\n", stderr);
        return 2;
    }
    if (std::strcmp(argv[1], "--list") == 0) return list_all();
    for (const Scenario* s = Registration::first(); s != nullptr; s = s->next) {
        if (std::strcmp(s->name, argv[1]) != 0) continue;
        alarm(20);  // a loop that never ends must not outlive its test
        signal(SIGPIPE, SIG_IGN);
        event_set_log_callback(on_log);
        s->run();
        return 0;
    }
    std::fprintf(stderr, "no scenario %s: --list shows them\n", argv[1]);
    return 2;
}
