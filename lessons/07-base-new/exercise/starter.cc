// Exercise of lesson 7: a base with edge triggers if that is possible, else any but select.
// `best_base` is written as the libevent book prints it. It loses bases, and gives up too soon.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <cstdlib>

namespace {

event_base* best_base() {
    event_base* base = nullptr;
    for (int i = 0; i < 2; ++i) {
        event_config* config = event_config_new();
        event_config_avoid_method(config, "select");
        if (i == 0) event_config_require_features(config, EV_FEATURE_ET);
        base = event_base_new_with_config(config);
        event_config_free(config);
        if (!base) break;
    }
    return base;
}

}  // namespace

int main(int argc, char** argv) {
    evglass_use_virtual_clock(1);
    if (argc == 2 && argv[1][0] == '1') setenv("EVENT_NOEPOLL", "1", 1);
    event_base* base = best_base();
    std::printf("method: %s\n", base != nullptr ? event_base_get_method(base) : "none");
    if (base != nullptr) event_base_free(base);
    return 0;
}
