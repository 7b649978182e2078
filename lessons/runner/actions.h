// What `evglass learn` can do, one function for each word, and what they share. Each prints and
// returns the exit status. Read next: learn.cc (which word calls which), exercises.cc, checks.cc.
#pragma once

#include <string>
#include <vector>

#include "lessons/runner/catalogue.h"
#include "lessons/runner/check.h"

namespace evglass::lessons {

constexpr int kWell = 0, kNotSo = 1, kBadUse = 2;

/// One line on standard error. Returns kBadUse.
int complain(const std::string& text);
/// The lesson of that name; null, after a line on standard error, if there is none.
const CatalogueEntry* find_or_complain(const Catalogue& catalogue, const std::string& name);

int check_lessons(const Catalogue& catalogue, const LearnOptions& options);
int do_exercise(const Catalogue& catalogue, const LearnOptions& options);
int watch_exercise(const Catalogue& catalogue, const LearnOptions& options);
int show_solution(const Catalogue& catalogue, const LearnOptions& options);
int show_glossary(const Catalogue& catalogue, const LearnOptions& options);
int write_site(const Catalogue& catalogue, const LearnOptions& options);

/// For the full screen: makes the learner's copy in the current directory where there is none, else
/// checks it. Says what came of it, in lines.
std::string exercise_report(const Catalogue& catalogue, const CatalogueEntry& entry,
                            const std::string& language);
/// Differs when the learner's copy was saved; empty where there is none.
std::string exercise_stamp(const CatalogueEntry& entry);
/// Where the learner's copy is, or will be.
std::string exercise_place(const CatalogueEntry& entry);
/// Opens the learner's copy, made where there is none, in the editor that $VISUAL or $EDITOR names.
/// It has the terminal until it ends. False: it could not be started.
bool edit_exercise(const CatalogueEntry& entry);
/// The author's file; empty before the learner's has passed.
std::string exercise_solution(const CatalogueEntry& entry);

/// The author's side: the starter fails, the solution passes. Nothing where there is no exercise.
std::vector<Outcome> check_exercise(const Lesson& lesson, const CatalogueEntry& entry,
                                    const Toolchain& tools, std::uint64_t seed);
/// Every picture of the lesson can be drawn.
std::vector<Outcome> check_pictures(const Lesson& lesson, const Run& run);

}  // namespace evglass::lessons
