// The list of pictures. Each view is one file (base.cc, heap.cc, ...) with one entry here, and one
// pure function from a Scene to DOT text. A new view: write its file, add its row in views.cc.
// Read next: base.cc, then any other view; render.h turns DOT into SVG or PNG.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "viz/graph/scene.h"

namespace evglass::viz::graph {

/// What of a trace a view wants in Scene::records.
enum class Wants {
    moment,   ///< nothing: the model at one moment is enough
    turn,     ///< the records of one turn
    stretch,  ///< the records of one turn, or of the whole trace
    past,     ///< all records up to the moment
    wait,     ///< the last wait up to the moment, and its entries; no base
    event,    ///< an event, and all records up to the moment, or to its callback's end
};

struct View {
    std::string_view name;
    std::string_view doc;  ///< one line for --help
    Wants wants;
    std::string (*draw)(const Scene& scene);
    std::string_view picks = {};  ///< what one may name to see it alone: first letters of aliases
};

/// All views, in the order in which they explain each other.
std::span<const View> views();
/// The view of this name, or null.
const View* find_view(std::string_view name);

/// The event_base as a record, its containers, and the events in them.
std::string base_dot(const Scene& scene);
/// The timer heap: the array, and the tree that lies in it.
std::string heap_dot(const Scene& scene);
/// The active queues by priority and the later queue, in the order in which callbacks will run.
std::string queues_dot(const Scene& scene);
/// Each fd with its counts and events, beside what the backend watches it for.
std::string io_dot(const Scene& scene);
/// Every buffer, or those that are asked for, with its chains as bars: free, used, and room.
std::string buffer_dot(const Scene& scene);
/// Bufferevents: levels between watermarks, reasons to rest, buckets; filters over what is below.
std::string bufferevent_dot(const Scene& scene);
/// From a caught signal through the self-pipe to the events that wait for it.
std::string signals_dot(const Scene& scene);
/// One event: what it is, where it stands, its last changes of state and why.
std::string event_dot(const Scene& scene);
/// One event from event_add to its callback, as a sequence chart.
std::string sequence_dot(const Scene& scene);
/// What the base was made with, and how its backend was chosen.
std::string config_dot(const Scene& scene);
/// An event's states: the legal edges, and how often each was taken, by which function.
std::string states_dot(const Scene& scene);
/// One turn of the loop, phase by phase.
std::string turn_dot(const Scene& scene);
/// Which function called which, and how often.
std::string calls_dot(const Scene& scene);
/// One wait: what each descriptor was asked for, and what it is ready for.
std::string wait_dot(const Scene& scene);
/// Is there any record of calls to draw? (They are recorded only with the category `call`.)
bool has_calls(const Scene& scene);

}  // namespace evglass::viz::graph
