// Stories side by side on a screen: a column for each mechanism, the clients' actions one below the
// other, and what each mechanism did for them row by row. The one on the left is what the others
// are compared with. Where the others do not all fit, the columns follow the one that is chosen.
// stage.cc knows what a key does, stage_frame.cc what it looks like (a pure function); neither
// knows a terminal: stage_show.cc does. Read next: aligned.h (the rows).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "viz/compare/aligned.h"
#include "viz/live/grid.h"
#include "viz/live/input.h"

namespace evglass::viz::compare {

/// Where one stands, and how it is shown.
struct StageView {
    std::size_t chosen = 1;         ///< a story; never the reference, unless it is alone
    std::size_t step = 0, row = 0;  ///< the call at hand
    bool help = false;
    bool unicode = true;
    std::string message;  ///< answers the last key
};

inline constexpr int kNarrowestColumn = 26;
inline constexpr std::size_t kFewestColumns = 2, kMostColumns = 5;

/// The stories whose columns are seen at this width, the reference first.
std::vector<std::size_t> seen_columns(const Aligned& aligned, std::size_t chosen, int width);
/// The whole frame.
Grid draw_stage(const Aligned& aligned, const StageView& view, int columns, int rows);

/// A place in a recording, to be looked at with all that the live view has.
struct Place {
    std::string trace;
    std::uint64_t record = 0;
};

class Stage {
 public:
    /// REQUIRES: at least one of the stories was told.
    Stage(std::vector<Story> stories, bool unicode);
    void press(const Key& key);
    Grid frame(int columns, int rows) const { return draw_stage(aligned_, view_, columns, rows); }
    bool leaving() const { return leaving_; }
    const StageView& view() const { return view_; }
    const Aligned& aligned() const { return aligned_; }
    /// Set once after Enter: the recording of the chosen column, at the call at hand.
    std::optional<Place> take_place();
    void say(const std::string& message) { view_.message = message; }

 private:
    void obey(Command command);
    void choose(int by);
    void compare_with_chosen();
    void to_step(int by);
    void to_difference(bool forward);
    void to_first_difference();
    const std::vector<AlignedRow>& rows() const { return aligned_.steps[view_.step].rows; }
    bool speaks() const;
    bool move(bool forward);
    void to_what_speaks();
    Place place() const;

    std::vector<Story> stories_;
    Aligned aligned_;
    StageView view_;
    bool leaving_ = false;
    std::optional<Place> place_;
};

}  // namespace evglass::viz::compare
