// Tests the claims of a lesson on a run. See check.h.
#include "lessons/runner/check.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lessons/runner/end_values.h"
#include "lessons/runner/entries.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

using trace::Record;

std::string type_name(const Run& run, const Record& record) {
    const trace::TraceRecordType* type = run.timeline().reader().type(record.type);
    return type != nullptr ? type->name : fmt::format("type {}", record.type);
}

/// A file of the tree as it is; a learner's, which is anywhere, by its name.
std::string short_file(const std::string& file) {
    return trace::safe(file.starts_with('/') ? file.substr(file.rfind('/') + 1) : file);
}

/// "record 57 (heap_insert in min_heap_push_, src/timers/min_heap.cc:40)".
std::string place(const Moment& moment, const Labels& words = Labels()) {
    const Record* record = moment.record();
    if (record == nullptr) return std::string(words("the end of the trace"));
    const trace::SiteInfo* site = moment.site();
    if (site == nullptr) return words("record {}", record->number);
    return words("record {} ({} in {}, {}:{})", record->number, type_name(moment.run(), *record),
                 trace::safe(site->function), short_file(site->file), site->line);
}

/// "records 12, 40; the last is record 40 (sys_epoll_ctl in main, program.cc:31)": where what was
/// counted is. Empty where nothing was.
std::string where_counted(const Operand& operand, const Moment& moment, const Labels& words) {
    constexpr std::size_t kMost = 5;
    const std::vector<std::uint64_t> found = moment.records_of(operand);
    if (found.empty()) return {};
    std::string numbers;
    for (std::size_t i = 0; i < found.size() && i < kMost; ++i)
        numbers += fmt::format("{}{}", i == 0 ? "" : ", ", found[i]);
    if (found.size() > kMost) numbers += ", ...";
    return words("counted at {}; the last is {}", numbers,
                 place(Moment(moment.run(), found.back()), words));
}

/// What is asked of the run's end has no record.
bool of_the_end(const Comparison& one) {
    const auto at_end = [](const Operand& side) { return side.literal || asks_end(side); };
    return at_end(one.left) && at_end(one.right);
}

bool driver_is_silent(const Operand& side, const Answered& answer) {
    return side.run == "driver" && answer.value.kind == Value::Kind::none;
}

/// A comparison that does not hold: what is seen, and where.
Outcome not_so(const Comparison& one, int line, const Value& left, const Value& right,
               const Moment& moment, const Labels& words) {
    const Operand& shown = one.left.literal ? one.right : one.left;
    std::string seen = words("{} is {}", shown.source, to_text(one.left.literal ? right : left));
    if (!one.left.literal && !one.right.literal)
        seen += words(", {} is {}", one.right.source, to_text(right));
    Outcome outcome{false, line, {}};
    outcome.parts.expected = one.source;
    outcome.parts.seen = trace::safe(seen);
    if (of_the_end(one)) {
        outcome.text = words("expected {}; the run shows: {}", one.source, outcome.parts.seen);
        return outcome;
    }
    const std::string counted = where_counted(shown, moment, words);
    outcome.parts.where = counted.empty() ? place(moment, words) : counted;
    outcome.text = words("expected {}; the trace shows: {}, at {}", one.source, outcome.parts.seen,
                         outcome.parts.where);
    return outcome;
}

Outcome check_expectation(const Expectation& expectation, const Moment& moment,
                          const Labels& words) {
    for (const Comparison& one : expectation.condition.all) {
        const Answered left = moment.evaluate(one.left);
        const Answered right = moment.evaluate(one.right);
        if (!left.error.empty() || !right.error.empty())
            return {false, expectation.line,
                    words("expected {}; it can't be asked at {}: {}", one.source,
                          place(moment, words), left.error.empty() ? right.error : left.error)};
        if (compare(left.value, one.op, right.value)) continue;
        Outcome outcome = not_so(one, expectation.line, left.value, right.value, moment, words);
        outcome.unasked = driver_is_silent(one.left, left) || driver_is_silent(one.right, right);
        return outcome;
    }
    return {true, expectation.line, expectation.condition.source};
}

