// What sample_model.h declares.
#include "tests/support/sample_model.h"

#include <stdexcept>

#include "tests/support/scene.h"

namespace evglass::trace::testing {

namespace {

void accept_client(RecordBuilder& out, Address listener, int fd, std::uint32_t port) {
    out.add(rec::sys_accept4{.fd = 6, .flags = 0x80800, .result = fd, .error = 0, .duration = 4200},
            "listener_read_cb", "src/net/listener.cc", 120);
    out.add(rec::listener_accept{.listener = listener, .fd = fd, .port = port}, "listener_read_cb",
            "src/net/listener.cc", 131);
}

void accept_nothing(RecordBuilder& out) {
    out.add(rec::sys_accept4{.fd = 6, .flags = 0x80800, .result = -1, .error = 11, .duration = 700},
            "listener_read_cb", "src/net/listener.cc", 120);
}

void set_up(Sample& s, Scene& scene) {
    RecordBuilder& out = s.builder;
    const Address pipe = s.base + 0x3000;  // the first event that the scene makes
    s.signal_pipe = pipe;
    s.listener =
        scene.make_event({.fd = 6, .events = Scene::kRead | Scene::kPersist, .name = "listener"});
    out.add(rec::listener_new{.base = s.base,
                              .listener = Address{0xf000},
                              .event = s.listener,
                              .fd = 6,
                              .backlog = 128},
            "evconnlistener_new", "src/net/listener.cc", 60);
    scene.add(pipe);
    scene.add(s.listener);
    s.timer = scene.make_event({.fd = -1, .events = Scene::kPersist, .name = "status timer"});
    scene.add(s.timer, 2'000'000);
    s.sigint = scene.make_event({.fd = 2, .events = Scene::kSignal | Scene::kPersist, .name = {}});
    scene.add(s.sigint);
}

void make_clients(Sample& s, Scene& scene) {
    const int events = Scene::kRead | Scene::kPersist;
    accept_client(s.builder, 0xf000, 7, 40001);
    s.client_a = scene.make_event({.fd = 7, .events = events, .name = "client A"});
    scene.add(s.client_a);
    accept_client(s.builder, 0xf000, 8, 40002);
    s.client_b = scene.make_event({.fd = 8, .events = events, .name = "client B"});
    scene.add(s.client_b, 30'000'000);
    accept_nothing(s.builder);
    s.spare = scene.make_event({.fd = -1, .events = 0, .name = "spare"});
}

/// The story up to client A's callback in turn 3.
void tell_beginning(Sample& s, Scene& scene) {
    set_up(s, scene);
    scene.begin_loop();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(1, 250'000);
    scene.fd_ready(6, Scene::kRead);
    scene.expire_timers();
    scene.phase(field::phase::process_active);
    scene.begin_callback();
    make_clients(s, scene);
    s.builder.advance_ns(40'000);
    scene.end_callback();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(0, 1'750'500);
    scene.expire_timers();
    scene.phase(field::phase::process_active);
    scene.begin_callback();
    s.builder.advance_ns(12'000);
    scene.end_callback();
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(2, 310'000);
    scene.fd_ready(7, Scene::kRead);
    scene.fd_ready(8, Scene::kRead);
    scene.expire_timers();
    scene.phase(field::phase::process_active);
    s.in_callback = s.builder.next_number();
    scene.begin_callback();
    scene.emit_syscall_read(7, 5);
}

/// SIGINT comes while the loop sleeps; the next turn finds the pipe readable, and reads it.
void take_signal(Scene& scene) {
    scene.begin_turn();
    scene.choose_wait();
    scene.catch_signal(2);
    scene.wake(-1, 100'000, 4);
    scene.expire_timers();
    scene.phase(field::phase::process_active);
    scene.begin_turn();
    scene.choose_wait();
    scene.wake(1, 5);
    scene.fd_ready(4, Scene::kRead);
    scene.expire_timers();
    scene.phase(field::phase::process_active);
    scene.begin_callback();
    scene.emit_syscall_read(4, 1);
    scene.signal_arrived(2);
    scene.end_callback();
}

void tell_end(Sample& s, Scene& scene) {
    scene.end_callback();
    scene.begin_callback();
    scene.emit_syscall_read(8, -1, 11);
    scene.end_callback();
    take_signal(scene);
    scene.begin_callback();
    s.builder.add(rec::api_begin{.base = s.base, .event = Address{0}}, "event_base_loopexit");
    const Address once = scene.make_event({.fd = -1, .events = 0, .name = "once"});
    scene.add(once, 2'000'000);
    s.builder.add(rec::api_end{.base = s.base, .event = Address{0}, .result = 0},
                  "event_base_loopexit");
    scene.end_callback();
    for (int turn = 0; turn < 2; ++turn) {
        scene.begin_turn();
        scene.choose_wait();
        scene.wake(0, turn == 0 ? 1'600'000 : 400'500);
        scene.expire_timers();
        scene.phase(field::phase::process_active);
        const Address event = scene.begin_callback();
        if (event == once) scene.request(field::request::exit);
        if (event != 0) scene.end_callback();
    }
    scene.begin_turn();
    scene.end_loop(field::loopend::exit, 0);
}

}  // namespace

Model replay(const RecordBuilder& builder) {
    Model model;
    for (const Record& record : builder.records()) {
        const auto& sites = builder.shared_context()->sites();
        const SiteInfo* site = record.site == 0 ? nullptr : &sites[record.site - 1U];
        const Change change = model.apply(record, site);
        if (!change.error.empty())
            throw std::logic_error("record " + std::to_string(record.number) + ": " + change.error);
    }
    return model;
}

Sample make_sample() {
    Sample s;
    s.base = 0xb000;
    Scene scene(s.builder, 2, s.base);
    tell_beginning(s, scene);
    s.model = replay(s.builder);
    return s;
}

Sample make_finished_sample() {
    Sample s;
    s.base = 0xb000;
    Scene scene(s.builder, 2, s.base);
    tell_beginning(s, scene);
    tell_end(s, scene);
    s.model = replay(s.builder);
    return s;
}

}  // namespace evglass::trace::testing
