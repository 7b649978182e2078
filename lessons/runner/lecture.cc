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

std::size_t Lecture::shown_page() const {
    return asking() && page_ > 0 ? page_ - 1 : page_;
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
    cover_ = Cover::none;
    scroll_ = 0;
    watching_ = false;
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
        case 'w':
        case 'x':
            watching_ = letter == 'w' && options_.stamp;
            wants_check_ =
                static_cast<bool>(options_.try_exercise) && lesson_.exercise() != nullptr;
            message_ = words_(wants_check_ ? "your file is built and checked ..."
                                           : "there is no exercise");
            return;
        default:
            message_ = words_("? shows the keys");
    }
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
    if (page >= pages()) {
        if (!located_.missing.empty())
            message_ = located_.missing.front().text;
        else
            message_ = asked_ == 0 ? std::string(words_("this is the end; q leaves"))
                                   : words_("this is the end: {} of {} predictions right; q leaves",
                                            right_, asked_);
        return;
    }
    page_ = page;
    scroll_ = 0;
    overflow_ = 0;
    typed_.clear();
    if (options_.read) options_.read(page + 1);
    // The picture is what a stop with one is about.
    const auto& stop = page_now().stop;
    if (stop) side_ = stop->picture.empty() ? Side::source : Side::picture;
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
