// The random program's steps. Every choice comes from the one generator, so that a seed is a bug
// report. Read next: random_program.h.
#include "tests/model/random_program.h"

#include <event2/evglass.h>
#include <event2/watch.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace evglass::testing {
namespace {

constexpr int kPairs = 6;
constexpr std::size_t kSlots = 40;
constexpr int kPriorities = 3;
constexpr int kDepth = 3;

void must(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(what);
}

event_base* make_base(const std::string& backend) {
    event_config* cfg = event_config_new();
    const bool changelist = backend == "changelist";
    if (changelist) event_config_set_flag(cfg, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    if (backend == "io_uring") must(evglass_config_prefer_io_uring(cfg) == 0, "io_uring");
    for (const char* other : {"epoll", "poll", "select"}) {
        if (other != (changelist ? "epoll" : backend)) event_config_avoid_method(cfg, other);
    }
    event_base* base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    must(base != nullptr, "no base");
    return base;
}

}  // namespace

RandomProgram::RandomProgram(const RandomProgramOptions& options)
    : options_(options), random_(options.seed) {
    evglass_use_virtual_clock(1);
    base_ = make_base(options.backend);
    event_base_priority_init(base_, kPriorities);
    for (const timeval& common : {timeval{0, 5000}, timeval{0, 12000}}) {
        common_.push_back(event_base_init_common_timeout(base_, &common));
        must(common_.back() != nullptr, "event_base_init_common_timeout");
    }
    for (int i = 0; i < kPairs; ++i) {
        int fds[2];
        must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0, "socketpair");
        readers_.push_back(fds[0]);
        writers_.push_back(fds[1]);
    }
    if (options.keyframe_each_step) {
        evwatch_prepare_new(
            base_,
            [](evwatch*, const evwatch_prepare_cb_info*, void* arg) {
                static_cast<RandomProgram*>(arg)->checkpoint();
            },
            this);
        evwatch_check_new(
            base_,
            [](evwatch*, const evwatch_check_cb_info*, void* arg) {
                static_cast<RandomProgram*>(arg)->checkpoint();
            },
            this);
    }
    for (std::size_t i = 0; i < kSlots; ++i) {
        slots_.push_back(std::make_unique<Slot>(Slot{this}));
        make_event(*slots_.back());
    }
}

RandomProgram::~RandomProgram() {
    for (auto& slot : slots_) drop_event(*slot);
    event_base_free(base_);
    for (const int fd : readers_) close(fd);
    for (const int fd : writers_) close(fd);
    evglass_use_virtual_clock(0);
}

void RandomProgram::run() {
    for (int i = 0; i < options_.steps; ++i) step();
}

void RandomProgram::make_event(Slot& slot) {
    slot.kind = below(kKinds);
    const short persist = chance(50) ? EV_PERSIST : 0;
    const int fd = readers_[static_cast<std::size_t>(below(kPairs))];
    const auto events = [&]() -> short {
        switch (slot.kind) {
            case kRead:
                return EV_READ;
            case kWrite:
                return chance(30) ? EV_READ | EV_WRITE : EV_WRITE;
            case kSignal:
                return EV_SIGNAL;
            default:
                return 0;
        }
    }();
    const int number = slot.kind == kSignal  ? (chance(50) ? SIGUSR1 : SIGUSR2)
                       : slot.kind == kTimer ? -1
                                             : fd;
    slot.ev = event_new(base_, number, static_cast<short>(events | persist), on_event, &slot);
    must(slot.ev != nullptr, "event_new");
}

void RandomProgram::drop_event(Slot& slot) {
    if (slot.ev == nullptr) return;
    if (chance(15)) {
        event_free_finalize(0, slot.ev, [](event*, void*) {});
    } else {
        event_free(slot.ev);
    }
    slot.ev = nullptr;
}

void RandomProgram::checkpoint() {
    const BaseLock lock(base_);
    event_base_assert_ok_nolock_(base_);
    if (options_.keyframe_each_step) event_base_write_keyframe(base_);
}

