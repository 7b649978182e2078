// io_uring's calls of the program itself, through the same seam as the reactor's. See
// program_calls.cc.
#include <event2/evglass_uring.h>
#include <linux/io_uring.h>

#include "src/util/sys_uring.h"

namespace {

sys::Where place(evglass_at at) {
    return at != nullptr ? sys::Where{at->file, at->function, at->line} : sys::Where{"", "", 0};
}

}  // namespace

int evglass_sys_io_uring_setup(evglass_at at, unsigned entries, io_uring_params* params) {
    const unsigned flags = params != nullptr ? params->flags : 0;
    return sys::io_uring_setup(entries, params, flags, place(at));
}

int evglass_sys_io_uring_enter(evglass_at at, int ring, unsigned to_submit, unsigned min_complete,
                               unsigned flags, const timespec* timeout) {
    return sys::io_uring_enter(ring, to_submit, min_complete, flags, timeout, place(at));
}
