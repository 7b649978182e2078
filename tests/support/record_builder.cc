// What record_builder.h declares.
#include "tests/support/record_builder.h"

namespace evglass::trace::testing {

BuildContext::BuildContext() {
    for (const RecordInfo& info : record_infos()) {
        TraceRecordType type{.id = static_cast<std::uint16_t>(info.id),
                             .name = std::string(info.name),
                             .category = std::string(category_name(info.category)),
                             .doc = std::string(info.doc),
                             .size = info.size,
                             .fields = {}};
        for (const FieldInfo& field : info.fields)
            type.fields.push_back(
                {std::string(field.name), std::string(field.type), field.offset, field.size});
        types_[type.id] = type;
    }
    name_thread(0, 100, "main");
}

std::uint16_t BuildContext::site(const std::string& function, const std::string& file,
                                 std::uint32_t line) {
    for (std::size_t i = 0; i < sites_.size(); ++i)
        if (sites_[i].function == function && sites_[i].file == file && sites_[i].line == line)
            return static_cast<std::uint16_t>(i + 1);
    sites_.push_back({file, function, line});
    return static_cast<std::uint16_t>(sites_.size());
}

void BuildContext::name_thread(std::uint32_t index, std::uint32_t tid, const std::string& name) {
    if (threads_.size() <= index) threads_.resize(index + 1);
    threads_[index].tid = tid;
    threads_[index].name = name;
}

const TraceRecordType* BuildContext::type(std::uint16_t id) const {
    const auto it = types_.find(id);
    return it == types_.end() ? nullptr : &it->second;
}

std::string_view BuildContext::enum_name(std::string_view type, std::uint64_t number) const {
    if (const EnumInfo* info = find_enum(type))
        for (const EnumValue& value : info->values)
            if (value.number == number) return value.name;
    return {};
}

bool BuildContext::is_flags(std::string_view type) const {
    const EnumInfo* info = find_enum(type);
    return info != nullptr && info->is_flags;
}

Record RecordBuilder::make(std::uint16_t type, bool timed) {
    Record record;
    record.number = next_++;
    record.stamp = static_cast<std::uint64_t>(time_ns_) + record.number;
    record.time_ns = time_ns_;
    record.type = type;
    record.thread = thread_;
    record.timed = timed;
    record.known = true;
    return record;
}

}  // namespace evglass::trace::testing
