// The panes that speak of bytes and locks. See panes_buffer.h; the others are in panes.cc.
#include "lessons/runner/panes_buffer.h"

#include <algorithm>

#include <fmt/format.h>

#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::lessons {
namespace {

using Lines = std::vector<std::string>;
using trace::Bufferevent;
using trace::Direction;

std::string flags(std::string_view type, int bits) {
    return trace::flags_text(type, static_cast<std::uint64_t>(bits), nullptr);
}

/// "##########.....": what of a chain is free in front, used, and room behind.
std::string chain_bar(const trace::Chain& chain) {
    constexpr std::uint64_t kWidth = 24;
    if (chain.size == 0) return {};
    const auto scaled = [&](std::uint64_t bytes) {
        const std::uint64_t marks = bytes * kWidth / chain.size;
        return bytes != 0 && marks == 0 ? std::uint64_t{1} : std::min(marks, kWidth);
    };
    const std::uint64_t front = scaled(chain.misalign);
    const std::uint64_t used = std::min(scaled(chain.used), kWidth - std::min(front, kWidth - 1));
    std::string bar(front, '.');
    bar.append(used, '#');
    bar.resize(std::max<std::size_t>(bar.size(), kWidth), '.');
    return "[" + bar + "]";
}

std::string chain_line(const trace::Chain& chain, const Labels& words) {
    std::string line = words("{} used {} of {}", chain_bar(chain), chain.used, chain.size);
    if (chain.misalign != 0) line += words(", {} free in front", chain.misalign);
    if (chain.flags != 0) line += "  " + flags("chainflags", chain.flags);
    return line;
}

std::string direction_line(const Moment& at, std::string_view name, const Direction& direction,
                           std::uint64_t buffer, const Labels& words) {
    const trace::Buffer* held = at.model().buffer(buffer);
    std::string line = fmt::format("{:<6}{:<5}", name, direction.enabled ? "on" : "off");
    line += words("{} bytes", held != nullptr ? held->length : 0);
    if (direction.low != 0 || direction.high != 0)
        line += words(", low {} high {}", direction.low,
                      direction.high == 0 ? "-" : std::to_string(direction.high));
    if (direction.suspended != 0)
        line += words(", rests: {}", flags("bevsuspend", direction.suspended));
    line += words(", callbacks {}", direction.calls);
    return line;
}

}  // namespace

Lines buffer_pane(const Moment& at, std::string_view name, const Labels& words) {
    const trace::Buffer* buffer = at.buffer(name);
    if (buffer == nullptr) return {words("{}: not known yet", name)};
    std::string head =
        words(buffer->chains.size() == 1 ? "{}: {} bytes in {} chain" : "{}: {} bytes in {} chains",
              name, buffer->length, buffer->chains.size());
    if (buffer->lent != 0) head += words(", {} lent out", buffer->lent);
    if (buffer->front_frozen) head += words(", front frozen");
    if (buffer->back_frozen) head += words(", back frozen");
    Lines lines = {head};
    for (const trace::Chain& chain : buffer->chains) lines.push_back(chain_line(chain, words));
    return lines;
}

Lines bufferevent_pane(const Moment& at, std::string_view name, const Labels& words) {
    const Bufferevent* bev = at.bufferevent(name);
    if (bev == nullptr) return {words("{}: not known yet", name)};
    const trace::Names names(at.model());
    std::string head = fmt::format("{} ({}", name, names.bufferevent(bev->address));
    if (bev->fd >= 0) head += fmt::format(", fd {}", bev->fd);
    if (bev->released) head += words(", freed by its owner");
    head += ")";
    if (bev->last_event != 0) head += words(", last event {}", flags("bevevent", bev->last_event));
    Lines lines = {head, direction_line(at, "read", bev->read, bev->input, words),
                   direction_line(at, "write", bev->write, bev->output, words)};
    if (const trace::Bucket* bucket = at.model().bucket(bev->address))
        lines.push_back(
            words("bucket: read {}, write {}", bucket->read_limit, bucket->write_limit));
    return lines;
}

Lines changes_pane(const Moment& at, std::string_view, const Labels& words) {
    const trace::Base* base = at.model().current_base();
    Lines lines;
    if (base != nullptr)
        for (const auto& [fd, change] : base->changes)
            lines.push_back(words("fd {}: the kernel watches {}, and will watch {}", fd,
                                  trace::what_text(change.before), trace::what_text(change.after)));
    if (lines.empty()) lines.emplace_back(words("no change waits"));
    return lines;
}

Lines locks_pane(const Moment& at, std::string_view, const Labels& words) {
    const trace::Model& model = at.model();
    std::vector<const trace::Lock*> locks;
    for (const auto& [address, lock] : model.locks())
        if (lock.told) locks.push_back(&lock);
    std::sort(locks.begin(), locks.end(),
              [](const trace::Lock* a, const trace::Lock* b) { return a->ordinal < b->ordinal; });
    Lines lines;
    for (const trace::Lock* lock : locks) {
        std::string line = trace::Names(model).lock(lock->address);
        line += lock->depth == 0 ? std::string(words(": free"))
                                 : words(": held by T{}, {} deep, in {}", lock->holder, lock->depth,
                                         trace::safe(lock->taken_in));
        lines.push_back(line + words("; taken {} times", lock->takes));
    }
    if (lines.empty()) lines.emplace_back(words("no lock was used yet"));
    return lines;
}

}  // namespace evglass::lessons
