// One lesson as a page of HTML, with what its run says: stops with source, state and picture,
// questions whose answer is a click away, myths with their verdict, the exercise. A pure function
// of a lesson and its run; pictures are handed to the caller, who knows where files go. Read next:
// site.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lessons/runner/check.h"

namespace evglass::lessons {

struct PageSettings {
    std::string root;      ///< where src/ and lessons/ are
    std::string language;  ///< "en" or "zh"
    std::string program;   ///< the text of program.cc; may be empty
    std::string starter;   ///< the text of the exercise's starter; may be empty
    std::string links;     ///< HTML at the top: to the other pages
    /// Draws a picture and returns its address for `<img>`; empty where it can't be drawn.
    std::function<std::string(std::size_t page, const std::string& view, const Moment& moment)>
        picture;
};

std::string lesson_page(const Lesson& lesson, const Run& run, const PageSettings& settings);
/// Head, style and foot around the body of any page of the site.
std::string whole_page(const std::string& language, const std::string& title,
                       const std::string& body);
/// Text as HTML shows it; what could harm a page is made safe before.
std::string html_text(std::string_view text);

}  // namespace evglass::lessons
