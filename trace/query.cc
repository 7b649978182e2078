// The filter language: parsing with errors that say what is possible, and matching a record.
// Read next: query_value.cc (what a written value stands for).
#include "trace/query.h"

#include <algorithm>

#include "trace/model.h"
#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::trace {

namespace {

using Op = FilterTerm::Op;

/// What every record has: not of its fields, but of where and when it was emitted.
constexpr std::string_view kCommon[] = {"name", "category", "thread", "function", "file", "turn"};

bool is_common(std::string_view field) {
    return std::find(std::begin(kCommon), std::end(kCommon), field) != std::end(kCommon);
}

std::string quoted(std::string_view text) {
    return "'" + safe(text) + "'";
}

/// Cuts the text into terms at blanks; double quotes keep blanks together.
std::vector<std::string> words_of(std::string_view text, std::string& error) {
    std::vector<std::string> words;
    std::string word;
    bool in_quotes = false, any = false;
    for (const char c : text) {
        if (c == '"') {
            in_quotes = !in_quotes;
            any = true;
        } else if (!in_quotes && (c == ' ' || c == '\t' || c == '\n')) {
            if (any || !word.empty()) words.push_back(word);
            word.clear();
            any = false;
        } else {
            word += c;
        }
    }
    if (in_quotes) error = "a quote is not closed: " + quoted(text);
    if (any || !word.empty()) words.push_back(word);
    return words;
}

bool parse_term(const std::string& word, FilterTerm& term, std::string& error) {
    const std::size_t at = word.find_first_of("=!<>~");
    if (at == std::string::npos || at == 0) {
        error = quoted(word) + " is not a term: write FIELD OP VALUE, with OP one of = != < > ~";
        return false;
    }
    std::size_t length = 1;
    switch (word[at]) {
        case '=':
            term.op = Op::equal;
            break;
        case '<':
            term.op = Op::less;
            break;
        case '>':
            term.op = Op::greater;
            break;
        case '~':
            term.op = Op::any_bit;
            break;
        default:
            term.op = Op::not_equal;
            length = 2;
            if (at + 1 < word.size() && word[at + 1] == '=') break;
            error = quoted(word) + ": after '!' there must be '='";
            return false;
    }
    term.field = word.substr(0, at);
    term.value = word.substr(at + length);
    if (term.value.empty()) error = quoted(word) + " has no value";
    return error.empty();
}

template <class Range, class Name>
std::string listed(const Range& range, const Name& name) {
    std::string out;
    for (const auto& item : range) out += (out.empty() ? "" : ", ") + std::string(name(item));
    return out;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

std::string no_such_record(std::string_view value) {
    std::string_view best;
    std::size_t least = 1000;
    for (const RecordInfo& info : record_infos()) {
        std::string_view name = info.name;
        if (!value.starts_with("sys_") && name.starts_with("sys_")) name.remove_prefix(4);
        const std::size_t d = distance(value.substr(0, 64), name);
        if (d >= least) continue;
        least = d;
        best = name;
    }
    return "no record is called " + quoted(value) + "; did you mean " + std::string(best) + "?";
}

/// The field of any record with this name, or of the one that is asked for.
const FieldInfo* find_field(std::string_view name, const RecordInfo* record) {
    for (const RecordInfo& info : record_infos()) {
        if (record != nullptr && record->id != info.id) continue;
        for (const FieldInfo& field : info.fields)
            if (field.name == name) return &field;
    }
    return nullptr;
}

std::string check_common(const FilterTerm& term) {
    const bool order = term.op == Op::less || term.op == Op::greater;
    const bool number = term.field == "turn" || term.field == "thread";
    if (term.op == Op::any_bit || (order && !number))
        return term.field + " can only be compared with = and !=" + (number ? " and < and >" : "");
    if (term.field == "name" && find_record_by_filter_name(term.value) == nullptr)
        return no_such_record(term.value);
    if (term.field == "category" && category_bit(term.value) == 0)
        return "no category is called " + quoted(term.value) +
               "; there are state, syscall, buffer, lock, call, net";
    if (term.field == "turn" && !value_number("u64", term.value))
        return "turn is a number, not " + quoted(term.value);
    return {};
}

bool is_object(std::string_view type) {
    return type == "base" || type == "event" || type == "ptr";
}

std::string check_value(const FilterTerm& term, const FieldInfo& field, const RecordInfo* record) {
    const bool order = term.op == Op::less || term.op == Op::greater || term.op == Op::any_bit;
    if (is_text(field.type) || is_object(field.type))
        return order ? term.field + " can only be compared with = and !=" : std::string();
    if (value_number(field.type, term.value)) return {};
    std::string error = quoted(term.value) + " is no value of " + term.field;
    if (const EnumInfo* values = find_enum(field.type))
        error += "; it has " + listed(values->values, [](const EnumValue& v) { return v.name; });
    else if (field.type == "usec")
        error += ": write a time like 250ms or 2s";
    else if (field.type == "error")
        error += ": write an errno like EAGAIN";
    // Another record's field of this name may be of a type that has this value.
    if (record != nullptr) return error;
    for (const RecordInfo& info : record_infos())
        for (const FieldInfo& other : info.fields)
            if (other.name == term.field && (is_text(other.type) || is_object(other.type) ||
                                             value_number(other.type, term.value)))
                return {};
    return error;
}

std::string check(const FilterTerm& term, const RecordInfo* record) {
    if (record != nullptr || !is_common(term.field)) {
        if (const FieldInfo* field = find_field(term.field, record); field != nullptr)
            // backend_try and event_name have a field `name` too; name= is the record's.
            if (!is_common(term.field)) return check_value(term, *field, record);
    }
    if (is_common(term.field)) return check_common(term);
    if (record != nullptr)
        return "no field " + quoted(term.field) + " in " + std::string(record->name) +
               (record->fields.empty()
                    ? "; it has none"
                    : "; it has " +
                          listed(record->fields, [](const FieldInfo& f) { return f.name; }));
    return "no record has a field " + quoted(term.field) + "; every record has " +
           listed(kCommon, [](std::string_view name) { return name; });
}

bool compare(Op op, std::uint64_t value, std::uint64_t wanted, bool is_signed) {
    const bool less = is_signed
                          ? static_cast<std::int64_t>(value) < static_cast<std::int64_t>(wanted)
                          : value < wanted;
    switch (op) {
        case Op::equal:
            return value == wanted;
        case Op::not_equal:
            return value != wanted;
        case Op::less:
            return less;
        case Op::greater:
            return !less && value != wanted;
        case Op::any_bit:
            return (value & wanted) != 0;
    }
    return false;
}

bool compare_text(Op op, bool same) {
    return op == Op::equal ? same : op == Op::not_equal && !same;
}

const SiteInfo* site_of(const Record& record, const TraceContext& trace) {
    const auto& sites = trace.sites();
    return record.site == 0 || record.site > sites.size() ? nullptr : &sites[record.site - 1U];
}

bool same_file(std::string_view file, std::string_view wanted) {
    return file == wanted || (file.ends_with(wanted) && file.size() > wanted.size() &&
                              file[file.size() - wanted.size() - 1] == '/');
}

bool matches_thread(const FilterTerm& term, const Record& record, const TraceContext& trace) {
    if (record.thread >= trace.threads().size()) return false;
    const ThreadInfo& thread = trace.threads()[record.thread];
    if (thread.name == term.value) return compare_text(term.op, true);
    const auto number = value_number("u64", term.value);
    return number ? compare(term.op, thread.tid, *number, false) : compare_text(term.op, false);
}

bool matches_turn(const FilterTerm& term, const Record& record, const TraceContext& trace,
                  const Model* model) {
    if (model == nullptr) return false;
    const Base* base = model->current_base();
    if (const TraceRecordType* type = trace.type(record.type))
        for (const TraceField& field : type->fields)
            if (field.type == "base") base = model->base(field_number(record, field));
    const auto number = value_number("u64", term.value);
    return base != nullptr && number && compare(term.op, base->turn, *number, false);
}

bool matches_common(const FilterTerm& term, const Record& record, const TraceContext& trace,
                    const Model* model) {
    if (term.field == "turn") return matches_turn(term, record, trace, model);
    if (term.field == "thread") return matches_thread(term, record, trace);
    const TraceRecordType* type = trace.type(record.type);
    if (term.field == "name")
        return compare_text(term.op, type != nullptr && (type->name == term.value ||
                                                         type->name == "sys_" + term.value));
    if (term.field == "category")
        return compare_text(term.op, type != nullptr && type->category == term.value);
    const SiteInfo* site = site_of(record, trace);
    if (site == nullptr) return compare_text(term.op, false);
    return compare_text(term.op, term.field == "function" ? site->function == term.value
                                                          : same_file(site->file, term.value));
}

bool matches_object(const FilterTerm& term, const TraceField& field, std::uint64_t address,
                    const Names* names) {
    if (const auto number = value_number("u64", term.value))
        return compare(term.op, address, *number, false);
    if (term.value == "none") return compare_text(term.op, address == 0);
    if (names == nullptr) return false;
    if (field.type == "base")
        return compare_text(term.op, address != 0 && names->base(address) == term.value);
    if (field.type == "event")
        return compare_text(term.op, address != 0 && names->event(address) == term.value);
    return compare_text(term.op, address != 0 && names->find(term.value) == address);
}

bool matches_field(const FilterTerm& term, const Record& record, const TraceContext& trace,
                   const Names* names) {
    const TraceRecordType* type = trace.type(record.type);
    if (type == nullptr) return false;
    for (const TraceField& field : type->fields) {
        if (field.name != term.field) continue;
        if (is_text(field.type))
            return compare_text(term.op, text_bytes(record, field) == term.value);
        const std::uint64_t value = field_number(record, field);
        if (is_object(field.type)) return matches_object(term, field, value, names);
        const auto wanted = value_number(field.type, term.value, &trace);
        const bool is_signed = field.type[0] == 'i' || field.type == "fd" || field.type == "usec" ||
                               field.type == "error";
        return wanted && compare(term.op, value, *wanted, is_signed);
    }
    return false;
}

}  // namespace

Filter Filter::parse(std::string_view text, std::string& error) {
    error.clear();
    Filter filter;
    for (const std::string& word : words_of(text, error)) {
        if (word == "and") continue;
        FilterTerm term;
        if (!error.empty() || !parse_term(word, term, error)) return {};
        filter.terms_.push_back(term);
    }
    const RecordInfo* record = nullptr;
    for (const FilterTerm& term : filter.terms_)
        if (term.field == "name" && term.op == Op::equal)
            record = find_record_by_filter_name(term.value);
    for (const FilterTerm& term : filter.terms_)
        if (error.empty()) error = check(term, record);
    return error.empty() ? filter : Filter{};
}

bool Filter::matches(const Record& record, const TraceContext& trace, const Names* names,
                     const Model* model) const {
    return std::all_of(terms_.begin(), terms_.end(), [&](const FilterTerm& term) {
        return is_common(term.field) ? matches_common(term, record, trace, model)
                                     : matches_field(term, record, trace, names);
    });
}

bool Filter::needs_model() const {
    return std::any_of(terms_.begin(), terms_.end(), [](const FilterTerm& term) {
        if (term.field == "turn") return true;
        const FieldInfo* field = is_common(term.field) ? nullptr : find_field(term.field, nullptr);
        return field != nullptr && is_object(field->type) && !value_number("u64", term.value);
    });
}

}  // namespace evglass::trace
