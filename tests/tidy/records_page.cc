// Prints the schema as a page for people: every record with its fields, every enum with its values.
// It takes all from the descriptor tables; no name is written here.
// Read next: trace/schema.h.
#include "tests/tidy/records_page.h"

#include <sstream>

#include "trace/schema.h"

namespace evglass::tidy {
namespace {

constexpr char kHead[] =
    "# Records and their fields\n\n"
    "Made from `trace/records.def` and `trace/enums.def` by `make docs-records`: change those, not "
    "this page.\n"
    "Category: what `--only` and the mask choose. Timed: the stamp is read from the clock; the "
    "other "
    "records take the\n"
    "stamp before theirs plus one. A field's type says what the number means.\n\n";

void print(std::ostream& out, const trace::RecordInfo& record) {
    out << "### " << static_cast<int>(record.id) << " " << record.name << "\n\n"
        << record.doc << ".  \n"
        << "Category " << trace::category_name(record.category) << ", "
        << (record.timed ? "timed" : "untimed") << ". Fields: ";
    const char* separator = "";
    for (const trace::FieldInfo& field : record.fields) {
        out << separator << "`" << field.name << "` (" << field.type << ")";
        separator = ", ";
    }
    out << ".\n\n";
}

void print(std::ostream& out, const trace::EnumInfo& type) {
    out << "- `" << type.type << "`" << (type.is_flags ? " (bits)" : "") << ": ";
    const char* separator = "";
    for (const trace::EnumValue& value : type.values) {
        out << separator << value.number << " " << value.name;
        separator = ", ";
    }
    out << "\n";
}

}  // namespace

std::string records_page() {
    std::ostringstream out;
    out << kHead << "## Records\n\n";
    for (const trace::RecordInfo& record : trace::record_infos()) print(out, record);
    out << "## Values of the fields' types\n\n";
    for (const trace::EnumInfo& type : trace::enum_infos()) print(out, type);
    return out.str();
}

}  // namespace evglass::tidy
