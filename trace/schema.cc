// The descriptor tables of schema.h, made from records.def and enums.def.
#include "trace/schema.h"

#include <algorithm>

namespace evglass::trace {
namespace {

// A record's fields, as an array that ends with a sentinel (a record may, one day, have no field).
namespace fields_of {
#define FIELD(ftype, fname)                                                      \
    FieldInfo{#fname, #ftype, static_cast<std::uint16_t>(offsetof(Self, fname)), \
              static_cast<std::uint16_t>(sizeof(Self::fname))},
#define RECORD(id, record, cat, clock, fields, doc) \
    constexpr auto record = [] {                    \
        using Self = rec::record;                   \
        return std::to_array<FieldInfo>({fields});  \
    }();
#define RETIRED(id, name)
#include "trace/records.def"
#undef RECORD
#undef FIELD
}  // namespace fields_of

constexpr RecordInfo kRecords[] = {
#define FIELD(ftype, fname)
#define RECORD(id, record, cat, clock, fields, doc)                              \
    {RecordId::record,  #record, Category::cat, rec::clock, sizeof(rec::record), \
     fields_of::record, doc},
#include "trace/records.def"
#undef RECORD
#undef FIELD
};

namespace values_of {
// A name that C++ keeps for itself is written with a trailing '_', which people don't see.
constexpr EnumValue value(std::uint64_t number, std::string_view name) {
    if (name.ends_with('_')) name.remove_suffix(1);
    return {number, name};
}
#define VALUE(number, name) value(number, #name),
#define ENUM(type, values) constexpr auto type = std::to_array<EnumValue>({values});
#define FLAGS(type, values) constexpr auto type = std::to_array<EnumValue>({values});
#include "trace/enums.def"
#undef ENUM
#undef FLAGS
#undef VALUE
}  // namespace values_of

constexpr EnumInfo kEnums[] = {
#define ENUM(type, values) {#type, false, values_of::type},
#define FLAGS(type, values) {#type, true, values_of::type},
#include "trace/enums.def"
#undef ENUM
#undef FLAGS
};

struct CategoryName {
    Category category;
    std::string_view name;
};
constexpr CategoryName kCategoryNames[] = {
    {Category::state, "state"}, {Category::syscall, "syscall"}, {Category::buffer, "buffer"},
    {Category::lock, "lock"},   {Category::call, "call"},       {Category::net, "net"},
};

template <class Range, class Pred>
auto find_or_null(const Range& range, Pred pred) -> decltype(&*std::begin(range)) {
    const auto it = std::find_if(std::begin(range), std::end(range), pred);
    return it == std::end(range) ? nullptr : &*it;
}

}  // namespace

std::span<const RecordInfo> record_infos() {
    return kRecords;
}
std::span<const EnumInfo> enum_infos() {
    return kEnums;
}

const RecordInfo* find_record(std::uint16_t id) {
    return find_or_null(
        kRecords, [=](const RecordInfo& r) { return static_cast<std::uint16_t>(r.id) == id; });
}

const RecordInfo* find_record(std::string_view name) {
    return find_or_null(kRecords, [=](const RecordInfo& r) { return r.name == name; });
}

const EnumInfo* find_enum(std::string_view type) {
    return find_or_null(kEnums, [=](const EnumInfo& e) { return e.type == type; });
}

std::string_view category_name(Category c) {
    const auto* found =
        find_or_null(kCategoryNames, [=](const auto& n) { return n.category == c; });
    return found == nullptr ? std::string_view{"?"} : found->name;
}

std::uint32_t category_bit(std::string_view name) {
    const auto* found = find_or_null(kCategoryNames, [=](const auto& n) { return n.name == name; });
    return found == nullptr ? 0 : bit(found->category);
}

}  // namespace evglass::trace
