// What a scenario is made of: a function that uses the public API and says what it saw.
//
// The same scenarios are compiled twice, against our headers and library and against stock's; the
// lines that both say must be equal. So a scenario says nothing that may differ between two right
// runs: no addresses, no clock times, no fd numbers, no counts of turns that depend on time.
// A scenario runs in a process of its own, once for each backend.
// Read next: support.cc (the pieces), any of the other files; ../conformance_test.cc compares.
#pragma once

#include <event2/event.h>
#include <event2/util.h>

#include <memory>
#include <string>

namespace evglass::conformance {

struct Scenario {
    const char* name;  ///< the claim's id and its meaning
    void (*run)();
    const Scenario* next;
};

/// Puts a scenario into the list of all; SCENARIO makes one.
class Registration {
 public:
    Registration(const char* name, void (*run)());
    static const Scenario* first();

 private:
    Scenario scenario_;
};

#define SCENARIO(name)                                                                  \
    static void name();                                                                 \
    static const ::evglass::conformance::Registration registration_##name{#name, name}; \
    static void name()

/// How often a scenario that repeats itself does so. Where each of its calls fails once
/// (tests/sweep) a twentieth is enough: the others pass the same places of the library.
constexpr int rounds(int wanted) {
#ifdef EVGLASS_SWEPT
    return (wanted + 19) / 20;
#else
    return wanted;
#endif
}

/// One line of the transcript.
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// EV_* bits by name: "READ|PERSIST"; "-" for none.
std::string what_text(int what);
const char* yes_no(bool b);

// ---- owners -----------------------------------------------------------------------------------
struct FreeBase {
    void operator()(event_base* b) const { event_base_free(b); }
};
struct FreeEvent {
    void operator()(event* e) const { event_free(e); }
};
struct FreeConfig {
    void operator()(event_config* c) const { event_config_free(c); }
};
using Base = std::unique_ptr<event_base, FreeBase>;
using Event = std::unique_ptr<event, FreeEvent>;
using Config = std::unique_ptr<event_config, FreeConfig>;

/// A base on the backend under test. Ends the process if there is none.
Base new_base(int priorities = 1);

/// Closes an fd at the end of its scope.
class Fd {
 public:
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() { close(); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    operator int() const { return fd_; }
    void close();

 private:
    int fd_;
};

/// Two connected ends, non-blocking.
class Ends {
 public:
    enum class Kind { socket, pipe };
    explicit Ends(Kind kind = Kind::socket);
    ~Ends();
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;
    /// For a pipe, `a` is what one reads from and `b` what one writes to.
    int a() const { return fd_[0]; }
    int b() const { return fd_[1]; }
    void write_b(const char* text);
    void close_a();
    void close_b();
    /// Reads all that is there; returns how many bytes.
    static int drain(int fd);

 private:
    int fd_[2] = {-1, -1};
};

/// An event with a name, whose callback says "name: what" and then does `then`.
class Teller {
 public:
    using Then = void (*)(Teller&);
    Teller(event_base* base, const char* name, int fd, short events, Then then = nullptr);
    event* ev() const { return event_.get(); }
    event_base* base() const { return event_get_base(event_.get()); }
    int fd() const { return event_get_fd(event_.get()); }
    const char* name() const { return name_; }
    int fires() const { return fires_; }
    int add(int milliseconds = -1);  ///< -1: no timeout
    int del() { return event_del(event_.get()); }
    /// event_pending for all kinds, as text.
    std::string pending() const;
    Teller* other = nullptr;  ///< whom `then` may act upon
    void release() { event_.reset(); }

 private:
    static void called(evutil_socket_t fd, short what, void* self);
    const char* name_;
    Then then_;
    int fires_ = 0;
    Event event_;
};

timeval after(int milliseconds);
/// Monotonic milliseconds, for "not before" and "within".
long now_ms();
/// Runs the loop and says what it returned.
int loop(event_base* base, int flags = 0);
/// Runs the loop until it ends, at the latest after some time (then it says so).
int loop_bounded(event_base* base, int milliseconds = 2000);
/// EVENT_NO* and the like, as the driver set them, taken away.
void forget_environment();

}  // namespace evglass::conformance
