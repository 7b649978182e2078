// Scenarios: random programs. Each runs some hundreds of small programs, one for each seed, and
// says one line for each: the seed, then what the program did and saw, in letters. Where two
// libraries part, the line names the seed.
// What may come in any order within one turn (timers that are due, fds that are ready) is sorted.
// Read next: random.h.
#include "tests/conformance/scenarios/random.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

using namespace evglass::conformance;

namespace {

constexpr int kEvents = 5;
constexpr int kSeeds = rounds(250);
constexpr int kSteps = 25;

int result_of_turn(event_base* base) {
    return event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

// ---- events that only the program makes active: their order is fixed, so callbacks may act
// --------

void random_act(Program& p, Actor& self) {
    Actor& other = p.any();
    switch (p.next(8)) {
        case 0:
        case 1:
            event_active(other.ev, static_cast<int>(1 + p.next(4)), 1);
            break;
        case 2:
            p.note(event_del(other.ev));
            break;
        case 3:
            p.note(event_add(other.ev, nullptr));
            break;
        case 4:
            p.note(event_pending(self.ev, 0xff, nullptr));
            break;
        case 5:
            p.note(event_priority_set(other.ev, static_cast<int>(p.next(3))));
            break;
        default:
            break;
    }
}

void random_control(Program& p, Actor&) {
    switch (p.next(8)) {
        case 0:
            p.note(event_base_loopbreak(p.base()));
            break;
        case 1:
            p.note(event_base_loopcontinue(p.base()));
            break;
        case 2:
            p.note(event_base_loopexit(p.base(), nullptr));
            break;
        case 3:
        case 4:
            event_active(p.any().ev, EV_READ, 1);
            break;
        default:
            break;
    }
}

/// Steps of a program whose events are activated by hand. `callback` is what each callback does.
void by_hand(unsigned seed, int priorities, void (*callback)(Program&, Actor&)) {
    Program p(seed, priorities);
    for (int i = 0; i < kEvents; ++i) p.add_actor(-1, p.next(2) != 0 ? EV_PERSIST : 0, callback);
    for (int step = 0; step < kSteps; ++step) {
        Actor& a = p.any();
        switch (p.next(7)) {
            case 0:
            case 1:
            case 2:
                event_active(a.ev, static_cast<int>(1 + p.next(4)), 1);
                break;
            case 3:
                p.note(event_del(a.ev));
                break;
            case 4:
                p.note(event_priority_set(a.ev, static_cast<int>(p.next(4))));
                break;
            case 5:
                p.note(event_pending(a.ev, 0xff, nullptr));
                break;
            default:
                p.turn_in_order(result_of_turn);
        }
    }
    p.note(event_base_get_num_events(p.base(), EVENT_BASE_COUNT_ACTIVE));
    p.say_line();
}

}  // namespace

SCENARIO(random_events_made_active_by_hand) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) by_hand(seed, 1, nullptr);
}
SCENARIO(random_events_of_three_priorities) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) by_hand(seed, 3, nullptr);
}
SCENARIO(random_callbacks_that_act_on_each_other) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) by_hand(seed, 1, random_act);
}
SCENARIO(random_callbacks_of_three_priorities) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) by_hand(seed, 3, random_act);
}
SCENARIO(random_loop_control_in_callbacks) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) by_hand(seed, 2, random_control);
}

SCENARIO(random_timers_due_or_far_away) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 1);
        for (int i = 0; i < kEvents; ++i) p.add_actor(-1, 0, nullptr);
        for (int step = 0; step < kSteps; ++step) {
            Actor& a = p.any();
            const timeval far{1000 + static_cast<long>(p.next(50)), 0}, due{0, 0};
            switch (p.next(8)) {
                case 0:
                case 1:
                    p.note(event_add(a.ev, &far));
                    break;
                case 2:
                    p.note(event_add(a.ev, &due));
                    break;
                case 3:
                    p.note(event_del(a.ev));
                    break;
                case 4:
                    p.note(event_remove_timer(a.ev));
                    break;
                case 5:
                    p.note(event_pending(a.ev, EV_TIMEOUT, nullptr));
                    break;
                case 6:
                    event_active(a.ev, EV_WRITE, 1);
                    break;
                default:
                    p.turn_sorted(result_of_turn);
            }
        }
        p.note(event_base_get_num_events(p.base(), EVENT_BASE_COUNT_ADDED));
        p.say_line();
    }
}

SCENARIO(random_common_and_plain_timeouts) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 1);
        const timeval kinds[] = {{2000, 0}, {3000, 500}};
        const timeval* common[2];
        for (int i = 0; i < 2; ++i) common[i] = event_base_init_common_timeout(p.base(), &kinds[i]);
        for (int i = 0; i < kEvents; ++i) p.add_actor(-1, p.next(2) != 0 ? EV_PERSIST : 0, nullptr);
        for (int step = 0; step < kSteps; ++step) {
            Actor& a = p.any();
            const timeval due{0, 0};
            switch (p.next(7)) {
                case 0:
                case 1:
                    p.note(event_add(a.ev, common[p.next(2)]));
                    break;
                case 2:
                    p.note(event_add(a.ev, &kinds[p.next(2)]));
                    break;
                case 3:
                    p.note(event_del(a.ev));
                    break;
                case 4:
                    p.note(event_remove_timer(a.ev));
                    break;
                case 5:
                    p.note(event_pending(a.ev, EV_TIMEOUT, nullptr));
                    break;
                default:
                    if (!a.persists) event_add(a.ev, &due);
                    p.turn_sorted(result_of_turn);
            }
        }
        p.say_line();
    }
}

