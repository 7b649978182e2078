// What the answers of why*.cc share: a moment of a timeline, and looking back from it.
// Private to them.
#pragma once

#include <functional>
#include <string>

#include "trace/model.h"
#include "trace/text.h"
#include "trace/why.h"

namespace evglass::trace {

/// One question at one moment, about the base that is current there. `now` is a copy, because
/// looking around in the timeline moves its own model.
class Inquiry {
 public:
    Inquiry(Timeline& timeline, std::uint64_t at);

    Timeline& timeline;
    const Model now;
    const Names names;
    const Base* base = nullptr;  ///< null: there is none yet
    Answer answer;

    /// Says and returns "record N", and notes N as evidence.
    std::string proof(std::uint64_t record);
    std::string event(Address a) const { return names.event_long(a); }
    std::string base_name() const { return names.base(base->address); }
    /// The newest record up to `from` for which `wanted` holds; null if there is none.
    const Record* back(std::uint64_t from, const std::function<bool(const Record&)>& wanted) const;
    /// The same for records of one type that are of this base.
    template <class R>
    const Record* back(std::uint64_t from) const {
        return back(from, [this](const Record& record) {
            const R* r = record.as<R>();
            return r != nullptr && r->base == base->address;
        });
    }
    Answer done(const std::string& sentence);
    Answer fail(const std::string& error);
};

/// "waits for READ on fd 6", "is due in 1.75 s, then every 2 s", ...
std::string wish_text(const Event& event, const Model& model);

// The questions, one function each.
Answer why_alive(Inquiry q);
Answer why_exit(Inquiry q);
Answer why_woke(Inquiry q);
Answer why_sleep(Inquiry q);

}  // namespace evglass::trace
