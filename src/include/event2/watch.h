/*
 * Watchers: callbacks just before and just after the loop sleeps.
 *
 * They are for measuring a loop, or for putting another event source into it. A watcher is not an
 * event: it is never pending or active, and it does not keep the loop alive.
 * libevent has them since 2.2; evglass has them beside the 2.1 API.
 */
#ifndef EVENT2_WATCH_H_INCLUDED_
#define EVENT2_WATCH_H_INCLUDED_

#include <event2/visibility.h>
#include <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
/** One watcher. Made by evwatch_prepare_new or evwatch_check_new, freed by evwatch_free. */
struct evwatch;
/** What a prepare watcher is told; ask it with evwatch_prepare_get_timeout. */
struct evwatch_prepare_cb_info;
/** What a check watcher is told: nothing, so far. */
struct evwatch_check_cb_info;

/**
 * Called just before the loop sleeps. It runs with the base's lock held: be short, and don't free
 * other watchers from it.
 */
typedef void (*evwatch_prepare_cb)(struct evwatch*, const struct evwatch_prepare_cb_info*, void*);
/** Called just after the loop slept, before timers and callbacks run. As evwatch_prepare_cb. */
typedef void (*evwatch_check_cb)(struct evwatch*, const struct evwatch_check_cb_info*, void*);

/**
 * Makes a prepare watcher. Watchers of a base are called in the order in which they were made.
 * @return the watcher, which lives until evwatch_free or until its base is freed; null where memory
 *         is short. Threads: any.
 */
EVENT2_EXPORT_SYMBOL struct evwatch* evwatch_prepare_new(struct event_base* base,
                                                         evwatch_prepare_cb callback, void* arg);
/** Makes a check watcher. As evwatch_prepare_new. */
EVENT2_EXPORT_SYMBOL struct evwatch* evwatch_check_new(struct event_base* base,
                                                       evwatch_check_cb callback, void* arg);
/** The base that a watcher belongs to. */
EVENT2_EXPORT_SYMBOL struct event_base* evwatch_base(struct evwatch* watcher);
/** Ends a watcher. Allowed in its own callback. Null is ignored. */
EVENT2_EXPORT_SYMBOL void evwatch_free(struct evwatch* watcher);
/**
 * How long the loop is about to sleep.
 * @param timeout gets the longest time; untouched if the loop sleeps until something happens.
 * @return 1 if there is a longest time, else 0.
 */
EVENT2_EXPORT_SYMBOL int evwatch_prepare_get_timeout(const struct evwatch_prepare_cb_info* info,
                                                     struct timeval* timeout);

#ifdef __cplusplus
}
#endif
#endif
