// The stop block: where to stop, what to show, what to claim and to ask. See blocks.h.
// Read next: check.h (what is done with it).
#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "lessons/runner/blocks.h"
#include "lessons/runner/panes.h"
#include "lessons/runner/picture.h"
#include "trace/query.h"

namespace evglass::lessons {
namespace {

constexpr double kLargestTolerance = 1e9;

/// The filter with a number for each descriptor's name: names are known only when a run is there.
std::string with_numbers(const std::string& filter) {
    std::string out;
    for (std::size_t at = 0; at < filter.size();) {
        const std::size_t end = std::min(filter.find(' ', at), filter.size());
        const std::string term = filter.substr(at, end - at);
        const bool named = term.size() > 3 && term.starts_with("fd=") &&
                           std::isalpha(static_cast<unsigned char>(term[3])) != 0;
        out += (out.empty() ? "" : " ") + (named ? "fd=0" : term);
        at = end + 1;
    }
    return out;
}

class StopReader {
 public:
    Stop read(const std::vector<Entry>& entries, int line) {
        stop_.line = line;
        for (const Entry& entry : entries) take(entry);
        if (!has_where_) throw Mistake{line, "this stop has no 'where:'"};
        if (stop_.expects.empty() && stop_.orders.empty() && stop_.predictions.empty())
            throw Mistake{line,
                          "this stop claims nothing: give it an 'expect:', 'order:' or 'predict:'"};
        answered();
        return std::move(stop_);
    }

 private:
    void take(const Entry& entry) {
        if (entry.key == "where") return take_where(entry);
        if (entry.key == "show") return take_show(entry);
        if (entry.key == "predict") return take_predict(entry);
        if (entry.key == "answer") return take_answer(entry);
        if (entry.key == "tolerance") return take_tolerance(entry);
        if (entry.key == "picture") return take_picture(entry);
        if (entry.key == "expect")
            stop_.expects.push_back({entry.line, condition_of(entry), {}});
        else if (entry.key == "order")
            stop_.orders.push_back(order_of(entry));
        else if (entry.key == "hint")
            stop_.hint = entry.value;
        else if (entry.key == "run")
            stop_.run = entry.value;
        else
            refuse_key(
                entry, "stop",
                "where, run, show, picture, expect, order, predict, answer, tolerance, hint");
    }

    void take_where(const Entry& entry) {
        if (has_where_) throw Mistake{entry.line, "a second 'where:'; a stop has one"};
        has_where_ = true;
        stop_.where = entry.value;
        if (entry.value == "start") {
            stop_.place = Stop::Place::start;
        } else if (entry.value == "end") {
            stop_.place = Stop::Place::end;
        } else {
            std::string error;
            trace::Filter::parse(with_numbers(entry.value), error);
            if (!error.empty()) throw Mistake{entry.line, "where: " + error};
        }
    }

    void take_show(const Entry& entry) {
        for (const std::string& pane : split_list(entry.value)) {
            const std::string error = check_pane(pane);
            if (!error.empty()) throw Mistake{entry.line, "show: " + error};
            stop_.show.push_back(pane);
        }
    }

    void take_picture(const Entry& entry) {
        const std::string error = check_picture(entry.value);
        if (!error.empty()) throw Mistake{entry.line, "picture: " + error};
        stop_.picture = entry.value;
    }

    /// No question is left without an answer.
    void answered() const {
        if (asking_)
            throw Mistake{stop_.predictions.back().line, "this 'predict:' has no 'answer:'"};
    }

    void take_predict(const Entry& entry) {
        answered();
        asking_ = true;
        stop_.predictions.push_back({entry.line, entry.value, {}, 0});
    }

    void take_answer(const Entry& entry) {
        if (!asking_) throw Mistake{entry.line, "'answer:' without a 'predict:' before it"};
        asking_ = false;
        Operand answer = operand_of(entry, entry.value);
        if (answer.literal)
            throw Mistake{entry.line, "answer: must be computed from the run, not typed"};
        stop_.predictions.back().answer = std::move(answer);
    }

    void take_tolerance(const Entry& entry) {
        if (stop_.predictions.empty() || asking_)
            throw Mistake{entry.line, "'tolerance:' must follow an 'answer:'"};
        double number = 0;
        const char* end = entry.value.data() + entry.value.size();
        const auto [stopped, problem] = std::from_chars(entry.value.data(), end, number);
        if (problem != std::errc() || stopped != end || !(number >= 0) ||
            number > kLargestTolerance)
            throw Mistake{entry.line,
                          fmt::format("tolerance: '{}' is not a number from 0 on", entry.value)};
        stop_.predictions.back().tolerance = number;
    }

    Stop stop_;
    bool has_where_ = false;
    bool asking_ = false;
};

}  // namespace

Stop read_stop_block(const std::vector<Entry>& entries, int line) {
    return StopReader().read(entries, line);
}

}  // namespace evglass::lessons
