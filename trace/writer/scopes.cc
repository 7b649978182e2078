// The two ends of a scope, as records: a call that the analyses name, a public function.
// They stand here, and not in the scopes' own bodies, so that a function that is traced stays small
// while nothing records. Read next: emit.cc.
#include "trace/probe.h"

namespace evglass::trace {

void tell_enter(Site& site, const void* object) noexcept {
    emit_record(site, rec::enter{.object = object});
}

void tell_leave(Site& site, const void* object) noexcept {
    emit_record(site, rec::leave{.object = object});
}

void tell_api_begin(Site& site, const void* base, const void* event) noexcept {
    emit_record(site, rec::api_begin{.base = base, .event = event});
}

void tell_api_end(Site& site, const void* base, const void* event, int result) noexcept {
    emit_record(site, rec::api_end{.base = base, .event = event, .result = result});
}

}  // namespace evglass::trace
