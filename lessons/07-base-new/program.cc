// Lesson 7: event_base_new, and how a backend is chosen.
//   plain      nothing is asked for
//   files      regular files are to be watched too (EV_FEATURE_FDS)
//   both       files, and adding in constant time: nobody has both
//   stubborn   does not look at EVENT_* variables of the environment
//   two_tries  an example of the libevent book, as it is printed: it loses a base
// Nothing is dispatched. Run it with EVENT_NOEPOLL=1 and compare.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>

namespace {

event_base* make(const char* name, int features, int flags) {
    evglass_mark(name);
    event_config* config = event_config_new();
    if (features != 0) event_config_require_features(config, features);
    if (flags != 0) event_config_set_flag(config, flags);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    std::printf("%s: %s\n", name, base != nullptr ? event_base_get_method(base) : "none");
    return base;
}

void release(event_base* base) {
    if (base != nullptr) event_base_free(base);
}

void two_tries() {
    evglass_mark("two_tries");
    event_base* made[2] = {};
    event_base* base = nullptr;
    int i = 0;
    for (; i < 2; ++i) {
        event_config* config = event_config_new();
        event_config_avoid_method(config, "select");
        if (i == 0) event_config_require_features(config, EV_FEATURE_ET);
        made[i] = base = event_base_new_with_config(config);
        event_config_free(config);
        if (!base) break;  // as printed; "if (base)" is meant
    }
    std::printf("bases made: %d\n", (made[0] != nullptr) + (made[1] != nullptr));
    for (event_base* each : made) release(each);
}

}  // namespace

int main() {
    evglass_use_virtual_clock(1);
    event_base* plain = event_base_new();
    std::printf("plain: %s\n", plain != nullptr ? event_base_get_method(plain) : "none");
    release(plain);
    release(make("files", EV_FEATURE_FDS, 0));
    release(make("both", EV_FEATURE_FDS | EV_FEATURE_O1, 0));
    release(make("stubborn", 0, EVENT_BASE_FLAG_IGNORE_ENV));
    two_tries();
    return 0;
}
