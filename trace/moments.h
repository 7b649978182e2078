// Copies of the model at some records of a trace, from which any other moment is reached by
// applying the records that follow. They lie in memory here, or in an index (trace_index.h).
#pragma once

#include <cstdint>
#include <deque>

#include "trace/model.h"

namespace evglass::trace {

class Moments {
 public:
    virtual ~Moments() = default;
    /// The record of the last copy at or before a number; 0 before the first.
    virtual std::uint64_t before(std::uint64_t number) const = 0;
    /// That copy. Good until the next call.
    virtual const Model& at_or_before(std::uint64_t number) = 0;
};

/// A copy every so many records, and fewer of them where they grow too many or too large. The first
/// one is right before the first record that is held.
class MomentsInMemory : public Moments {
 public:
    explicit MomentsInMemory(std::size_t interval) : interval_(interval), copies_(1) {}
    std::uint64_t before(std::uint64_t number) const override { return find(number).record(); }
    const Model& at_or_before(std::uint64_t number) override { return find(number); }

    void begin_with(const Model& model) { copies_.front() = model; }
    /// One more record was applied: this is the model now.
    void see(const Model& model);
    /// Takes the oldest copy away, and all that is older than the next one. Returns the record of
    /// the one that is the oldest now. REQUIRES: size() > 1.
    std::uint64_t drop_oldest();
    std::size_t size() const { return copies_.size(); }

 private:
    const Model& find(std::uint64_t number) const;
    void thin();

    std::size_t interval_, since_ = 0, pages_ = 0;
    std::deque<Model> copies_;
};

}  // namespace evglass::trace
