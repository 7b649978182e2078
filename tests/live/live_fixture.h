// What the tests of the live view share: the built command, a program to watch, a directory of
// their own, and what a screen says. It starts nothing by itself, and ends what a test has started.
// Read next: live_test.cc, walk_test.cc.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "tests/live/tmux.h"

namespace evglass::viz::testing {

class LiveTest : public ::testing::Test {
 protected:
    LiveTest() {
        std::string pattern = ::testing::TempDir() + "evglass-live-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        setenv("XDG_RUNTIME_DIR", directory_.c_str(), 1);
        const std::filesystem::path tests =
            std::filesystem::read_symlink("/proc/self/exe").parent_path();
        evglass_ = (tests.parent_path() / "bin" / "evglass").string();
        ticker_ = (tests / "live-ticker").string();
    }
    ~LiveTest() override {
        for (const char* name : {"ticker", "viewer", "other", "other-ticker"}) {
            if (const pid_t pid = noted(name); pid > 0) kill(pid, SIGKILL);
        }
        std::filesystem::remove_all(directory_);
    }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    /// A shell line that notes its process id and becomes the program.
    std::string noting(const std::string& name, const std::string& program) const {
        return "sh -c 'echo $$ >" + path(name) + "; exec " + program + "'";
    }
    /// The process id so noted; 0 if there is none (yet).
    pid_t noted(const std::string& name) const {
        std::ifstream in(path(name));
        pid_t pid = 0;
        return in >> pid ? pid : 0;
    }
    bool runs(const std::string& name) const {
        const pid_t pid = noted(name);
        return pid > 0 && kill(pid, 0) == 0;
    }
    std::string live(const std::string& arguments) const {
        return shell_word(evglass_) + " live " + arguments;
    }
    /// A program that notes its process id under this name and becomes a ticker.
    std::string ticker_noting(const std::string& name, const std::string& ticks = "") const {
        const std::string script = path("start-" + name);
        std::ofstream(script) << "#!/bin/sh\necho $$ >" << path(name) << "\nexec " << ticker_ << " "
                              << ticks << "\n";
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        return script;
    }
    /// Watches a ticker that it starts, and waits for the first frame.
    void watch_ticker(Tmux& tmux, const std::string& ticks = "") {
        tmux.run(noting("viewer", evglass_ + " live -- " + ticker_noting("ticker", ticks)));
    }
    /// The record number in the header.
    static std::uint64_t record_of(const std::string& screen) {
        std::smatch found;
        if (!std::regex_search(screen, found, std::regex("record ([0-9,]+)"))) return 0;
        std::string digits = found[1];
        std::erase(digits, ',');
        return std::stoull(digits);
    }
    /// Waits until the header tells this record.
    static bool reaches(const Tmux& tmux, std::uint64_t record) {
        std::string digits = std::to_string(record);
        for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
        return tmux.shows("record " + digits);
    }
    std::uint64_t output_size() const {
        std::error_code none;
        const auto size = std::filesystem::file_size(path("out"), none);
        return none ? 0 : size;
    }
    /// A recording of a ticker that has ended.
    std::string recording(int ticks = 5) {
        output_of("EVGLASS_TRACE=" + path("done.evg") + " " + shell_word(ticker_) + " " +
                  std::to_string(ticks));
        return path("done.evg");
    }

    std::string directory_, evglass_, ticker_;
};

}  // namespace evglass::viz::testing
