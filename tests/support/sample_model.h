// A small, realistic moment for tests of views: an echo server in the middle of a turn.
//
//   E1 signal pipe   internal, pending on fd 4
//   E2 listener      pending on fd 6, accepted twice (L1)
//   E3 status timer  every 2 s, on the heap
//   E4 SIGINT        pending on signal 2
//   E5 client A      fd 7, its callback is being run (it was readable)
//   E6 client B      fd 8, active behind it, with an idle timeout of 30 s on the heap
//   E7 spare         initialized, never added
//
// Turn 3 of B1, phase process_active, on epoll. Times are those of a virtual clock.
#pragma once

#include "tests/support/record_builder.h"
#include "trace/model.h"
#include "trace/timeline.h"

namespace evglass::trace::testing {

struct Sample {
    RecordBuilder builder;  ///< all records, and the context that describes them
    Model model;            ///< after the last of them
    std::uint64_t base = 0;
    std::uint64_t signal_pipe = 0, listener = 0, timer = 0, sigint = 0, client_a = 0, client_b = 0,
                  spare = 0;
    std::uint64_t in_callback = 0;  ///< number of the callback_begin that the model is in

    /// The same records as a timeline.
    Timeline timeline() const { return Timeline::of(builder.records(), builder.shared_context()); }
};

/// Up to the middle of client A's callback.
Sample make_sample();
/// On from there until the loop returns: the SIGINT event's callback asks for an exit in 2 s, and
/// it comes.
Sample make_finished_sample();

/// A model of these records; fails the test (throws) where one is illegal.
Model replay(const RecordBuilder& builder);

}  // namespace evglass::trace::testing