/// Does a name of an `order:` stand for this record? A function's name stands for its entry.
bool stands_for(const std::string& name, const Moment& moment) {
    const Record& record = *moment.record();
    if (record.id() == trace::RecordId::enter) {
        const trace::SiteInfo* site = moment.site();
        return site != nullptr && site->function == name;
    }
    const std::string type = type_name(moment.run(), record);
    return type == name || type == "sys_" + name;
}

/// Where an `order:` that begins at this record ends: at the return of the function that is entered
/// there, at the end of the turn that begins there, else at the end of the trace.
class OrderEnd {
 public:
    explicit OrderEnd(const Record& first) : first_(first) {}
    bool ends(const Record& record) {
        using trace::RecordId;
        if (first_.id() == RecordId::turn_begin)
            return record.id() == RecordId::turn_begin || record.id() == RecordId::loop_end;
        if (first_.id() != RecordId::enter || record.thread != first_.thread) return false;
        if (record.id() == RecordId::enter) ++depth_;
        return record.id() == RecordId::leave && --depth_ < 0;
    }

 private:
    const Record& first_;
    int depth_ = 0;
};

Outcome check_order(const Order& order, const Moment& moment, const Labels& words) {
    const auto& timeline = moment.run().timeline();
    std::size_t next = 0;
    OrderEnd end(*moment.record());
    const Record* record = timeline.after(moment.number());
    for (; record != nullptr && next < order.names.size();
         record = timeline.after(record->number)) {
        if (end.ends(*record)) break;
        if (stands_for(order.names[next], Moment(moment.run(), record->number))) ++next;
    }
    if (next == order.names.size())
        return {
            true, order.line,
            words("order: {} steps from {} to {}", next, order.names.front(), order.names.back())};
    const std::string stopped = record == nullptr
                                    ? std::string(words("the end of the trace"))
                                    : place(Moment(moment.run(), record->number), words);
    const std::string previous =
        next == 0 ? place(moment, words) : fmt::format("'{}'", order.names[next - 1]);
    return {false, order.line,
            words("expected '{}' after {}; the trace does not show it from {} up to {}",
                  order.names[next], previous, place(moment, words), stopped)};
}

Outcome check_prediction(const Prediction& prediction, const Moment& moment) {
    const Answered answer = moment.evaluate(prediction.answer);
    if (!answer.error.empty())
        return {
            false, prediction.line,
            fmt::format("the question can't be answered at {}: {}", place(moment), answer.error)};
    if (answer.value.kind == Value::Kind::none)
        return {false, prediction.line,
                fmt::format("the run has no answer ({}) at {}", prediction.answer.source,
                            place(moment))};
    return {true, prediction.line,
            fmt::format("{} {}", prediction.question, trace::safe(to_text(answer.value)))};
}

std::string normal(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool separates = c == ' ' || c == ',' || c == '\t' || c == ';';
        if (separates && (out.empty() || out.back() == ' ')) continue;
        out += separates ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
    return out;
}

/// The number that a text begins with: "2000 ms" is 2000.
std::optional<double> leading_number(const std::string& text) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || !std::isfinite(number)) return std::nullopt;
    const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (!rest.empty() && rest != "ms" && rest.front() != ' ') return std::nullopt;
    return number;
}

void check_placeholders(const Lesson& lesson, std::size_t page, const Moment& moment,
                        std::vector<Outcome>& outcomes) {
    const auto check_one = [&](std::size_t n) {
        const Operand& operand = lesson.placeholders.at(n);
        const Answered answer = moment.evaluate(operand);
        const int line = lesson.pages[page].stop ? lesson.pages[page].stop->line : 1;
        if (!answer.error.empty() || answer.value.kind == Value::Kind::none)
            outcomes.push_back(
                {false, line,
                 fmt::format("the text after this stop names {{{{{}}}}}, which has no value at {}",
                             operand.source, place(moment))});
        return std::string();
    };
    for (const TextBlock& block : lesson.pages[page].text)
        for (const Span& span : block.spans) fill_placeholders(span.text, check_one);
}

