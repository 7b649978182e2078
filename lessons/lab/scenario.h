// What the mechanisms are compared on: a few descriptors or many, most of them silent or all busy.
// A scenario makes its descriptors, plays the clients itself (directly, untold), and is the handler
// that serves them. It never asks which mechanism it runs on, but for whether that tells once only.
// Read next: ring.cc, from which most scenarios are made; main.cc, which times and counts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/lab/mechanism.h"

namespace lab {

class Scenario : public Handler {
 public:
    explicit Scenario(Mechanism& mechanism) : mechanism_(mechanism) {}
    /// Makes and adds all descriptors. Why that can't be, or empty.
    virtual std::string set_up() = 0;
    /// Serves at least so many events.
    virtual void run(long events) = 0;
    long events() const { return events_; }
    /// How often it waited, and how often something was ready then.
    long turns() const { return turns_; }
    long wakeups() const { return wakeups_; }

 protected:
    void turn(bool may_sleep) {
        ++turns_;
        if (mechanism_.turn(*this, may_sleep) > 0) ++wakeups_;
    }
    Mechanism& mechanism_;
    long events_ = 0, turns_ = 0, wakeups_ = 0;
};

struct Size {
    int n;       ///< what the scenario's table row says of it
    int active;  ///< how many are busy at once
};

struct ScenarioInfo {
    std::string_view name, doc;
    std::string_view n_means;
    std::vector<int> sizes;  ///< what is measured if nobody says otherwise
    int active;              ///< busy ones; 0: all
    std::unique_ptr<Scenario> (*make)(Mechanism& mechanism, const ScenarioInfo& info, Size size);
    /// How many descriptors it needs.
    int (*needs)(Size size);
};
const std::vector<ScenarioInfo>& scenarios();

std::unique_ptr<Scenario> make_ring(Mechanism&, const ScenarioInfo&, Size);
std::unique_ptr<Scenario> make_short(Mechanism&, const ScenarioInfo&, Size);
std::unique_ptr<Scenario> make_slow(Mechanism&, const ScenarioInfo&, Size);

}  // namespace lab
