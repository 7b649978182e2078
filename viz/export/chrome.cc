// JSON of one object a line. The format has processes and threads and nothing else: each base's
// events are a process of their own there, so that they stand together.
#include "viz/export/chrome.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace evglass::viz::exports {
namespace {

// Beyond every process id that Linux gives.
constexpr std::uint64_t kGroupPids = 1'000'000'000;

std::string json_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string micros(std::int64_t ns) {
    const char* sign = ns < 0 ? "-" : "";
    const std::uint64_t all =
        ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
    return fmt::format("{}{}.{:03}", sign, all / 1000, all % 1000);
}

std::string details_of(const Slice& slice) {
    std::string out;
    for (const auto& [name, value] : slice.details)
        out += (out.empty() ? "" : ",") + json_text(name) + ":" + json_text(value);
    return "{" + out + "}";
}

}  // namespace

void ChromeWriter::add(const std::string& object) {
    out_ += (first_ ? "\n" : ",\n") + object;
    first_ = false;
}

std::string ChromeWriter::place(std::uint64_t id) const {
    const auto found = tracks_.find(id);
    if (found == tracks_.end()) return "\"pid\":0,\"tid\":0";
    const Track& track = found->second;
    const std::uint64_t pid =
        track.kind == Track::Kind::event ? kGroupPids + track.parent : track.pid;
    return fmt::format("\"pid\":{},\"tid\":{}", pid, track.tid);
}

void ChromeWriter::track(const Track& track) {
    tracks_[track.id] = track;
    const bool is_process = track.kind == Track::Kind::process || track.kind == Track::Kind::group;
    if (track.kind == Track::Kind::counter) return;
    const std::uint64_t pid = track.kind == Track::Kind::group ? kGroupPids + track.id : track.pid;
    if (is_process) {
        add(
            fmt::format("{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{},\"tid\":0,"
                        "\"args\":{{\"name\":{}}}}}",
                        pid, json_text(track.name)));
        return;
    }
    add(fmt::format("{{\"ph\":\"M\",\"name\":\"thread_name\",{},\"args\":{{\"name\":{}}}}}",
                    place(track.id), json_text(track.name)));
    add(
        fmt::format("{{\"ph\":\"M\",\"name\":\"thread_sort_index\",{},"
                    "\"args\":{{\"sort_index\":{}}}}}",
                    place(track.id), track.tid));
}

void ChromeWriter::flow(const Slice& slice) {
    if (slice.flow.id == 0) return;
    const char* phase = slice.flow.step == Flow::Step::begin    ? "s"
                        : slice.flow.step == Flow::Step::middle ? "t"
                                                                : "f";
    add(
        fmt::format("{{\"ph\":\"{}\",\"bp\":\"e\",\"id\":{},\"name\":\"cause\",\"cat\":\"cause\","
                    "{},\"ts\":{}}}",
                    phase, slice.flow.id, place(slice.track), micros(slice.began_ns)));
}

void ChromeWriter::slice(const Slice& slice) {
    add(fmt::format("{{\"ph\":\"X\",\"name\":{},\"cat\":{},{},\"ts\":{},\"dur\":{},\"args\":{}}}",
                    json_text(slice.name), json_text(slice.category), place(slice.track),
                    micros(slice.began_ns), micros(slice.ended_ns - slice.began_ns),
                    details_of(slice)));
    flow(slice);
}

void ChromeWriter::instant(const Slice& slice) {
    add(fmt::format("{{\"ph\":\"i\",\"s\":\"t\",\"name\":{},\"cat\":{},{},\"ts\":{},\"args\":{}}}",
                    json_text(slice.name), json_text(slice.category), place(slice.track),
                    micros(slice.began_ns), details_of(slice)));
    flow(slice);
}

void ChromeWriter::counter(std::uint64_t track, std::int64_t time_ns, std::uint64_t,
                           std::int64_t value) {
    const auto found = tracks_.find(track);
    if (found == tracks_.end()) return;
    add(fmt::format("{{\"ph\":\"C\",\"name\":{},{},\"ts\":{},\"args\":{{\"count\":{}}}}}",
                    json_text(found->second.name), place(track), micros(time_ns), value));
}

std::string ChromeWriter::finish() {
    return std::move(out_) + "\n]}\n";
}

}  // namespace evglass::viz::exports
