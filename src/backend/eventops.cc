// The one list of backends, best first. event_base_new takes the first that is allowed, has the
// features that were asked for, and works on this kernel (src/event/base_new.cc).
#include "src/backend/eventop.h"

extern const eventop uringops;
extern const eventop epollops;
extern const eventop pollops;
extern const eventop selectops;

const eventop* const eventops[] = {
    &uringops,  // only if asked for
    &epollops, &pollops, &selectops, nullptr,
};
