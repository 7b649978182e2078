// The bits of EVLIST_* and EV_* that the model and the answers test by name. (enums.def names them
// all, for people; these are the few that decide something.)
#pragma once

namespace evglass::trace {

namespace evlist {
inline constexpr int kTimeout = 0x01, kInserted = 0x02, kActive = 0x08, kInternal = 0x10,
                     kActiveLater = 0x20, kFinalizing = 0x40, kInit = 0x80;
/// In a map, on the heap or in a queue.
inline constexpr int kHeld = kTimeout | kInserted | kActive | kActiveLater;
}  // namespace evlist
namespace ev {
inline constexpr int kRead = 0x02, kWrite = 0x04, kSignal = 0x08, kPersist = 0x10, kClosed = 0x80;
}

}  // namespace evglass::trace
