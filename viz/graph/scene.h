// What a view is given: one moment of a trace. Views are pure functions from a Scene to DOT text;
// they read no file and ask no clock, so that tests can compare what they draw.
// Read next: views.h (the list of views).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/model.h"
#include "trace/symbols.h"
#include "trace/text.h"
#include "viz/graph/html.h"

namespace evglass::viz::graph {

/// One moment of one base. It refers to what the caller owns (the model, the base in it, the sites)
/// and is not to outlive it. Not for several threads at once.
struct Scene {
    Scene(const trace::Model& m, const trace::Base& b) : model(m), base(b), names(m) {}

    const trace::Model& model;
    const trace::Base& base;
    trace::Names names;
    std::string program;                    ///< raw: it came from the traced program
    std::int64_t now_us = trace::kNone;     ///< the monotonic clock at this moment, if known
    std::uint64_t lost = 0;                 ///< records lost in the whole trace
    std::string moment;                     ///< why this moment: "the end of turn 3"; may be empty
    std::string scope = "the whole trace";  ///< what `records` are, for a title
    /// An earlier moment to compare with: what is otherwise since is highlighted. Null: none.
    const trace::Model* before = nullptr;
    trace::Address event = 0;  ///< the event that is asked about (event, sequence); 0: none
    const trace::Symbols* symbols = nullptr;

    /// The one that is asked for, of the kinds that View::picks names; 0: all.
    trace::Address object = 0;

    /// For the views of a stretch of time (turn, calls): its records, in order.
    std::vector<const trace::Record*> records;
    const std::vector<trace::SiteInfo>* sites = nullptr;

    const trace::SiteInfo* site(const trace::Record& record) const;
};

/// The title of a picture: what it shows, of which program, at which record and turn; in red what a
/// reader must know before trusting it (losses, and `doubt` of the view's own); then, if given,
/// rows of a table: a legend.
Html title(const Scene& scene, const std::string& what, const std::string& doubt = "",
           const Html& rows = {});

/// Where a function of the program is: "on_read (server.cc:41)", else its address.
std::string place_text(const Scene& scene, trace::Address code);
/// A deadline relative to the scene's moment: "in 2.50 s", "1.20 ms late"; where the moment's time
/// is not known, the monotonic time itself.
std::string deadline_text(const Scene& scene, std::int64_t deadline_us);
/// "1.50 ms" from microseconds, whatever a damaged trace says.
std::string duration_of_us(std::int64_t us);
/// "SIGINT", or "signal 77" where there is no name.
std::string signal_text(int number);
/// The name of an enum's value as this build has it, "phase 9" where it has none.
std::string value_name(std::string_view type, std::uint64_t number);
/// The base that a record begins with, as most do; 0 where it names none.
trace::Address base_of(const trace::Record& record);
/// The thread that turns the scene's loop: the one that tells its phases. Nothing if none does.
std::optional<std::uint32_t> loop_thread(const Scene& scene);
/// "1 event", "3 events".
std::string counted(std::uint64_t n, std::string_view noun);

}  // namespace evglass::viz::graph
