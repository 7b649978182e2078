// How many bytes a call copies is worked out from its arguments, as the kernel does it: select
// copies the bits up to the highest descriptor, in and out, for the two sets that are given here;
// poll copies 8 bytes for each entry in, and 2 (its revents) out; an epoll_event is 12 bytes, in
// for a change and out for what is ready. io_uring copies nothing: requests and completions lie in
// memory that both sides see, and are counted as such.
#include "viz/compare/counting.h"

#include <algorithm>

namespace evglass::viz::compare {
namespace {

namespace rec = trace::rec;
using trace::RecordId;

constexpr long kSets = 2, kBitsOfWord = 64, kBytesOfWord = 8;
constexpr long kPollIn = 8, kPollOut = 2, kEpollEvent = 12;

void count_select(const rec::sys_select& call, Counts& c) {
    const long words = (std::max(0, call.nfds) + kBitsOfWord - 1) / kBitsOfWord;
    ++c.waits;
    c.bytes_in += kSets * words * kBytesOfWord;
    c.bytes_out += kSets * words * kBytesOfWord;
    c.scanned += call.nfds;
}
void count_poll(const rec::sys_poll& call, Counts& c) {
    ++c.waits;
    c.bytes_in += kPollIn * call.nfds;
    c.bytes_out += kPollOut * call.nfds;
    c.scanned += call.nfds;
}
/// The kernel looks at its list of ready descriptors alone.
void count_epoll_wait(int result, Counts& c) {
    ++c.waits;
    c.bytes_out += kEpollEvent * std::max(result, 0);
    c.scanned += std::max(result, 0);
}
void count_control(const rec::sys_epoll_ctl& call, Counts& c) {
    ++c.controls;
    if (call.op != trace::field::epollop::DEL) c.bytes_in += kEpollEvent;
}
void count_enter(const rec::sys_io_uring_enter& call, Counts& c) {
    ++c.waits;
    c.submissions += std::max(0, call.result);
}

}  // namespace

void count_record(const trace::Record& record, Counts& c) {
    if (const auto* select = record.as<rec::sys_select>()) return count_select(*select, c);
    if (const auto* poll = record.as<rec::sys_poll>()) return count_poll(*poll, c);
    if (const auto* wait = record.as<rec::sys_epoll_wait>())
        return count_epoll_wait(wait->result, c);
    if (const auto* wait = record.as<rec::sys_epoll_pwait2>())
        return count_epoll_wait(wait->result, c);
    if (const auto* control = record.as<rec::sys_epoll_ctl>()) return count_control(*control, c);
    if (const auto* enter = record.as<rec::sys_io_uring_enter>()) return count_enter(*enter, c);
    switch (record.id()) {
        case RecordId::uring_completion:
            ++c.completions;
            return;
        case RecordId::sys_read:
        case RecordId::sys_write:
        case RecordId::sys_readv:
        case RecordId::sys_writev:
            ++c.transfers;
            return;
        default:
            break;
    }
    const trace::RecordInfo* info = trace::find_record(record.type);
    if (info != nullptr && info->name.starts_with("sys_")) ++c.others;
}

std::string count_calls(const std::string& path, Counts& counts) {
    trace::Reader::Opened opened = trace::Reader::open(path);
    if (!opened.reader) return opened.error;
    bool between = false, ended = false;
    for (const trace::Record& record : opened.reader->poll()) {
        if (const auto* mark = record.as<rec::mark>()) {
            if (mark->text.view() == "lab: begin") between = true;
            if (mark->text.view() == "lab: end") ended = true;
            continue;
        }
        if (between && !ended) count_record(record, counts);
    }
    if (!ended) return "the counting run left no whole trace";
    return opened.reader->lost() == 0 ? "" : "the counting run lost records";
}

}  // namespace evglass::viz::compare
