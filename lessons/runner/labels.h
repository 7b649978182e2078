// What the runner itself says to a learner, in the learner's language: one table of English labels
// and their Chinese. It never touches the text of a lesson, nor what a trace says. A label without
// a translation stays English; a test finds such. Read next: labels.cc (the table).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace evglass::lessons {

struct Label {
    const char *english, *chinese;
};
std::span<const Label> all_labels();

class Labels {
 public:
    /// "en" or "zh"; any other is English.
    explicit Labels(std::string_view language = "en") : chinese_(language == "zh") {}

    /// The label in the learner's language.
    std::string_view operator()(std::string_view english) const;
    /// The same where it has places to fill, {} each.
    template <class... Values>
    std::string operator()(std::string_view english, const Values&... values) const {
        return fmt::format(fmt::runtime((*this)(english)), values...);
    }

 private:
    bool chinese_;
};

}  // namespace evglass::lessons
