// The pieces that scenarios are made of.
#include <event2/thread.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "tests/conformance/scenarios/scenario.h"

namespace evglass::conformance {
namespace {

const Scenario* list = nullptr;

void set_nonblocking(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void close_once(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
}

}  // namespace

Registration::Registration(const char* name, void (*run)()) : scenario_{name, run, list} {
    list = &scenario_;
}
const Scenario* Registration::first() {
    return list;
}

void say(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::vprintf(format, arguments);
    va_end(arguments);
    std::putchar('\n');
    std::fflush(stdout);
}

std::string what_text(int what) {
    static const struct {
        int bit;
        const char* name;
    } kNames[] = {{EV_TIMEOUT, "TIMEOUT"},   {EV_READ, "READ"},       {EV_WRITE, "WRITE"},
                  {EV_SIGNAL, "SIGNAL"},     {EV_PERSIST, "PERSIST"}, {EV_ET, "ET"},
                  {EV_FINALIZE, "FINALIZE"}, {EV_CLOSED, "CLOSED"}};
    std::string text;
    for (const auto& n : kNames)
        if ((what & n.bit) != 0) text += (text.empty() ? "" : "|") + std::string(n.name);
    return text.empty() ? "-" : text;
}

const char* yes_no(bool b) {
    return b ? "yes" : "no";
}

Base new_base(int priorities) {
    Base base(event_base_new());
    if (base == nullptr) {
        say("no base");
        std::exit(3);
    }
    if (priorities != 1)
        say("priority_init(%d) = %d", priorities, event_base_priority_init(base.get(), priorities));
    return base;
}

void Fd::close() {
    close_once(fd_);
}

Ends::Ends(Kind kind) {
    const int result = kind == Kind::pipe ? pipe(fd_) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd_);
    if (result != 0) {
        say("no ends");
        std::exit(3);
    }
    for (const int fd : fd_) set_nonblocking(fd);
}
Ends::~Ends() {
    close_a();
    close_b();
}
void Ends::close_a() {
    close_once(fd_[0]);
}
void Ends::close_b() {
    close_once(fd_[1]);
}
void Ends::write_b(const char* text) {
    const std::string_view bytes(text);
    if (write(fd_[1], bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        say("short write");
}
int Ends::drain(int fd) {
    char bytes[256];
    int total = 0;
    for (ssize_t n = read(fd, bytes, sizeof bytes); n > 0; n = read(fd, bytes, sizeof bytes))
        total += static_cast<int>(n);
    return total;
}

Teller::Teller(event_base* base, const char* name, int fd, short events, Then then)
    : name_(name), then_(then), event_(event_new(base, fd, events, called, this)) {}

void Teller::called(evutil_socket_t, short what, void* self) {
    auto& teller = *static_cast<Teller*>(self);
    ++teller.fires_;
    say("%s: %s", teller.name_, what_text(what).c_str());
    if (teller.then_ != nullptr) teller.then_(teller);
}

int Teller::add(int milliseconds) {
    if (milliseconds < 0) return event_add(event_.get(), nullptr);
    const timeval tv = after(milliseconds);
    return event_add(event_.get(), &tv);
}

std::string Teller::pending() const {
    return what_text(event_pending(
        event_.get(), EV_TIMEOUT | EV_READ | EV_WRITE | EV_SIGNAL | EV_CLOSED, nullptr));
}

timeval after(int milliseconds) {
    return {milliseconds / 1000, (milliseconds % 1000) * 1000};
}

long now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int loop(event_base* base, int flags) {
    const int result = event_base_loop(base, flags);
    say("loop(%d) = %d", flags, result);
    return result;
}

int loop_bounded(event_base* base, int milliseconds) {
    const timeval tv = after(milliseconds);
    event_base_loopexit(base, &tv);
    const long began = now_ms();
    const int result = event_base_dispatch(base);
    if (now_ms() - began >= milliseconds) say("the loop had to be ended");
    say("dispatch = %d", result);
    return result;
}

void forget_environment() {
    for (const char* name :
         {"EVENT_NOEPOLL", "EVENT_NOPOLL", "EVENT_NOSELECT", "EVENT_SHOW_METHOD",
          "EVENT_EPOLL_USE_CHANGELIST", "EVENT_USE_IO_URING", "EVENT_PRECISE_TIMER"})
        unsetenv(name);
}

}  // namespace evglass::conformance
