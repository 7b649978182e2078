// The full-screen lesson: what a key does, and what the screen shows then. Text, source, state and
// picture stand side by side; a prediction is asked before its stop is shown. It knows no terminal:
// keys come in, frames go out, so that a test can be the learner. The picture is a screen of the
// live view, on the same run. Read next: lecture_frame.cc (what is where), full_screen.cc (the
// loop).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lessons/runner/check.h"
#include "lessons/runner/labels.h"
#include "viz/live/grid.h"
#include "viz/live/input.h"
#include "viz/live/session.h"

namespace evglass::lessons {

struct LectureOptions {
    std::string root;             ///< where src/ and lessons/ are
    std::string language = "en";  ///< of the labels
    bool unicode = true;
    std::string starter;  ///< the text of the exercise's starter
    std::size_t first_page = 0;
    std::function<void(std::size_t page)> read;  ///< told when a page was read; may be empty
    std::function<std::string()> try_exercise;  ///< checks the learner's file and says what came of
                                                ///< it; may be empty
    std::function<std::string()>
        stamp;                   ///< differs when the learner's file was saved; may be empty
    std::function<bool()> edit;  ///< the learner's file in an editor, which takes the terminal; may
                                 ///< be empty
    std::function<std::string()> solution;  ///< the author's file; nothing before the learner's has
                                            ///< passed; may be empty
    std::string file;                       ///< where the learner's file is, or will be
    std::string next_lesson;                ///< what comes after this one; empty: nothing
    std::function<std::string(const std::string& page)> glossary;  ///< the words of a text; may be
                                                                   ///< empty
};

class Lecture {
 public:
    Lecture(const Lesson& lesson, const Run& run, LectureOptions options);
    ~Lecture();

    void press(const viz::Key& key);
    viz::Grid frame(int columns, int rows);
    bool left() const { return left_; }
    /// The learner asked for the exercise to be checked; a frame that says so comes first.
    bool wants_check() const { return wants_check_; }
    void run_check();
    /// The learner wants the editor; the terminal is to be given back first.
    bool wants_editor() const { return wants_editor_; }
    void run_editor();
    /// The learner left for the next lesson.
    bool goes_on() const { return goes_on_; }
    /// Now and then: where the learner's file is watched and was saved, it is to be checked.
    void tick();

    std::size_t page() const { return page_; }
    std::size_t asked() const { return asked_; }
    std::size_t right() const { return right_; }

 private:
    /// What the right side shows; Tab goes round.
    enum class Side { source, picture };
    /// What lies over the text.
    enum class Cover { none, keys, words, result };

    const Page& page_now() const { return lesson_.pages[page_]; }
    std::size_t pages() const { return located_.moments.size(); }
    bool asking() const;
    const Prediction& question() const;
    void uncover(const viz::Key& key);
    void type(const viz::Key& key);
    void answer();
    void command(const viz::Key& key);
    void letter(char32_t letter);
    void go_to(std::size_t page);
    void scroll_by(int lines);
    void hint();
    void to_the_end();
    void exercise_key(char32_t letter);

    // The frame (lecture_frame.cc).
    std::vector<std::string> text_lines(int width) const;
    void add_stop(std::vector<std::string>& lines, int width) const;
    void add_myth(std::vector<std::string>& lines, int width) const;
    std::vector<std::string> state_lines(int width);
    void draw_bar(viz::Canvas canvas) const;
    void draw_text(viz::Canvas canvas);
    void draw_side(viz::Canvas canvas, Side side);
    void draw_source(viz::Canvas canvas) const;
    void draw_starter(viz::Canvas canvas) const;
    void draw_picture(viz::Canvas canvas);
    void draw_state(viz::Canvas canvas, const std::vector<std::string>& lines) const;
    void draw_bottom(viz::Canvas canvas) const;
    /// The page whose stop the panes show: the last one that has a stop, and while a question waits
    /// the one before. Nothing before the first.
    std::optional<std::size_t> shown_page() const;
    const Stop* shown_stop() const;
    const Moment& shown_moment() const { return located_.moments[shown_page().value_or(0)]; }

    const Lesson& lesson_;
    const Run& run_;
    LectureOptions options_;
    Labels words_;
    Located located_;
    std::map<std::string, std::unique_ptr<viz::Session>> sessions_;  ///< by the trace's path
    std::size_t page_ = 0;
    std::vector<std::vector<std::string>> answers_;  ///< of each page, as far as given
    std::string typed_;
    std::string message_;  ///< in answer to the last key
    std::string cover_text_;
    Cover cover_ = Cover::none;
    Side side_ = Side::source;
    bool wide_side_ = false;  ///< the right side has the whole width
    int scroll_ = 0;
    std::size_t sentence_rows_ = 0;  ///< of the state: those that tell the record
    int overflow_ = 0;               ///< lines of the text that the last frame had no room for
    std::size_t asked_ = 0, right_ = 0;
    bool left_ = false, wants_check_ = false, wants_editor_ = false;
    bool at_end_ = false, goes_on_ = false;  ///< Enter was pressed on the last page: once, twice
    bool watching_ = false;
    std::string stamp_;  ///< of the learner's file when it was checked last
};

}  // namespace evglass::lessons
