// Which question is asked, and the two that the model alone answers: what keeps a loop alive, and
// why an event is in its state. Read next: why_loop.cc (exit, woke, sleep: looking back).
#include "trace/why.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/event_bits.h"
#include "trace/symbols.h"
#include "trace/text_fields.h"
#include "trace/why_inquiry.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kNamed = 8;  // events that a sentence names; the rest is counted
constexpr int kNoExitOnEmpty = 0x04;

Model moment(Timeline& timeline, std::uint64_t at) {
    return timeline.model(at == 0 ? timeline.last() : at);
}

std::string count_of(std::size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts, std::size_t total) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
    if (total > parts.size()) out += fmt::format("; and {} more", total - parts.size());
    return out;
}

/// Events that event_base_loop counts: what the library made for itself does not keep a loop going.
std::vector<const Event*> holders(const Model& model, const Base& base) {
    std::vector<const Event*> all;
    for (const auto& [address, event] : model.events())
        if (event.base == base.address && event.alive && !event.internal() &&
            state_of_flags(event.flags) >= EventState::pending)
            all.push_back(&event);
    std::sort(all.begin(), all.end(),
              [](const Event* a, const Event* b) { return a->ordinal < b->ordinal; });
    return all;
}

std::string request_text(Inquiry& q) {
    if (!q.base->gotterm && !q.base->break_) return {};
    const Record* asked = q.back<rec::loop_request>(q.now.record());
    return fmt::format("{} is about to return all the same: {} is set{}.", q.base_name(),
                       q.base->gotterm ? "gotterm" : "break",
                       asked == nullptr ? "" : " (" + q.proof(asked->number) + ")");
}

std::string made_by(const Event& event, const Symbols& symbols) {
    // The creator is a return address: the call is just before it.
    if (event.creator == 0) return {};
    const Symbol& symbol = symbols.find(event.creator - 1);
    return symbol.module.empty() ? std::string() : ", made in " + safe(symbol.text());
}

std::string state_reason(Inquiry& q, const Event& e) {
    const std::string why = cause_text(e.cause, q.names);
    switch (e.state()) {
        case EventState::unknown:
            return e.alive ? "nothing is known of it yet" : "its memory was freed or reused";
        case EventState::initialized:
            return e.fires == 0 ? "it was never added"
                                : "it is not persistent, or was deleted, and was not added again";
        case EventState::pending:
            return "it " + wish_text(e, q.now);
        case EventState::active:
            return "it waits for its turn to be called, because of " + what_text(e.res);
        case EventState::running:
            return "its callback is being called, because of " + what_text(e.res);
    }
    return why;
}

}  // namespace

Inquiry::Inquiry(Timeline& t, std::uint64_t at)
    : timeline(t), now(moment(t, at)), names(now), base(now.current_base()) {}

std::string Inquiry::proof(std::uint64_t record) {
    answer.evidence.push_back(record);
    return "record " + std::to_string(record);
}

const Record* Inquiry::back(std::uint64_t from,
                            const std::function<bool(const Record&)>& wanted) const {
    const Record* record = timeline.before(from == UINT64_MAX ? from : from + 1);
    while (record != nullptr && !wanted(*record)) record = timeline.before(record->number);
    return record;
}

Answer Inquiry::done(const std::string& sentence) {
    answer.sentence = sentence;
    auto& evidence = answer.evidence;
    std::sort(evidence.begin(), evidence.end());
    evidence.erase(std::unique(evidence.begin(), evidence.end()), evidence.end());
    std::erase(evidence, 0);
    return answer;
}

Answer Inquiry::fail(const std::string& error) {
    answer = {};
    answer.error = error;
    return answer;
}

std::string wish_text(const Event& event, const Model& model) {
    std::string text;
    const int io = event.events & (ev::kRead | ev::kWrite | ev::kClosed);
    if ((event.flags & evlist::kInserted) != 0) {
        if ((event.events & ev::kSignal) != 0)
            text = "waits for " + signal_text(event.fd);
        else
            text = fmt::format("waits for {} on fd {}", what_text(io), event.fd);
    }
    if ((event.flags & evlist::kTimeout) == 0) return text.empty() ? "waits for nothing" : text;
    const auto left = model.left_us(event);
    text += text.empty() ? "" : " and ";
    text += left ? "is due in " + usec_duration_text(std::max<std::int64_t>(0, *left))
                 : std::string("has a timeout");
    if (event.interval != kNone) text += ", every " + usec_text(event.interval);
    return text;
}

