// Replaying records in tests: all of them, or from some place on, with the errors that came.
#pragma once

#include <string>
#include <vector>

#include "tests/support/record_builder.h"
#include "trace/model.h"

namespace evglass::trace::testing {

struct Replay {
    Model model;
    std::vector<std::string> errors;

    /// Applies records[from ..]; a gap in their numbers is a loss, as in a timeline.
    explicit Replay(const RecordBuilder& builder, std::size_t from = 0) {
        const auto context = builder.shared_context();
        for (std::size_t i = from; i < builder.records().size(); ++i) {
            const Record& record = builder.records()[i];
            if (model.record() != 0 && record.number != model.record() + 1) model.mark_loss();
            const SiteInfo* site = record.site == 0 ? nullptr : &context->sites()[record.site - 1U];
            const Change change = model.apply(record, site);
            if (!change.error.empty()) errors.push_back(change.error);
        }
    }
    std::string error() const { return errors.empty() ? "" : errors.front(); }
};

}  // namespace evglass::trace::testing
