// What scenarios of bufferevents share: one that says what happens to it, and does something then.
// Read next: bufferevent.cc.
#pragma once

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <sys/socket.h>

#include <functional>
#include <string>

#include "tests/conformance/scenarios/scenario.h"

namespace evglass::conformance {

/// BEV_EVENT_ bits by name.
std::string bev_text(int what);
/// Enabled bits by name.
std::string enabled_text(bufferevent* bev);

/// A bufferevent with a name. It says what its callbacks are called with; `drains` decides whether
/// reading takes the input. Freed with the object, unless it was let go.
class Talker {
 public:
    Talker(const char* name, bufferevent* bev);
    ~Talker();
    Talker(const Talker&) = delete;
    Talker& operator=(const Talker&) = delete;

    bufferevent* bev() const { return bev_; }
    evbuffer* input() const { return bufferevent_get_input(bev_); }
    evbuffer* output() const { return bufferevent_get_output(bev_); }
    const char* name() const { return name_; }
    void write(const std::string& text);
    void enable(short what) { say("%s enable = %d", name_, bufferevent_enable(bev_, what)); }
    void free();
    /// Forgets the bufferevent: something else frees it.
    void let_go() { bev_ = nullptr; }
    void tell_all();
    void listen(bool read, bool write, bool event);

    bool drains = true;
    bool quiet_writes = false;
    std::function<void(Talker&)> on_read;
    std::function<void(Talker&)> on_write;
    std::function<void(Talker&, short)> on_event;

 private:
    static void readcb(bufferevent*, void*);
    static void writecb(bufferevent*, void*);
    static void eventcb(bufferevent*, short, void*);
    const char* name_;
    bufferevent* bev_;
};

/// Two sockets with a bufferevent on each.
struct TalkerPair {
    explicit TalkerPair(event_base* base, int options = BEV_OPT_CLOSE_ON_FREE);
    int fds[2];
    Talker a;
    Talker b;
};

/// Enables both directions of both ends, and lets each call back before the other: who comes first
/// in one turn is the backend's choice, and stock's poll and select begin anywhere.
void enable_in_order(event_base* base, TalkerPair& pair);

/// Ends the loop when nothing has happened for some milliseconds: bounded, and quick when right.
void run_ms(event_base* base, int milliseconds);

}  // namespace evglass::conformance
