// The filter language, the same everywhere: `name=epoll_ctl op=ADD fd=7`.
// Terms are joined by "and"; a term is FIELD OP VALUE with OP one of = != < > and, for flags, ~
// (any of these bits). `name=` is the record's name (`sys_` may be left out), `category=`,
// `thread=`, `function=` and `file=` (of the site) and `turn=` work for every record. VALUE is a
// number, a name of the field's enum or flags, a text, or the alias of an object (E3, B1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reader.h"

namespace evglass::trace {

class Model;
class Names;

struct FilterTerm {
    enum class Op { equal, not_equal, less, greater, any_bit };
    std::string field;
    Op op = Op::equal;
    std::string value;
};

class Filter {
 public:
    /// Parses; on failure `error` gets one line that says what is wrong and what is possible.
    static Filter parse(std::string_view text, std::string& error);
    /// Without `names` an alias (E3) matches nothing; without `model` neither does turn=. Both must
    /// be of the moment right after the record.
    bool matches(const Record& record, const TraceContext& trace, const Names* names = nullptr,
                 const Model* model = nullptr) const;
    /// Can it only be decided with the model of the moment (aliases, turn=)?
    bool needs_model() const;
    bool empty() const { return terms_.empty(); }
    const std::vector<FilterTerm>& terms() const { return terms_; }

 private:
    std::vector<FilterTerm> terms_;
};

/// The number that a value stands for in a field of this type ("ADD", "READ|PERSIST", "EAGAIN",
/// "2s", "0x10", "-1"; negative numbers sign-extended). Nothing if it stands for none, as texts and
/// aliases do. `trace` (may be null) is asked first for names of enums, then this build.
std::optional<std::uint64_t> value_number(std::string_view type, std::string_view value,
                                          const TraceContext* trace = nullptr);
/// A field's value as a number, sign-extended where its type is signed.
std::uint64_t field_number(const Record& record, const TraceField& field);
/// The record names that `name=` accepts for this value: "epoll_ctl" is sys_epoll_ctl. Null: none.
const RecordInfo* find_record_by_filter_name(std::string_view value);

}  // namespace evglass::trace
