// `evglass why`: one question, one sentence, and the records that prove it.
// The answers are found in trace/why.h; this file asks and prints.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "trace/text_code.h"
#include "trace/timeline.h"
#include "trace/why.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Questions:\n"
    "  alive     what keeps the loop from ending\n"
    "  exit      why the loop returned\n"
    "  woke      what ended the last sleep\n"
    "  sleep     why the loop sleeps, and until when\n"
    "  event E   why this event (E3, say) is in the state that it is in\n"
    "\n"
    "Examples:\n"
    "  evglass why alive 4711\n"
    "  evglass why exit server.evg\n"
    "  evglass why event E3 server.evg --at 480\n"
    "\n"
    "The answer is one sentence; below it stand the records that prove it. Exit status 1: the "
    "trace\n"
    "has no answer.";

struct WhyOptions {
    std::string question;
    std::vector<std::string> words;
    std::uint64_t at = 0;
};

int answer(const trace::Answer& found, trace::Timeline& timeline) {
    if (!found.error.empty()) {
        say("why", found.error);
        return kNo;
    }
    std::puts(trace::safe(found.sentence).c_str());
    const trace::Symbols symbols(timeline.reader());
    for (const std::uint64_t number : found.evidence) {
        const trace::Record* record = timeline.at(number);
        if (record == nullptr || record->number != number) continue;
        const trace::Record copy = *record;
        const trace::Names names(timeline.model(number));
        const std::string text = trace::record_text(copy, timeline.context(), &names, symbols);
        std::puts(fmt::format("  #{:<8} {:>12.6f}  {}", number,
                              static_cast<double>(copy.time_ns) / 1e9, text)
                      .c_str());
    }
    return kWell;
}

int ask(const WhyOptions& options, trace::Timeline& timeline) {
    if (options.at != 0 && (options.at < timeline.first() || options.at > timeline.last()))
        return fail("why", fmt::format("record {} is not in the trace: it has {} to {}", options.at,
                                       timeline.first(), timeline.last()));
    if (options.question != "event")
        return answer(trace::why(timeline, options.question, options.at), timeline);
    const std::uint64_t at = options.at != 0 ? options.at : timeline.last();
    const trace::Address event = trace::Names(timeline.model(at)).find(options.words.front());
    if (event == 0 || timeline.model(at).event(event) == nullptr)
        return fail("why", "there is no event '" + options.words.front() +
                               "' at that moment: events are called E1, E2, ... "
                               "as `evglass dump` shows them");
    return answer(trace::why_event(timeline, event, options.at), timeline);
}

int why(const WhyOptions& options) {
    const bool about_event = options.question == "event";
    if (options.words.size() != (about_event ? 2U : 1U))
        return fail("why", about_event ? "write: evglass why event E FILE|PID"
                                       : "write: evglass why " + options.question + " FILE|PID");
    const Source source = find_source(options.words.back());
    if (!source.error.empty()) return fail("why", source.error);
    trace::Timeline::Opened opened = trace::Timeline::open(source.path);
    if (!opened.timeline) return fail("why", opened.error);
    trace::Timeline& timeline = *opened.timeline;
    timeline.poll();
    const int damage = tell_warnings("why", timeline.reader());
    if (timeline.empty()) return fail("why", "the trace holds no record");
    const int status = ask(options, timeline);
    return status == kWell ? damage : status;
}

}  // namespace

void add_why(CLI::App& root, Call& call) {
    auto options = std::make_shared<WhyOptions>();
    CLI::App* app =
        root.add_subcommand("why", "Why is the loop alive, asleep, awake or at its end?");
    app->footer(kExamples);
    app->add_option("QUESTION", options->question, "One of those below")
        ->required()
        ->check(CLI::IsMember({"alive", "exit", "woke", "sleep", "event"}));
    app->add_option("FILE|PID", options->words, kSourceHelp)->required()->expected(1, 2);
    app->add_option("--at", options->at, "Ask at this record instead of the newest")
        ->type_name("K");
    app->callback([options, &call] { call.status = why(*options); });
}

}  // namespace evglass::viz::cli
