// Transitions of bufferevents and rate limits: what each direction may do, why it rests, how much
// moved, what is in the buckets. Reasons and members are told whole in each record, so that even
// what was only seen in passing is true from then on. Read first: model_buffer.h.
#include <algorithm>

#include "trace/transitions.h"

namespace evglass::trace {

namespace {

constexpr std::int64_t kUnlimited = INT64_MAX;

void add(std::uint64_t& sum, std::int64_t n) {
    if (n > 0) sum += std::min(static_cast<std::uint64_t>(n), UINT64_MAX - sum);
}

Direction& direction(Bufferevent& bev, field::bevdir dir) {
    return dir == field::bevdir::write ? bev.write : bev.read;
}

void set_enabled(Bufferevent& bev, int what) {
    bev.read.enabled = (what & ev::kRead) != 0;
    bev.write.enabled = (what & ev::kWrite) != 0;
}

/// What bev_new and bev_state tell alike.
template <class R>
void describe(Bufferevent& bev, const R& r) {
    bev.base = r.base;
    bev.kind = static_cast<int>(r.kind);
    bev.fd = r.fd;
    bev.options = static_cast<int>(r.options.value);
    bev.input = r.input;
    bev.output = r.output;
    bev.read_event = r.read_event;
    bev.write_event = r.write_event;
    bev.other = r.other;
}

}  // namespace

Bufferevent& Transitions::bufferevent_at(Address a) {
    const auto [it, fresh] = model.bufferevents_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_bufferevent_++;
    }
    return it->second;
}

RateGroup& Transitions::group_at(Address a) {
    const auto [it, fresh] = model.groups_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_group_++;
    }
    return it->second;
}

void Transitions::object(Bufferevent& bev, const std::string& why) {
    if (!bev.exact) return;
    bev.exact = false;
    const RecordInfo* info = find_record(record.type);
    change.error = (info == nullptr ? std::string("record") : std::string(info->name)) + ": S" +
                   std::to_string(bev.ordinal) + ": " + why;
    ++model.errors_;
}

void Transitions::bev_new(const rec::bev_new& r) {
    const auto it = model.bufferevents_.find(r.bev);
    if (it != model.bufferevents_.end()) {
        object(it->second, "there is a live bufferevent at this address");
        model.bufferevents_.erase(it);
    }
    model.buckets_.erase(r.bev);
    Bufferevent& bev = bufferevent_at(r.bev);
    describe(bev, r);
    bev.exact = true;
    bev.refs = 1;
    bev.write.enabled = true;  // all are made so
}

void Transitions::bev_state(const rec::bev_state& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    const int read = static_cast<int>(r.read_suspended.value);
    const int write = static_cast<int>(r.write_suspended.value);
    const int known = (bev.read.enabled ? ev::kRead : 0) | (bev.write.enabled ? ev::kWrite : 0);
    if (known != (r.enabled & (ev::kRead | ev::kWrite)))
        object(bev, "it tells that other directions are enabled");
    if (bev.read.suspended != read || bev.write.suspended != write)
        object(bev, "it tells other reasons to rest");
    describe(bev, r);
    set_enabled(bev, r.enabled);
    bev.read.suspended = read;
    bev.write.suspended = write;
    bev.read.low = r.read_low;
    bev.read.high = r.read_high;
    bev.write.low = r.write_low;
    bev.write.high = r.write_high;
    bev.refs = r.refs;
    bev.group = r.group;
    if (r.connecting != 0) bev.connect = static_cast<int>(field::bevconnect::connecting);
    if (r.read_limit != kUnlimited || r.write_limit != kUnlimited) {
        Bucket& bucket = model.buckets_[r.bev];
        bucket.read_limit = r.read_limit;
        bucket.write_limit = r.write_limit;
    }
    bev.exact = true;
}

void Transitions::bev_release(const rec::bev_release& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    bev.released = true;
    bev.refs = r.refs;
}

void Transitions::bev_free(const rec::bev_free& r) {
    model.bufferevents_.erase(r.bev);
    model.buckets_.erase(r.bev);
}

void Transitions::bev_enable(const rec::bev_enable& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    set_enabled(bev, r.enabled);
}

void Transitions::bev_disable(const rec::bev_disable& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    set_enabled(bev, r.enabled);
}

