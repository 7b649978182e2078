// What lesson 14's exercise runs on the learner's heap: timers of a real loop, by random numbers.
// All are added, then some get a new deadline where they stand, some are deleted, some added again;
// callbacks add others. Every timer must fire, when it is due, and in order. Arguments: a seed, and
// how many timers.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

long now_ms(event_base* base) {
    timeval now{};
    event_base_gettimeofday_cached(base, &now);
    return now.tv_sec * 1000L + now.tv_usec / 1000;
}

class Timers {
 public:
    Timers(unsigned seed, int count) : random_(seed), base_(event_base_new()) {
        for (int i = 0; i < count; ++i) all_.push_back(std::make_unique<Timer>(*this));
    }
    ~Timers() {
        for (const auto& each : all_) event_free(each->ev);
        event_base_free(base_);
    }
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;

    /// From a callback: within the loop the virtual clock tells the time.
    void run() {
        event_base_once(
            base_, -1, EV_TIMEOUT,
            [](evutil_socket_t, short, void* arg) { static_cast<Timers*>(arg)->begin(); }, this,
            nullptr);
        event_base_dispatch(base_);
    }
    void report() const {
        std::printf("wanted: %d\nfired: %d\nlate: %d\nout of order: %d\n", wanted_, fired_, late_,
                    out_of_order_);
    }

 private:
    struct Timer {
        explicit Timer(Timers& of) : owner(of), ev(evtimer_new(of.base_, on_timer, this)) {}
        Timers& owner;
        event* ev;
        long due = 0;
        bool pending = false;
    };

    void begin() {
        for (const auto& each : all_) add(*each);
        for (std::size_t i = 0; i < all_.size(); ++i) {
            Timer& any = *all_[random_() % all_.size()];
            random_() % 3 == 0 ? remove(any) : add(any);  // add: also where it is pending already
        }
    }
    void add(Timer& timer) {
        const long delay = 1 + static_cast<long>(random_() % 400);
        const timeval wait{delay / 1000, delay % 1000 * 1000};
        if (!timer.pending) ++wanted_;
        timer.pending = true;
        timer.due = now_ms(base_) + delay;
        event_add(timer.ev, &wait);
    }
    void remove(Timer& timer) {
        if (timer.pending) --wanted_;
        timer.pending = false;
        event_del(timer.ev);
    }
    static void on_timer(evutil_socket_t, short, void* arg) {
        auto& timer = *static_cast<Timer*>(arg);
        timer.owner.fire(timer);
    }
    void fire(Timer& timer) {
        ++fired_;
        if (now_ms(base_) != timer.due) ++late_;
        if (timer.due < latest_) ++out_of_order_;
        latest_ = timer.due;
        timer.pending = false;
        if (random_() % 3 == 0) add(timer);
    }

    std::mt19937 random_;
    event_base* base_;
    std::vector<std::unique_ptr<Timer>> all_;
    int wanted_ = 0, fired_ = 0, late_ = 0, out_of_order_ = 0;
    long latest_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    evglass_use_virtual_clock(1);
    Timers timers(static_cast<unsigned>(std::stoul(argv[1])), std::stoi(argv[2]));
    timers.run();
    timers.report();
    return 0;
}
