// What the names of the expression language that speak of bytes are worth at one record: buffers,
// bufferevents, and the changes that wait for the kernel. The other names: values.cc.
#include "lessons/runner/values_buffer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::lessons {
namespace {

using trace::Bufferevent;
using trace::Chain;
using trace::Direction;

Answered ok(Value value) {
    return {std::move(value), {}};
}
template <class Integer>
Answered number(Integer n) {
    return ok(Value::of(static_cast<double>(n)));
}
Answered text(std::string t) {
    return ok(Value::of(std::move(t)));
}

/// The names of a flags type whose bits are set, as trace/ writes them: "WATERMARK|BANDWIDTH"; "-"
/// for none.
std::string bits(const Moment& at, std::string_view type, int value) {
    return trace::flags_text(type, static_cast<std::uint64_t>(value),
                             &at.run().timeline().reader());
}

std::string chain_list(const trace::Buffer& buffer) {
    std::vector<std::string> each;
    for (const Chain& chain : buffer.chains)
        each.push_back(fmt::format("{}/{}", chain.used, chain.size));
    return fmt::format("{}", fmt::join(each, " "));
}

std::uint64_t room_at_the_end(const trace::Buffer& buffer) {
    return buffer.chains.empty() ? 0 : buffer.chains.back().room();
}

std::string frozen_ends(const trace::Buffer& buffer) {
    if (buffer.front_frozen) return buffer.back_frozen ? "front|back" : "front";
    return buffer.back_frozen ? "back" : "-";
}

std::string enabled_text(const Bufferevent& bev) {
    const int what = (bev.read.enabled ? 0x02 : 0) | (bev.write.enabled ? 0x04 : 0);
    return trace::what_text(what);
}

Answered ask_direction(const std::string& member, const Direction& direction, const Moment& at) {
    if (member == "suspended") return text(bits(at, "bevsuspend", direction.suspended));
    if (member == "low") return number(direction.low);
    if (member == "high") return number(direction.high);
    if (member == "bytes") return number(direction.bytes);
    if (member == "moves") return number(direction.moves);
    return number(direction.calls);
}

Answered bucket_level(const Moment& at, const Bufferevent& bev, bool reads) {
    const trace::Bucket* bucket = at.model().bucket(bev.address);
    if (bucket == nullptr) return ok(Value::none());
    return number(reads ? bucket->read_limit : bucket->write_limit);
}

Answered buffer_length(const Moment& at, std::uint64_t address) {
    const trace::Buffer* buffer = at.model().buffer(address);
    return buffer == nullptr ? ok(Value::none()) : number(buffer->length);
}

}  // namespace

Answered ask_buffer(const Operand& operand, const Moment& at) {
    const trace::Buffer* buffer = at.buffer(operand.argument);
    if (buffer == nullptr) return ok(Value::none());
    const std::string& member = operand.member;
    if (member == "alias") return text(trace::Names(at.model()).buffer(buffer->address));
    if (member == "chains") return number(buffer->chains.size());
    if (member == "list") return text(chain_list(*buffer));
    if (member == "room") return number(room_at_the_end(*buffer));
    if (member == "lent") return number(buffer->lent);
    if (member == "moved_in") return number(buffer->moved_in);
    if (member == "moved_out") return number(buffer->moved_out);
    if (member == "drained") return number(buffer->drained);
    if (member == "copied_within") return number(buffer->copied_within);
    if (member == "frozen") return text(frozen_ends(*buffer));
    return number(buffer->length);
}

Answered ask_bufferevent(const Operand& operand, const Moment& at) {
    const Bufferevent* bev = at.bufferevent(operand.argument);
    if (bev == nullptr) return ok(Value::none());
    const std::string& member = operand.member;
    if (member.starts_with("read_") && member != "read_bucket")
        return ask_direction(member.substr(5), bev->read, at);
    if (member.starts_with("write_") && member != "write_bucket")
        return ask_direction(member.substr(6), bev->write, at);
    if (member == "alias") return text(trace::Names(at.model()).bufferevent(bev->address));
    if (member == "fd") return number(bev->fd);
    if (member == "enabled") return text(enabled_text(*bev));
    if (member == "input") return buffer_length(at, bev->input);
    if (member == "output") return buffer_length(at, bev->output);
    if (member == "event_calls") return number(bev->event_calls);
    if (member == "last_event") return text(bits(at, "bevevent", bev->last_event));
    if (member == "refs") return number(bev->refs);
    if (member == "released") return text(bev->released ? "yes" : "no");
    return bucket_level(at, *bev, member == "read_bucket");
}

Answered ask_changes(const Operand& operand, const trace::Base& base) {
    if (operand.member == "size") return number(base.changes.size());
    std::vector<std::string> each;
    for (const auto& [fd, change] : base.changes)
        each.push_back(
            fmt::format("{}>{}", trace::what_text(change.before), trace::what_text(change.after)));
    return each.empty() ? ok(Value::none()) : text(fmt::format("{}", fmt::join(each, ", ")));
}

}  // namespace evglass::lessons
