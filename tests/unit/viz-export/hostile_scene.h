// A short story in which every name is hostile: for the tests of what exports let through.
#pragma once

#include "tests/support/hostile.h"
#include "tests/support/scene.h"

namespace evglass::viz::exports::testing {

/// One event for each name, made, added, and run once; sites and marks bear the names too.
inline void tell_hostile(trace::testing::RecordBuilder& builder,
                         const std::vector<std::string>& names) {
    trace::testing::Scene loop(builder, 1);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto event =
            loop.make_event({.fd = static_cast<int>(10 + i), .events = 0x12, .name = names[i]});
        loop.add(event);
        builder.add(trace::rec::mark{.text = names[i].c_str()}, names[i], names[i]);
    }
    loop.begin_loop();
    loop.begin_turn();
    loop.phase(trace::field::phase::dispatch);
    for (std::size_t i = 0; i < names.size() && i < 50; ++i)
        loop.fd_ready(static_cast<int>(10 + i), 2);
    loop.phase(trace::field::phase::process_active);
    while (loop.begin_callback() != 0) {
        builder.advance_ns(1000);
        loop.end_callback();
    }
    loop.end_loop(trace::field::loopend::break_, 0);
}

}  // namespace evglass::viz::exports::testing
