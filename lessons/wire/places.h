// Which line of a program's source an address of its code comes from. The whole table is read from
// the program's debug information before main, so that looking a place up allocates nothing, takes
// no lock, and may be done in a signal handler.
#pragma once

#include <event2/evglass_sys.h>

namespace evglass::wire {

/// The place of the call that returns to this address. Its texts last as long as the process. Where
/// nothing is known: a place with empty texts. Null while nothing is to be recorded.
evglass_at place_of(const void* return_address);

}  // namespace evglass::wire
