// Parses a trace's schema and converts records to this build's layout.
#include "trace/schema_text.h"

#include <algorithm>
#include <cstring>

#include "trace/schema.h"
#include "trace/text.h"
#include "trace/word_cursor.h"

namespace evglass::trace {
namespace {

constexpr std::uint64_t kLargestRecord = 4096;
constexpr std::size_t kMostEntries = 1u << 16;

bool is_text_type(std::string_view type) {
    return type == "text" || type == "longtext";
}

TraceRecordType own_type(const RecordInfo& info) {
    TraceRecordType type;
    type.id = static_cast<std::uint16_t>(info.id);
    type.name = info.name;
    type.category = category_name(info.category);
    type.doc = info.doc;
    type.size = info.size;
    for (const FieldInfo& field : info.fields)
        type.fields.push_back(
            {std::string(field.name), std::string(field.type), field.offset, field.size});
    return type;
}

bool same_fields(const TraceRecordType& a, const TraceRecordType& b) {
    return a.size == b.size &&
           std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                      [](const TraceField& x, const TraceField& y) {
                          return x.name == y.name && x.type == y.type && x.offset == y.offset &&
                                 x.size == y.size;
                      });
}

}  // namespace

bool is_signed_type(std::string_view type) {
    constexpr std::string_view kSigned[] = {"i8", "i16",   "i32",  "i64",
                                            "fd", "error", "usec", "what"};
    return std::find(std::begin(kSigned), std::end(kSigned), type) != std::end(kSigned);
}

/// Reads the text line by line; see schema_writer.cc for the lines.
class TraceSchema::Parser {
 public:
    explicit Parser(TraceSchema& schema) : schema_(schema) {}

    /// False if the line makes no sense.
    bool line(std::string_view text) {
        WordCursor words(text);
        const std::string_view kind = words.word();
        if (kind == "record") return record(words);
        if (kind == "field") return field(words);
        if (kind == "enum" || kind == "flags") return enumeration(words, kind == "flags");
        if (kind == "value") return value(words);
        return kind == "evglass" || kind == "end" || kind.empty();
    }

 private:
    bool record(WordCursor& words) {
        current_ = nullptr;
        TraceRecordType type;
        const auto id = words.number(UINT16_MAX);
        type.name = words.word();
        type.category = words.word();
        const std::string_view clock = words.word();
        const auto size = words.number(kLargestRecord);
        type.doc = words.rest();
        if (!id || !size || type.name.empty() || *size % 8 != 0) return false;
        if (clock != "timed" && clock != "untimed") return false;
        if (schema_.entries_.size() >= kMostEntries) return false;
        type.id = static_cast<std::uint16_t>(*id);
        type.size = static_cast<std::uint16_t>(*size);
        const auto [at, added] = schema_.entries_.try_emplace(type.id);
        if (!added) return false;
        at->second.stored = std::move(type);
        current_ = &at->second;
        return true;
    }

    bool field(WordCursor& words) {
        if (current_ == nullptr) return false;
        TraceField field;
        field.name = words.word();
        field.type = words.word();
        const auto offset = words.number(kLargestRecord);
        const auto size = words.number(kLargestRecord);
        if (field.name.empty() || field.type.empty() || !offset || !size || *size == 0)
            return false;
        if (*offset + *size > current_->stored.size) return false;
        if (!is_text_type(field.type) && *size > 8) return false;
        if (current_->stored.fields.size() >= 256) return false;
        field.offset = static_cast<std::uint16_t>(*offset);
        field.size = static_cast<std::uint16_t>(*size);
        current_->stored.fields.push_back(std::move(field));
        return true;
    }

    bool enumeration(WordCursor& words, bool is_flags) {
        enum_ = nullptr;
        const std::string_view name = words.word();
        if (name.empty() || schema_.enums_.size() >= kMostEntries) return false;
        enum_ = &schema_.enums_[std::string(name)];
        enum_->is_flags = is_flags;
        return true;
    }

    bool value(WordCursor& words) {
        const auto number = words.number(UINT64_MAX);
        const std::string_view name = words.word();
        if (enum_ == nullptr || !number || name.empty() || enum_->names.size() >= kMostEntries)
            return false;
        enum_->names.insert_or_assign(*number, std::string(name));
        return true;
    }

