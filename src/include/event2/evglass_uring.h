/*
 * The system calls of io_uring, made by a program itself and told to its trace: see evglass_sys.h.
 * Apart from it because programs that have no ring need not know <linux/io_uring.h>.
 * Threads: as the kernel allows for the ring.
 */
#ifndef EVENT2_EVGLASS_URING_H_INCLUDED_
#define EVENT2_EVGLASS_URING_H_INCLUDED_

#include <event2/evglass_sys.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct io_uring_params;

/** io_uring_setup: the ring's descriptor, or -1 and errno. */
EVENT2_EXPORT_SYMBOL int evglass_sys_io_uring_setup(evglass_at at, unsigned entries,
                                                    struct io_uring_params* params);
/** io_uring_enter with a time to wait (IORING_ENTER_EXT_ARG is added); null: for ever. */
EVENT2_EXPORT_SYMBOL int evglass_sys_io_uring_enter(evglass_at at, int ring, unsigned to_submit,
                                                    unsigned min_complete, unsigned flags,
                                                    const struct timespec* timeout);

#ifdef __cplusplus
}
#endif

#endif