/// Finds one stop after the other, in each run from where the last stop in it was.
class Finder {
 public:
    explicit Finder(const Run& first) : first_(first) {}

    std::optional<Moment> find(const Stop& stop, std::string& why) {
        const Run* run = run_of(stop.run);
        if (run == nullptr) {
            why = fmt::format("the run '{}' left no trace to stop in", stop.run);
            return std::nullopt;
        }
        const auto& timeline = run->timeline();
        // So that the first stop may be the first record.
        std::uint64_t& at = at_.try_emplace(run, timeline.first() - 1).first->second;
        if (stop.place == Stop::Place::start)
            at = timeline.first();
        else if (stop.place == Stop::Place::end)
            at = timeline.last();
        else if (!go_on(stop, *run, at, why))
            return std::nullopt;
        return Moment(*run, at);
    }

 private:
    const Run* run_of(const std::string& name) const {
        if (name.empty()) return &first_;
        const auto found = first_.others().find(name);
        return found == first_.others().end() ? nullptr : found->second.run;
    }

    static bool go_on(const Stop& stop, const Run& run, std::uint64_t& at, std::string& why) {
        std::string error;
        const std::vector<std::uint64_t> found = run.matches(run.filter(stop.where, error));
        const auto next = std::upper_bound(found.begin(), found.end(), at);
        if (error.empty() && next != found.end()) {
            at = *next;
            return true;
        }
        if (error.empty())
            error = fmt::format("none comes after {}; in the whole run there are {}",
                                at < run.timeline().first() ? "the start" : place(Moment(run, at)),
                                found.size());
        why = fmt::format("expected a stop at {}; {}", stop.where, error);
        return false;
    }

    const Run& first_;
    std::map<const Run*, std::uint64_t> at_;  ///< the record of the last stop
};

void check_model(const Run& run, std::vector<Outcome>& outcomes, const Labels& words,
                 bool wrong_one = false) {
    if (wrong_one) {
        if (run.timeline().problems().empty())
            outcomes.push_back(
                {false, 1, "'objections: yes' is said of a run that the model is content with"});
        return;
    }
    for (const trace::Problem& problem : run.timeline().problems())
        outcomes.push_back({false, 1,
                            words("the model objects to record {}: {}", problem.record,
                                  trace::safe(problem.text))});
}

Outcome check_myth(const Myth& myth, const Run& run) {
    const Verdict verdict = judge(myth, run);
    if (!verdict.asked)
        return {false, myth.line, fmt::format("the claim can't be asked: {}", verdict.error)};
    const auto word = [](bool is_true) { return is_true ? "true" : "not true"; };
    if (verdict.is_true != myth.verdict)
        return {false, myth.line,
                fmt::format("the lesson says that '{}' is {}; the run shows that it is {}: {}",
                            myth.claim.source, word(myth.verdict), word(verdict.is_true),
                            verdict.evidence)};
    return {true, myth.line, fmt::format("myth: it is {}", word(verdict.is_true))};
}

}  // namespace

Located locate_pages(const Lesson& lesson, const Run& run) {
    Located located;
    located.moments.emplace_back(run, run.timeline().first());
    Finder finder(run);
    for (std::size_t i = 1; i < lesson.pages.size(); ++i) {
        if (!lesson.pages[i].stop) {
            located.moments.push_back(located.moments.back());
            continue;
        }
        std::string why;
        const std::optional<Moment> found = finder.find(*lesson.pages[i].stop, why);
        if (!found) {
            located.missing.push_back({false, lesson.pages[i].stop->line, why});
            return located;
        }
        located.moments.push_back(*found);
    }
    return located;
}

/// A list that says one thing many times says it once, and how many times.
std::string shortened(const Value& value) {
    const std::vector<std::string> parts = split_list(to_text(value), ',');
    std::string text;
    bool repeats = false;
    for (std::size_t i = 0, same = 0; i < parts.size(); i += same) {
        for (same = 1; i + same < parts.size() && parts[i + same] == parts[i];) ++same;
        text += (text.empty() ? "" : ", ") + parts[i];
        if (same > 1) text += fmt::format(" ({}x)", same);
        repeats = repeats || same > 1;
    }
    return repeats ? text : to_text(value);
}

