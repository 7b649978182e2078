// Transitions of buffers: chains enter and leave, bytes enter and leave, and after each record the
// bytes of the chains must sum up to the length that it tells.
// Read first: model_buffer.h. Read next: transitions_bufferevent.cc.
#include <algorithm>

#include "trace/text.h"
#include "trace/transitions.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kChains = 65536;  // of one buffer: a trace can't make it grow without end

template <class Chains>
auto find_chain(Chains& chains, Address chain) {
    return std::find_if(chains.begin(), chains.end(),
                        [=](const Chain& c) { return c.address == chain; });
}

void add(std::uint64_t& sum, std::uint64_t n) {
    sum = n > UINT64_MAX - sum ? UINT64_MAX : sum + n;
}

void enter_bytes(Buffer& buffer, field::bytesfrom how, std::uint64_t bytes) {
    const auto way = static_cast<std::size_t>(how);
    if (way < Buffer::kWays) add(buffer.entered[way], bytes);
}

}  // namespace

Buffer& Transitions::buffer_at(Address a) {
    const auto [it, fresh] = model.buffers_.try_emplace(a);
    if (fresh) {
        it->second.address = a;
        it->second.ordinal = model.next_buffer_++;
    }
    return it->second;
}

void Transitions::object(Buffer& buffer, const std::string& why) {
    if (!buffer.exact) return;
    buffer.exact = false;
    const RecordInfo* info = find_record(record.type);
    change.error = (info == nullptr ? std::string("record") : std::string(info->name)) + ": V" +
                   std::to_string(buffer.ordinal) + ": " + why;
    ++model.errors_;
}

/// The chain with this address; null, and an objection, where the buffer has none.
Chain* Transitions::chain_at(Buffer& buffer, Address chain) {
    const auto it = find_chain(buffer.chains, chain);
    if (it != buffer.chains.end()) return &*it;
    object(buffer, "the chain is not in it");
    return nullptr;
}

void Transitions::settle_length(Buffer& buffer, std::uint64_t length) {
    buffer.length = length;
    if (!buffer.exact) return;
    const std::uint64_t sum = buffer.chain_bytes();
    if (sum != length)
        object(buffer, "its chains have " + std::to_string(sum) + " bytes, its length is " +
                           std::to_string(length));
}

void Transitions::buffer_new(const rec::buffer_new& r) {
    const auto it = model.buffers_.find(r.buffer);
    if (it != model.buffers_.end()) {
        object(it->second, "there is a live buffer at this address");
        model.buffers_.erase(it);
    }
    Buffer& buffer = buffer_at(r.buffer);
    buffer.exact = true;
    buffer.creator = r.creator;
}

void Transitions::buffer_free(const rec::buffer_free& r) {
    model.buffers_.erase(r.buffer);
}

void Transitions::buffer_parent(const rec::buffer_parent& r) {
    buffer_at(r.buffer).bufferevent = r.bufferevent;
}

void Transitions::chain_link(const rec::chain_link& r) {
    Buffer& buffer = buffer_at(r.buffer);
    auto& chains = buffer.chains;
    const Chain chain{.address = r.chain,
                      .size = r.size,
                      .misalign = r.misalign,
                      .used = r.used,
                      .refs = r.refs,
                      .flags = static_cast<int>(r.flags.value),
                      .how = static_cast<int>(r.how)};
    enter_bytes(buffer, r.how, r.used);
    if (chains.size() >= kChains) return object(buffer, "too many chains");
    if (find_chain(chains, r.chain) != chains.end())
        return object(buffer, "the chain is in it already");
    auto place = chains.begin();
    if (r.after.value != 0) {
        const auto after = find_chain(chains, r.after);
        if (after == chains.end()) {
            object(buffer, "the chain before the new one is not in it");
            place = chains.end();
        } else {
            place = std::next(after);
        }
    }
    chains.insert(place, chain);
    settle_length(buffer, r.length);
}

void Transitions::chain_unlink(const rec::chain_unlink& r) {
    Buffer& buffer = buffer_at(r.buffer);
    const auto it = find_chain(buffer.chains, r.chain);
    if (it == buffer.chains.end()) return object(buffer, "the chain is not in it");
    buffer.chains.erase(it);
}

void Transitions::chain_immutable(const rec::chain_immutable& r) {
    Buffer& buffer = buffer_at(r.buffer);
    Chain* chain = chain_at(buffer, r.chain);
    if (chain == nullptr) return;
    constexpr int kImmutable = 0x01;
    chain->flags |= kImmutable;
    chain->size = r.size;
    chain->refs = r.refs;
}

void Transitions::chain_realign(const rec::chain_realign& r) {
    Buffer& buffer = buffer_at(r.buffer);
    Chain* chain = chain_at(buffer, r.chain);
    if (chain == nullptr) return;
    if (chain->used != r.used) object(buffer, "a chain's bytes became other ones while they moved");
    chain->misalign = r.misalign;
    add(buffer.copied_within, r.used);
}

void Transitions::buffer_add(const rec::buffer_add& r) {
    Buffer& buffer = buffer_at(r.buffer);
    enter_bytes(buffer, r.how, r.bytes);
    buffer.lent = 0;
    Chain* chain = chain_at(buffer, r.chain);
    if (chain == nullptr) {
        buffer.length = r.length;
        return;
    }
    if (chain->room() < r.bytes) object(buffer, "a chain has no room for so many bytes");
    chain->used = r.used;
    if (chain->how == 0) chain->how = static_cast<int>(r.how);
    settle_length(buffer, r.length);
}

