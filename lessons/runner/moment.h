// One record of a finished run, and what the names of the expression language mean there.
// It reads the trace alone (trace/timeline.h). Not for several threads at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lessons/runner/expression.h"
#include "trace/timeline.h"

namespace evglass::lessons {

/// How a program ended, and what it printed.
struct RunEnd {
    std::string output;
    int status = 0;
    int signal = 0;                       ///< not 0: it was ended by this signal
    std::map<std::string, double> given;  ///< the numbers that an exercise drew for it
};

class Run;
/// A run beside this one. It may have no trace: then only its end can be asked for.
struct OtherRun {
    const Run* run = nullptr;
    const RunEnd* end = nullptr;
};

/// A run that is over: its trace, open, and the names that its program gave to events.
class Run {
 public:
    explicit Run(trace::Timeline timeline);
    trace::Timeline& timeline() const { return timeline_; }
    const RunEnd& end() const { return end_; }
    void set_end(RunEnd end) { end_ = std::move(end); }
    /// The trace's file.
    const std::string& path() const { return path_; }
    void set_path(std::string path) { path_ = std::move(path); }
    /// The runs that `name:count(...)` may ask. They must live as long as this one is asked.
    void set_others(std::map<std::string, OtherRun> others) { others_ = std::move(others); }
    const std::map<std::string, OtherRun>& others() const { return others_; }
    /// The alias ("E3") of an event that is given by alias or by name; empty if there is none.
    std::string alias(std::string_view event) const;
    /// The alias ("S1") of a bufferevent, that ("V2") of a buffer; empty if there is none. A
    /// bufferevent is called like its read event, without ".read"; its buffers NAME.input and
    /// NAME.output.
    std::string bufferevent_alias(std::string_view name) const;
    std::string buffer_alias(std::string_view name) const;
    /// The other way round: what people call a bufferevent or a buffer; its alias where it has no
    /// name.
    std::string called(const std::string& alias) const;
    /// A filter as in trace/query.h, but event= and fd= also take an event's name.
    trace::Filter filter(std::string_view text, std::string& error) const;
    /// The numbers of the records that match, in order.
    std::vector<std::uint64_t> matches(const trace::Filter& filter) const;
    /// The loop's clock (monotonic µs) at a record; none if the run never looked at it.
    std::optional<std::int64_t> clock_usec(const trace::Record& record) const;

 private:
    std::string translate(std::string_view text) const;
    std::string translate_term(std::string_view key, std::string_view value) const;

    struct Known {
        std::string name, alias;
        int fd = -1;
    };
    mutable trace::Timeline timeline_;  // seeking moves its cursor, not what it says
    struct Stream {
        std::string name, alias, input, output;
    };
    void know_stream(const trace::Model& model, trace::Address read_event, std::string_view name);
    std::vector<Known> events_;
    std::vector<std::pair<std::string, int>> fds_;  ///< descriptors that the program named
    RunEnd end_;
    std::string path_;
    std::map<std::string, OtherRun> others_;
    std::vector<Stream> streams_;
    std::optional<std::int64_t> clock_offset_;  ///< the loop's clock minus the trace's, µs
};

/// Either a value or, where the question makes no sense, one line that says why.
struct Answered {
    Value value;
    std::string error;
};

class Moment {
 public:
    Moment(const Run& run, std::uint64_t record) : run_(&run), record_(record) {}
    const Run& run() const { return *run_; }
    std::uint64_t number() const { return record_; }
    const trace::Record* record() const { return run_->timeline().at(record_); }
    const trace::SiteInfo* site() const;
    /// The state right after the record. Valid until the timeline is asked for another one.
    const trace::Model& model() const { return run_->timeline().model(record_); }
    /// What an operand of the language is worth here (values.cc).
    Answered evaluate(const Operand& operand) const;
    /// The records of the run that an operand counts or picks from; empty where it is no such one.
    std::vector<std::uint64_t> records_of(const Operand& operand) const;
    /// The event that an alias or a name stands for, as it is now; null where it is not known yet.
    const trace::Event* event(std::string_view designator) const;
    /// The buffer ("V1", "server.input") and the bufferevent ("S1", "server") of a name; null where
    /// it is not known yet.
    const trace::Buffer* buffer(std::string_view designator) const;
    const trace::Bufferevent* bufferevent(std::string_view designator) const;

 private:
    const Run* run_;
    std::uint64_t record_;
};

/// The text of a system call without what differs from run to run: its duration, which says nothing
/// under a virtual clock, and the number of a port that the kernel chose ("port P").
std::string without_duration(std::string text);
/// What people call an event: the name that the program gave, else the alias.
std::string label(const trace::Model& model, trace::Address address);

}  // namespace evglass::lessons
