// The table of pictures.
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr View kViews[] = {
    {"base", "the event_base, its containers and the events in them", Wants::moment, base_dot},
    {"heap", "the timer heap: the array, and the 4-ary tree in it", Wants::moment, heap_dot},
    {"queues", "active queues by priority, and the later queue", Wants::moment, queues_dot},
    {"io", "each fd: its events, its counts, what the backend watches", Wants::moment, io_dot},
    {"buffer", "buffers: their chains, what is used and what is room", Wants::moment, buffer_dot},
    {"bufferevent", "bufferevents: levels, watermarks, reasons to rest, buckets", Wants::moment,
     bufferevent_dot},
    {"signals", "signals, the self-pipe, and the events that wait", Wants::moment, signals_dot},
    {"states", "an event's states, with every edge counted", Wants::moment, states_dot},
    {"turn", "one turn of the loop, phase by phase", Wants::turn, turn_dot},
    {"calls", "which function called which (needs the category call)", Wants::stretch, calls_dot},
};

}  // namespace

std::span<const View> views() {
    return kViews;
}

const View* find_view(std::string_view name) {
    for (const View& view : kViews)
        if (view.name == name) return &view;
    return nullptr;
}

}  // namespace evglass::viz::graph
