// See snapshot.h. Durations are in nanoseconds, deadlines in microseconds from the moment; events,
// bases, buffers have the names that all of evglass uses (E3, B1, V1).
#include "viz/live/snapshot.h"

#include <nlohmann/json.hpp>

#include "trace/schema.h"
#include "trace/text.h"
#include "viz/live/words.h"

namespace evglass::viz {
namespace {

using nlohmann::json;
using trace::Address;

json names_of(const trace::Names& names, const std::deque<Address>& queue) {
    json array = json::array();
    for (const Address event : queue) array.push_back(names.event(event));
    return array;
}

json event_json(const Moment& moment, const trace::Names& names, const trace::Event& event) {
    json object{{"event", names.event(event.address)},
                {"state", trace::state_name(event.state())},
                {"since_ns", trace::elapsed(event.state_since_ns, moment.now_ns)},
                {"because", cause_text(moment, event)},
                {"waits_for", trace::what_text(event.events)},
                {"priority", event.priority},
                {"fires", event.fires},
                {"callback_ns", event.callback_ns},
                {"internal", event.internal()}};
    if (!event.name.empty()) object["name"] = trace::safe(event.name);
    const bool signal = (event.events & 0x08) != 0;
    if (event.fd >= 0) object[signal ? "signal" : "fd"] = event.fd;
    if (event.interval > 0) object["interval_us"] = event.interval;
    if (const auto left = moment.model->left_us(event)) object["deadline_in_us"] = *left;
    if (!moment.symbol) return object;
    const Address callback = event.once_callback != 0 ? event.once_callback : event.callback;
    if (callback != 0) object["callback"] = trace::safe(moment.symbol(callback));
    // A return address is that of the next instruction.
    if (event.creator > 1) object["made_by"] = trace::safe(moment.symbol(event.creator - 1));
    return object;
}

json fds_json(const trace::Names& names, const trace::Base& base) {
    json array = json::array();
    for (const auto& [fd, slot] : base.io) {
        if (slot.events.empty()) continue;
        const auto watched = base.interest.find(fd);
        array.push_back({{"fd", fd},
                         {"readers", slot.nread},
                         {"writers", slot.nwrite},
                         {"backend_watches",
                          trace::what_text(watched == base.interest.end() ? 0 : watched->second)},
                         {"events", names_of(names, slot.events)}});
    }
    return array;
}

json timers_json(const Moment& moment, const trace::Names& names, const trace::Base& base) {
    json array = json::array();
    for (const trace::HeapItem& item : base.heap) {
        json object{{"event", names.event(item.event)}};
        if (moment.now_usec) object["in_us"] = trace::elapsed(*moment.now_usec, item.deadline);
        array.push_back(std::move(object));
    }
    return array;
}

json base_json(const Moment& moment, const trace::Names& names, const trace::Base& base) {
    json object{{"base", names.base(base.address)},
                {"backend", trace::safe(base.backend)},
                {"running", base.running},
                {"turn", base.turn},
                {"exact", base.exact},
                {"callbacks_run", base.n_callbacks},
                {"waits", base.n_waits},
                {"timers", timers_json(moment, names, base)},
                {"fds", fds_json(names, base)},
                {"later", names_of(names, base.later)}};
    json active = json::array(), running = json::array(), events = json::array();
    for (const auto& queue : base.active) active.push_back(names_of(names, queue));
    for (const Address event : base.callbacks) running.push_back(names.event(event));
    for (const auto& [address, event] : moment.model->events())
        if (event.alive && event.base == base.address)
            events.push_back(event_json(moment, names, event));
    object["active"] = std::move(active);
    object["in_callbacks"] = std::move(running);
    object["events"] = std::move(events);
    return object;
}

json buffers_json(const Moment& moment, const trace::Names& names) {
    json array = json::array();
    for (const auto& [address, buffer] : moment.model->buffers())
        array.push_back({{"buffer", names.buffer(address)},
                         {"bytes", buffer.length},
                         {"chains", buffer.chains.size()}});
    return array;
}

}  // namespace

std::string snapshot_json(const Moment& moment) {
    const trace::Names names(*moment.model);
    json bases = json::array(), calls = json::array();
    for (const auto& [address, base] : moment.model->bases())
        if (base.alive) bases.push_back(base_json(moment, names, base));
    for (const trace::Syscall& call : moment.model->syscalls())
        calls.push_back({{"record", call.record},
                         {"call", trace::safe(call.text)},
                         {"duration_ns", call.duration_ns}});
    const json all{{"program", trace::safe(moment.program)},
                   {"pid", moment.pid},
                   {"record", moment.position},
                   {"first_record", moment.first},
                   {"last_record", moment.last},
                   {"lost", moment.lost},
                   {"problems", moment.problems},
                   {"time_ns", moment.model->time_ns()},
                   {"at_record", trace::safe(moment.sentence)},
                   {"bases", std::move(bases)},
                   {"buffers", buffers_json(moment, names)},
                   {"syscalls", std::move(calls)}};
    return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace evglass::viz
