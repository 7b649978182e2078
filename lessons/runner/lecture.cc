// What a key does in the full-screen lesson. See lecture.h.
#include "lessons/runner/lecture.h"

#include <algorithm>

#include <fmt/format.h>

#include "trace/text.h"

namespace evglass::lessons {
namespace {

using viz::Key;

constexpr int kPageLines = 8;
constexpr std::size_t kLongestAnswer = 60;

}  // namespace

Lecture::Lecture(const Lesson& lesson, const Run& run, LectureOptions options)
    : lesson_(lesson),
      run_(run),
      options_(std::move(options)),
      words_(options_.language),
      located_(locate_pages(lesson, run)),
      answers_(lesson.pages.size()) {
    go_to(options_.first_page < pages() ? options_.first_page : 0);
}

Lecture::~Lecture() = default;

bool Lecture::asking() const {
    const auto& stop = page_now().stop;
    return stop && answers_[page_].size() < stop->predictions.size();
}

const Prediction& Lecture::question() const {
    return page_now().stop->predictions[answers_[page_].size()];
}

std::optional<std::size_t> Lecture::shown_page() const {
    if (page_now().exercise) return std::nullopt;  // its text and its report want the room
    for (std::size_t page = asking() ? page_ : page_ + 1; page-- > 0;)
        if (lesson_.pages[page].stop) return page;
    return std::nullopt;
}

const Stop* Lecture::shown_stop() const {
    const std::optional<std::size_t> page = shown_page();
    return page ? &*lesson_.pages[*page].stop : nullptr;
}

void Lecture::press(const Key& key) {
    message_.clear();
    if (cover_ != Cover::none) return uncover(key);
    if (asking() && (key.code == Key::Code::character || key.code == Key::Code::enter ||
                     key.code == Key::Code::backspace))
        return type(key);
    command(key);
}

/// What lies over the text is scrolled as the text is; any other key takes it away.
void Lecture::uncover(const Key& key) {
    using Code = Key::Code;
    const bool down =
        key.code == Code::down || key.code == Code::page_down ||
        (key.code == Code::character && (key.character == ' ' || key.character == 'j'));
    const bool up = key.code == Code::up || key.code == Code::page_up ||
                    (key.code == Code::character && key.character == 'k');
    if (up || (down && scroll_ < overflow_)) return scroll_by(up ? -kPageLines : kPageLines);
    if (key.code == Code::resize) return;
    const bool again = cover_ == Cover::result && key.code == Code::character &&
                       std::u32string_view(U"xweo").find(key.character) != std::u32string::npos;
    cover_ = Cover::none;
    scroll_ = 0;
    watching_ = false;
    if (again) exercise_key(key.character);
}

void Lecture::type(const Key& key) {
    if (key.code == Key::Code::enter) return answer();
    if (key.code == Key::Code::backspace) return viz::drop_last_character(typed_);
    if (key.character == '?' && typed_.empty()) return hint();
    if (typed_.size() < kLongestAnswer) typed_ += viz::utf8(key.character);
}

void Lecture::answer() {
    const Prediction& asked = question();
    const Moment& there = located_.moments[page_];
    const Answered truth = there.evaluate(asked.answer);
    if (!typed_.empty() && truth.error.empty() && !could_answer(typed_, truth.value)) {
        message_ = words_("a number is asked for; an empty answer skips the question");
        typed_.clear();
        return;
    }
    if (!typed_.empty() && truth.error.empty()) {
        ++asked_;
        right_ += same_answer(typed_, truth.value, asked.tolerance) ? 1 : 0;
    }
    answers_[page_].push_back(typed_);
    typed_.clear();
    scroll_ = 0;
}

void Lecture::command(const Key& key) {
    using Code = Key::Code;
    switch (key.code) {
        case Code::enter:
        case Code::right:
            return go_to(page_ + 1);
        case Code::left:
            return page_ > 0 ? go_to(page_ - 1) : void();
        case Code::up:
            return scroll_by(-1);
        case Code::down:
            return scroll_by(1);
        case Code::page_up:
            return scroll_by(-kPageLines);
        case Code::page_down:
            return scroll_by(kPageLines);
        case Code::tab:
        case Code::back_tab:
            side_ = side_ == Side::source ? Side::picture : Side::source;
            return;
        case Code::escape:
            // A question takes letters, so q is no way out of it.
            left_ = asking() && !wide_side_;
            wide_side_ = false;
            return;
        case Code::character:
            return letter(key.character);
        default:
            return;
    }
}

void Lecture::letter(char32_t letter) {
    switch (letter) {
        case ' ':
            // As a pager: what is left of the text first, then the next page.
            return scroll_ < overflow_ ? scroll_by(kPageLines) : go_to(page_ + 1);
        case 'n':
        case 's':
            return go_to(page_ + 1);
        case 'b':
            return page_ > 0 ? go_to(page_ - 1) : void();
        case 'k':
            return scroll_by(-1);
        case 'j':
            return scroll_by(1);
        case 'z':
            wide_side_ = !wide_side_;
            return;
        case 'h':
            return hint();
        case 'q':
            left_ = true;
            return;
        case '?':
            cover_ = Cover::keys;
            return;
        case 'g':
            cover_ = Cover::words;
            scroll_ = 0;
            return;
        case 'e':
        case 'o':
        case 'w':
        case 'x':
            return exercise_key(letter);
        default:
            message_ = words_("? shows the keys");
    }
}

void Lecture::exercise_key(char32_t letter) {
    if (!options_.try_exercise || lesson_.exercise() == nullptr) {
        message_ = words_("there is no exercise");
    } else if (letter == 'e') {
        wants_editor_ = static_cast<bool>(options_.edit);
    } else if (letter == 'o') {
        cover_text_ = options_.solution ? options_.solution() : std::string();
        if (cover_text_.empty())
            message_ = words_("the author's way is shown once your file has passed: x checks it");
        else
            cover_ = Cover::result;
    } else {
        watching_ = letter == 'w' && options_.stamp;
        wants_check_ = true;
        message_ = words_("your file is built and checked ...");
    }
}

void Lecture::run_editor() {
    wants_editor_ = false;
    if (options_.edit())
        exercise_key('x');
    else
        message_ = words_("no editor could be started: set EDITOR");
}

void Lecture::run_check() {
    wants_check_ = false;
    if (watching_) stamp_ = options_.stamp();  // before: what is saved meanwhile is another save
    cover_text_ = options_.try_exercise();
    if (watching_) {
        cover_text_ += "\n";
        cover_text_ += words_("your file is checked each time you save it; any key ends that");
    }
    cover_ = Cover::result;
    message_.clear();
    scroll_ = 0;
}

void Lecture::tick() {
    if (watching_ && !wants_check_ && options_.stamp() != stamp_)
        wants_check_ = static_cast<bool>(options_.try_exercise);
}

void Lecture::go_to(std::size_t page) {
    if (page >= pages()) return to_the_end();
    at_end_ = false;
    page_ = page;
    scroll_ = 0;
    overflow_ = 0;
    typed_.clear();
    if (options_.read) options_.read(page + 1);
    // The picture is what a stop with one is about.
    const auto& stop = page_now().stop;
    if (stop) side_ = stop->picture.empty() ? Side::source : Side::picture;
}

void Lecture::to_the_end() {
    if (at_end_ && !options_.next_lesson.empty()) {
        goes_on_ = left_ = true;
        return;
    }
    if (!located_.missing.empty()) {
        message_ = located_.missing.front().text;
        return;
    }
    at_end_ = true;
    message_ = asked_ == 0 ? std::string(words_("this is the end"))
                           : words_("this is the end: {} of {} predictions right", right_, asked_);
    message_ += options_.next_lesson.empty() ? std::string(words_("; q leaves"))
                                             : words_("; Enter again: {}", options_.next_lesson);
}

void Lecture::scroll_by(int lines) {
    scroll_ = std::clamp(scroll_ + lines, 0, std::max(overflow_, 0));
}

void Lecture::hint() {
    const std::size_t about = asking() ? page_ : page_ + 1;
    if (page_now().exercise) {
        const std::string& said = page_now().exercise->hint;
        message_ = said.empty()
                       ? std::string(words_("no hint: x checks your file and says what it lacks"))
                       : said;
    } else if (about < pages() && lesson_.pages[about].stop) {
        const Stop& stop = *lesson_.pages[about].stop;
        message_ = stop.hint.empty() ? words_("the stop is at {}", stop.where) : stop.hint;
    } else {
        message_ = words_("next comes no stop: there is nothing to guess");
    }
}

}  // namespace evglass::lessons
