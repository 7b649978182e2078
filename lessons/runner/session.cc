// The walk through one lesson. See session.h.
#include "lessons/runner/session.h"

#include <istream>
#include <ostream>

#include <fmt/format.h>

#include "lessons/runner/labels.h"
#include "lessons/runner/panes.h"
#include "lessons/runner/sentences.h"
#include "trace/text.h"

namespace evglass::lessons {
namespace {

enum class Command { next, back, quit };

class Walk {
 public:
    Walk(const Lesson& lesson, const Run& run, const SessionOptions& options, std::istream& in,
         std::ostream& out)
        : lesson_(lesson),
          run_(run),
          options_(options),
          words_(options.language),
          in_(in),
          out_(out),
          located_(locate_pages(lesson, run)) {}

    SessionResult go() {
        heading();
        std::size_t page = options_.first_page < pages() ? options_.first_page : 0;
        while (page < pages()) {
            show_page(page);
            if (options_.read) options_.read(page + 1);
            const Command command = page + 1 < pages() ? ask_command(page) : Command::next;
            if (command == Command::quit) return result_;
            if (command == Command::next)
                ++page;
            else if (page > 0)
                --page;
        }
        closing();
        return result_;
    }

 private:
    std::size_t pages() const { return located_.moments.size(); }

    std::string styled(std::string_view text, const char* code) const {
        if (!options_.colour) return std::string(text);
        return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
    }

    /// Text of our own, wrapped, with a mark in front.
    void say(std::string_view mark, const std::string& text, const char* code) {
        TextBlock block{.kind = TextBlock::Kind::item,
                        .level = 0,
                        .bullet = std::string(words_(mark)),
                        .spans = {}};
        block.spans.push_back({Style::plain, text});
        const RenderOptions plain{.width = options_.width, .colour = false, .fill = {}};
        out_ << styled(render({block}, plain), code);
    }

    void heading() {
        out_ << styled(lesson_.title, "1") << "\n";
        if (!lesson_.matches.empty()) say("matches:", lesson_.matches, "0");
        out_ << "\n";
    }

    void show_page(std::size_t number) {
        const Page& page = lesson_.pages[number];
        const Moment& moment = located_.moments[number];
        const auto fill = [&](std::size_t n) {
            const Answered answer = moment.evaluate(lesson_.placeholders.at(n));
            return answer.error.empty() ? trace::safe(to_text(answer.value)) : std::string("?");
        };
        const RenderOptions looks{.width = options_.width, .colour = options_.colour, .fill = fill};
        if (!page.heading.empty()) out_ << render(page.heading, looks) << "\n";
        if (page.stop) show_stop(number, *page.stop, moment);
        if (page.myth) show_myth(*page.myth);
        if (page.exercise)
            out_ << styled("---- " + words_("exercise: {}", page.exercise->title), "1;34")
                 << "\n\n";
        if (!page.text.empty()) out_ << render(page.text, looks) << "\n";
    }

    void show_stop(std::size_t number, const Stop& stop, const Moment& moment) {
        out_ << styled("---- " + words_("stop {} of {}", number, lesson_.pages.size() - 1) + " ",
                       "1;34")
             << "\n";
        if (!stop.run.empty()) say("run:", stop.run, "1");
        std::vector<std::string> answers;
        for (const Prediction& prediction : stop.predictions)
            answers.push_back(ask(prediction, moment.evaluate(prediction.answer)));
        const trace::Record& record = *moment.record();
        const trace::Model model = moment.model();
        say(words_("record {}:", record.number),
            without_duration(record_sentence(record, moment.run().timeline().reader(), model,
                                             options_.language)),
            "1");
        for (const std::string& pane : stop.show)
            out_ << show_pane(pane, moment, options_.root, options_.width, words_);
        for (std::size_t i = 0; i < answers.size(); ++i)
            tell_answer(stop.predictions[i], answers[i], moment);
        for (const Outcome& outcome : check_stop(stop, moment, words_)) tell_failure(outcome);
        out_ << "\n";
    }