void Transitions::buffer_prepend(const rec::buffer_prepend& r) {
    Buffer& buffer = buffer_at(r.buffer);
    enter_bytes(buffer, field::bytesfrom::copy, r.bytes);
    if (Chain* chain = chain_at(buffer, r.chain)) {
        if (chain != &buffer.chains.front()) object(buffer, "bytes enter in front, but not first");
        chain->misalign = r.misalign;
        chain->used = r.used;
    }
    settle_length(buffer, r.length);
}

void Transitions::buffer_drain(const rec::buffer_drain& r) {
    Buffer& buffer = buffer_at(r.buffer);
    add(buffer.drained, r.bytes);
    if (r.chain.value == 0) {
        if (!buffer.chains.empty()) object(buffer, "it has chains left");
        buffer.chains.clear();
    } else if (Chain* chain = chain_at(buffer, r.chain)) {
        if (chain != &buffer.chains.front()) object(buffer, "another chain is its first");
        chain->misalign = r.misalign;
        chain->used = r.used;
    }
    settle_length(buffer, r.length);
}

void Transitions::buffer_move(const rec::buffer_move& r) {
    Buffer& buffer = buffer_at(r.buffer);
    Buffer& source = buffer_at(r.source);
    add(buffer.moved_in, r.bytes);
    add(source.moved_out, r.bytes);
    const auto last = find_chain(source.chains, r.last);
    if (last == source.chains.end() || &buffer == &source) {
        object(source, "the last chain to move is not in it");
        source.exact = buffer.exact = false;
        source.length = r.source_length;
        buffer.length = r.length;
        return;
    }
    const auto end = std::next(last);
    buffer.chains.insert(r.to == field::end::front ? buffer.chains.begin() : buffer.chains.end(),
                         source.chains.begin(), end);
    source.chains.erase(source.chains.begin(), end);
    if (!source.exact) buffer.exact = false;
    settle_length(source, r.source_length);
    settle_length(buffer, r.length);
}

void Transitions::buffer_pullup(const rec::buffer_pullup& r) {
    Buffer& buffer = buffer_at(r.buffer);
    add(buffer.copied_within, r.copied);
    Chain* chain = chain_at(buffer, r.chain);
    if (chain == nullptr) return;
    if (chain != &buffer.chains.front()) object(buffer, "another chain is its first");
    chain->misalign = r.misalign;
    chain->used = r.used;
    settle_length(buffer, buffer.length);
}

void Transitions::chain_take(const rec::chain_take& r) {
    Buffer& buffer = buffer_at(r.buffer);
    Chain* chain = chain_at(buffer, r.chain);
    if (chain == nullptr) return;
    chain->misalign = r.misalign;
    chain->used = r.used;
}

void Transitions::buffer_reserve(const rec::buffer_reserve& r) {
    buffer_at(r.buffer).lent = r.given;
}

void Transitions::buffer_freeze(const rec::buffer_freeze& r) {
    Buffer& buffer = buffer_at(r.buffer);
    (r.end == field::end::front ? buffer.front_frozen : buffer.back_frozen) = r.frozen != 0;
}

void Transitions::buffer_callback(const rec::buffer_callback& r) {
    ++buffer_at(r.buffer).callbacks;
}

// ---- a buffer tells itself: it proves the replay, or is where it begins
// --------------------------

void Transitions::buffer_state(const rec::buffer_state& r) {
    Buffer& buffer = buffer_at(r.buffer);
    buffer.creator = r.creator;
    buffer.bufferevent = r.bufferevent;
    buffer.front_frozen = r.front_frozen != 0;
    buffer.back_frozen = r.back_frozen != 0;
    if (buffer.exact && (buffer.length != r.length || buffer.chains.size() != r.chains))
        object(buffer, "it tells " + std::to_string(r.length) + " bytes in " +
                           std::to_string(r.chains) + " chains, replayed " +
                           std::to_string(buffer.length) + " in " +
                           std::to_string(buffer.chains.size()));
    buffer.length = r.length;
    buffer.chains_told = r.chains;
    buffer.told.clear();
    end_of_telling(buffer);
}

void Transitions::buffer_state_chain(const rec::buffer_state_chain& r) {
    Buffer& buffer = buffer_at(r.buffer);
    if (r.index != buffer.told.size() || buffer.told.size() >= kChains) return;
    buffer.told.push_back({.address = r.chain,
                           .size = r.size,
                           .misalign = r.misalign,
                           .used = r.used,
                           .refs = r.refs,
                           .flags = static_cast<int>(r.flags.value),
                           .how = 0});
    end_of_telling(buffer);
}

void Transitions::end_of_telling(Buffer& buffer) {
    if (buffer.told.size() != buffer.chains_told) return;
    const bool same =
        std::equal(buffer.told.begin(), buffer.told.end(), buffer.chains.begin(),
                   buffer.chains.end(), [](const Chain& a, const Chain& b) { return a.same(b); });
    if (!same) object(buffer, "its chains are not those that were replayed");
    for (Chain& chain : buffer.told) {
        const auto known = find_chain(buffer.chains, chain.address);
        if (known != buffer.chains.end()) chain.how = known->how;
    }
    buffer.chains = std::move(buffer.told);
    buffer.told.clear();
    buffer.exact = buffer.chain_bytes() == buffer.length;
}

}  // namespace evglass::trace
