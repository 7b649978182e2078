// One random program: a base, some events with a letter each, a generator, and the text of what
// happened. The same seed gives the same program with every library.
// Read next: random.cc (the programs).
#pragma once

#include <event2/event.h>
#include <event2/event_struct.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/scenarios/scenario.h"

namespace evglass::conformance {

class Program;

/// One event of a random program.
struct Actor {
    char letter;
    bool persists;
    struct event storage {};
    event* ev = &storage;
    Program* program = nullptr;
    void (*act)(Program&, Actor&) = nullptr;  ///< what its callback does; may be null
    bool finalized = false;
};

class Program {
 public:
    Program(unsigned seed, int priorities) : seed_(seed), state_(seed * 2654435761u + 1) {
        base_.reset(event_base_new());
        if (base_ == nullptr) std::exit(3);
        event_base_priority_init(base_.get(), priorities);
    }
    ~Program() {
        // A finalizer that has not run yet runs when the base is freed, and needs its event.
        for (const auto& actor : actors_)
            if (!actor->finalized) (event_del)(actor->ev);  // the sweep must not leave from here
        base_.reset();
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    event_base* base() const { return base_.get(); }
    /// 0 to n-1.
    unsigned next(unsigned n) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_ % n;
    }
    Actor& add_actor(int fd, short events, void (*act)(Program&, Actor&)) {
        auto actor = std::make_unique<Actor>();
        actor->letter = static_cast<char>('a' + actors_.size());
        actor->persists = (events & EV_PERSIST) != 0;
        actor->program = this;
        actor->act = act;
        event_assign(actor->ev, base(), fd, events, called, actor.get());
        actors_.push_back(std::move(actor));
        return *actors_.back();
    }
    Actor& any() { return *actors_[next(static_cast<unsigned>(actors_.size()))]; }

    void note(int result) { text_ += std::to_string(result) + " "; }
    void fired(char letter, int what) {
        fired_.push_back(letter + std::to_string(what));
        if (fired_.size() > 60) event_base_loopbreak(base());  // callbacks may feed each other
    }
    /// Runs a turn, and notes who was called in the order of the calls.
    void turn_in_order(int (*run)(event_base*)) { turn(run, false); }
    /// The same where the order is the library's choice.
    void turn_sorted(int (*run)(event_base*)) { turn(run, true); }

    void say_line() { say("seed %u: %s", seed_, text_.c_str()); }

 private:
    static void called(evutil_socket_t, short what, void* arg) {
        auto& self = *static_cast<Actor*>(arg);
        self.program->fired(self.letter, what);
        if (self.act != nullptr) self.act(*self.program, self);
    }
    void turn(int (*run)(event_base*), bool sorted) {
        fired_.clear();
        const int result = run(base());
        if (sorted) std::sort(fired_.begin(), fired_.end());
        text_ += "[";
        for (const std::string& f : fired_) text_ += f;
        text_ += "]";
        note(result);
    }

    unsigned seed_, state_;
    Base base_;
    std::vector<std::unique_ptr<Actor>> actors_;
    std::string text_;
    std::vector<std::string> fired_;
};

}  // namespace evglass::conformance
