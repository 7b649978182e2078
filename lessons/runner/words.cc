// `evglass learn glossary`: the words of the course, or one of them. See actions.h.
#include <fmt/format.h>

#include "lessons/runner/actions.h"
#include "lessons/runner/glossary.h"
#include "trace/text.h"

namespace evglass::lessons {

int show_glossary(const Catalogue& catalogue, const LearnOptions& options) {
    constexpr int kWidth = 80;
    const Glossary glossary = Glossary::load(catalogue.lessons_dir);
    if (options.lesson.empty()) {
        for (const Word& word : glossary.words())
            fmt::print("{}", show_word(word, options.language, kWidth));
        return glossary.words().empty() ? complain("there is no glossary beside the lessons")
                                        : kWell;
    }
    const Word* word = glossary.find(options.lesson);
    if (word == nullptr)
        return complain(fmt::format("'{}' is not in the glossary; see `evglass learn glossary`",
                                    trace::safe(options.lesson)));
    fmt::print("{}", show_word(*word, options.language, kWidth));
    return kWell;
}

}  // namespace evglass::lessons