    TraceSchema& schema_;
    Entry* current_ = nullptr;
    EnumEntry* enum_ = nullptr;
};

void TraceSchema::parse(std::string_view text, std::vector<std::string>& warnings) {
    Parser parser(*this);
    std::size_t line_number = 0, bad = 0;
    std::string first_bad;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        const std::string_view line = text.substr(0, newline);
        ++line_number;
        if (!parser.line(line) && bad++ == 0)
            first_bad = "line " + std::to_string(line_number) + ": " + safe(line.substr(0, 60));
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    }
    if (bad != 0)
        warnings.push_back("the trace's schema is damaged: " + std::to_string(bad) +
                           " lines are not used (" + first_bad + ")");
    if (entries_.empty()) {
        warnings.emplace_back(
            "the trace has no schema: its records are read as this evglass knows them");
        use_own_schema();
    }
    for (auto& [id, entry] : entries_) plan(entry);
}

void TraceSchema::use_own_schema() {
    for (const RecordInfo& info : record_infos())
        entries_[static_cast<std::uint16_t>(info.id)].stored = own_type(info);
    for (const EnumInfo& info : enum_infos()) {
        EnumEntry& entry = enums_[std::string(info.type)];
        entry.is_flags = info.is_flags;
        for (const EnumValue& value : info.values) entry.names[value.number] = value.name;
    }
}

void TraceSchema::plan(Entry& entry) {
    const RecordInfo* own = find_record(entry.stored.id);
    entry.known = own != nullptr;
    entry.given = own != nullptr ? own_type(*own) : entry.stored;
    entry.same_layout = same_fields(entry.stored, entry.given);
    for (const TraceField& to : entry.given.fields) {
        const auto from = std::find_if(entry.stored.fields.begin(), entry.stored.fields.end(),
                                       [&](const TraceField& f) { return f.name == to.name; });
        if (from == entry.stored.fields.end() || is_text_type(from->type) != is_text_type(to.type))
            continue;
        entry.copies.push_back({from->offset, from->size, to.offset, to.size,
                                is_signed_type(from->type), is_text_type(to.type)});
    }
}

const TraceRecordType* TraceSchema::type(std::uint16_t id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second.given;
}

std::vector<const TraceRecordType*> TraceSchema::stored_types() const {
    std::vector<const TraceRecordType*> types;
    for (const auto& [id, entry] : entries_) types.push_back(&entry.stored);
    return types;
}

std::string_view TraceSchema::enum_name(std::string_view type, std::uint64_t number) const {
    const auto found = enums_.find(type);
    if (found == enums_.end()) return {};
    const auto name = found->second.names.find(number);
    return name == found->second.names.end() ? std::string_view{} : std::string_view{name->second};
}

bool TraceSchema::is_flags(std::string_view type) const {
    const auto found = enums_.find(type);
    return found != enums_.end() && found->second.is_flags;
}

bool TraceSchema::convert(std::uint16_t id, std::span<const std::byte> raw, Record& record) const {
    record.type = id;
    const auto found = entries_.find(id);
    if (found == entries_.end()) {
        record.known = false;
        record.fields.assign(raw.begin(), raw.end());
        return true;
    }
    const Entry& entry = found->second;
    if (raw.size() != entry.stored.size) return false;
    record.known = entry.known;
    if (entry.same_layout) {
        record.fields.assign(raw.begin(), raw.end());
        return true;
    }
    record.fields.assign(entry.given.size, std::byte{0});
    for (const Copy& copy : entry.copies) {
        std::byte* to = record.fields.data() + copy.to;
        const std::size_t bytes = std::min(copy.from_bytes, copy.to_bytes);
        std::memcpy(to, raw.data() + copy.from, bytes);
        const bool negative =
            copy.is_signed && (raw[copy.from + copy.from_bytes - 1u] >> 7) != std::byte{0};
        if (copy.is_text) {
            to[copy.to_bytes - 1] = std::byte{0};
        } else if (negative && copy.to_bytes > bytes) {
            std::memset(to + bytes, 0xff, copy.to_bytes - bytes);
        }
    }
    return true;
}

}  // namespace evglass::trace
