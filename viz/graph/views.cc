// The table of pictures.
#include "viz/graph/views.h"

namespace evglass::viz::graph {
namespace {

constexpr View kViews[] = {
    {"base", "the event_base, its containers and the events in them", Wants::moment, base_dot},
    {"heap", "the timer heap: the array, and the 4-ary tree in it", Wants::moment, heap_dot},
    {"queues", "active queues by priority, and the later queue", Wants::moment, queues_dot},
    {"io", "each fd: its events, its counts, what the backend watches", Wants::moment, io_dot},
    {"buffer", "buffers: their chains, what is used and what is room", Wants::moment, buffer_dot,
     "VS"},
    {"bufferevent", "bufferevents: levels, watermarks, reasons to rest, buckets", Wants::moment,
     bufferevent_dot, "S"},
    {"signals", "the way of a signal: handler, self-pipe, loop, events", Wants::past, signals_dot},
    {"states", "an event's states, with every edge counted", Wants::moment, states_dot},
    {"event", "one event: what and where it is, its last changes of state", Wants::event,
     event_dot},
    {"sequence", "one event from event_add to its callback, step by step", Wants::event,
     sequence_dot},
    {"turn", "one turn of the loop, phase by phase", Wants::turn, turn_dot},
    {"wait", "one select, poll or epoll_wait: asked for, ready for", Wants::wait, wait_dot},
    {"config", "what the base was made with, how its backend was chosen", Wants::moment,
     config_dot},
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
