// A scene and what the lints find in it: for tests that tell a fault, and then the same without.
#pragma once

#include <string>
#include <vector>

#include "tests/support/scene.h"
#include "trace/lints/lints.h"

namespace evglass::trace::testing {

struct LintScene {
    explicit LintScene(int priorities = 1) : scene(out, priorities) { scene.begin_loop(); }

    /// One turn: the backend sleeps for `us`, reports fd (-1: none), and one callback runs around
    /// `inside`.
    template <class Inside>
    void turn(int fd, int what, std::int64_t us, Inside inside) {
        scene.begin_turn();
        scene.choose_wait();
        scene.wake(fd < 0 ? 0 : 1, us);
        if (fd >= 0) scene.fd_ready(fd, what);
        scene.expire_timers();
        scene.phase(field::phase::process_active);
        if (scene.begin_callback() == 0) return;
        inside();
        scene.end_callback();
    }
    void turn(int fd, int what, std::int64_t us = 500) {
        turn(fd, what, us, [] {});
    }

    /// All that is found, as "name about text".
    std::vector<std::string> found(const LintSet& set = {}) const {
        LintRun run(set);
        for (const Record& record : out.records()) {
            const auto& sites = out.shared_context()->sites();
            run.see(record, record.site == 0 ? nullptr : &sites[record.site - 1U]);
        }
        std::vector<std::string> lines;
        for (std::size_t i = 0; i < lints().size(); ++i)
            for (const Finding& finding : run.findings(i)) {
                std::string line(lints()[i].name);
                line += " " + finding.about + ": " + finding.text;
                lines.push_back(line);
                last = finding;
            }
        return lines;
    }
    const Record& record(std::uint64_t number) const {
        for (const Record& record : out.records())
            if (record.number == number) return record;
        return out.records().front();
    }

    RecordBuilder out;
    Scene scene;
    mutable Finding last;  ///< the last finding of found()
};

}  // namespace evglass::trace::testing
