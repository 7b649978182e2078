/* A list of pairs of strings: struct evkeyvalq. HTTP headers and query strings are such lists.
 *
 * The field names are those of <sys/queue.h>, so its TAILQ_ macros walk the list. This header only
 * lays the list out; it owns no function.
 */
#ifndef EVENT2_KEYVALQ_STRUCT_H_INCLUDED_
#define EVENT2_KEYVALQ_STRUCT_H_INCLUDED_

#ifdef __cplusplus
extern "C" {
#endif

/** One pair. Both strings are owned by the list that holds it. */
struct evkeyval {
    struct {
        struct evkeyval* tqe_next;
        struct evkeyval** tqe_prev;
    } next;      /**< its place in the list */
    char* key;   /**< a name, as it was written */
    char* value; /**< what belongs to it */
};

/** The list: the first pair, and where the next one is to be linked. */
struct evkeyvalq {
    struct evkeyval* tqh_first; /**< null: no pair */
    struct evkeyval** tqh_last; /**< the link behind the last pair */
};

#ifdef __cplusplus
}
#endif

#endif
