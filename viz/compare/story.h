// One small story on several mechanisms, laid side by side: what the clients did, and which system
// calls each server made for it. A story is read from a trace; its marks (lessons/lab/steps.cc) say
// where a step begins and which descriptor is whose.
// Read next: story_text.cc and story_graph.cc, how it is shown.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "trace/reader.h"

namespace evglass::viz::compare {

enum class CallKind { wait, control, transfer, other };

struct StoryCall {
    std::string text;  ///< "epoll_ctl(ADD client 1 IN)"
    std::string
        meaning;  ///< the same for mechanisms that do the same: "wait: 1", "read client 1: 3"
    CallKind kind = CallKind::other;
};
struct StoryStep {
    std::string what;  ///< "client 1 connects"
    std::vector<StoryCall> calls;
};
struct Story {
    std::string mechanism;
    std::string left_out;  ///< why there is none
    std::vector<StoryStep> steps;

    std::size_t calls() const;
};

/// Becomes a story record by record.
class StoryTeller {
 public:
    explicit StoryTeller(Story& story) : story_(story) {}
    void tell(const trace::Record& record, const trace::TraceContext& trace);

 private:
    void mark(std::string_view text);
    std::string role(int fd) const;
    bool wait(const trace::Record& record, StoryCall& call) const;
    bool transfer(const trace::Record& record, StoryCall& call) const;
    bool descriptor(const trace::Record& record, const trace::TraceContext& trace,
                    StoryCall& call) const;

    Story& story_;
    std::map<int, std::string> roles_;
    bool ended_ = false;
};
Story read_story(const std::string& trace, const std::string& mechanism);

/// Where a story first does something else than the one it is compared with.
struct Divergence {
    std::size_t step = 0, call = 0;
    bool found = false;
};
Divergence first_divergence(const Story& reference, const Story& other);

/// Columns for a terminal of this width; as many tables below each other as it takes.
std::string story_text(const std::vector<Story>& stories, std::size_t width);
/// The same as a picture, in DOT.
std::string story_dot(const std::vector<Story>& stories);

}  // namespace evglass::viz::compare
