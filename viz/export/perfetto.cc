// Packets. Field numbers are those of Perfetto's published messages (trace_packet, track_event,
// track_descriptor, debug_annotation), each named where it is used.
#include "viz/export/perfetto.h"

#include <algorithm>
#include <tuple>

namespace evglass::viz::exports {
namespace {

namespace trace_file {
constexpr std::uint32_t packet = 1;
}
namespace packet {
constexpr std::uint32_t timestamp = 8, sequence = 10, track_event = 11, sequence_flags = 13,
                        track_descriptor = 60;
constexpr std::uint64_t state_cleared = 1;
}  // namespace packet
namespace event {
constexpr std::uint32_t annotation = 4, type = 9, track = 11, category = 22, name = 23,
                        counter = 30, flow = 47, last_flow = 48;
constexpr std::uint64_t begin = 1, end = 2, instant = 3, value = 4;
}  // namespace event
namespace descriptor {
constexpr std::uint32_t uuid = 1, name = 2, process = 3, thread = 4, parent = 5, counter = 8;
}
namespace process {
constexpr std::uint32_t pid = 1, name = 6;
}
namespace thread {
constexpr std::uint32_t pid = 1, tid = 2, name = 5;
}
namespace annotation {
constexpr std::uint32_t text = 6, name = 10;
}

// All packets are of one sequence, written by one hand.
constexpr std::uint64_t kSequence = 1;

Wire event_of(const Slice& slice, std::uint64_t type) {
    Wire out;
    out.number(event::type, type).number(event::track, slice.track);
    out.text(event::category, slice.category).text(event::name, slice.name);
    for (const auto& [name, value] : slice.details)
        out.message(event::annotation,
                    Wire().text(annotation::name, name).text(annotation::text, value));
    if (slice.flow.id != 0)
        out.fixed64(slice.flow.step == Flow::Step::end ? event::last_flow : event::flow,
                    slice.flow.id);
    return out;
}

}  // namespace

void PerfettoWriter::track(const Track& track) {
    Wire out;
    out.number(descriptor::uuid, track.id);
    if (track.parent != 0) out.number(descriptor::parent, track.parent);
    switch (track.kind) {
        case Track::Kind::process:
            out.message(descriptor::process,
                        Wire().number(process::pid, track.pid).text(process::name, track.name));
            break;
        case Track::Kind::thread:
            out.message(descriptor::thread, Wire()
                                                .number(thread::pid, track.pid)
                                                .number(thread::tid, track.tid)
                                                .text(thread::name, track.name));
            break;
        case Track::Kind::counter:
            out.text(descriptor::name, track.name).message(descriptor::counter, Wire());
            break;
        case Track::Kind::group:
        case Track::Kind::event:
            out.text(descriptor::name, track.name);
            break;
    }
    Wire wrapped;
    wrapped.number(packet::sequence, kSequence);
    if (descriptors_.empty()) wrapped.number(packet::sequence_flags, packet::state_cleared);
    wrapped.message(packet::track_descriptor, out);
    descriptors_ += Wire().message(trace_file::packet, wrapped).bytes();
}

void PerfettoWriter::add(std::int64_t time_ns, std::uint64_t order, const Wire& event) {
    Wire wrapped;
    wrapped
        .number(packet::timestamp, static_cast<std::uint64_t>(std::max<std::int64_t>(0, time_ns)))
        .number(packet::sequence, kSequence)
        .message(packet::track_event, event);
    packets_.push_back({time_ns, order, Wire().message(trace_file::packet, wrapped).bytes()});
}

void PerfettoWriter::slice(const Slice& slice) {
    add(slice.began_ns, slice.began_order, event_of(slice, event::begin));
    Wire end;
    end.number(event::type, event::end).number(event::track, slice.track);
    add(slice.ended_ns, std::max(slice.ended_order, slice.began_order + 1), end);
}

void PerfettoWriter::instant(const Slice& slice) {
    add(slice.began_ns, slice.began_order, event_of(slice, event::instant));
}

void PerfettoWriter::counter(std::uint64_t track, std::int64_t time_ns, std::uint64_t order,
                             std::int64_t value) {
    Wire out;
    out.number(event::type, event::value)
        .number(event::track, track)
        .number(event::counter, static_cast<std::uint64_t>(value));
    add(time_ns, order, out);
}

std::string PerfettoWriter::finish() {
    std::ranges::stable_sort(packets_, [](const Packet& a, const Packet& b) {
        return std::tie(a.time_ns, a.order) < std::tie(b.time_ns, b.order);
    });
    std::string out = std::move(descriptors_);
    for (const Packet& packet : packets_) out += packet.bytes;
    return out;
}

}  // namespace evglass::viz::exports
