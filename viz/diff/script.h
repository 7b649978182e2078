// What a recording did, told so that two recordings can be compared: without addresses, times and
// numbers of fds. The units are causes: the program outside of callbacks, and each run of an
// event's callback together with what made it active. Within a unit the steps have one order;
// between units the order is the kernel's choice, so it is not compared. An event is known by its
// name, else by its callback and kind, and by how many of that kind came before it; so a client
// that connects second is `client_read #2` in both recordings. Read next: align.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trace/symbols.h"
#include "viz/export/chronicle.h"

namespace evglass::viz::diff {

struct Step {
    std::uint64_t record = 0;
    std::int64_t time_ns = 0;
    std::string text;  ///< what is compared, and shown
};

/// One run of an event's callback (or all that is outside of any).
struct Unit {
    std::string actor;      ///< "listener", "client_read #2"; "the program" outside of callbacks
    std::uint64_t run = 0;  ///< from 1
    std::vector<Step> steps;
};

using UnitKey = std::pair<std::string, std::uint64_t>;
using Script = std::map<UnitKey, Unit>;

/// Writes a Script from what it hears.
class ScriptWriter : public exports::Listener {
 public:
    explicit ScriptWriter(const trace::Symbols& symbols) : symbols_(symbols) {}
    void step(const trace::Step& step) override;
    void life(const exports::EventLife& life) override;
    /// After the last span: events are known by their names from then on.
    Script take();

 private:
    // A step whose texts still name events by their ordinals: resolved at the end.
    struct Draft {
        std::uint64_t record = 0;
        std::int64_t time_ns = 0;
        std::string before;  ///< the event's name comes behind it
        std::uint32_t event = 0;
        std::string after;
    };
    struct DraftUnit {
        std::uint32_t event = 0;  ///< 0: the program
        std::vector<Draft> steps;
    };
    std::size_t unit_of(const trace::Step& step);
    void open_unit(std::uint32_t event);
    void add(const trace::Step& step, std::string before, std::uint32_t event, std::string after);
    void calls(const trace::Step& step);
    void changes(const trace::Step& step);
    void syscalls(const trace::Step& step);
    std::string kind_of(const trace::Event& event) const;
    std::map<std::uint32_t, std::string> names() const;

    const trace::Symbols& symbols_;
    std::vector<DraftUnit> units_ = std::vector<DraftUnit>(1);
    std::map<std::uint32_t, std::size_t> open_;  // by event: the unit that its next run is told in
    std::map<std::uint32_t, std::vector<std::uint32_t>>
        running_;                                 // by thread: events, innermost last
    std::map<std::uint32_t, std::string> kinds_;  // by event
};

}  // namespace evglass::viz::diff
