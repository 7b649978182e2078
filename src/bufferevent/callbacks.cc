// Calling the user: at once, with the lock held; or from the loop, if callbacks are deferred.
// A deferred call is owed once however often it is asked for, and holds a reference. When it comes,
// the order is: connected, read, write, everything else.
// Read next: bufferevent.cc, src/event/deferred.cc.
#include "src/bufferevent/bufferevent_private.h"

#include <utility>

#include "src/event/event_core.h"

namespace {

using evglass::trace::field::bevcall;

/// Whoever calls runs without the lock, if the program wanted it so.
class CallbackGap {
 public:
    explicit CallbackGap(bufferevent* bev) : bev_(bev) {
        open_ = (BEV_UPCAST(bev)->options & BEV_OPT_UNLOCK_CALLBACKS) != 0;
        if (open_) BEV_UNLOCK(bev_);
    }
    ~CallbackGap() {
        if (open_) BEV_LOCK(bev_);
    }
    CallbackGap(const CallbackGap&) = delete;
    CallbackGap& operator=(const CallbackGap&) = delete;

 private:
    bufferevent* bev_;
    bool open_;
};

void call_data(bufferevent* bev, bufferevent_data_cb callback, bevcall which) {
    if (callback == nullptr) return;
    void* const arg = bev->cbarg;
    TRACE(bev_callback_begin, .bev = bev, .which = which, .what = 0,
          .callback = reinterpret_cast<std::uint64_t>(callback));
    {
        const CallbackGap gap(bev);
        callback(bev, arg);
    }
    TRACE(bev_callback_end, .bev = bev, .which = which);
}

void call_event(bufferevent* bev, short what) {
    const bufferevent_event_cb callback = bev->errorcb;
    if (callback == nullptr) return;
    void* const arg = bev->cbarg;
    TRACE(bev_callback_begin, .bev = bev, .which = bevcall::event,
          .what = static_cast<std::uint16_t>(what),
          .callback = reinterpret_cast<std::uint64_t>(callback));
    {
        const CallbackGap gap(bev);
        callback(bev, what, arg);
    }
    TRACE(bev_callback_end, .bev = bev, .which = bevcall::event);
}

/// The read callback. If it takes some of a full input but leaves it full, it is owed another call:
/// nothing will come in that could lead to one. (If it takes nothing, calling again would spin.)
void call_read(bufferevent* bev);

/// Calls what is owed.
void call_pending(bufferevent* bev) {
    bufferevent_private* p = BEV_UPCAST(bev);
    if ((p->eventcb_pending & BEV_EVENT_CONNECTED) != 0 && bev->errorcb != nullptr) {
        // Nobody should hear of data before hearing of the connection.
        p->eventcb_pending = static_cast<short>(p->eventcb_pending & ~BEV_EVENT_CONNECTED);
        call_event(bev, BEV_EVENT_CONNECTED);
    }
    if (std::exchange(p->readcb_pending, false)) call_read(bev);
    if (std::exchange(p->writecb_pending, false)) call_data(bev, bev->writecb, bevcall::write);
    if (const short what = std::exchange(p->eventcb_pending, short{0}); what != 0) {
        errno = std::exchange(p->errno_pending, 0);
        call_event(bev, what);
    }
}

/// The loop's turn to call; or the base goes, and nobody is called.
void bufferevent_run_deferred_callbacks(event_callback* cb, void* arg) {
    auto* bev = static_cast<bufferevent*>(arg);
    BEV_LOCK(bev);
    TRACE_CALL(bev);
    if (cb != nullptr) call_pending(bev);
    bufferevent_decref_and_unlock_(bev);
}

void schedule(bufferevent_private* p) {
    if (event_deferred_cb_schedule_(p->ev_base, &p->deferred)) ++p->refcnt;
}

void call_read(bufferevent* bev) {
    const size_t before = evbuffer_length_(bev->input);
    call_data(bev, bev->readcb, bevcall::read);
    const size_t left = evbuffer_length_(bev->input);
    const size_t high = bev->wm_read.high;
    if (high == 0 || left < high || left >= before) return;
    if ((bev->enabled & EV_READ) == 0 || bev->readcb == nullptr) return;
    BEV_UPCAST(bev)->readcb_pending = true;
    schedule(BEV_UPCAST(bev));
}

bool is_deferred(const bufferevent_private* p, int options) {
    return ((p->options | static_cast<unsigned>(options)) & BEV_OPT_DEFER_CALLBACKS) != 0;
}

constexpr int kTriggerOptions = BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS;

}  // namespace