void RandomProgram::act_on(Slot& slot) {
    const timeval soon{0, below(20000)};
    switch (below(10)) {
        case 0:
        case 1:
            event_add(slot.ev, nullptr);
            break;
        case 2:
        case 3:
            event_add(slot.ev, &soon);
            break;
        case 4:
            event_add(slot.ev, common_[static_cast<std::size_t>(below(2))]);
            break;
        case 5:
            event_del(slot.ev);
            break;
        case 6:
            event_active(slot.ev, EV_READ, static_cast<short>(1 + below(3)));
            break;
        case 7:
            event_remove_timer(slot.ev);
            break;
        case 8:
            event_priority_set(slot.ev, below(kPriorities));
            break;
        default:
            drop_event(slot);
            make_event(slot);
    }
}

void RandomProgram::poke_the_world() {
    const auto i = static_cast<std::size_t>(below(kPairs));
    switch (below(4)) {
        case 0:
            static_cast<void>(!write(writers_[i], "x", 1));
            break;
        case 1:
            raise(SIGUSR1);
            break;
        default: {
            char sink[64];
            static_cast<void>(!read(readers_[i], sink, sizeof sink));
        }
    }
}

void RandomProgram::ask_the_loop() {
    const timeval soon{0, below(5000)};
    switch (below(5)) {
        case 0:
            event_base_loopexit(base_, &soon);
            break;
        case 1:
            event_base_loopbreak(base_);
            break;
        case 2:
            event_base_loopcontinue(base_);
            break;
        case 3:
            change_watchers();
            break;
        default:
            event_base_once(base_, -1, EV_TIMEOUT, on_once, this, chance(50) ? &soon : nullptr);
    }
}

/// Watchers come and go, in and out of callbacks.
void RandomProgram::change_watchers() {
    constexpr std::size_t kMost = 6;
    if (watchers_.size() < kMost && chance(60)) {
        evwatch* watcher =
            chance(50) ? evwatch_prepare_new(
                             base_, [](evwatch*, const evwatch_prepare_cb_info*, void*) {}, this)
                       : evwatch_check_new(
                             base_, [](evwatch*, const evwatch_check_cb_info*, void*) {}, this);
        must(watcher != nullptr, "evwatch");
        watchers_.push_back(watcher);
    } else if (!watchers_.empty()) {
        const auto i = static_cast<std::size_t>(below(static_cast<int>(watchers_.size())));
        evwatch_free(watchers_[i]);
        watchers_.erase(watchers_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void RandomProgram::turn_the_loop() {
    // Something must end a loop that waits: NONBLOCK, or a bound in time.
    if (chance(70)) {
        event_base_loop(base_, EVLOOP_NONBLOCK);
        return;
    }
    const timeval bound{0, 30000};
    event_base_loopexit(base_, &bound);
    event_base_loop(base_, chance(50) ? EVLOOP_ONCE : 0);
}

void RandomProgram::step() {
    const int choice = below(100);
    if (choice < 70) {
        act_on(*slots_[static_cast<std::size_t>(below(static_cast<int>(kSlots)))]);
    } else if (choice < 80) {
        // A raised signal without a handler would end the process: only while one is watched.
        bool watched = false;
        for (auto& slot : slots_) {
            watched |= slot->kind == kSignal && event_get_fd(slot->ev) == SIGUSR1 &&
                       event_pending(slot->ev, EV_SIGNAL, nullptr) != 0;
        }
        if (watched) poke_the_world();
    } else if (choice < 88) {
        ask_the_loop();
    } else if (depth_ == 0) {
        turn_the_loop();
    }
    checkpoint();
}

void RandomProgram::on_event(evutil_socket_t fd, short what, void* arg) {
    auto& slot = *static_cast<Slot*>(arg);
    RandomProgram& program = *slot.program;
    ++program.callbacks_;
    if ((what & EV_READ) != 0 && slot.kind == kRead) {
        char sink[16];
        static_cast<void>(!read(fd, sink, sizeof sink));
    }
    if (++program.depth_ <= kDepth && program.chance(40)) program.step();
    --program.depth_;
}

void RandomProgram::on_once(evutil_socket_t, short, void* arg) {
    ++static_cast<RandomProgram*>(arg)->callbacks_;
}

}  // namespace evglass::testing
