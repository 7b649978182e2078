// What a record says, in the learner's language: in English what trace/ says of it, in Chinese a
// table with one sentence for each type. A test compares the table with trace/records.def: each
// type that is no system call has a row, and each place in it is a field of that type.
// Read next: sentences.cc (the table, and what may stand in a row).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "trace/model.h"
#include "trace/reader.h"

namespace evglass::lessons {

/// "{who} 离开堆": {...} is a field of the record or one of derived_places(); what stands in <...>
/// is left out where one of its places has nothing to say ("none", "-", "0").
struct SentenceRow {
    std::string_view record, chinese;
};
std::span<const SentenceRow> chinese_sentences();
/// Places that are no field: who change cause site.
std::span<const std::string_view> derived_places();

/// One sentence. `after`: the model right after the record. System calls are told as strace does,
/// in any language.
std::string record_sentence(const trace::Record& record, const trace::TraceContext& trace,
                            const trace::Model& after, std::string_view language);

}  // namespace evglass::lessons
