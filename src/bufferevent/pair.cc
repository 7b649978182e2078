// Pairs: two bufferevents without a transport. What is in the output of one goes to the input of
// the other as soon as one may write and the other may read. Both have one lock. User callbacks are
// always deferred, and the library's own on the way (a full input suspends reading) call no user:
// so nothing recurses, however pairs are tied together. Invariant: a partner points back, or is
// null: the other one was freed. Read next: timeouts.cc, bufferevent.cc.
#include <algorithm>

#include "src/bufferevent/bufferevent_private.h"
#include "src/event/event_core.h"
#include "src/util/memory.h"

struct bufferevent_pair : bufferevent_private {
    bufferevent_pair* partner = nullptr;
};

namespace {

using evglass::trace::field::bevdir;

bufferevent_pair* pair_of(bufferevent* bev) {
    return static_cast<bufferevent_pair*>(bev);
}

bool be_pair_wants_to_talk(const bufferevent_pair* from, const bufferevent_pair* to) {
    return (from->enabled & EV_WRITE) != 0 && from->write_suspended == 0 &&
           (to->enabled & EV_READ) != 0 && to->read_suspended == 0 &&
           evbuffer_get_length(from->output) != 0;
}

/// Opens the frozen ends for a scope.
class OpenEnds {
 public:
    OpenEnds(evbuffer* source, evbuffer* destination) : source_(source), destination_(destination) {
        evbuffer_unfreeze(source_, 1);
        evbuffer_unfreeze(destination_, 0);
    }
    ~OpenEnds() {
        evbuffer_freeze(source_, 1);
        evbuffer_freeze(destination_, 0);
    }
    OpenEnds(const OpenEnds&) = delete;
    OpenEnds& operator=(const OpenEnds&) = delete;

