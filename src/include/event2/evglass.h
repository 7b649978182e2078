/*
 * Recording: the loop of this program, as a trace that the command `evglass` reads.
 *
 * A program need not call anything of this: EVGLASS_TRACE=path[,options] in its environment records
 * it as it is. These functions are for programs that choose when, or that name things for people.
 * No failure here harms the program: it goes on without a trace.
 *
 * OPTIONS are words joined by commas:
 *   ring, ring=SIZE   keep the newest records in SIZE bytes (64K to 64G; 16M if nothing is said)
 *   full, full=SIZE   keep everything, until SIZE bytes are full (1G if nothing is said)
 *   only=CATEGORIES   of state, syscall, buffer, lock, call, net, all; joined by '+'
 *   clock=monotonic   stamp with CLOCK_MONOTONIC even where the processor's counter could be used
 * Read next: docs/trace-format.md, event2/event.h.
 */
#ifndef EVENT2_EVGLASS_H_INCLUDED_
#define EVENT2_EVGLASS_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event;
struct event_config;

/** What a recording is doing, as evglass_trace_status tells it. */
struct evglass_status {
    /** 1 while records are being written, else 0. */
    int recording;
    /** The errno that ended the recording early or kept it from starting; 0 if none did. */
    int error;
    /** Records written by all threads. In a ring the oldest may be gone from the file. */
    unsigned long long records;
    /** Records that could not be written (a signal handler interrupted another record, or there
     *  was no block for one more thread). */
    unsigned long long lost;
    /** The trace's file, absolute; empty if there never was one. */
    char path[1200];
    /** One line for people: why the last start failed, why the recording ended early, or what is
     *  wrong with it. Empty if all is well. */
    char message[240];
};

/**
 * Starts recording this process. There is one recording at a time.
 * Bases that exist already are told in whole at the start of their next turn.
 *
 * @param path     a file that does not exist yet; %p in it becomes the process's id. Null or "" or
 *                 "auto": program.PID.evg in $XDG_RUNTIME_DIR/evglass, else in /tmp/evglass-UID.
 *                 Copied.
 * @param options  see above; null or "": a ring of 16M. Copied.
 * @return 0, or -1 with errno set; evglass_trace_status then says why in one line. EEXIST: a file
 * is never overwritten. EBUSY: a recording is going on. EINVAL: the options. EPERM: the program
 *         runs with more rights than its user. ENOSYS: the library was built without tracing.
 * Threads: any. Not from a signal handler.
 */
EVENT2_EXPORT_SYMBOL int evglass_trace_start(const char* path, const char* options);

/**
 * Ends the recording; the file holds every record up to now. Does nothing if none is going on.
 * A program that ends, in whatever way, need not call it. Threads: any. Not from a signal handler.
 */
EVENT2_EXPORT_SYMBOL void evglass_trace_stop(void);

/**
 * Puts a text into the trace, at this moment: a place to find again, or to stop at.
 * @param text  at most 95 bytes of it are kept. Copied. Null does nothing.
 * Threads: any, also from a signal handler. Without a recording it does nothing.
 */
EVENT2_EXPORT_SYMBOL void evglass_mark(const char* text);

/**
 * Puts a number that the program knows into the trace, at this moment: the length of a queue of its
 * own, a counter of the kernel's.
 * @param name   at most 31 bytes of it are kept. Copied. Null does nothing.
 * Threads: any, also from a signal handler. Without a recording it does nothing.
 */
EVENT2_EXPORT_SYMBOL void evglass_note(const char* name, long long value);

/**
 * Gives a descriptor a name for people ("listener", "client a"). The number may be given again to
 * another one later: then name that one too.
 * @param name  at most 31 bytes of it are kept, whole characters. Copied. Null does nothing.
 * Threads: any. Without a recording it does nothing.
 */
EVENT2_EXPORT_SYMBOL void evglass_name_fd(int fd, const char* name);

/**
 * Tells what the recording is doing, or how the last one ended.
 * @param out  the caller's; filled in whole.
 * Threads: any. Not from a signal handler.
 */
EVENT2_EXPORT_SYMBOL void evglass_trace_status(struct evglass_status* out);

/**
 * Gives an event a name for people ("listener", "idle timeout").
 * @param ev    an event that was assigned; it is not looked into.
 * @param name  at most 31 bytes of it are kept, whole characters. Copied. Null does nothing.
 * The name goes to the present recording only. Threads: any. Without a recording it does nothing.
 */
EVENT2_EXPORT_SYMBOL void evglass_name_event(struct event* ev, const char* name);

/**
 * Lets loops run on a virtual clock: time stands still while the program works, and where a loop
 * would sleep until a timer, the clock jumps there at once. A program that uses nothing but timers
 * then does the same, with the same times, in every run. Lessons and tests use it.
 *
 * @param on  1: virtual from now on; 0: the real clock again.
 * @return 0. Call it before the first base is made and before recording starts: loops that run, and
 *         recordings that have records, would see time go back. It is one clock for all bases.
 * Threads: one, before others use the library.
 */
EVENT2_EXPORT_SYMBOL int evglass_use_virtual_clock(int on);

/**
 * Asks for the io_uring backend, which nobody gets without asking: for this config with this call,
 * for a whole program with EVENT_USE_IO_URING=1 in its environment (which a config with
 * EVENT_BASE_FLAG_IGNORE_ENV does not see).
 *
 * Where the kernel refuses it (older than 6.1, or told to), where the config avoids "io_uring", or
 * requires features that it lacks, the next backend is taken without a word; a trace says why
 * (backend_try). The base's lock makes it as safe for threads as the others. A descriptor that is
 * closed while an event still waits for it stays open in the kernel until that event is deleted.
 *
 * @param cfg  the config; see event_config_new.
 * @return 0, or -1 for a null config.
 * Threads: as the config, one at a time.
 */
EVENT2_EXPORT_SYMBOL int evglass_config_prefer_io_uring(struct event_config* cfg);

#ifdef __cplusplus
}
#endif

#endif
