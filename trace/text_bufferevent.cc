// Sentences of bufferevents and rate limits: what may move, why it rests, what is in the buckets.
// Read first: text_buffer.cc.
#include <fmt/format.h>

#include "trace/text_teller.h"

namespace evglass::trace {

namespace {

constexpr std::int64_t kUnlimited = INT64_MAX;

std::string limit_text(std::int64_t limit) {
    return limit == kUnlimited ? "no limit" : std::to_string(limit);
}

struct BuffereventTeller : Teller {
    std::string s(Address a) const { return names.bufferevent(a); }
    /// A bucket's owner is a bufferevent or a group.
    std::string owner(Address a) const {
        const auto group = model.rate_groups().find(a);
        return group == model.rate_groups().end() ? s(a)
                                                  : fmt::format("group G{}", group->second.ordinal);
    }
    static std::string reasons(std::uint64_t bits) {
        return flags_text("bevsuspend", bits, nullptr);
    }
    static std::string dir(field::bevdir d) { return enum_text("bevdir", d); }
    static std::string doing(field::bevdir d) {
        return d == field::bevdir::write ? "writing" : "reading";
    }

    std::string tell(const rec::bev_new& r) const {
        std::string text = fmt::format("{} is made: a bufferevent of kind {}", s(r.bev),
                                       enum_text("bevkind", r.kind));
        if (r.fd.value >= 0) text += fmt::format(" on fd {}", r.fd.value);
        return r.other.value == 0 ? text : text + ", with " + s(r.other);
    }
    std::string tell(const rec::bev_state& r) const {
        return fmt::format("{} tells itself: {} is enabled", s(r.bev), what_text(r.enabled));
    }
    std::string tell(const rec::bev_release& r) const {
        return fmt::format("{} is freed by its owner; it lives until {} reference{} are gone",
                           s(r.bev), r.refs, r.refs == 1 ? "" : "s");
    }
    std::string tell(const rec::bev_free& r) const {
        return "the bufferevent at " + hex_text(r.bev) + " is gone";
    }
    std::string tell(const rec::bev_enable& r) const {
        return fmt::format("{} may {}; enabled now: {}", s(r.bev), what_text(r.what),
                           what_text(r.enabled));
    }
    std::string tell(const rec::bev_disable& r) const {
        return fmt::format("{} may no longer {}; enabled now: {}", s(r.bev), what_text(r.what),
                           what_text(r.enabled));
    }
    std::string tell(const rec::bev_suspend& r) const {
        return fmt::format("{} rests from {}: {} (all reasons: {})", s(r.bev), doing(r.direction),
                           reasons(r.reason), reasons(r.reasons));
    }
    std::string tell(const rec::bev_unsuspend& r) const {
        return fmt::format("{}: the reason {} against {} is gone; {}", s(r.bev), reasons(r.reason),
                           doing(r.direction),
                           r.reasons.value == 0 ? "none is left" : "still: " + reasons(r.reasons));
    }
    std::string tell(const rec::bev_watermark& r) const {
        return fmt::format("{} has {} watermarks low {} and high {}", s(r.bev), dir(r.direction),
                           r.low, r.high == 0 ? "none" : std::to_string(r.high));
    }
    std::string tell(const rec::bev_timeouts& r) const {
        return fmt::format("{} times out: read {}, write {}", s(r.bev),
                           r.read.value == 0 ? "never" : usec_text(r.read),
                           r.write.value == 0 ? "never" : usec_text(r.write));
    }
    std::string tell(const rec::bev_callback_begin& r) const {
        std::string text =
            fmt::format("the {} callback of {} begins", enum_text("bevcall", r.which), s(r.bev));
        if (r.which == field::bevcall::event)
            text +=
                ": " + flags_text("bevevent", static_cast<std::uint64_t>(r.what.value), nullptr);
        return text;
    }
    std::string tell(const rec::bev_callback_end& r) const {
        return fmt::format("the {} callback of {} returns", enum_text("bevcall", r.which),
                           s(r.bev));
    }
    std::string tell(const rec::bev_connect& r) const {
        std::string text = s(r.bev) + " is " + enum_text("bevconnect", r.state);
        if (r.state == field::bevconnect::failed)
            text = s(r.bev) + " can't connect: " + errno_text(r.error);
        return r.fd.value < 0 ? text : text + fmt::format(" (fd {})", r.fd.value);
    }
    std::string tell(const rec::bev_fd& r) const {
        return fmt::format("{} works on fd {} now", s(r.bev), r.fd.value);
    }
    std::string tell(const rec::bev_other& r) const {
        return r.other.value == 0 ? s(r.bev) + " is without its other end now"
                                  : s(r.bev) + " stands with " + s(r.other) + " now";
    }
    std::string tell(const rec::bev_moved& r) const {
        const bool write = r.direction == field::bevdir::write;
        if (r.result < 0)
            return fmt::format("{} could not {}: {}", s(r.bev), write ? "write" : "read",
                               errno_text(r.error));
        return fmt::format("{} {} {} of {} bytes", s(r.bev), write ? "wrote" : "read", r.result,
                           r.asked);
    }
    std::string tell(const rec::bev_write_soon& r) const {
        return fmt::format("{} has {} bytes to write and does it {} without waiting for the fd",
                           s(r.bev), r.bytes, r.later != 0 ? "in the next turn" : "in this turn");
    }
    std::string tell(const rec::bev_filter& r) const {
        constexpr std::uint32_t kNeedMore = 1;
        return fmt::format("the {} filter of {} took {} bytes and gave {}{}", dir(r.direction),
                           s(r.bev), r.taken, r.given,
                           r.result == 0           ? ""
                           : r.result == kNeedMore ? ": it needs more"
                                                   : ": it failed");
    }
    std::string tell(const rec::bev_tls& r) const {
        return fmt::format("TLS of {}: {}", s(r.bev), enum_text("bevtls", r.state));
    }
    // ---- rate limits
    std::string tell(const rec::bucket_limit& r) const {
        return fmt::format(
            "{} has buckets: read {} each tick, at most {}; write {}, at most {}; a "
            "tick is {}",
            owner(r.owner), r.read_rate, r.read_maximum, r.write_rate, r.write_maximum,
            usec_text(r.tick));
    }
    std::string tell(const rec::bucket_gone& r) const {
        return owner(r.owner) + " has no limit of its own any more";
    }
    std::string tell(const rec::bucket_fill& r) const {
        return fmt::format("the buckets of {} are filled: read {}, write {}", owner(r.owner),
                           limit_text(r.read_limit), limit_text(r.write_limit));
    }
    std::string tell(const rec::bucket_take& r) const {
        return fmt::format("{} bytes are taken from the {} bucket of {}; {} left", r.bytes,
                           dir(r.direction), owner(r.owner), r.left);
    }
    std::string tell(const rec::group_new& r) const {
        return owner(r.group) + " is made: its members share buckets, refilled by " + who(r.event);
    }
    std::string tell(const rec::group_free& r) const {
        return "the rate-limit group at " + hex_text(r.group) + " is gone";
    }
    std::string tell(const rec::group_join& r) const {
        return fmt::format("{} joins {}; {} in it now", s(r.bev), owner(r.group), r.members);
    }
    std::string tell(const rec::group_leave& r) const {
        return fmt::format("{} leaves {}; {} in it now", s(r.bev), owner(r.group), r.members);
    }
    std::string tell(const rec::group_suspend& r) const {
        return owner(r.group) +
               (r.suspended != 0 ? ": the bucket is empty, all rest from "
                                 : ": there are bytes again for ") +
               doing(r.direction);
    }
};

}  // namespace

std::string bufferevent_sentence(const Teller& teller) {
    return sentence_of(BuffereventTeller{teller});
}

}  // namespace evglass::trace