namespace {

/// Steps on socketpairs: who waits for what, what is written and drained.
void on_sockets(unsigned seed, bool edges, bool reinit) {
    Program p(seed, 1);
    Ends wires[2];
    const short mode = edges ? EV_ET : 0;
    for (int i = 0; i < kEvents; ++i) {
        const short what = p.next(3) == 0 ? EV_WRITE : EV_READ;
        const short persist = p.next(2) != 0 ? EV_PERSIST : 0;
        p.add_actor(wires[i % 2].a(), static_cast<short>(what | persist | mode), nullptr);
    }
    for (int step = 0; step < kSteps; ++step) {
        Actor& a = p.any();
        Ends& wire = wires[p.next(2)];
        switch (p.next(reinit ? 8 : 7)) {
            case 0:
            case 1:
                p.note(event_add(a.ev, nullptr));
                break;
            case 2:
                p.note(event_del(a.ev));
                break;
            case 3:
                wire.write_b("x");
                break;
            case 4:
                p.note(Ends::drain(wire.a()));
                break;
            case 5:
                p.note(event_pending(a.ev, 0xff, nullptr));
                break;
            case 7:
                p.note(event_reinit(p.base()));
                break;
            default:
                p.turn_sorted(result_of_turn);
        }
    }
    p.note(event_base_get_num_events(p.base(), EVENT_BASE_COUNT_ADDED));
    p.say_line();
}

}  // namespace

SCENARIO(random_readers_and_writers) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) on_sockets(seed, false, false);
}
SCENARIO(random_readers_and_writers_with_reinit) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) on_sockets(seed, false, true);
}

SCENARIO(random_fds_that_are_closed_and_used_again) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 1);
        for (int step = 0; step < 6; ++step) {
            Ends wire;
            Actor& reader = p.add_actor(wire.a(), EV_READ | EV_PERSIST, nullptr);
            p.note(event_add(reader.ev, nullptr));
            if (p.next(2) != 0) wire.write_b("x");
            p.turn_sorted(result_of_turn);
            if (p.next(2) != 0) wire.close_a();  // before the event is deleted
            p.note(event_del(reader.ev) == 0 ? 0 : 1);
        }
        p.say_line();
    }
}

SCENARIO(random_signals) {
    constexpr int kSignals[] = {SIGUSR1, SIGUSR2, SIGHUP};
    for (const int signal : kSignals) ::signal(signal, SIG_IGN);
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 1);
        for (const int signal : kSignals) p.add_actor(signal, EV_SIGNAL | EV_PERSIST, nullptr);
        p.add_actor(SIGUSR1, EV_SIGNAL, nullptr);
        for (int step = 0; step < kSteps; ++step) {
            Actor& a = p.any();
            switch (p.next(5)) {
                case 0:
                    p.note(event_add(a.ev, nullptr));
                    break;
                case 1:
                    p.note(event_del(a.ev));
                    break;
                case 2:
                case 3:
                    raise(kSignals[p.next(3)]);
                    break;
                default:
                    p.turn_sorted(result_of_turn);
            }
        }
        p.say_line();
    }
}

SCENARIO(random_once_events) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 1);
        Ends wire;
        wire.write_b("x");
        Actor& a = p.add_actor(-1, 0, nullptr);
        const auto fired = [](evutil_socket_t, short what, void* arg) {
            static_cast<Program*>(arg)->fired('o', what);
        };
        for (int step = 0; step < kSteps; ++step) {
            const timeval due{0, 0}, far{5000, 0};
            switch (p.next(6)) {
                case 0:
                    p.note(event_base_once(p.base(), -1, EV_TIMEOUT, fired, &p, &due));
                    break;
                case 1:
                    p.note(event_base_once(p.base(), -1, EV_TIMEOUT, fired, &p, &far));
                    break;
                case 2:
                    p.note(event_base_once(p.base(), wire.a(), EV_READ, fired, &p, nullptr));
                    break;
                case 3:
                    p.note(event_base_once(p.base(), wire.b(), EV_READ, fired, &p, &due));
                    break;
                case 4:
                    event_active(a.ev, EV_READ, 1);
                    break;
                default:
                    p.turn_sorted(result_of_turn);
            }
        }
        p.note(event_base_get_num_events(p.base(), EVENT_BASE_COUNT_ADDED));
        p.say_line();
    }
}

SCENARIO(random_finalizers) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        Program p(seed, 2);
        for (int i = 0; i < kEvents; ++i) p.add_actor(-1, 0, nullptr);
        static Program* now;
        now = &p;
        const auto last = [](event*, void*) { now->fired('f', 0); };
        for (int step = 0; step < kSteps; ++step) {
            Actor& a = p.any();
            const timeval far{5000, 0};
            switch (p.next(6)) {
                case 0:
                    event_active(a.ev, EV_READ, 1);
                    break;
                case 1:
                    p.note(event_add(a.ev, &far));
                    break;
                case 2:
                    p.note(event_del(a.ev));
                    break;
                case 3:
                    if (!a.finalized) p.note(event_finalize(0, a.ev, last));
                    a.finalized = true;
                    break;
                default:
                    p.turn_in_order(result_of_turn);
            }
        }
        p.turn_in_order(result_of_turn);
        p.say_line();
    }
}