void Transitions::bev_suspend(const rec::bev_suspend& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    Direction& dir = direction(bev, r.direction);
    const int reasons = static_cast<int>(r.reasons.value);
    if ((dir.suspended | static_cast<int>(r.reason.value)) != reasons)
        object(bev, "a reason to rest came, and others with it");
    dir.suspended = reasons;
}

void Transitions::bev_unsuspend(const rec::bev_unsuspend& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    Direction& dir = direction(bev, r.direction);
    const int reasons = static_cast<int>(r.reasons.value);
    if ((dir.suspended & ~static_cast<int>(r.reason.value)) != reasons)
        object(bev, "a reason to rest went, and others with it");
    dir.suspended = reasons;
}

void Transitions::bev_watermark(const rec::bev_watermark& r) {
    Direction& dir = direction(bufferevent_at(r.bev), r.direction);
    dir.low = r.low;
    dir.high = r.high;
}

void Transitions::bev_timeouts(const rec::bev_timeouts& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    bev.read.timeout = r.read;
    bev.write.timeout = r.write;
}

void Transitions::bev_callback_begin(const rec::bev_callback_begin& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    bev.calling = static_cast<int>(r.which);
    if (r.which == field::bevcall::read) ++bev.read.calls;
    if (r.which == field::bevcall::write) ++bev.write.calls;
    if (r.which != field::bevcall::event) return;
    ++bev.event_calls;
    bev.last_event = static_cast<int>(r.what.value);
}

void Transitions::bev_callback_end(const rec::bev_callback_end& r) {
    bufferevent_at(r.bev).calling = 0;
}

void Transitions::bev_connect(const rec::bev_connect& r) {
    Bufferevent& bev = bufferevent_at(r.bev);
    bev.connect = static_cast<int>(r.state);
    if (r.fd != -1) bev.fd = r.fd;
}

void Transitions::bev_fd(const rec::bev_fd& r) {
    bufferevent_at(r.bev).fd = r.fd;
}

void Transitions::bev_other(const rec::bev_other& r) {
    bufferevent_at(r.bev).other = r.other;
}

void Transitions::bev_moved(const rec::bev_moved& r) {
    Direction& dir = direction(bufferevent_at(r.bev), r.direction);
    add(dir.bytes, r.result);
    ++dir.moves;
}

void Transitions::bev_tls(const rec::bev_tls& r) {
    bufferevent_at(r.bev).tls = static_cast<int>(r.state);
}

// ---- rate limits --------------------------------------------------------------------------------

void Transitions::bucket_limit(const rec::bucket_limit& r) {
    model.buckets_[r.owner] = {.whole = true,
                               .read_rate = r.read_rate,
                               .read_maximum = r.read_maximum,
                               .write_rate = r.write_rate,
                               .write_maximum = r.write_maximum,
                               .read_limit = r.read_limit,
                               .write_limit = r.write_limit,
                               .tick_us = r.tick,
                               .fills = 0};
}

void Transitions::bucket_gone(const rec::bucket_gone& r) {
    model.buckets_.erase(r.owner);
}

void Transitions::bucket_fill(const rec::bucket_fill& r) {
    Bucket& bucket = model.buckets_[r.owner];
    bucket.read_limit = r.read_limit;
    bucket.write_limit = r.write_limit;
    ++bucket.fills;
}

void Transitions::bucket_take(const rec::bucket_take& r) {
    Bucket& bucket = model.buckets_[r.owner];
    (r.direction == field::bevdir::write ? bucket.write_limit : bucket.read_limit) = r.left;
}

void Transitions::group_new(const rec::group_new& r) {
    model.groups_.erase(r.group);
    RateGroup& group = group_at(r.group);
    group.base = r.base;
    group.event = r.event;
}

void Transitions::group_free(const rec::group_free& r) {
    model.groups_.erase(r.group);
    model.buckets_.erase(r.group);
}

void Transitions::group_join(const rec::group_join& r) {
    group_at(r.group).members = r.members;
    bufferevent_at(r.bev).group = r.group;
}

void Transitions::group_leave(const rec::group_leave& r) {
    group_at(r.group).members = r.members;
    bufferevent_at(r.bev).group = 0;
}

void Transitions::group_suspend(const rec::group_suspend& r) {
    RateGroup& group = group_at(r.group);
    (r.direction == field::bevdir::write ? group.write_rests : group.read_rests) = r.suspended != 0;
}

}  // namespace evglass::trace
