// A big recording in the live view: how long it takes to open it the first time and again, to seek
// in it, and to draw and scroll its screens. `big_bench TRACE`: the index is made anew (it lies
// where $XDG_CACHE_HOME says). Times are processor time of this process, so that what others do on
// the machine is left out; the clock's are in brackets.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <vector>

#include "viz/live/app.h"

namespace {

using evglass::viz::App;
using evglass::viz::Session;

double processor_ms() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Took {
    double processor = 0, clock = 0;
};

Took timed(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    const double before = processor_ms();
    work();
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - began;
    return {processor_ms() - before, passed.count()};
}

void tell(const char* what, std::vector<Took> times) {
    const auto by = [&](double Took::*member, double part) {
        std::sort(times.begin(), times.end(),
                  [&](const Took& a, const Took& b) { return a.*member < b.*member; });
        return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))].*
               member;
    };
    std::printf("%-26s %5zu", what, times.size());
    const std::pair<const char*, double> parts[] = {{"p50", 0.5}, {"p95", 0.95}, {"worst", 1}};
    for (const auto& [name, part] : parts)
        std::printf("  %s %7.1f (%7.1f)", name, by(&Took::processor, part), by(&Took::clock, part));
    std::puts(" ms");
    std::fflush(stdout);
}

std::unique_ptr<Session> open(const char* path) {
    auto opened = Session::open(path, false, std::nullopt, "");
    if (opened.session == nullptr) {
        std::fprintf(stderr, "big_bench: %s\n", opened.error.c_str());
        std::exit(2);
    }
    return std::move(opened.session);
}

/// Somewhere in the trace, each time at another place; a frame is drawn there.
void seek(Session& session, App& app, std::uint64_t last) {
    std::mt19937_64 random(1);
    std::vector<Took> model, frame;
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t to = 1 + random() % last;
        model.push_back(timed([&] { session.go(to), session.moment(0, 0); }));
        frame.push_back(timed([&] { app.frame(160, 50); }));
    }
    tell("seek to any record", model);
    tell("  and its first frame", frame);
}

void step(Session& session, App& app, const char* what, const char* keys, int times) {
    std::string error;
    const auto pressed = evglass::viz::parse_keys(keys, error);
    std::vector<Took> all;
    for (int i = 0; i < times; ++i)
        all.push_back(timed([&] {
            for (const auto& key : *pressed) app.press(key);
            session.poll();
            app.frame(160, 50);
        }));
    tell(what, all);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: big_bench TRACE\n", stderr);
        return 2;
    }
    std::unique_ptr<Session> session;
    tell("open, the first time", {timed([&] { session = open(argv[1]); })});
    session.reset();
    tell("open again", {timed([&] { session = open(argv[1]); })});
    const auto last = session->position();
    App app(*session, true);
    session->go(last / 2);
    std::printf("%lu records; in the middle %zu events\n", static_cast<unsigned long>(last),
                session->moment(0, 0).model->events().size());
    seek(*session, app, last);
    session->go(last / 2);
    step(*session, app, "one record back", "<Left>", 50);
    step(*session, app, "one turn on", "<PgDn>", 20);
    step(*session, app, "Events: draw", "2", 5);
    step(*session, app, "Events: scroll by a row", "<Down>", 50);
    step(*session, app, "Events: scroll by a page", "}", 50);
    step(*session, app, "Timers: scroll by a page", "3}", 20);
    step(*session, app, "Lanes: scroll by a page", "0}", 20);
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf("memory: at most %ld MB\n", used.ru_maxrss / 1024);
    return 0;
}
