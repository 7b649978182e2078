// Text for a page in HTML, through the gate of the pictures' markup (html.h), but never cut.
#pragma once

#include <string>
#include <string_view>

namespace evglass::viz::graph {

/// Raw text of any origin as the inside of an HTML element or attribute.
std::string html_text(std::string_view raw);

}  // namespace evglass::viz::graph
