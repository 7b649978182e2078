/* Telling the library how to lock: for programs that use one base from several threads.
 *
 * Call evthread_use_pthreads, or set your own functions, before anything else of the library:
 * objects that exist already have no lock. With locks, every function that takes an event or a base
 * may be called from any thread, unless its own text says otherwise.
 * Manual: chapter 1, Setting up (locks and threads).
 * Read next: src/util/threads.h, src/pthreads/evthread_pthread.cc.
 */
#ifndef EVENT2_THREAD_H_INCLUDED_
#define EVENT2_THREAD_H_INCLUDED_

#include <event2/event-config.h>
#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
struct timeval;

/* Modes of a lock call. */
#define EVTHREAD_WRITE 0x04 /**< of a read-write lock: for writing */
#define EVTHREAD_READ 0x08  /**< of a read-write lock: for reading */
#define EVTHREAD_TRY 0x10   /**< don't wait: return 1 if another thread holds it */

#define EVTHREAD_LOCK_API_VERSION 1

/* Types of locks. */
#define EVTHREAD_LOCKTYPE_RECURSIVE 1 /**< its holder may take it again */
#define EVTHREAD_LOCKTYPE_READWRITE 2 /**< many readers or one writer; the library makes none */

/** Functions that make and use locks. The library copies the struct. */
struct evthread_lock_callbacks {
    /** EVTHREAD_LOCK_API_VERSION. */
    int lock_api_version;
    /** EVTHREAD_LOCKTYPE_ bits that alloc can make; plain locks are a matter of course. */
    unsigned supported_locktypes;
    /** Makes a lock that nobody holds; null on failure. @param locktype 0 or one type */
    void* (*alloc)(unsigned locktype);
    /** Frees a lock that nobody holds. */
    void (*free)(void* lock, unsigned locktype);
    /** Takes a lock: 0, or 1 if EVTHREAD_TRY found it held, or another number on error. */
    int (*lock)(unsigned mode, void* lock);
    /** Gives a lock back: 0, or another number on error. */
    int (*unlock)(unsigned mode, void* lock);
};

/**
 * Sets the lock functions, or forgets them (null).
 *
 * @return 0; -1 if the version is not known, a function is missing, or other functions are set
 *         already (locks that they made may exist; the message that is logged says so)
 */
EVENT2_EXPORT_SYMBOL int evthread_set_lock_callbacks(const struct evthread_lock_callbacks* cbs);

#define EVTHREAD_CONDITION_API_VERSION 1

/** Functions that make and use condition variables. The library copies the struct. */
struct evthread_condition_callbacks {
    /** EVTHREAD_CONDITION_API_VERSION. */
    int condition_api_version;
    /** Makes a condition; null on failure. @param condtype 0, no other type exists */
    void* (*alloc_condition)(unsigned condtype);
    /** Frees a condition that nobody waits for. */
    void (*free_condition)(void* cond);
    /** Wakes one waiting thread, or all if broadcast is not 0: 0, or -1 on error. */
    int (*signal_condition)(void* cond, int broadcast);
    /**
     * Gives the lock back, waits, and takes the lock again. A null timeout waits for ever; else
     * it is a duration. 0 when woken, 1 when time ran out, -1 on error.
     */
    int (*wait_condition)(void* cond, void* lock, const struct timeval* timeout);
};

/** Sets the condition functions, or forgets them (null). Errors as in evthread_set_lock_callbacks.
 */
EVENT2_EXPORT_SYMBOL int evthread_set_condition_callbacks(
    const struct evthread_condition_callbacks* cbs);

/** Sets the function that says which thread is running: a number that no two threads share. */
EVENT2_EXPORT_SYMBOL void evthread_set_id_callback(unsigned long (*id_fn)(void));

/**
 * Sets up locks, conditions and thread ids from the pthread library. Needs libevent_pthreads.
 *
 * @return 0; -1 on failure
 */
EVENT2_EXPORT_SYMBOL int evthread_use_pthreads(void);
#define EVTHREAD_USE_PTHREADS_IMPLEMENTED 1

/**
 * Makes every lock check its use: a plain lock that its holder takes again, and a lock that is
 * given back by a thread that doesn't hold it, stop the program with a message. Call it before the
 * first lock is made; it costs a lookup for each call.
 */
EVENT2_EXPORT_SYMBOL void evthread_enable_lock_debugging(void);

/** evthread_enable_lock_debugging as old programs misspell it. */
EVENT2_EXPORT_SYMBOL void evthread_enable_lock_debuging(void);

/**
 * Makes sure that other threads can wake a base that sleeps in its backend. A base does it by
 * itself if locks were set up before it was made.
 *
 * @return 0, also if it could be woken already; -1 on failure
 */
EVENT2_EXPORT_SYMBOL int evthread_make_base_notifiable(struct event_base* base);

#ifdef __cplusplus
}
#endif

#endif
