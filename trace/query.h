// The filter language, the same everywhere: `name=epoll_ctl op=ADD fd=7`.
// Terms are joined by "and"; a term is FIELD OP VALUE with OP one of = != < > and, for flags, ~
// (any of these bits). `name=` is the record's name (`sys_` may be left out), `category=`,
// `thread=`, `function=` and `file=` (of the site) and `turn=` work for every record. VALUE is a
// number, a name of the field's enum or flags, a text, or the alias of an object (E3, B1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reader.h"

namespace evglass::trace {

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
    bool matches(const Record& record, const Reader& reader, const Names* names = nullptr) const;
    bool empty() const { return terms_.empty(); }
    const std::vector<FilterTerm>& terms() const { return terms_; }

   private:
    std::vector<FilterTerm> terms_;
};

}  // namespace evglass::trace
