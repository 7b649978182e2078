// Filters: a bufferevent above another one. What comes in below passes the input filter on its way
// up, what is added above passes the output filter on its way down. The filter has the callbacks of
// the one below, and suspends its reading while nobody above wants to read.
//
// A filter function is called again only after it took or gave something, and a bounded number of
// times in a row: what is left goes on when the one below is drained. So a filter that does
// nothing, or a user who writes from the write callback, can't keep the loop here. Threads: both
// have one lock. Read next: pair.cc, src/openssl/bufferevent_openssl.cc.
#include <algorithm>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "src/util/memory.h"

struct bufferevent_filtered : bufferevent_private {
    bufferevent* underlying = nullptr;  ///< we hold a reference
    evbuffer_cb_entry* inbuf_cb = nullptr;
    evbuffer_cb_entry* outbuf_cb = nullptr;
    bool got_eof = false;  ///< below
    void (*free_context)(void*) = nullptr;
    bufferevent_filter_cb process_in = nullptr;
    bufferevent_filter_cb process_out = nullptr;
    void* context = nullptr;
};

namespace {

using evglass::trace::field::bevdir;

/// How often one call goes back for more after it told the user of what it wrote.
constexpr int kMostRounds = 16;

bufferevent_filtered* filter_of(bufferevent* bev) {
    return static_cast<bufferevent_filtered*>(bev);
}

/// The filter of those who gave none: bytes pass.
bufferevent_filter_result be_null_filter(evbuffer* src, evbuffer* dst, ev_ssize_t limit,
                                         bufferevent_flush_mode, void*) {
    if (limit < 0) return evbuffer_add_buffer(dst, src) == 0 ? BEV_OK : BEV_ERROR;
    return evbuffer_remove_buffer(src, dst, static_cast<size_t>(limit)) >= 0 ? BEV_OK : BEV_ERROR;
}

/// How much a filter may add to a buffer until `high`; -1: any amount.
ev_ssize_t room_in(const evbuffer* buf, size_t high, bufferevent_flush_mode mode) {
    if (mode != BEV_NORMAL || high == 0) return -1;
    const size_t length = evbuffer_get_length(buf);
    return length >= high ? 0
                          : static_cast<ev_ssize_t>(std::min<size_t>(high - length, EV_SSIZE_MAX));
}

/// One call of a filter function. `moved`: it took or gave something.
struct Step {
    bufferevent_filter_result result;
    bool moved;
};
Step call_filter(bufferevent_filtered* bevf, bool is_write, ev_ssize_t limit,
                 bufferevent_flush_mode mode) {
    evbuffer* const src = is_write ? bevf->output : bevf->underlying->input;
    evbuffer* const dst = is_write ? bevf->underlying->output : bevf->input;
    const size_t had = evbuffer_get_length(src);
    const size_t held = evbuffer_get_length(dst);
    const auto filter = is_write ? bevf->process_out : bevf->process_in;
    const bufferevent_filter_result result = filter(src, dst, limit, mode, bevf->context);
    const size_t left = evbuffer_get_length(src);
    const size_t now = evbuffer_get_length(dst);
    TRACE(bev_filter, .bev = bevf, .direction = is_write ? bevdir::write : bevdir::read,
          .taken = had - std::min(had, left), .given = now - std::min(now, held),
          .result = static_cast<std::uint32_t>(result));
    return {result, left != had || now != held};
}

/// Calls the filter while it goes on and there is something for it. True if it said BEV_OK once.
bool run_filter(bufferevent_filtered* bevf, bool is_write, bufferevent_flush_mode mode,
                bufferevent_filter_result& result) {
    const short direction = is_write ? EV_WRITE : EV_READ;
    bool processed = false;
    for (;;) {
        const evbuffer* src = is_write ? bevf->output : bevf->underlying->input;
        const evbuffer* dst = is_write ? bevf->underlying->output : bevf->input;
        const size_t high = is_write ? bevf->underlying->wm_write.high : bevf->wm_read.high;
        const ev_ssize_t room = room_in(dst, high, mode);
        if (room == 0) return processed;
        const Step step = call_filter(bevf, is_write, room, mode);
        result = step.result;
        if (step.result == BEV_OK) processed = true;
        if (step.result != BEV_OK || !step.moved) return processed;
        if ((bevf->enabled & direction) == 0 || evbuffer_get_length(src) == 0) return processed;
    }
}

/// A filter can't go on: the stream is of no more use.
void filter_failed(bufferevent_filtered* bevf, bool is_write) {
    bufferevent_disable(bevf, is_write ? EV_WRITE : EV_READ);
    const short side = is_write ? BEV_EVENT_WRITING : BEV_EVENT_READING;
    bufferevent_run_eventcb_(bevf, static_cast<short>(side | BEV_EVENT_ERROR), 0);
}

/// From below to the input. True if the filter produced something.
bool be_filter_process_input(bufferevent_filtered* bevf, bufferevent_flush_mode mode) {
    TRACE_CALL(bevf);
    bufferevent_filter_result result = BEV_OK;
    const bool processed = run_filter(bevf, false, mode, result);
    if (processed) bufferevent_reset_read_timeout_(bevf);
    // What did not fit waits below; whoever makes room in the input asks for it.
    const bool more = evbuffer_get_length(bevf->underlying->input) != 0;
    if (more && room_in(bevf->input, bevf->wm_read.high, BEV_NORMAL) == 0) {
        evbuffer_cb_set_flags(bevf->input, bevf->inbuf_cb, EVBUFFER_CB_ENABLED);
    } else {
        evbuffer_cb_clear_flags(bevf->input, bevf->inbuf_cb, EVBUFFER_CB_ENABLED);
    }
    if (result == BEV_ERROR) filter_failed(bevf, false);
    return processed;
}

bool may_write(const bufferevent_filtered* bevf, bufferevent_flush_mode mode) {
    if (mode != BEV_NORMAL) return true;
    return (bevf->enabled & EV_WRITE) != 0 && bevf->write_suspended == 0 &&
           evbuffer_get_length(bevf->output) != 0 &&
           room_in(bevf->underlying->output, bevf->underlying->wm_write.high, mode) != 0;
}

/// From the output to the one below. True if the filter produced something.
bool be_filter_process_output(bufferevent_filtered* bevf, bufferevent_flush_mode mode) {
    TRACE_CALL(bevf);
    if (!may_write(bevf, mode)) return false;
    // The user may write from the write callback: that is seen below, not by a call from within.
    evbuffer_cb_clear_flags(bevf->output, bevf->outbuf_cb, EVBUFFER_CB_ENABLED);
    bufferevent_filter_result result = BEV_OK;
    bool processed = false;
    for (int round = 0; round < kMostRounds; ++round) {
        if (round != 0 && !may_write(bevf, BEV_NORMAL)) break;
        if (!run_filter(bevf, true, mode, result)) break;
        processed = true;
        bufferevent_trigger_nolock_(bevf, EV_WRITE, 0);
        if (result != BEV_OK) break;
    }
    evbuffer_cb_set_flags(bevf->output, bevf->outbuf_cb, EVBUFFER_CB_ENABLED);
    if (processed) bufferevent_reset_write_timeout_(bevf);
    if (evbuffer_get_length(bevf->output) == 0) event_del_noblock(&bevf->ev_write);
    if (result == BEV_ERROR) filter_failed(bevf, true);
    return processed;
}

void bufferevent_filtered_outbuf_cb(evbuffer*, const evbuffer_cb_info* info, void* arg) {
    if (info->n_added == 0) return;
    auto* bev = static_cast<bufferevent*>(arg);
    const BevHold hold(bev);
    be_filter_process_output(filter_of(bev), BEV_NORMAL);
}

void bufferevent_filtered_inbuf_cb(evbuffer*, const evbuffer_cb_info* info, void* arg) {
    if (info->n_deleted == 0) return;
    auto* bev = static_cast<bufferevent*>(arg);
    const BevHold hold(bev);
    bufferevent_filtered* bevf = filter_of(bev);
    const auto mode = bevf->got_eof ? BEV_FINISHED : BEV_NORMAL;
    if (be_filter_process_input(bevf, mode)) bufferevent_trigger_nolock_(bev, EV_READ, 0);
}

// ---- the callbacks of the one below
// -----------------------------------------------------------------

void be_filter_readcb(bufferevent*, void* me) {
    TRACE_CALL(me);
    auto* bev = static_cast<bufferevent*>(me);
    const BevHold hold(bev);
    bufferevent_filtered* bevf = filter_of(bev);
    const auto mode = bevf->got_eof ? BEV_FINISHED : BEV_NORMAL;
    if (be_filter_process_input(bevf, mode)) bufferevent_trigger_nolock_(bev, EV_READ, 0);
}

void be_filter_writecb(bufferevent*, void* me) {
    TRACE_CALL(me);
    auto* bev = static_cast<bufferevent*>(me);
    const BevHold hold(bev);
    be_filter_process_output(filter_of(bev), BEV_NORMAL);
}

void be_filter_eventcb(bufferevent*, short what, void* me) {
    TRACE_CALL(me);
    auto* bev = static_cast<bufferevent*>(me);
    const BevHold hold(bev);
    if ((what & BEV_EVENT_EOF) != 0) filter_of(bev)->got_eof = true;
    bufferevent_run_eventcb_(bev, what, 0);
}

// ---- the table
// ----------------------------------------------------------------------------------------

int be_filter_enable(bufferevent* bev, short events) {
    if ((events & EV_WRITE) != 0 && evbuffer_get_length(bev->output) != 0)
        bufferevent_reset_write_timeout_(bev);
    if ((events & EV_READ) != 0) {
        bufferevent_reset_read_timeout_(bev);
        bufferevent_unsuspend_read_(filter_of(bev)->underlying, BEV_SUSPEND_FILT_READ);
    }
    return 0;
}

int be_filter_disable(bufferevent* bev, short events) {
    if ((events & EV_WRITE) != 0) event_del_noblock(&bev->ev_write);
    if ((events & EV_READ) != 0) {
        event_del_noblock(&bev->ev_read);
        bufferevent_suspend_read_(filter_of(bev)->underlying, BEV_SUSPEND_FILT_READ);
    }
    return 0;
}

void be_filter_unlink(bufferevent* bev) {
    bufferevent* below = filter_of(bev)->underlying;
    if (below->errorcb != be_filter_eventcb || below->cbarg != bev) return;
    if ((BEV_UPCAST(bev)->options & BEV_OPT_CLOSE_ON_FREE) != 0) {
        // Our reference keeps it until we are gone.
        bufferevent_free(below);
        return;
    }
    // Whoever keeps it has it as it was before the filter, without callbacks.
    bufferevent_setcb(below, nullptr, nullptr, nullptr, nullptr);
    bufferevent_unsuspend_read_(below, BEV_SUSPEND_FILT_READ);
}

void be_filter_destruct(bufferevent* bev) {
    bufferevent_filtered* bevf = filter_of(bev);
    if (bevf->free_context != nullptr) bevf->free_context(bevf->context);
}

int be_filter_flush(bufferevent* bev, short iotype, bufferevent_flush_mode mode) {
    bufferevent_filtered* bevf = filter_of(bev);
    bool processed = false;
    if ((iotype & EV_READ) != 0 && be_filter_process_input(bevf, mode)) {
        processed = true;
        bufferevent_trigger_nolock_(bev, EV_READ, 0);
    }
    if ((iotype & EV_WRITE) != 0 && be_filter_process_output(bevf, mode)) processed = true;
    bufferevent_flush(bevf->underlying, iotype, mode);
    return processed ? 1 : 0;
}

int be_filter_ctrl(bufferevent* bev, bufferevent_ctrl_op op, bufferevent_ctrl_data* data) {
    bufferevent* below = filter_of(bev)->underlying;
    if (op == BEV_CTRL_GET_UNDERLYING) {
        data->ptr = below;
        return 0;
    }
    return below->be_ops->ctrl != nullptr ? below->be_ops->ctrl(below, op, data) : -1;
}

void be_filter_dispose(bufferevent* bev) {
    mm_delete(filter_of(bev));
}

}  // namespace

