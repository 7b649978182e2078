// A finished run and its records. What the names of the language mean is in values.cc.
#include "lessons/runner/moment.h"

#include <algorithm>

#include "trace/text.h"

namespace evglass::lessons {
namespace {

bool is_alias(std::string_view text, std::string_view kinds = "EBL") {
    return text.size() > 1 && kinds.find(text[0]) != std::string_view::npos &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("0123456789-xabcdef") == std::string_view::npos &&
           (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
}

bool matches_there(const trace::Filter& filter, const trace::Record& record,
                   const trace::Reader& reader, const trace::Model& model) {
    const trace::Names names(model);
    return filter.matches(record, reader, &names, &model);
}

}  // namespace

Run::Run(trace::Timeline timeline) : timeline_(std::move(timeline)) {
    timeline_.poll();
    if (timeline_.empty()) return;
    for (const trace::Record* record = timeline_.at(timeline_.first()); record != nullptr;
         record = timeline_.after(record->number)) {
        const auto* clock = record->as<trace::rec::time_cache>();
        if (clock != nullptr && clock->now != trace::kNone)
            clock_offset_ = clock->now - record->time_ns / 1000;
        if (const auto* fd = record->as<trace::rec::fd_name>())
            fds_.emplace_back(fd->label.view(), fd->fd.value);
        const auto* named = record->as<trace::rec::event_name>();
        if (named == nullptr) continue;
        const trace::Model& model = timeline_.model(record->number);
        const trace::Event* event = model.event(named->event);
        if (event == nullptr) continue;
        know_stream(model, event->address, named->name.view());
        events_.push_back({std::string(named->name.view()),
                           trace::Names(model).event(event->address), event->fd});
    }
}

std::string Run::alias(std::string_view event) const {
    if (is_alias(event)) return std::string(event);
    for (const Known& known : events_)
        if (known.name == event) return known.alias;
    return {};
}

void Run::know_stream(const trace::Model& model, trace::Address read_event, std::string_view name) {
    constexpr std::string_view kRead = ".read";
    if (!name.ends_with(kRead)) return;
    const trace::Names names(model);
    for (const auto& [address, bev] : model.bufferevents())
        if (bev.read_event == read_event)
            streams_.push_back({std::string(name.substr(0, name.size() - kRead.size())),
                                names.bufferevent(address), names.buffer(bev.input),
                                names.buffer(bev.output)});
}

std::string Run::bufferevent_alias(std::string_view name) const {
    if (is_alias(name, "S")) return std::string(name);
    for (const Stream& stream : streams_)
        if (stream.name == name) return stream.alias;
    return {};
}

std::string Run::buffer_alias(std::string_view name) const {
    if (is_alias(name, "V")) return std::string(name);
    for (const Stream& stream : streams_) {
        if (name == stream.name + ".input") return stream.input;
        if (name == stream.name + ".output") return stream.output;
    }
    return {};
}

std::string Run::called(const std::string& alias) const {
    for (const Stream& stream : streams_) {
        if (stream.alias == alias) return stream.name;
        if (stream.input == alias) return stream.name + ".input";
        if (stream.output == alias) return stream.name + ".output";
    }
    return alias;
}

std::string Run::translate(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const std::string_view term = text.substr(0, end);
        const auto equal = term.find('=');
        const std::string_view key = term.substr(0, equal);
        const std::string_view value =
            equal == std::string_view::npos ? std::string_view() : term.substr(equal + 1);
        out += value.empty() ? std::string(term) : translate_term(key, value);
        text.remove_prefix(end);
        while (!text.empty() && text.front() == ' ') {
            out += ' ';
            text.remove_prefix(1);
        }
    }
    return out;
}

std::string Run::translate_term(std::string_view key, std::string_view value) const {
    const std::string head = std::string(key) + "=";
    if (key == "event" && !is_number(value)) {
        const std::string found = alias(value);
        return head + (found.empty() ? std::string(value) : found);
    }
    if ((key == "bev" || key == "owner" || key == "other") && !bufferevent_alias(value).empty())
        return head + bufferevent_alias(value);
    if ((key == "buffer" || key == "source") && !buffer_alias(value).empty())
        return head + buffer_alias(value);
    if (key == "fd" && !is_number(value)) {
        for (const auto& [name, fd] : fds_)
            if (name == value) return head + std::to_string(fd);
        for (const Known& known : events_)
            if (known.name == value) return head + std::to_string(known.fd);
    }
    return head + std::string(value);
}

trace::Filter Run::filter(std::string_view text, std::string& error) const {
    return trace::Filter::parse(translate(text), error);
}

std::vector<std::uint64_t> Run::matches(const trace::Filter& filter) const {
    std::vector<std::uint64_t> found;
    if (timeline_.empty()) return found;
    // An alias and a turn mean what they meant there: memory is reused, turns go on.
    const bool with_model = filter.needs_model();
    const trace::Reader& reader = timeline_.reader();
    for (const trace::Record* record = timeline_.at(timeline_.first()); record != nullptr;
         record = timeline_.after(record->number)) {
        const trace::Model* model = with_model ? &timeline_.model(record->number) : nullptr;
        const bool matches = model != nullptr ? matches_there(filter, *record, reader, *model)
                                              : filter.matches(*record, reader);
        if (matches) found.push_back(record->number);
    }
    return found;
}

std::optional<std::int64_t> Run::clock_usec(const trace::Record& record) const {
    if (!clock_offset_) return std::nullopt;
    return *clock_offset_ + record.time_ns / 1000;
}

const trace::SiteInfo* Moment::site() const {
    const trace::Record* found = record();
    const auto& sites = run_->timeline().reader().sites();
    if (found == nullptr || found->site == 0 || found->site > sites.size()) return nullptr;
    return &sites[found->site - 1U];
}

const trace::Event* Moment::event(std::string_view designator) const {
    const std::string alias = run_->alias(designator);
    if (alias.empty()) return nullptr;
    const trace::Model& now = model();
    return now.event(trace::Names(now).find(alias));
}

const trace::Buffer* Moment::buffer(std::string_view designator) const {
    const trace::Model& now = model();
    return now.buffer(trace::Names(now).find(run_->buffer_alias(designator)));
}

const trace::Bufferevent* Moment::bufferevent(std::string_view designator) const {
    const trace::Model& now = model();
    return now.bufferevent(trace::Names(now).find(run_->bufferevent_alias(designator)));
}

std::string without_duration(std::string text) {
    const auto open = text.rfind(" <");
    if (open != std::string::npos && text.ends_with('>')) text.resize(open);
    constexpr std::string_view kPort = "port ";
    constexpr unsigned long kFirstOfTheKernel = 32768;  // those below were asked for
    const auto at = text.find(kPort);
    if (at == std::string::npos) return text;
    const std::size_t digits = at + kPort.size();
    const auto end = std::min(text.find_first_not_of("0123456789", digits), text.size());
    if (end == digits || end > digits + 5) return text;
    if (std::stoul(text.substr(digits, end - digits)) >= kFirstOfTheKernel)
        text.replace(digits, end - digits, "P");
    return text;
}

std::string label(const trace::Model& model, trace::Address address) {
    const trace::Event* event = model.event(address);
    if (event != nullptr && !event->name.empty()) return trace::safe(event->name);
    return trace::Names(model).event(address);
}

}  // namespace evglass::lessons
