// Stories for tests, written as one word for each call: what the lab records, made small.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "viz/compare/story.h"

namespace evglass::viz::compare::testing {

/// Calls with one blank between them: "wait:1" is a wait that finds one, "ADD:IN|ET" a change, any
/// other word a transfer. What stands before the colon may stand beside its like.
inline StoryStep step(const std::string& what, const std::string& mechanism,
                      const std::string& calls) {
    StoryStep out{what, {}, 0};
    for (std::size_t at = 0; at < calls.size();) {
        const std::size_t end = std::min(calls.find(' ', at), calls.size());
        const std::string word = calls.substr(at, end - at);
        at = end + 1;
        StoryCall call;
        call.key = word.substr(0, word.find(':'));
        call.meaning = word;
        call.kind = call.key == "wait"  ? CallKind::wait
                    : call.key == "ADD" ? CallKind::control
                                        : CallKind::transfer;
        call.text =
            call.kind == CallKind::wait ? mechanism + "_wait(all of them)" + word.substr(4) : word;
        call.brief = call.kind == CallKind::wait ? mechanism + word.substr(4) : word;
        call.bytes_out = call.kind == CallKind::wait ? 12 : 0;
        out.calls.push_back(std::move(call));
    }
    return out;
}

/// Four actions, one after the other; `calls` has one text for each.
inline Story story(const std::string& mechanism, const std::vector<std::string>& calls) {
    static const char* const kWhat[] = {"the server listens", "a client connects",
                                        "it says 200 bytes", "it leaves"};
    Story out;
    out.mechanism = mechanism;
    out.trace = "/nowhere/" + mechanism + ".evg";
    for (std::size_t i = 0; i < calls.size(); ++i) {
        out.steps.push_back(step(kWhat[i], mechanism, calls[i]));
        out.steps.back().record = 100 * (i + 1);
        for (std::size_t c = 0; c < out.steps.back().calls.size(); ++c)
            out.steps.back().calls[c].record = 100 * (i + 1) + c + 1;
    }
    return out;
}

/// Six mechanisms: more than fit any width.
inline std::vector<Story> stories() {
    return {
        story("poll", {"wait:0", "wait:1 accept wait:0",
                       "wait:1 read:100 write:100 wait:1 read:100 write:100 wait:0",
                       "wait:1 read:0 close wait:0"}),
        story("epoll", {"ADD:IN wait:0", "wait:1 accept ADD:IN wait:0",
                        "wait:1 read:100 write:100 wait:1 read:100 write:100 wait:0",
                        "wait:1 read:0 DEL close wait:0"}),
        story("epoll-et", {"ADD:IN|ET wait:0", "wait:1 accept ADD:IN|ET wait:0",
                           "wait:1 read:100 write:100 read:100 write:100 read:EAGAIN wait:0",
                           "wait:1 read:0 DEL close wait:0"}),
        story("select", {"wait:0", "wait:1 accept wait:0",
                         "wait:1 read:100 write:100 wait:1 read:100 write:100 wait:0",
                         "wait:1 read:0 close wait:0"}),
        story("changes", {"ADD:IN wait:0", "wait:1 accept ADD:IN wait:0",
                          "wait:1 read:100 write:100 wait:1 read:100 write:100 wait:0",
                          "wait:1 read:0 close DEL:EBADF wait:0"}),
        story("ring", {"enter wait:0", "enter wait:1 accept enter wait:0",
                       "enter wait:1 read:100 write:100 wait:1 read:100 write:100 wait:0",
                       "enter wait:1 read:0 enter close"}),
    };
}

}  // namespace evglass::viz::compare::testing
