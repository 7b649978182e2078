// One small story on several mechanisms, laid side by side: what the clients did, and which system
// calls each server made for it. A story is read from a trace; its marks (lessons/lab/steps.cc) say
// where a step begins and which descriptor is whose.
// Read next: aligned.h (laid side by side), story_text.cc and story_graph.cc (shown).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "trace/reader.h"

namespace evglass::viz::compare {

enum class CallKind { wait, control, transfer, other };

struct StoryCall {
    std::string text;     ///< "epoll_ctl(ADD client 1, IN)"
    std::string brief;    ///< the same for a narrow column: "ctl ADD client 1 IN"
    std::string meaning;  ///< the same for mechanisms that do the same: "wait: 1"
    std::string key;      ///< what may stand beside it, even if it means something else: "wait"
    CallKind kind = CallKind::other;
    std::uint64_t record = 0;          ///< its place in the recording
    long bytes_in = 0, bytes_out = 0;  ///< lists and answers copied in and out: counting.h
};
struct StoryStep {
    std::string what;  ///< "client 1 connects"
    std::vector<StoryCall> calls;
    std::uint64_t record = 0;  ///< where it begins
};
struct Story {
    std::string mechanism;
    std::string left_out;  ///< why there is none
    std::vector<StoryStep> steps;
    std::string trace;  ///< the recording

    std::size_t calls() const;
};

/// Becomes a story record by record.
class StoryTeller {
 public:
    explicit StoryTeller(Story& story) : story_(story) {}
    void tell(const trace::Record& record, const trace::TraceContext& trace);

 private:
    void mark(const trace::Record& record, std::string_view text);
    std::string role(int fd) const;
    bool wait(const trace::Record& record, StoryCall& call) const;
    bool transfer(const trace::Record& record, StoryCall& call) const;
    bool control(const trace::Record& record, const trace::TraceContext& trace,
                 StoryCall& call) const;
    bool descriptor(const trace::Record& record, StoryCall& call) const;

    Story& story_;
    std::map<int, std::string> roles_;
    bool ended_ = false;
};
Story read_story(const std::string& trace, const std::string& mechanism);

/// Columns for a terminal of this width; as many tables below each other as it takes.
std::string story_text(const std::vector<Story>& stories, std::size_t width);
/// The same as a picture, in DOT.
std::string story_dot(const std::vector<Story>& stories);

}  // namespace evglass::viz::compare
