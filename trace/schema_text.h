// A trace's own schema: reads the text that trace/writer/schema_writer wrote, and turns records of
// that schema into records of this build's. Nothing in the text is trusted: a line that makes no
// sense is dropped and told, and what remains is used.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace/reader.h"

namespace evglass::trace {

/// Are values of this field type signed numbers?
bool is_signed_type(std::string_view type);

class TraceSchema {
 public:
    /// Parses; problems go to `warnings`. Without a usable text this build's own schema is taken.
    void parse(std::string_view text, std::vector<std::string>& warnings);

    /// A type as its records are handed out (see convert).
    const TraceRecordType* type(std::uint16_t id) const;
    /// All types as they lie in the file and in the traced process.
    std::vector<const TraceRecordType*> stored_types() const;
    std::string_view enum_name(std::string_view type, std::uint64_t number) const;
    bool is_flags(std::string_view type) const;

    /// Makes record.fields (and known) out of the bytes that stand in the file. False if the bytes
    /// can't be a record of that type in this trace.
    bool convert(std::uint16_t id, std::span<const std::byte> raw, Record& record) const;

 private:
    struct Copy {
        std::uint16_t from, from_bytes, to, to_bytes;
        bool is_signed, is_text;
    };
    struct Entry {
        TraceRecordType stored;  ///< as it lies in the file
        TraceRecordType given;   ///< as it is handed out
        bool known = false;
        bool same_layout = false;
        std::vector<Copy> copies;
    };
    struct EnumEntry {
        bool is_flags = false;
        std::map<std::uint64_t, std::string> names;
    };
    class Parser;

    void use_own_schema();
    void plan(Entry& entry);

    std::map<std::uint16_t, Entry> entries_;
    std::map<std::string, EnumEntry, std::less<>> enums_;
};

}  // namespace evglass::trace
