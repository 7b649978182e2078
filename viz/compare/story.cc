// From records to calls with names in them. What a call means is a text of its own: two mechanisms
// that do the same by different calls mean the same.
#include "viz/compare/story.h"

#include <charconv>

#include <fmt/format.h>

#include "trace/text.h"
#include "viz/compare/counting.h"

namespace evglass::viz::compare {
namespace {

namespace rec = trace::rec;

constexpr std::string_view kStep = "step ", kName = "name ", kEnd = "step end";
constexpr const char* kWait = "wait";  // any way to wait may stand beside any other

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

void StoryTeller::mark(const trace::Record& record, std::string_view text) {
    if (text == kEnd) {
        ended_ = true;
    } else if (text.starts_with(kStep)) {
        story_.steps.push_back({trace::safe(text.substr(kStep.size())), {}, record.number});
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
        last.brief = "accept4 = " + roles_[fd];
        last.meaning = last.key = "accept: " + roles_[fd];
    }
}

std::string StoryTeller::role(int fd) const {
    const auto at = roles_.find(fd);
    return at != roles_.end() ? at->second : "fd " + std::to_string(fd);
}

bool StoryTeller::wait(const trace::Record& record, StoryCall& call) const {
    const auto one = [&](const std::string& name, const std::string& asked, int ready) {
        call.text = fmt::format("{}({}) = {}", name, asked, ready);
        call.brief = fmt::format("{}({}) = {}", name, asked.substr(0, asked.find(' ')), ready);
        call.meaning = fmt::format("wait: {}", ready);
        call.key = kWait;
        call.kind = CallKind::wait;
        return true;
    };
    if (const auto* select = record.as<rec::sys_select>())
        return one("select", fmt::format("{} bits", static_cast<int>(select->nfds)),
                   select->result);
    if (const auto* poll = record.as<rec::sys_poll>())
        return one("poll", fmt::format("{} entries", static_cast<unsigned>(poll->nfds)),
                   poll->result);
    if (const auto* wait = record.as<rec::sys_epoll_wait>())
        return one("epoll_wait", "", wait->result);
    if (const auto* precise = record.as<rec::sys_epoll_pwait2>())
        return one("epoll_pwait2", "", precise->result);
    const auto* enter = record.as<rec::sys_io_uring_enter>();
    if (enter == nullptr) return false;
    // How many completions it brought stands in the ring, not in its result.
    const int requests = enter->result;
    call.text = fmt::format("io_uring_enter({} request{})", requests, requests == 1 ? "" : "s");
    call.brief = fmt::format("io_uring_enter({})", requests);
    call.meaning = fmt::format("enter: {}", requests);
    call.key = kWait;
    call.kind = CallKind::wait;
    return true;
}

bool StoryTeller::transfer(const trace::Record& record, StoryCall& call) const {
    const auto one = [&](const char* name, int fd, std::int64_t result, int error) {
        call.key = fmt::format("{}({})", name, role(fd));
        call.text = call.key + " = " + result_of(result, error);
        call.brief = fmt::format("{} {} = {}", name, role(fd), result_of(result, error));
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

bool StoryTeller::control(const trace::Record& record, const trace::TraceContext& trace,
                          StoryCall& call) const {
    const auto* control = record.as<rec::sys_epoll_ctl>();
    if (control == nullptr) return false;
    const trace::TraceRecordType* type = trace.type(record.type);
    std::string op, events;
    for (const trace::TraceField& field : type->fields) {
        if (field.name == "op") op = trace::field_text(record, field, trace, nullptr);
        if (field.name == "events") events = trace::field_text(record, field, trace, nullptr);
    }
    if (op == "DEL") events.clear();
    const std::string problem = control->result < 0 ? " = " + failed(control->error) : "";
    call.key = fmt::format("{} {}", op, role(control->fd));
    call.text =
        fmt::format("epoll_ctl({}{}{}){}", call.key, events.empty() ? "" : ", ", events, problem);
    call.brief = fmt::format("ctl {}{}{}{}", call.key, events.empty() ? "" : " ", events, problem);
    call.meaning = call.text;
    call.kind = CallKind::control;
    return true;
}

bool StoryTeller::descriptor(const trace::Record& record, StoryCall& call) const {
    if (const auto* accept = record.as<rec::sys_accept4>()) {
        const std::string result = accept->result < 0 ? failed(accept->error) : "a client";
        call.text = fmt::format("accept4({}) = {}", role(accept->fd), result);
        call.brief = "accept4 = " + result;
    } else if (const auto* close = record.as<rec::sys_close>()) {
        call.text = call.brief = fmt::format("close({})", role(close->fd));
    } else {
        return false;
    }
    call.meaning = call.key = call.text;
    return true;
}

void StoryTeller::tell(const trace::Record& record, const trace::TraceContext& trace) {
    if (const auto* mark_record = record.as<rec::mark>())
        return mark(record, mark_record->text.view());
    if (story_.steps.empty() || ended_) return;  // the loop is made, or taken down
    StoryCall call;
    if (!wait(record, call) && !transfer(record, call) && !control(record, trace, call) &&
        !descriptor(record, call))
        return;
    Counts cost;
    count_record(record, cost);
    call.record = record.number;
    call.bytes_in = cost.bytes_in;
    call.bytes_out = cost.bytes_out;
    story_.steps.back().calls.push_back(std::move(call));
}

Story read_story(const std::string& path, const std::string& mechanism) {
    Story story;
    story.mechanism = mechanism;
    story.trace = path;
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

}  // namespace evglass::viz::compare
