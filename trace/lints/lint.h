// What a lint is: it watches records go by, with the model beside, and reports what looks wrong.
// One lint is one class in one file of this folder, made by the function that is declared here.
// A lint judges the traced program, never the library: internal events are no business of it.
// Read next: lints.h (the table and the run), slow_callback.cc (the shortest one).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "trace/model.h"
#include "trace/reader.h"

namespace evglass::trace {

/// Something that looks wrong, and the records that show it.
struct Finding {
    std::string about;                    ///< "E5 client A fd 7", as it was called then
    std::string text;                     ///< what was seen of it
    std::vector<std::uint64_t> evidence;  ///< record numbers, in order
    std::uint64_t times = 0;              ///< how often it was seen
    Address base = 0, event = 0;          ///< where that makes sense
    std::uint32_t ordinal = 0;            ///< the event's, which outlives its address
    Address place = 0;                    ///< in code: where the thing was made; 0: not known
};

/// What one lint has found so far: one finding for each thing that it is about.
class Report {
 public:
    /// The finding about this thing, its count raised. Null where there are too many things.
    Finding* about(const std::string& thing);
    void clear() { findings_.clear(); }
    /// By their first records.
    std::vector<Finding> findings() const;
    bool empty() const { return findings_.empty(); }
    std::size_t size() const { return findings_.size(); }

 private:
    static constexpr std::size_t kMostThings = 500;
    std::map<std::string, Finding> findings_;
};

/// One record, and the world right after it.
struct Seen {
    const Record& record;
    const Model& model;
    const Change& change;

    /// The event, unless it is unknown or the library's own.
    const Event* users_event(Address address) const;
    /// "E5 client A fd 7".
    std::string called(Address event) const;
};

class Lint {
 public:
    virtual ~Lint() = default;
    /// Every record passes here.
    virtual void see(const Seen& seen, Report& report) = 0;
    /// Records were lost just before the next one: what was counted in a row begins anew.
    virtual void lose() {}
    /// Judges what stands now. Asked any number of times, each time anew.
    virtual void judge(const Model& model, Report& report) {
        static_cast<void>(model), static_cast<void>(report);
    }
};

/// A number of things in words of a finding: "3 events", "1 event".
std::string counted(std::uint64_t n, const char* thing);
/// Takes over text and evidence of a finding, and the event that it is about.
void fill(Finding* finding, const Seen& seen, Address event, std::string text,
          std::vector<std::uint64_t> evidence);

// clang-format off
std::unique_ptr<Lint> slow_callback();
std::unique_ptr<Lint> starved_priority();
std::unique_ptr<Lint> edge_not_drained();
std::unique_ptr<Lint> write_left_on();
std::unique_ptr<Lint> self_activating();
std::unique_ptr<Lint> gone_while_registered();
std::unique_ptr<Lint> stale_registration();
std::unique_ptr<Lint> add_del_churn();
std::unique_ptr<Lint> timer_storm();
std::unique_ptr<Lint> busy_loop();
std::unique_ptr<Lint> event_leak();
std::unique_ptr<Lint> fd_leak();
// clang-format on

}  // namespace evglass::trace