 private:
    evbuffer* source_;
    evbuffer* destination_;
};

/// How many bytes were moved; -1 without memory.
ev_ssize_t move_bytes(bufferevent_pair* from, bufferevent_pair* to, bool ignore_watermark) {
    const size_t all = evbuffer_get_length(from->output);
    const ev_ssize_t room = ignore_watermark ? -1 : bufferevent_room_to_read_(to);
    if (room == 0 || all == 0) return 0;
    const OpenEnds open(from->output, to->input);
    if (room < 0 || static_cast<size_t>(room) >= all)
        return evbuffer_add_buffer(to->input, from->output) < 0 ? -1 : static_cast<ev_ssize_t>(all);
    return evbuffer_remove_buffer(from->output, to->input, static_cast<size_t>(room));
}

/// Both sides' callbacks are owed if anything was moved; after a flush in any case.
void be_pair_transfer(bufferevent_pair* from, bufferevent_pair* to, bool ignore_watermark) {
    TRACE_CALL(from);
    const ev_ssize_t n = move_bytes(from, to, ignore_watermark);
    if (n < 0 || (n == 0 && !ignore_watermark)) return;
    TRACE(bev_moved, .bev = from, .direction = bevdir::write, .asked = n, .result = n, .error = 0);
    TRACE(bev_moved, .bev = to, .direction = bevdir::read, .asked = n, .result = n, .error = 0);
    bufferevent_reset_read_timeout_(to);
    if (evbuffer_get_length(from->output) != 0) {
        bufferevent_reset_write_timeout_(from);
    } else {
        event_del_noblock(&from->ev_write);
    }
    bufferevent_trigger_nolock_(to, EV_READ, 0);
    bufferevent_trigger_nolock_(from, EV_WRITE, 0);
}

void be_pair_outbuf_cb(evbuffer* buf, const evbuffer_cb_info* info, void* arg) {
    auto* bev = pair_of(static_cast<bufferevent*>(arg));
    if (info->n_added == 0 || evbuffer_get_length(buf) == 0) return;
    // From now on there is something to wait for.
    if ((bev->enabled & EV_WRITE) != 0 && bev->write_suspended == 0 && bev->partner != nullptr &&
        !event_pending(&bev->ev_write, EV_TIMEOUT, nullptr))
        bufferevent_reset_write_timeout_(bev);
    if (bev->partner == nullptr || !be_pair_wants_to_talk(bev, bev->partner)) return;
    const BevHold hold(bev);
    be_pair_transfer(bev, bev->partner, false);
}

int be_pair_enable(bufferevent* bev, short events) {
    bufferevent_pair* self = pair_of(bev);
    const BevHold hold(bev);
    if ((events & EV_READ) != 0) bufferevent_reset_read_timeout_(bev);
    if ((events & EV_WRITE) != 0 && evbuffer_get_length(bev->output) != 0)
        bufferevent_reset_write_timeout_(bev);
    bufferevent_pair* partner = self->partner;
    if (partner == nullptr) return 0;
    if ((events & EV_READ) != 0 && be_pair_wants_to_talk(partner, self))
        be_pair_transfer(partner, self, false);
    if ((events & EV_WRITE) != 0 && be_pair_wants_to_talk(self, partner))
        be_pair_transfer(self, partner, false);
    return 0;
}

int be_pair_disable(bufferevent* bev, short events) {
    if ((events & EV_READ) != 0) event_del_noblock(&bev->ev_read);
    if ((events & EV_WRITE) != 0) event_del_noblock(&bev->ev_write);
    return 0;
}

void be_pair_unlink(bufferevent* bev) {
    bufferevent_pair* self = pair_of(bev);
    if (self->partner == nullptr) return;
    TRACE(bev_other, .bev = self->partner, .other = nullptr);
    self->partner->partner = nullptr;
    self->partner = nullptr;
}

int be_pair_flush(bufferevent* bev, short iotype, bufferevent_flush_mode mode) {
    bufferevent_pair* self = pair_of(bev);
    bufferevent_pair* partner = self->partner;
    if (partner == nullptr) return -1;
    if (mode == BEV_NORMAL) return 0;
    const BevHold hold(partner);
    if ((iotype & EV_READ) != 0) be_pair_transfer(partner, self, true);
    if ((iotype & EV_WRITE) != 0) be_pair_transfer(self, partner, true);
    if (mode == BEV_FINISHED) {
        short what = BEV_EVENT_EOF;
        if ((iotype & EV_READ) != 0) what |= BEV_EVENT_WRITING;
        if ((iotype & EV_WRITE) != 0) what |= BEV_EVENT_READING;
        bufferevent_run_eventcb_(partner, what, 0);
    }
    return 0;
}

void be_pair_dispose(bufferevent* bev) {
    mm_delete(pair_of(bev));
}

mm_ptr<bufferevent_pair> bufferevent_pair_elt_new(event_base* base, int options) {
    mm_ptr<bufferevent_pair> bev(mm_new<bufferevent_pair>());
    if (!bev || bufferevent_init_common_(bev.get(), base, &bufferevent_ops_pair, options) < 0)
        return nullptr;
    if (bufferevent_watch_(bev.get(), bev->output, be_pair_outbuf_cb) == nullptr) {
        bufferevent_uninit_common_(bev.get());
        return nullptr;
    }
    bufferevent_init_generic_timeout_cbs_(bev.get());
    evbuffer_freeze(bev->input, 0);
    evbuffer_freeze(bev->output, 1);
    return bev;
}

}  // namespace

const bufferevent_ops bufferevent_ops_pair = {
    .type = "pair_elt",
    .kind = evglass::trace::field::bevkind::pair,
    .enable = be_pair_enable,
    .disable = be_pair_disable,
    .unlink = be_pair_unlink,
    .destruct = nullptr,
    .adj_timeouts = bufferevent_generic_adj_timeouts_,
    .flush = be_pair_flush,
    .ctrl = nullptr,
    .dispose = be_pair_dispose,
};

int bufferevent_pair_new(event_base* base, int options, bufferevent* pair[2]) {
    TRACE_CALL(base);
    options |= BEV_OPT_DEFER_CALLBACKS;
    mm_ptr<bufferevent_pair> first = bufferevent_pair_elt_new(base, options);
    if (!first) return -1;
    mm_ptr<bufferevent_pair> second = bufferevent_pair_elt_new(base, options & ~BEV_OPT_THREADSAFE);
    if (!second) {
        bufferevent_uninit_common_(first.get());
        return -1;
    }
    if ((options & BEV_OPT_THREADSAFE) != 0) {
        second->options |= BEV_OPT_THREADSAFE;
        bufferevent_enable_locking_(second.get(), first.get());
    }
    first->partner = second.get();
    second->partner = first.get();
    bufferevent_tell_new_(first.get());
    bufferevent_tell_new_(second.get());
    pair[0] = first.release();
    pair[1] = second.release();
    return 0;
}

bufferevent* bufferevent_pair_get_partner(bufferevent* bev) {
    if (bev->be_ops != &bufferevent_ops_pair) return nullptr;
    const BevLook look(bev);
    return pair_of(bev)->partner;
}