Answer why_alive(Inquiry q) {
    const auto all = holders(q.now, *q.base);
    std::vector<std::string> parts;
    const Symbols symbols(q.timeline.context());
    for (std::size_t i = 0; i < std::min(all.size(), kNamed); ++i) {
        const Event& e = *all[i];
        const bool active = state_of_flags(e.flags) == EventState::active;
        const std::uint64_t since = e.pending_record != 0 ? e.pending_record : e.state_record;
        parts.push_back(fmt::format("{}{} {} ({}{})", q.names.event(e.address),
                                    (e.name.empty() ? "" : " " + safe(e.name)) +
                                        (e.once_callback != 0 ? " of event_base_once" : ""),
                                    active ? "is active" : wish_text(e, q.now), q.proof(since),
                                    made_by(e, symbols)));
    }
    const std::string request = request_text(q);
    const std::string and_request = request.empty() ? "" : " " + request;
    if (!q.base->running) {
        const std::string held = all.empty() ? "Nothing is pending or active."
                                             : "Still there: " + joined(parts, all.size()) + ".";
        return q.done("The loop of " + q.base_name() + " is not running. " + held);
    }
    if (!all.empty())
        return q.done(fmt::format("{} keep{} the loop of {} alive: {}.{}",
                                  count_of(all.size(), "event"), all.size() == 1 ? "s" : "",
                                  q.base_name(), joined(parts, all.size()), and_request));
    if ((q.base->loop_flags & kNoExitOnEmpty) != 0)
        return q.done(
            fmt::format("No event keeps the loop of {} alive, but it was begun with "
                        "NO_EXIT_ON_EMPTY: it goes on "
                        "until somebody asks it to end.{}",
                        q.base_name(), and_request));
    return q.done(fmt::format(
        "Nothing keeps the loop of {} alive: it will return 1 (no events) at its next check.{}",
        q.base_name(), and_request));
}

Answer why_event(Timeline& timeline, Address address, std::uint64_t at) {
    Inquiry q(timeline, at);
    const Event* e = q.now.event(address);
    if (e == nullptr)
        return q.fail("no event at address " + hex_text(address) + " is known at record " +
                      std::to_string(q.now.record()));
    const std::string why = cause_text(e->cause, q.names);
    const std::string since = duration_text(elapsed(e->state_since_ns, q.now.time_ns()));
    std::string sentence = fmt::format("{} is {} since {}, for {} now{}: {}.", q.event(address),
                                       state_name(e->state()), q.proof(e->state_record), since,
                                       why.empty() ? "" : " (" + why + ")", state_reason(q, *e));
    if (e->state() >= EventState::active && e->activate_record != 0)
        sentence += " It was made active at " + q.proof(e->activate_record) + ".";
    return q.done(sentence);
}

Answer why(Timeline& timeline, std::string_view question, std::uint64_t at) {
    Answer none;
    if (timeline.empty()) {
        none.error = "the trace has no records yet";
        return none;
    }
    Inquiry q(timeline, at);
    if (question.starts_with("event ")) {
        const Address address = q.names.find(question.substr(sizeof "event " - 1));
        if (address != 0) return why_event(timeline, address, at);
        return q.fail("no event is called '" + safe(question.substr(sizeof "event " - 1)) +
                      "' at record " + std::to_string(q.now.record()) + "; names are like E3");
    }
    struct Question {
        std::string_view name;
        Answer (*answer)(Inquiry);
    };
    constexpr Question kQuestions[] = {
        {"alive", why_alive}, {"exit", why_exit}, {"woke", why_woke}, {"sleep", why_sleep}};
    for (const Question& known : kQuestions) {
        if (known.name != question) continue;
        if (q.base == nullptr)
            return q.fail("no event_base is known at record " + std::to_string(q.now.record()));
        return known.answer(std::move(q));
    }
    return q.fail("no question '" + safe(question) +
                  "'; ask alive, exit, woke, sleep, or event E3");
}

}  // namespace evglass::trace
