// Writes the schema section, one line for each thing:
//   evglass schema 1
//   record ID NAME CATEGORY timed|untimed BYTES SENTENCE
//   field NAME TYPE OFFSET BYTES          (belongs to the record above)
//   enum TYPE  |  flags TYPE
//   value NUMBER NAME                     (belongs to the enum above)
//   end
#include "trace/writer/schema_writer.h"

#include <cstring>
#include <string_view>

#include "trace/schema.h"

namespace evglass::trace::writer {
namespace {

/// Counts what it is given, and writes it if it has a place to.
class Sink {
 public:
    explicit Sink(char* out) : out_(out) {}
    Sink& operator<<(std::string_view text) {
        if (out_ != nullptr) std::memcpy(out_ + size_, text.data(), text.size());
        size_ += text.size();
        return *this;
    }
    Sink& operator<<(std::uint64_t number) {
        char digits[20];
        std::size_t at = sizeof digits;
        do {
            digits[--at] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        return *this << std::string_view{digits + at, sizeof digits - at};
    }
    std::size_t size() const { return size_; }

 private:
    char* out_;
    std::size_t size_ = 0;
};

void put_record(Sink& sink, const RecordInfo& record) {
    sink << "record " << static_cast<std::uint64_t>(record.id) << " " << record.name << " "
         << category_name(record.category) << (record.timed ? " timed " : " untimed ")
         << record.size << " " << record.doc << "\n";
    for (const FieldInfo& field : record.fields)
        sink << "field " << field.name << " " << field.type << " " << field.offset << " "
             << field.size << "\n";
}

void put_enum(Sink& sink, const EnumInfo& info) {
    sink << (info.is_flags ? "flags " : "enum ") << info.type << "\n";
    for (const EnumValue& value : info.values)
        sink << "value " << value.number << " " << value.name << "\n";
}

std::size_t put_schema(char* out) {
    Sink sink(out);
    sink << "evglass schema 1\n";
    for (const RecordInfo& record : record_infos()) put_record(sink, record);
    for (const EnumInfo& info : enum_infos()) put_enum(sink, info);
    sink << "end\n";
    return sink.size();
}

}  // namespace

std::size_t schema_bytes() noexcept {
    return put_schema(nullptr);
}
void write_schema(char* out) noexcept {
    put_schema(out);
}

}  // namespace evglass::trace::writer
