// The one table of colours. See theme.h.
#include "viz/live/theme.h"

#include <array>

namespace evglass::viz {
namespace {

constexpr int kBlack = 0, kRed = 1, kGreen = 2, kYellow = 3, kBlue = 4, kMagenta = 5, kCyan = 6,
              kWhite = 7, kOwn = -1;

// Text colours are of middle brightness: they can be read on a dark and on a light ground.
// style, 256 colours (text, ground), 8 colours (text, ground), bold, dim, reversed without colour
constexpr std::array kLooks{
    Look{Style::normal, kOwn, kOwn, kOwn, kOwn, false, false, false},
    Look{Style::dim, 245, kOwn, kOwn, kOwn, false, true, false},
    Look{Style::strong, kOwn, kOwn, kOwn, kOwn, true, false, false},
    Look{Style::accent, 37, kOwn, kCyan, kOwn, false, false, false},
    Look{Style::title, 33, kOwn, kCyan, kOwn, true, false, false},
    Look{Style::rule, 240, kOwn, kOwn, kOwn, false, true, false},
    Look{Style::key, 136, kOwn, kYellow, kOwn, true, false, false},
    Look{Style::bar, 252, 236, kWhite, kBlue, false, false, true},
    Look{Style::bar_strong, 231, 236, kWhite, kBlue, true, false, true},
    Look{Style::bar_error, 16, 209, kBlack, kRed, true, false, true},
    Look{Style::badge_follow, 16, 114, kBlack, kGreen, true, false, true},
    Look{Style::badge_held, 16, 221, kBlack, kYellow, true, false, true},
    Look{Style::badge_replay, 16, 117, kBlack, kCyan, true, false, true},
    Look{Style::badge_ended, 255, 242, kBlack, kWhite, true, false, true},
    Look{Style::tab, 245, kOwn, kOwn, kOwn, false, false, false},
    Look{Style::tab_chosen, 231, 25, kWhite, kBlue, true, false, true},
    Look{Style::running, 169, kOwn, kMagenta, kOwn, true, false, false},
    Look{Style::active, 172, kOwn, kYellow, kOwn, true, false, false},
    Look{Style::pending, 71, kOwn, kGreen, kOwn, false, false, false},
    Look{Style::initialized, 245, kOwn, kOwn, kOwn, false, false, false},
    Look{Style::gone, 241, kOwn, kOwn, kOwn, false, true, false},
    Look{Style::phase, 244, kOwn, kOwn, kOwn, false, true, false},
    Look{Style::phase_now, 16, 221, kBlack, kYellow, true, false, true},
    Look{Style::changed, 172, kOwn, kYellow, kOwn, true, false, false},
    Look{Style::selected, 231, 25, kWhite, kBlue, false, false, true},
    Look{Style::warning, 172, kOwn, kYellow, kOwn, true, false, false},
    Look{Style::error, 167, kOwn, kRed, kOwn, true, false, true},
};
static_assert(kLooks.size() == static_cast<std::size_t>(Style::count_));

consteval bool in_order() {
    for (std::size_t i = 0; i < kLooks.size(); ++i) {
        if (kLooks[i].style != static_cast<Style>(i)) return false;
    }
    return true;
}
static_assert(in_order());

}  // namespace

const Look& look(Style style) {
    return kLooks[static_cast<std::size_t>(style)];
}

}  // namespace evglass::viz