const bufferevent_ops bufferevent_ops_filter = {
    .type = "filter",
    .kind = evglass::trace::field::bevkind::filter,
    .enable = be_filter_enable,
    .disable = be_filter_disable,
    .unlink = be_filter_unlink,
    .destruct = be_filter_destruct,
    .adj_timeouts = bufferevent_generic_adj_timeouts_,
    .flush = be_filter_flush,
    .ctrl = be_filter_ctrl,
    .dispose = be_filter_dispose,
};

bufferevent* bufferevent_filter_new(bufferevent* underlying, bufferevent_filter_cb input_filter,
                                    bufferevent_filter_cb output_filter, int options,
                                    void (*free_context)(void*), void* ctx) {
    TRACE_CALL(underlying);
    mm_ptr<bufferevent_filtered> bevf(mm_new<bufferevent_filtered>());
    if (!bevf) return nullptr;
    bufferevent* const bev = bevf.get();
    bevf->underlying = underlying;
    if (bufferevent_init_common_(bevf.get(), underlying->ev_base, &bufferevent_ops_filter,
                                 options & ~BEV_OPT_THREADSAFE) < 0)
        return nullptr;
    bevf->inbuf_cb = bufferevent_watch_(bev, bev->input, bufferevent_filtered_inbuf_cb);
    bevf->outbuf_cb = bufferevent_watch_(bev, bev->output, bufferevent_filtered_outbuf_cb);
    const bool locked = (options & BEV_OPT_THREADSAFE) != 0;
    if (bevf->inbuf_cb == nullptr || bevf->outbuf_cb == nullptr ||
        (locked && bufferevent_share_lock_(bev, underlying) < 0)) {
        bufferevent_uninit_common_(bevf.get());
        return nullptr;
    }
    if (locked) bevf->options |= BEV_OPT_THREADSAFE;
    evbuffer_cb_clear_flags(bev->input, bevf->inbuf_cb, EVBUFFER_CB_ENABLED);
    bevf->process_in = input_filter != nullptr ? input_filter : be_null_filter;
    bevf->process_out = output_filter != nullptr ? output_filter : be_null_filter;
    bevf->free_context = free_context;
    bevf->context = ctx;
    bufferevent_init_generic_timeout_cbs_(bev);
    bufferevent_incref(underlying);
    bufferevent_setcb(underlying, be_filter_readcb, be_filter_writecb, be_filter_eventcb, bev);
    bufferevent_suspend_read_(underlying, BEV_SUSPEND_FILT_READ);
    bufferevent_enable(underlying, EV_READ | EV_WRITE);
    bufferevent_tell_new_(bevf.get());
    bevf.release();
    return bev;
}
