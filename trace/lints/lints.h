// All lints: the table of their names and explanations, which of them are on, and one run of them
// over a trace. What a lint looks for stands in its own file of this folder.
// Read next: lint.h (what a lint is), viz/cli/cmd_lint.cc.
#pragma once

#include <bitset>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/lints/lint.h"

namespace evglass::trace {

struct LintInfo {
    std::string_view name;     ///< "slow-callback"
    std::string_view summary;  ///< one line
    std::string_view explanation;
    std::unique_ptr<Lint> (*make)();
};
/// All there are, in the order in which people should read their findings.
std::span<const LintInfo> lints();
/// The index of a lint in lints(), or -1.
int lint_index(std::string_view name);

/// Which lints are on. All, at first.
class LintSet {
 public:
    LintSet() { on_.set(); }
    bool on(std::size_t lint) const { return on_[lint]; }
    void turn(std::size_t lint, bool on) { on_[lint] = on; }
    void turn_all(bool on) { on ? on_.set() : on_.reset(); }

 private:
    std::bitset<32> on_;
};

/// One pass over a trace: a model of its own, and the lints that are on beside it.
class LintRun {
 public:
    explicit LintRun(const LintSet& on = {}, double ticks_per_ns = 1);
    /// The next record; `site` may be null. A number left out is a record that was lost.
    void see(const Record& record, const SiteInfo* site);
    /// What lints()[lint] found up to here.
    std::vector<Finding> findings(std::size_t lint);
    std::uint64_t lost() const { return lost_; }
    std::uint64_t record() const { return model_.record(); }
    const Model& model() const { return model_; }

 private:
    struct Row {
        std::size_t index;
        std::unique_ptr<Lint> lint;
        Report report;
    };
    Model model_;
    std::vector<Row> rows_;
    std::uint64_t lost_ = 0;
};

}  // namespace evglass::trace