Verdict judge(const Myth& myth, const Run& run) {
    const Moment end(run, run.timeline().last());
    Verdict verdict;
    verdict.is_true = true;
    std::vector<const Operand*> shown;
    for (const Comparison& one : myth.claim.all) {
        const Answered left = end.evaluate(one.left), right = end.evaluate(one.right);
        verdict.error = left.error.empty() ? right.error : left.error;
        if (!verdict.error.empty()) return verdict;
        verdict.is_true = verdict.is_true && compare(left.value, one.op, right.value);
        for (const Operand* side : {&one.left, &one.right})
            if (!side->literal) shown.push_back(side);
    }
    for (const Operand& more : myth.evidence) shown.push_back(&more);
    std::vector<std::string> said;
    for (const Operand* operand : shown) {
        const Answered answer = end.evaluate(*operand);
        verdict.error = answer.error;
        if (!verdict.error.empty()) return verdict;
        std::string one = fmt::format("{} is {}", operand->source, shortened(answer.value));
        if (std::find(said.begin(), said.end(), one) == said.end()) said.push_back(std::move(one));
    }
    verdict.evidence = trace::safe(fmt::format("{}", fmt::join(said, "; ")));
    verdict.asked = true;
    return verdict;
}

std::vector<Outcome> check_stop(const Stop& stop, const Moment& moment, const Labels& words) {
    std::vector<Outcome> outcomes;
    for (const Expectation& expectation : stop.expects)
        outcomes.push_back(check_expectation(expectation, moment, words));
    for (const Order& order : stop.orders) outcomes.push_back(check_order(order, moment, words));
    for (const Prediction& prediction : stop.predictions)
        outcomes.push_back(check_prediction(prediction, moment));
    return outcomes;
}

std::vector<Outcome> check_lesson(const Lesson& lesson, const Run& run) {
    const Located located = locate_pages(lesson, run);
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < located.moments.size(); ++i) {
        const Page& page = lesson.pages[i];
        if (page.stop) {
            const std::vector<Outcome> more = check_stop(*page.stop, located.moments[i]);
            outcomes.push_back({true, page.stop->line, fmt::format("stop: {}", page.stop->where)});
            outcomes.insert(outcomes.end(), more.begin(), more.end());
        }
        if (page.myth) outcomes.push_back(check_myth(*page.myth, run));
        check_placeholders(lesson, i, located.moments[i], outcomes);
    }
    outcomes.insert(outcomes.end(), located.missing.begin(), located.missing.end());
    for (const Start& start : lesson.runs) {
        if (start.name.empty()) check_model(run, outcomes, Labels(), start.objections);
        const auto other = run.others().find(start.name);
        if (other != run.others().end() && other->second.run != nullptr)
            check_model(*other->second.run, outcomes, Labels(), start.objections);
    }
    return outcomes;
}

std::vector<Outcome> check_attempt(const Exercise& exercise, const Run& run, const Labels& words) {
    const Moment end(run, run.timeline().last());
    std::vector<Outcome> outcomes;
    for (const Expectation& check : exercise.checks) {
        Outcome outcome = check_expectation(check, end, words);
        if (!outcome.passed && !check.why.empty()) {
            outcome.text += ". " + check.why;
            outcome.parts.why = check.why;
        }
        outcomes.push_back(std::move(outcome));
    }
    for (const Order& order : exercise.orders)
        outcomes.push_back(check_order(order, Moment(run, run.timeline().first()), words));
    check_model(run, outcomes, words);
    return outcomes;
}

bool could_answer(const std::string& given, const Value& answer) {
    return answer.kind != Value::Kind::number || leading_number(normal(given)).has_value();
}

bool same_answer(const std::string& given, const Value& answer, double tolerance) {
    const std::string mine = normal(given);
    if (answer.kind == Value::Kind::number) {
        const std::optional<double> number = leading_number(mine);
        return number && std::fabs(*number - answer.number) <= tolerance + 1e-9;
    }
    return mine == normal(to_text(answer));
}

}  // namespace evglass::lessons
