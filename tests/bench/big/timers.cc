// The program that makes the big recording: so many timers pending at once, each of which comes
// again and again, until so many have come. `timers TIMERS CALLBACKS`, under EVGLASS_TRACE.
// Read next: big_bench.cc.
#include <event2/event.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <vector>

namespace {

constexpr long kTimers = 100'000, kCallbacks = 600'000;
long left = 0;

/// The number that an argument is.
long number(const char* text, long otherwise) {
    long value = 0;
    const auto read = std::from_chars(text, text + std::strlen(text), value);
    return read.ec == std::errc() && value > 0 ? value : otherwise;
}

void tick(evutil_socket_t, short, void* base) {
    if (--left <= 0) event_base_loopbreak(static_cast<event_base*>(base));
}

struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(event* ev) const { event_free(ev); }
};

}  // namespace

int main(int argc, char** argv) {
    const long timers = argc > 1 ? number(argv[1], kTimers) : kTimers;
    left = argc > 2 ? number(argv[2], kCallbacks) : kCallbacks;
    const std::unique_ptr<event_base, Free> base(event_base_new());
    if (base == nullptr) return 1;
    std::vector<std::unique_ptr<event, Free>> all;
    for (long i = 0; i < timers; ++i) {
        all.emplace_back(event_new(base.get(), -1, EV_PERSIST, tick, base.get()));
        const timeval after{0, 200'000 + i * 7919 % 800'000};
        event_add(all.back().get(), &after);
    }
    return event_base_dispatch(base.get()) < 0 ? 1 : 0;
}
