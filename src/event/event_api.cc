// The public functions of an event's life: each takes the base's lock and does what its namesake in
// nolock_ does. While nothing watches they take the path without probes (flavour.h); else the trace
// notes the call. Nothing here decides anything.
// Read next: event_add.cc, event_del.cc, event_active.cc.
#include "src/event/event_core.h"
#include "src/event/quiet.h"
#include "src/util/log.h"

namespace {

[[gnu::cold]] int no_base(const char* function) {
    event_warnx("%s: event has no event_base set.", function);
    return -1;
}

}  // namespace

/// What the public functions do while something watches. (Under their own names, because a trace
/// names a call by the function that it stands in.)
namespace probed {

int event_add(event* ev, const timeval* tv) {
    TRACE_CALL(ev);
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    TRACE_API(ev->ev_base, ev);
    return api.result(event_add_nolock_(ev, tv, false));
}

int event_remove_timer(event* ev) {
    TRACE_CALL(ev);
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    TRACE_API(ev->ev_base, ev);
    return api.result(event_remove_timer_nolock_(ev));
}

/// `site` is the public function's: the trace names it as the cause.
int del(event* ev, DelMode mode, evglass::trace::Site& site) {
    const evglass::trace::CallScope call(site, ev);
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    evglass::trace::ApiScope api(site, ev->ev_base, ev);
    return api.result(event_del_nolock_(ev, mode));
}

int event_del(event* ev) {
    EVGLASS_SITE(site);
    return del(ev, DelMode::AUTOBLOCK, site);
}

int event_del_block(event* ev) {
    EVGLASS_SITE(site);
    return del(ev, DelMode::BLOCK, site);
}

int event_del_noblock(event* ev) {
    EVGLASS_SITE(site);
    return del(ev, DelMode::NOBLOCK, site);
}

void event_active(event* ev, int res, short ncalls) {
    TRACE_CALL(ev);
    const BaseLock lock(ev->ev_base);
    event_base_checkpoint(ev->ev_base);
    TRACE_API(ev->ev_base, ev);
    event_debug_assert_is_setup_(ev);
    event_active_nolock_(ev, res, ncalls, evglass::trace::field::cause::user);
}

}  // namespace probed

int event_add(event* ev, const timeval* tv) {
    if (ev->ev_base == nullptr) return no_base(__func__);
    return is_quiet() ? quiet::add(ev, tv) : probed::event_add(ev, tv);
}

int event_remove_timer(event* ev) {
    if (ev->ev_base == nullptr) return no_base(__func__);
    return is_quiet() ? quiet::remove_timer(ev) : probed::event_remove_timer(ev);
}

int event_del(event* ev) {
    if (ev->ev_base == nullptr) return no_base(__func__);
    return is_quiet() ? quiet::del(ev, DelMode::AUTOBLOCK) : probed::event_del(ev);
}

int event_del_block(event* ev) {
    if (ev->ev_base == nullptr) return no_base(__func__);
    return is_quiet() ? quiet::del(ev, DelMode::BLOCK) : probed::event_del_block(ev);
}

int event_del_noblock(event* ev) {
    if (ev->ev_base == nullptr) return no_base(__func__);
    return is_quiet() ? quiet::del(ev, DelMode::NOBLOCK) : probed::event_del_noblock(ev);
}

void event_active(event* ev, int res, short ncalls) {
    if (ev->ev_base == nullptr) return static_cast<void>(no_base(__func__));
    return is_quiet() ? quiet::active(ev, res, ncalls) : probed::event_active(ev, res, ncalls);
}
