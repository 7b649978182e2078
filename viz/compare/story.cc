// From records to calls with names in them. What a call means is a text of its own: two mechanisms
// that do the same by different calls mean the same.
#include "viz/compare/story.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "trace/text.h"

namespace evglass::viz::compare {
namespace {

namespace rec = trace::rec;

constexpr std::string_view kStep = "step ", kName = "name ", kEnd = "step end";

std::string failed(int error) {
    return error != 0 ? trace::errno_text(error) : "0";
}
std::string result_of(std::int64_t result, int error) {
    return result < 0 ? trace::errno_text(error) : std::to_string(result);
}

}  // namespace

std::size_t Story::calls() const {
    std::size_t sum = 0;
    for (const StoryStep& step : steps) sum += step.calls.size();
    return sum;
}

void StoryTeller::mark(std::string_view text) {
    if (text == kEnd) {
        ended_ = true;
    } else if (text.starts_with(kStep)) {
        story_.steps.push_back({trace::safe(text.substr(kStep.size())), {}});
    } else if (text.starts_with(kName)) {
        const std::string_view rest = text.substr(kName.size());
        int fd = -1;
        const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), fd);
        if (problem != std::errc() || end == rest.data() + rest.size()) return;
        roles_[fd] = trace::safe(std::string_view(end + 1, rest.data() + rest.size()));
        // Its accept was told before it had a name.
        if (story_.steps.empty() || story_.steps.back().calls.empty()) return;
        StoryCall& last = story_.steps.back().calls.back();
        if (!last.text.starts_with("accept4")) return;
        last.text = "accept4(listener) = " + roles_[fd];
        last.meaning = "accept: " + roles_[fd];
    }
}

std::string StoryTeller::role(int fd) const {
    const auto at = roles_.find(fd);
    return at != roles_.end() ? at->second : "fd " + std::to_string(fd);
}

bool StoryTeller::wait(const trace::Record& record, StoryCall& call) const {
    int ready = -1;
    if (const auto* select = record.as<rec::sys_select>()) {
        ready = select->result;
        call.text = fmt::format("select({} bits)", static_cast<int>(select->nfds));
    } else if (const auto* poll = record.as<rec::sys_poll>()) {
        ready = poll->result;
        call.text = fmt::format("poll({} entries)", static_cast<unsigned>(poll->nfds));
    } else if (const auto* wait = record.as<rec::sys_epoll_wait>()) {
        ready = wait->result;
        call.text = "epoll_wait()";
    } else if (const auto* precise = record.as<rec::sys_epoll_pwait2>()) {
        ready = precise->result;
        call.text = "epoll_pwait2()";
    } else if (const auto* enter = record.as<rec::sys_io_uring_enter>()) {
        // How many completions it brought stands in the ring, not in its result.
        call.text = fmt::format("io_uring_enter({} requests)", static_cast<int>(enter->result));
        call.meaning = fmt::format("enter: {}", static_cast<int>(enter->result));
        call.kind = CallKind::wait;
        return true;
    } else {
        return false;
    }
    call.text += fmt::format(" = {}", ready);
    call.meaning = fmt::format("wait: {}", ready);
    call.kind = CallKind::wait;
    return true;
}

bool StoryTeller::transfer(const trace::Record& record, StoryCall& call) const {
    const auto one = [&](const char* name, int fd, std::int64_t result, int error) {
        call.text = fmt::format("{}({}) = {}", name, role(fd), result_of(result, error));
        call.meaning = call.text;
        call.kind = CallKind::transfer;
        return true;
    };
    if (const auto* read = record.as<rec::sys_read>())
        return one("read", read->fd, read->result, read->error);
    if (const auto* write = record.as<rec::sys_write>())
        return one("write", write->fd, write->result, write->error);
    return false;
}

bool StoryTeller::descriptor(const trace::Record& record, const trace::TraceContext& trace,
                             StoryCall& call) const {
    if (const auto* control = record.as<rec::sys_epoll_ctl>()) {
        const trace::TraceRecordType* type = trace.type(record.type);
        std::string op, events;
        for (const trace::TraceField& field : type->fields) {
            if (field.name == "op") op = trace::field_text(record, field, trace, nullptr);
            if (field.name == "events") events = trace::field_text(record, field, trace, nullptr);
        }
        if (op == "DEL") events.clear();
        call.text = fmt::format("epoll_ctl({} {}{}{})", op, role(control->fd),
                                events.empty() ? "" : ", ", events);
        call.kind = CallKind::control;
    } else if (const auto* accept = record.as<rec::sys_accept4>()) {
        call.text = fmt::format("accept4({}) = {}", role(accept->fd),
                                accept->result < 0 ? failed(accept->error) : "a client");
    } else if (const auto* close = record.as<rec::sys_close>()) {
        call.text = fmt::format("close({})", role(close->fd));
    } else {
        return false;
    }
    call.meaning = call.text;
    return true;
}

void StoryTeller::tell(const trace::Record& record, const trace::TraceContext& trace) {
    if (const auto* mark_record = record.as<rec::mark>()) return mark(mark_record->text.view());
    if (story_.steps.empty() || ended_) return;  // the loop is made, or taken down
    StoryCall call;
    if (wait(record, call) || transfer(record, call) || descriptor(record, trace, call))
        story_.steps.back().calls.push_back(std::move(call));
}

Story read_story(const std::string& path, const std::string& mechanism) {
    Story story;
    story.mechanism = mechanism;
    trace::Reader::Opened opened = trace::Reader::open(path);
    if (!opened.reader) {
        story.left_out = opened.error;
        return story;
    }
    StoryTeller teller(story);
    for (const trace::Record& record : opened.reader->poll()) teller.tell(record, *opened.reader);
    if (story.steps.empty()) story.left_out = "its trace has no steps";
    return story;
}

Divergence first_divergence(const Story& reference, const Story& other) {
    for (std::size_t s = 0; s < std::min(reference.steps.size(), other.steps.size()); ++s) {
        const auto& a = reference.steps[s].calls;
        const auto& b = other.steps[s].calls;
        for (std::size_t c = 0; c < std::max(a.size(), b.size()); ++c)
            if (c >= a.size() || c >= b.size() || a[c].meaning != b[c].meaning) return {s, c, true};
    }
    return {};
}

}  // namespace evglass::viz::compare
