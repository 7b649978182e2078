// A trace as the tracks of a trace viewer: one for each thread (turns, phases, callbacks, system
// calls, nested), one for each event (the state it is in), and counters. Flows lead from what the
// backend reported over the activation to the callback. What a file of it looks like is the
// writer's matter: chrome.cc, perfetto.cc. Texts are given to writers printable.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "trace/reader.h"
#include "viz/export/chronicle.h"

namespace evglass::viz::exports {

/// Details of a slice: name and value.
using Details = std::vector<std::pair<std::string, std::string>>;

struct Track {
    enum class Kind { process, thread, group, event, counter } kind = Kind::process;
    std::uint64_t id = 0, parent = 0;
    std::string name;
    std::uint64_t pid = 0, tid = 0;
};

/// A step of a flow. All steps with one id are joined by arrows, in the order of time.
struct Flow {
    std::uint64_t id = 0;  ///< 0: none
    enum class Step { begin, middle, end } step = Step::begin;
};

struct Slice {
    std::uint64_t track = 0;
    std::string name, category;
    std::int64_t began_ns = 0, ended_ns = 0;
    std::uint64_t began_order = 0, ended_order = 0;  ///< which of two at one time comes first
    Details details;
    Flow flow;  ///< at its begin
};

class TrackWriter {
 public:
    virtual ~TrackWriter() = default;
    virtual void track(const Track& track) = 0;
    virtual void slice(const Slice& slice) = 0;
    /// A moment; only its begin counts.
    virtual void instant(const Slice& slice) = 0;
    virtual void counter(std::uint64_t track, std::int64_t time_ns, std::uint64_t order,
                         std::int64_t value) = 0;
    /// All of the file.
    virtual std::string finish() = 0;
};

/// What a file of a viewer is called in: its process.
struct Process {
    std::string name, command;
    std::uint64_t pid = 0;
};

void write_tracks(trace::Reader& reader, TrackWriter& writer);
void write_tracks(std::span<const trace::Record> records, const trace::TraceContext& context,
                  const Process& process, TrackWriter& writer);

}  // namespace evglass::viz::exports
