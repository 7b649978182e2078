// Compiles a filter into stops, one for each record type that can match.
#include "trace/stop_compile.h"

#include <algorithm>
#include <optional>

#include "trace/text.h"

namespace evglass::trace {
namespace {

using Op = FilterTerm::Op;

std::string cannot(const FilterTerm& term, std::string_view why) {
    return "can't stop at " + safe(term.field) + ": " + std::string(why);
}

std::uint32_t stop_op(Op op, bool is_signed) {
    const std::uint32_t code = op == Op::equal       ? 0
                               : op == Op::not_equal ? 1
                               : op == Op::less      ? 2
                               : op == Op::greater   ? 3
                                                     : 4;
    return code | (is_signed ? format::kStopSigned : 0);
}

/// What does not depend on the record's type.
struct Common {
    std::vector<FilterTerm> names;   ///< name= and name!=
    std::vector<FilterTerm> fields;  ///< terms on fields
    std::uint32_t categories = 0;
    std::string function;
};

std::string take_category(const FilterTerm& term, Common& out) {
    const std::uint32_t bits = category_bit(term.value);
    const std::uint32_t wanted = term.op == Op::equal ? bits : kAllCategories & ~bits;
    out.categories = out.categories == 0 ? wanted : out.categories & wanted;
    return out.categories == 0 ? "no record has two categories" : std::string{};
}

std::string take_function(const FilterTerm& term, Common& out) {
    if (term.op != Op::equal) return cannot(term, "the traced process can only test function=NAME");
    if (term.value.size() >= sizeof format::Stop::function)
        return cannot(term, "the name is too long for the control page");
    out.function = term.value;
    return {};
}

std::string sort_terms(const Filter& filter, Common& out) {
    for (const FilterTerm& term : filter.terms()) {
        std::string error;
        if (term.field == "name") {
            out.names.push_back(term);
        } else if (term.field == "category") {
            error = take_category(term, out);
        } else if (term.field == "function") {
            error = take_function(term, out);
        } else if (term.field == "thread" || term.field == "file") {
            error =
                cannot(term, "the traced process does not test it; use name=, function= or fields");
        } else {
            out.fields.push_back(term);
        }
        if (!error.empty()) return error;
    }
    // A turn is only written where it begins: that is the record to stop at.
    const bool has_turn = std::any_of(out.fields.begin(), out.fields.end(),
                                      [](const FilterTerm& t) { return t.field == "turn"; });
    if (has_turn && out.names.empty()) out.names.push_back({"name", Op::equal, "turn_begin"});
    return {};
}

bool name_allowed(const TraceRecordType& type, const std::vector<FilterTerm>& names) {
    return std::all_of(names.begin(), names.end(), [&](const FilterTerm& term) {
        const bool same = type.name == term.value || type.name == "sys_" + term.value;
        return same == (term.op == Op::equal);
    });
}

std::optional<format::StopField> compile_field(const FilterTerm& term, const TraceRecordType& type,
                                               const TraceContext& trace) {
    const auto field = std::find_if(type.fields.begin(), type.fields.end(),
                                    [&](const TraceField& f) { return f.name == term.field; });
    if (field == type.fields.end() || field->size > 8) return std::nullopt;
    const auto number = value_number(field->type, term.value, &trace);
    if (!number) return std::nullopt;
    return format::StopField{field->offset, field->size,
                             stop_op(term.op, is_signed_type(field->type)), *number};
}

/// The stop for one type of record; nothing if it lacks a field, or a value is none of its.
std::optional<CompiledStop> compile_type(const Common& common, const TraceRecordType& type,
                                         const TraceContext& trace) {
    if (type.id >= format::kStopTypes || !name_allowed(type, common.names)) return std::nullopt;
    if (common.categories != 0 && (category_bit(type.category) & common.categories) == 0)
        return std::nullopt;
    CompiledStop stop{{type.id}, common.categories, common.function, {}};
    for (const FilterTerm& term : common.fields) {
        const auto field = compile_field(term, type, trace);
        if (!field) return std::nullopt;
        stop.fields.push_back(*field);
    }
    return stop;
}

bool same_test(const format::StopField& a, const format::StopField& b) {
    return a.offset == b.offset && a.size == b.size && a.op == b.op && a.value == b.value;
}

/// Types whose fields lie at the same places share a stop.
void add(std::vector<CompiledStop>& stops, const CompiledStop& stop) {
    for (CompiledStop& known : stops) {
        if (!std::equal(known.fields.begin(), known.fields.end(), stop.fields.begin(),
                        stop.fields.end(), same_test))
            continue;
        known.types.push_back(stop.types.front());
        return;
    }
    stops.push_back(stop);
}

std::string explain_none(const Common& common) {
    if (common.fields.empty()) return "no record of this trace has that name and category";
    return "can't stop there: no record has " + safe(common.fields.front().field) +
           (common.fields.size() > 1 ? " and the other fields" : "") +
           " as a number that the traced process can compare (texts can't be compared there)";
}

}  // namespace

std::vector<CompiledStop> compile_stops(const Filter& filter, const TraceSchema& schema,
                                        const TraceContext& trace, std::string& error) {
    Common common;
    error = sort_terms(filter, common);
    if (!error.empty()) return {};
    if (common.fields.size() > format::kStopFields) {
        error = "can't stop there: at most " + std::to_string(format::kStopFields) +
                " fields can be compared in the traced process";
        return {};
    }
    if (common.names.empty() && common.fields.empty())
        return {CompiledStop{{}, common.categories, common.function, {}}};
    std::vector<CompiledStop> stops;
    for (const TraceRecordType* type : schema.stored_types())
        if (const auto stop = compile_type(common, *type, trace)) add(stops, *stop);
    if (stops.empty()) error = explain_none(common);
    if (stops.size() > format::kStops)
        error = "these fields lie at more than " + std::to_string(format::kStops) +
                " different places in records: add name=";
    return error.empty() ? stops : std::vector<CompiledStop>{};
}

}  // namespace evglass::trace