void bufferevent_init_deferred_(bufferevent_private* bev) {
    const int middle = bev->ev_base != nullptr ? bev->ev_base->nactivequeues / 2 : 0;
    event_deferred_cb_init_(&bev->deferred, static_cast<ev_uint8_t>(middle),
                            bufferevent_run_deferred_callbacks, static_cast<bufferevent*>(bev),
                            "bev deferred");
}

void bufferevent_run_readcb_(bufferevent* bev, int options) {
    TRACE_CALL(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if (bev->readcb == nullptr) return;
    if (!is_deferred(p, options)) return call_read(bev);
    p->readcb_pending = true;
    schedule(p);
}

void bufferevent_run_writecb_(bufferevent* bev, int options) {
    TRACE_CALL(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if (bev->writecb == nullptr) return;
    if (!is_deferred(p, options)) return call_data(bev, bev->writecb, bevcall::write);
    p->writecb_pending = true;
    schedule(p);
}

void bufferevent_run_eventcb_(bufferevent* bev, short what, int options) {
    TRACE_CALL(bev);
    bufferevent_private* p = BEV_UPCAST(bev);
    if (bev->errorcb == nullptr) return;
    if (!is_deferred(p, options)) return call_event(bev, what);
    p->eventcb_pending = static_cast<short>(p->eventcb_pending | what);
    p->errno_pending = errno;
    schedule(p);
}

void bufferevent_trigger_nolock_(bufferevent* bev, short iotype, int options) {
    const bool always = (options & BEV_TRIG_IGNORE_WATERMARKS) != 0;
    if ((iotype & EV_READ) != 0 && (always || evbuffer_length_(bev->input) >= bev->wm_read.low))
        bufferevent_run_readcb_(bev, options);
    if ((iotype & EV_WRITE) != 0 && (always || evbuffer_length_(bev->output) <= bev->wm_write.low))
        bufferevent_run_writecb_(bev, options);
}

void bufferevent_trigger(bufferevent* bev, short iotype, int options) {
    const BevHold hold(bev);
    bufferevent_trigger_nolock_(bev, iotype, options & kTriggerOptions);
}

void bufferevent_trigger_event(bufferevent* bev, short what, int options) {
    const BevHold hold(bev);
    bufferevent_run_eventcb_(bev, what, options & kTriggerOptions);
}

void bufferevent_setcb(bufferevent* bev, bufferevent_data_cb readcb, bufferevent_data_cb writecb,
                       bufferevent_event_cb eventcb, void* cbarg) {
    const BevLook look(bev);
    bev->readcb = readcb;
    bev->writecb = writecb;
    bev->errorcb = eventcb;
    bev->cbarg = cbarg;
}

void bufferevent_getcb(bufferevent* bev, bufferevent_data_cb* readcb_ptr,
                       bufferevent_data_cb* writecb_ptr, bufferevent_event_cb* eventcb_ptr,
                       void** cbarg_ptr) {
    const BevLook look(bev);
    if (readcb_ptr != nullptr) *readcb_ptr = bev->readcb;
    if (writecb_ptr != nullptr) *writecb_ptr = bev->writecb;
    if (eventcb_ptr != nullptr) *eventcb_ptr = bev->errorcb;
    if (cbarg_ptr != nullptr) *cbarg_ptr = bev->cbarg;
}
