// What moments.h declares: the model comes from the sample, the rest is written by hand here.
#include "tests/unit/viz-live/moments.h"

#include "trace/text.h"

namespace evglass::viz::testing {

void fill(SampleMoment& out) {
    using namespace evglass::trace;
    out.sample = trace::testing::make_sample();
    const auto& records = out.sample.builder.records();
    const TraceContext& context = out.sample.builder.context();
    Moment& m = out.moment;
    m.model = &out.sample.model;
    m.record = &records.back();
    m.base = m.model->current_base();
    m.program = "echo-server";
    m.pid = 4711;
    m.first = 1;
    m.position = m.last = records.back().number;
    m.state = ProgramState::held;
    m.time = ViewTime::now;
    m.now_ns = m.model->time_ns();
    m.now_usec = m.now_ns / 1000;
    Model model;
    for (const Record& record : records) {
        const SiteInfo* site = record.site == 0 ? nullptr : &context.sites()[record.site - 1U];
        model.apply(record, site);
        m.log.push_back({.number = record.number,
                         .time_ns = record.time_ns,
                         .type = record.type,
                         .sentence = record_sentence(record, context, model),
                         .current = record.number == m.position});
    }
    m.sentence = m.log.back().sentence;
    m.source = {.file = "src/event/read.cc",
                .function = "on_read",
                .line = 12,
                .first_line = 10,
                .lines = {"static void on_read() {", "    char buffer[64];",
                          "    read(fd, buffer, sizeof buffer);", "}"},
                .missing = ""};
    m.stack = {"event_base_loop", "event_process_active"};
    m.wake = {.record = 1, .ready = {{7, 2}, {8, 2}}, .timers = 0};
    m.symbol = [](Address) { return std::string("on_event (echo-server.cc:41)"); };
}

std::string frame_text(Screen screen, int columns, int rows, bool unicode) {
    SampleMoment sample;
    fill(sample);
    ViewState view;
    view.screen = screen;
    view.unicode = unicode;
    return draw_frame(sample.moment, view, columns, rows).text();
}

}  // namespace evglass::viz::testing
