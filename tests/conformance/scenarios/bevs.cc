// The talking bufferevents of bevs.h.
#include "tests/conformance/scenarios/bevs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace evglass::conformance {
namespace {

int make_socket(int (&fds)[2], int which) {
    if (which == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) std::exit(3);
    return fds[which];
}

}  // namespace

std::string bev_text(int what) {
    static const struct {
        int bit;
        const char* name;
    } kNames[] = {{BEV_EVENT_READING, "READING"}, {BEV_EVENT_WRITING, "WRITING"},
                  {BEV_EVENT_EOF, "EOF"},         {BEV_EVENT_ERROR, "ERROR"},
                  {BEV_EVENT_TIMEOUT, "TIMEOUT"}, {BEV_EVENT_CONNECTED, "CONNECTED"}};
    std::string text;
    for (const auto& n : kNames)
        if ((what & n.bit) != 0) text += (text.empty() ? "" : "|") + std::string(n.name);
    return text.empty() ? "-" : text;
}

std::string enabled_text(bufferevent* bev) {
    return what_text(bufferevent_get_enabled(bev));
}

Talker::Talker(const char* name, bufferevent* bev) : name_(name), bev_(bev) {
    if (bev_ == nullptr) {
        say("%s: no bufferevent", name_);
        std::exit(3);
    }
    listen(true, true, true);
}
Talker::~Talker() {
    if (bev_ != nullptr) bufferevent_free(bev_);
}
void Talker::listen(bool read, bool write, bool event) {
    bufferevent_setcb(bev_, read ? readcb : nullptr, write ? writecb : nullptr,
                      event ? eventcb : nullptr, this);
}
void Talker::free() {
    bufferevent_free(bev_);
    bev_ = nullptr;
}
void Talker::write(const std::string& text) {
    if (bufferevent_write(bev_, text.data(), text.size()) != 0) say("%s can't write", name_);
}
void Talker::tell_all() {
    say("%s: input %zu, output %zu, enabled %s", name_, evbuffer_get_length(input()),
        evbuffer_get_length(output()), enabled_text(bev_).c_str());
}

void Talker::readcb(bufferevent* bev, void* self) {
    auto& talker = *static_cast<Talker*>(self);
    const size_t length = evbuffer_get_length(bufferevent_get_input(bev));
    if (talker.drains) {
        std::string text(length, ' ');
        bufferevent_read(bev, text.data(), length);
        if (length <= 40)
            say("%s reads \"%s\"", talker.name_, text.c_str());
        else
            say("%s reads %zu", talker.name_, length);
    } else {
        say("%s has %zu", talker.name_, length);
    }
    if (talker.on_read) talker.on_read(talker);
}
void Talker::writecb(bufferevent*, void* self) {
    auto& talker = *static_cast<Talker*>(self);
    if (!talker.quiet_writes) say("%s wrote", talker.name_);
    if (talker.on_write) talker.on_write(talker);
}
void Talker::eventcb(bufferevent* bev, short what, void* self) {
    auto& talker = *static_cast<Talker*>(self);
    say("%s: %s, enabled %s", talker.name_, bev_text(what).c_str(), enabled_text(bev).c_str());
    if (talker.on_event) talker.on_event(talker, what);
}

namespace {

/// The ends that no bufferevent owns yet, closed if making one is given up.
struct Unowned {
    int* fds;
    int first;
    ~Unowned() {
        for (int i = first; i < 2; ++i) close(fds[i]);
    }
};
bufferevent* make_end(event_base* base, int (&fds)[2], int i, int options) {
    const int fd = make_socket(fds, i);
    Unowned unowned{fds, i};
    bufferevent* bev = bufferevent_socket_new(base, fd, options);
    unowned.first = 2;
    return bev;
}

}  // namespace

TalkerPair::TalkerPair(event_base* base, int options)
    : a("a", make_end(base, fds, 0, options)), b("b", make_end(base, fds, 1, options)) {}

void run_ms(event_base* base, int milliseconds) {
    const timeval tv = after(milliseconds);
    event_base_loopexit(base, &tv);
    event_base_dispatch(base);
}

void enable_in_order(event_base* base, TalkerPair& pair) {
    for (Talker* end : {&pair.a, &pair.b}) {
        end->enable(EV_READ | EV_WRITE);
        run_ms(base, 5);
    }
}

}  // namespace evglass::conformance
