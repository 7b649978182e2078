// The limits that everybody hears of, each shown by doing it, safely: what FD_SETSIZE refuses, what
// poll's scan costs, what an edge never tells again, who is woken by one connection, and what a
// slow reader does to level and edge. Every figure in the sentences was just measured.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lab {

struct Limit {
    std::string_view name, question;
    std::string_view advice;             ///< what follows from it, on any machine
    std::vector<std::string> (*show)();  ///< sentences
};
const std::vector<Limit>& limits();

std::vector<std::string> show_herd();
/// "once", "2 times".
std::string times(long count);

}  // namespace lab
