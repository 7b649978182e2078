// The ABI of the public headers: what programs that were compiled against libevent 2.1.12 on
// x86-64 Linux rely on. Sizes, offsets and values are facts written down here; the compiler checks
// them, so a header that breaks one does not compile.
#include <gtest/gtest.h>
#include <sys/queue.h>

#include <cstddef>
#include <type_traits>

#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

namespace {

#define FIELD_AT(type, field, offset, size)                                           \
    static_assert(offsetof(type, field) == (offset) && sizeof(type::field) == (size), \
                  #type "." #field)
// A field of a field: sizeof needs an object.
#define PATH_AT(type, path, offset, size)                                                 \
    static_assert(                                                                        \
        offsetof(type, path) == (offset) && sizeof(std::declval<type&>().path) == (size), \
        #type "." #path)

// ---- struct event_callback and struct event
// ------------------------------------------------------
static_assert(sizeof(event_callback) == 40 && alignof(event_callback) == 8);
FIELD_AT(event_callback, evcb_active_next, 0, 16);
PATH_AT(event_callback, evcb_active_next.tqe_next, 0, 8);
PATH_AT(event_callback, evcb_active_next.tqe_prev, 8, 8);
FIELD_AT(event_callback, evcb_flags, 16, 2);
FIELD_AT(event_callback, evcb_pri, 18, 1);
FIELD_AT(event_callback, evcb_closure, 19, 1);
FIELD_AT(event_callback, evcb_serial_, 20, 4);  // stock: padding
FIELD_AT(event_callback, evcb_cb_union, 24, 8);
PATH_AT(event_callback, evcb_cb_union.evcb_callback, 24, 8);
PATH_AT(event_callback, evcb_cb_union.evcb_selfcb, 24, 8);
PATH_AT(event_callback, evcb_cb_union.evcb_evfinalize, 24, 8);
PATH_AT(event_callback, evcb_cb_union.evcb_cbfinalize, 24, 8);
FIELD_AT(event_callback, evcb_arg, 32, 8);

static_assert(sizeof(event) == 128 && alignof(event) == 8);
FIELD_AT(event, ev_evcallback, 0, 40);
FIELD_AT(event, ev_timeout_pos, 40, 16);
PATH_AT(event, ev_timeout_pos.ev_next_with_common_timeout.tqe_next, 40, 8);
PATH_AT(event, ev_timeout_pos.ev_next_with_common_timeout.tqe_prev, 48, 8);
PATH_AT(event, ev_timeout_pos.min_heap_idx, 40, 4);
FIELD_AT(event, ev_fd, 56, 4);
FIELD_AT(event, ev_creator_lo_, 60, 4);  // stock: padding
FIELD_AT(event, ev_base, 64, 8);
FIELD_AT(event, ev_, 72, 32);
PATH_AT(event, ev_.ev_io.ev_io_next.le_next, 72, 8);
PATH_AT(event, ev_.ev_io.ev_io_next.le_prev, 80, 8);
PATH_AT(event, ev_.ev_io.ev_timeout, 88, 16);
PATH_AT(event, ev_.ev_signal.ev_signal_next.le_next, 72, 8);
PATH_AT(event, ev_.ev_signal.ev_signal_next.le_prev, 80, 8);
PATH_AT(event, ev_.ev_signal.ev_ncalls, 88, 2);
PATH_AT(event, ev_.ev_signal.ev_pncalls, 96, 8);
FIELD_AT(event, ev_events, 104, 2);
FIELD_AT(event, ev_res, 106, 2);
FIELD_AT(event, ev_creator_hi_, 108, 4);  // stock: padding
FIELD_AT(event, ev_timeout, 112, 16);

// ---- the other structs
// ----------------------------------------------------------------------------
static_assert(sizeof(event_list) == 16 && sizeof(event_dlist) == 8);
FIELD_AT(event_list, tqh_first, 0, 8);
FIELD_AT(event_list, tqh_last, 8, 8);
FIELD_AT(event_dlist, lh_first, 0, 8);
static_assert(sizeof(evkeyval) == 32 && sizeof(evkeyvalq) == 16);
FIELD_AT(evkeyval, next, 0, 16);
FIELD_AT(evkeyval, key, 16, 8);
FIELD_AT(evkeyval, value, 24, 8);
FIELD_AT(evkeyvalq, tqh_first, 0, 8);
FIELD_AT(evkeyvalq, tqh_last, 8, 8);
static_assert(sizeof(evthread_lock_callbacks) == 40);
FIELD_AT(evthread_lock_callbacks, lock_api_version, 0, 4);
FIELD_AT(evthread_lock_callbacks, supported_locktypes, 4, 4);
FIELD_AT(evthread_lock_callbacks, alloc, 8, 8);
FIELD_AT(evthread_lock_callbacks, free, 16, 8);
FIELD_AT(evthread_lock_callbacks, lock, 24, 8);
FIELD_AT(evthread_lock_callbacks, unlock, 32, 8);
static_assert(sizeof(evthread_condition_callbacks) == 40);
FIELD_AT(evthread_condition_callbacks, condition_api_version, 0, 4);
FIELD_AT(evthread_condition_callbacks, alloc_condition, 8, 8);
FIELD_AT(evthread_condition_callbacks, free_condition, 16, 8);
FIELD_AT(evthread_condition_callbacks, signal_condition, 24, 8);
FIELD_AT(evthread_condition_callbacks, wait_condition, 32, 8);

// ---- types
// ------------------------------------------------------------------------------------------
static_assert(std::is_same_v<evutil_socket_t, int> && std::is_same_v<ev_socklen_t, socklen_t>);
static_assert(sizeof(ev_off_t) == 8 && std::is_signed_v<ev_off_t>);
static_assert(sizeof(ev_ssize_t) == 8 && std::is_signed_v<ev_ssize_t>);
static_assert(sizeof(ev_uint64_t) == 8 && sizeof(ev_uint32_t) == 4 && sizeof(ev_uint16_t) == 2);
static_assert(std::is_same_v<evutil_addrinfo, addrinfo>);
static_assert(std::is_same_v<event_callback_fn, void (*)(int, short, void*)>);

// ---- enums
// -------------------------------------------------------------------------------------------
static_assert(EV_FEATURE_ET == 1 && EV_FEATURE_O1 == 2 && EV_FEATURE_FDS == 4 &&
              EV_FEATURE_EARLY_CLOSE == 8);
static_assert(EVENT_BASE_FLAG_NOLOCK == 1 && EVENT_BASE_FLAG_IGNORE_ENV == 2 &&
              EVENT_BASE_FLAG_STARTUP_IOCP == 4 && EVENT_BASE_FLAG_NO_CACHE_TIME == 8 &&
              EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST == 16 && EVENT_BASE_FLAG_PRECISE_TIMER == 32);

// ---- constants
// ---------------------------------------------------------------------------------------
static_assert(EV_TIMEOUT == 0x01 && EV_READ == 0x02 && EV_WRITE == 0x04 && EV_SIGNAL == 0x08 &&
              EV_PERSIST == 0x10 && EV_ET == 0x20 && EV_FINALIZE == 0x40 && EV_CLOSED == 0x80);
static_assert(EVLIST_TIMEOUT == 0x01 && EVLIST_INSERTED == 0x02 && EVLIST_SIGNAL == 0x04 &&
              EVLIST_ACTIVE == 0x08 && EVLIST_INTERNAL == 0x10 && EVLIST_ACTIVE_LATER == 0x20 &&
              EVLIST_FINALIZING == 0x40 && EVLIST_INIT == 0x80 && EVLIST_ALL == 0xff);
static_assert(EVLOOP_ONCE == 1 && EVLOOP_NONBLOCK == 2 && EVLOOP_NO_EXIT_ON_EMPTY == 4);
static_assert(EVENT_LOG_DEBUG == 0 && EVENT_LOG_MSG == 1 && EVENT_LOG_WARN == 2 &&
              EVENT_LOG_ERR == 3);
static_assert(_EVENT_LOG_DEBUG == 0 && _EVENT_LOG_MSG == 1 && _EVENT_LOG_WARN == 2 &&
              _EVENT_LOG_ERR == 3);
static_assert(EVENT_DBG_ALL == 0xffffffff && EVENT_DBG_NONE == 0);
static_assert(EVENT_BASE_COUNT_ACTIVE == 1 && EVENT_BASE_COUNT_VIRTUAL == 2 &&
              EVENT_BASE_COUNT_ADDED == 4);
static_assert(EVENT_MAX_PRIORITIES == 256);
static_assert(LIBEVENT_VERSION_NUMBER == 0x02010c00 && EVENT__NUMERIC_VERSION == 0x02010c00);
static_assert(LEV_OPT_LEAVE_SOCKETS_BLOCKING == 1 && LEV_OPT_CLOSE_ON_FREE == 2 &&
              LEV_OPT_CLOSE_ON_EXEC == 4 && LEV_OPT_REUSEABLE == 8 && LEV_OPT_THREADSAFE == 16 &&
              LEV_OPT_DISABLED == 32 && LEV_OPT_DEFERRED_ACCEPT == 64 &&
              LEV_OPT_REUSEABLE_PORT == 128 && LEV_OPT_BIND_IPV6ONLY == 256);
static_assert(EVTHREAD_WRITE == 4 && EVTHREAD_READ == 8 && EVTHREAD_TRY == 16);
static_assert(EVTHREAD_LOCKTYPE_RECURSIVE == 1 && EVTHREAD_LOCKTYPE_READWRITE == 2 &&
              EVTHREAD_LOCK_API_VERSION == 1 && EVTHREAD_CONDITION_API_VERSION == 1 &&
              EVTHREAD_USE_PTHREADS_IMPLEMENTED == 1);
static_assert(EVUTIL_INVALID_SOCKET == -1 && EV_MONOT_PRECISE == 1 && EV_MONOT_FALLBACK == 2);
static_assert(EVUTIL_AI_PASSIVE == 1 && EVUTIL_AI_CANONNAME == 2 && EVUTIL_AI_NUMERICHOST == 4 &&
              EVUTIL_AI_V4MAPPED == 8 && EVUTIL_AI_ALL == 16 && EVUTIL_AI_ADDRCONFIG == 32 &&
              EVUTIL_AI_NUMERICSERV == 0x400);
static_assert(EVUTIL_EAI_BADFLAGS == -1 && EVUTIL_EAI_NONAME == -2 && EVUTIL_EAI_AGAIN == -3 &&
              EVUTIL_EAI_FAIL == -4 && EVUTIL_EAI_FAMILY == -6 && EVUTIL_EAI_SOCKTYPE == -7 &&
              EVUTIL_EAI_SERVICE == -8 && EVUTIL_EAI_MEMORY == -10 && EVUTIL_EAI_SYSTEM == -11 &&
              EVUTIL_EAI_CANCEL == -90001);
static_assert(EV_UINT64_MAX == ~ev_uint64_t{0} && EV_SIZE_MAX == ~std::size_t{0} &&
              EV_INT64_MIN == -EV_INT64_MAX - 1 && EV_SSIZE_MIN == -EV_SSIZE_MAX - 1);
static_assert(EV_UINT32_MAX == 4294967295u && EV_INT32_MAX == 2147483647 &&
              EV_UINT16_MAX == 65535 && EV_INT16_MAX == 32767 && EV_INT16_MIN == -32768 &&
              EV_UINT8_MAX == 255 && EV_INT8_MAX == 127 && EV_INT8_MIN == -128);

// ---- what only runs can show
// ---------------------------------------------------------------------------

TEST(Abi, TheLibraryAgreesWithItsHeaders) {
    EXPECT_EQ(event_get_struct_event_size(), sizeof(event));
    EXPECT_EQ(event_get_version_number(), static_cast<ev_uint32_t>(LIBEVENT_VERSION_NUMBER));
    EXPECT_STREQ(event_get_version(), LIBEVENT_VERSION);
    EXPECT_STREQ(LIBEVENT_VERSION, "2.1.12-stable");
}

TEST(Abi, ZeroedMemoryIsNoEvent) {
    const event ev{};
    EXPECT_FALSE(event_initialized(&ev));
}

TEST(Abi, TheSystemsQueueMacrosWalkTheLists) {
    evkeyvalq list;
    TAILQ_INIT(&list);
    evkeyval a{}, b{};
    TAILQ_INSERT_TAIL(&list, &a, next);
    TAILQ_INSERT_TAIL(&list, &b, next);
    int n = 0;
    const evkeyval* each = nullptr;
    TAILQ_FOREACH(each, &list, next)++ n;
    EXPECT_EQ(n, 2);
}

}  // namespace