    void show_myth(const Myth& myth) {
        out_ << styled(fmt::format("---- {}", words_("is it true?")), "1;34") << "\n";
        say("it is said:", myth.quote, "0");
        if (!myth.means.empty()) say("that is:", myth.means, "0");
        say("where:", myth.where, "0");
        say("tested by:", myth.claim.source, "0");
        const Verdict verdict = judge(myth, run_);
        if (!verdict.asked)
            say("no verdict:", verdict.error, "31");
        else
            say(verdict.is_true ? "it is true:" : "it is not true:", verdict.evidence,
                verdict.is_true ? "32" : "31");
        out_ << "\n";
    }

    std::string ask(const Prediction& prediction, const Answered& truth) {
        say("predict:", prediction.question, "33");
        if (!options_.interactive) return {};
        for (;;) {
            out_ << "  " << words_("your answer (Enter: skip)> ") << std::flush;
            std::string answer;
            if (!std::getline(in_, answer)) ended_ = true;
            const bool skipped = answer.empty() || answer == "s" || !truth.error.empty();
            if (skipped || could_answer(answer, truth.value)) return answer;
            say("?",
                std::string(words_("a number is asked for; an empty answer skips the question")),
                "0");
        }
    }

    void tell_answer(const Prediction& prediction, const std::string& given, const Moment& moment) {
        const Answered answer = moment.evaluate(prediction.answer);
        if (!answer.error.empty()) return;  // told as a failure
        const std::string said = trace::safe(to_text(answer.value));
        const std::string how = fmt::format("{}   [{}]", said, prediction.answer.source);
        if (!options_.interactive || given.empty() || given == "s") {
            say("answer:", how, "33");
            return;
        }
        ++result_.asked;
        const bool right = same_answer(given, answer.value, prediction.tolerance);
        result_.right += right ? 1 : 0;
        if (right)
            say("right:", how, "32");
        else
            say("not so:", words_("you said {}; the run says {}", trace::safe(given), how), "31");
    }

    void tell_failure(const Outcome& outcome) {
        if (outcome.passed) return;
        ++result_.failed;
        say("not as the lesson says:", words_("line {}: {}", outcome.line, outcome.text), "31");
    }

    Command ask_command(std::size_t page) {
        if (!options_.interactive) return Command::next;
        while (!ended_) {
            out_ << styled(words_("[Enter] next  [b] back  [h] hint  [q] quit> "), "2")
                 << std::flush;
            std::string line;
            if (!std::getline(in_, line)) break;
            if (line.empty() || line == "n" || line == "s") return Command::next;
            if (line == "b") return Command::back;
            if (line == "q") return Command::quit;
            if (line == "h")
                hint(page);
            else
                say("?",
                    std::string(
                        words_("Enter goes on, b back, h gives a hint for the next stop, q ends.")),
                    "0");
        }
        ended_ = true;
        return Command::quit;
    }

    void hint(std::size_t page) {
        const Page& next = lesson_.pages[page + 1];
        if (next.stop && !next.stop->hint.empty())
            say("hint:", next.stop->hint, "36");
        else if (next.stop)
            say("hint:", words_("the next stop is {}", next.stop->where), "36");
        else
            say("hint:", std::string(words_("next comes no stop: there is nothing to guess")),
                "36");
    }

    void closing() {
        for (const Outcome& outcome : located_.missing) tell_failure(outcome);
        result_.finished = located_.missing.empty();
        if (!lesson_.read_next.empty()) say("read next:", lesson_.read_next, "1");
        if (result_.asked != 0)
            out_ << words_("{} of {} predictions right", result_.right, result_.asked) << "\n";
    }

    const Lesson& lesson_;
    const Run& run_;
    const SessionOptions& options_;
    Labels words_;
    std::istream& in_;
    std::ostream& out_;
    Located located_;
    SessionResult result_;
    bool ended_ = false;  ///< no more input comes
};

}  // namespace

SessionResult walk(const Lesson& lesson, const Run& run, const SessionOptions& options,
                   std::istream& in, std::ostream& out) {
    return Walk(lesson, run, options, in, out).go();
}

}  // namespace evglass::lessons
