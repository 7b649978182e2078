// The same through the library: an event for each descriptor, on the backend that the name says.
// The library waits and collects; its callback tells the handler. Nothing here knows a system call.
// Read next: scenario.h; src/backend/eventop.h is what each backend does.
#include <event2/event.h>
#include <event2/evglass.h>

#include <cstdlib>

#include "lessons/lab/calls.h"
#include "lessons/lab/mechanism.h"

namespace lab {
namespace {

struct Free {
    void operator()(event* e) const { event_free(e); }
    void operator()(event_base* b) const { event_base_free(b); }
    void operator()(event_config* c) const { event_config_free(c); }
};
using Base = std::unique_ptr<event_base, Free>;

/// A base on one backend: all the others are avoided. Null where the kernel lacks it.
Base base_on(std::string_view backend) {
    const std::unique_ptr<event_config, Free> config(event_config_new());
    if (!config) give_up("event_config_new");
    const std::string_view method = backend == "changelist" ? "epoll" : backend;
    for (const char** each = event_get_supported_methods(); *each != nullptr; ++each)
        if (method != *each) event_config_avoid_method(config.get(), *each);
    if (backend == "changelist")
        event_config_set_flag(config.get(), EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    if (backend == "io_uring") evglass_config_prefer_io_uring(config.get());
    event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV);
    return Base(event_base_new_with_config(config.get()));
}

class Reactor final : public Mechanism {
 public:
    explicit Reactor(std::string_view backend) : backend_(backend), base_(base_on(backend)) {}

    bool add(int fd, int what, int timeout_ms) override {
        if (!base_) return refuse("this kernel has no " + backend_ + " for the library");
        const auto at = static_cast<std::size_t>(fd);
        if (at >= events_.size()) events_.resize(at + 1);
        if (!events_[at] || event_get_events(events_[at].get()) != event_bits(what))
            events_[at].reset(event_new(base_.get(), fd, event_bits(what), on_event, this));
        const timeval timeout{timeout_ms / 1000, timeout_ms % 1000 * 1000};
        if (event_add(events_[at].get(), timeout_ms > 0 ? &timeout : nullptr) == 0) return true;
        return refuse("event_add failed");
    }
    void change(int fd, int what) override {
        remove(fd);
        add(fd, what, 0);
    }
    void remove(int fd) override { event_del(events_[static_cast<std::size_t>(fd)].get()); }

    int turn(Handler& handler, bool may_sleep) override {
        handler_ = &handler;
        ready_ = 0;
        event_base_loop(base_.get(), EVLOOP_ONCE | (may_sleep ? 0 : EVLOOP_NONBLOCK));
        return ready_;
    }

 private:
    static short event_bits(int what) {
        return static_cast<short>(EV_PERSIST | ((what & kRead) != 0 ? EV_READ : 0) |
                                  ((what & kWrite) != 0 ? EV_WRITE : 0));
    }
    static void on_event(evutil_socket_t fd, short what, void* arg) noexcept {
        auto* self = static_cast<Reactor*>(arg);
        if ((what & EV_TIMEOUT) == 0) ++self->ready_;
        self->handler_->on_ready(
            fd, ((what & EV_READ) != 0 ? kRead : 0) | ((what & EV_WRITE) != 0 ? kWrite : 0));
    }

    std::string backend_;
    Base base_;
    std::vector<std::unique_ptr<event, Free>> events_;  ///< by descriptor; before the base they go
    Handler* handler_ = nullptr;
    int ready_ = 0;
};

}  // namespace

std::unique_ptr<Mechanism> make_reactor(std::string_view name) {
    return std::make_unique<Reactor>(name);
}

}  // namespace lab
