// Sentences of buffers: what enters, how it came, and what it cost.
// Read first: text_sentence.cc. Read next: text_bufferevent.cc.
#include <fmt/format.h>

#include "trace/text_teller.h"

namespace evglass::trace {

namespace {

std::string bytes(std::uint64_t n) {
    return fmt::format("{} byte{}", n, n == 1 ? "" : "s");
}

std::string_view way(field::bytesfrom how) {
    switch (how) {
        case field::bytesfrom::copy:
            return "copied";
        case field::bytesfrom::read:
            return "read from a descriptor";
        case field::bytesfrom::commit:
            return "written by the program into room that it was lent";
        case field::bytesfrom::reference:
            return "the program's own memory, not copied";
        case field::bytesfrom::file:
            return "a part of a file, not copied";
        case field::bytesfrom::share:
            return "another buffer's bytes, shared";
        case field::bytesfrom::print:
            return "printed";
        case field::bytesfrom::nowhere:
            break;
    }
    return "no bytes yet";
}

struct BufferTeller : Teller {
    std::string v(Address a) const { return names.buffer(a); }
    static std::string now(std::uint64_t length) { return "; " + bytes(length) + " in it now"; }

    std::string tell(const rec::buffer_new& r) const { return v(r.buffer) + " is made, empty"; }
    std::string tell(const rec::buffer_free& r) const {
        return "the buffer at " + hex_text(r.buffer) + " is gone, with what was in it";
    }
    std::string tell(const rec::buffer_parent& r) const {
        return v(r.buffer) + (r.bufferevent.value == 0
                                  ? " belongs to no bufferevent any more"
                                  : " belongs to " + names.bufferevent(r.bufferevent));
    }
    std::string tell(const rec::chain_link& r) const {
        return fmt::format("a chain of {} enters {} with {} ({}){}", bytes(r.size), v(r.buffer),
                           bytes(r.used), way(r.how), now(r.length));
    }
    std::string tell(const rec::chain_unlink& r) const {
        return "a chain leaves " + v(r.buffer) + ": its bytes are gone";
    }
    std::string tell(const rec::chain_free& r) const {
        return fmt::format("a chain's memory goes ({}): nobody refers to it", bytes(r.size));
    }
    std::string tell(const rec::chain_immutable& r) const {
        return fmt::format("a chain of {} is shared by {}: nothing is written to it any more",
                           v(r.buffer), r.refs);
    }
    std::string tell(const rec::chain_realign& r) const {
        return fmt::format("{} moves {} within a chain, to make room", v(r.buffer), bytes(r.used));
    }
    std::string tell(const rec::buffer_add& r) const {
        return fmt::format("{} enter {} ({}){}", bytes(r.bytes), v(r.buffer), way(r.how),
                           now(r.length));
    }
    std::string tell(const rec::buffer_prepend& r) const {
        return fmt::format("{} enter {} in front (copied){}", bytes(r.bytes), v(r.buffer),
                           now(r.length));
    }
    std::string tell(const rec::buffer_drain& r) const {
        return fmt::format("{} leave {} in front{}", bytes(r.bytes), v(r.buffer), now(r.length));
    }
    std::string tell(const rec::buffer_move& r) const {
        return fmt::format("{} move from {} to the {} of {} with their chains: nothing is copied{}",
                           bytes(r.bytes), v(r.source), r.to == field::end::front ? "front" : "end",
                           v(r.buffer), now(r.length));
    }
    std::string tell(const rec::buffer_pullup& r) const {
        return fmt::format("the first {} of {} lie in one piece now; {} were copied for it",
                           bytes(r.bytes), v(r.buffer), bytes(r.copied));
    }
    std::string tell(const rec::chain_take& r) const {
        return fmt::format("a chain of {} gives bytes to the one before it; {} left", v(r.buffer),
                           bytes(r.used));
    }
    std::string tell(const rec::buffer_reserve& r) const {
        return fmt::format("{} lends room for {} in {} piece{}", v(r.buffer), bytes(r.given),
                           r.pieces, r.pieces == 1 ? "" : "s");
    }
    std::string tell(const rec::buffer_freeze& r) const {
        return fmt::format("the {} of {} is {}", r.end == field::end::front ? "front" : "end",
                           v(r.buffer), r.frozen != 0 ? "frozen" : "not frozen any more");
    }
    std::string tell(const rec::buffer_callback& r) const {
        return fmt::format("a callback of {} is told: it had {}, {} came, {} went{}", v(r.buffer),
                           bytes(r.orig_size), r.added, r.deleted,
                           r.deferred != 0 ? " (deferred)" : "");
    }
    std::string tell(const rec::buffer_copyout& r) const {
        return fmt::format("{} of {} are copied out", bytes(r.bytes), v(r.buffer));
    }
    std::string tell(const rec::buffer_state& r) const {
        return fmt::format("{} tells itself: {} in {} chain{}", v(r.buffer), bytes(r.length),
                           r.chains, r.chains == 1 ? "" : "s");
    }
    std::string tell(const rec::buffer_state_chain& r) const {
        return fmt::format("{} tells itself: chain {} has {} of {}", v(r.buffer), r.index,
                           bytes(r.used), bytes(r.size));
    }
};

}  // namespace

std::string buffer_sentence(const Teller& teller) {
    return sentence_of(BufferTeller{teller});
}

}  // namespace evglass::trace
