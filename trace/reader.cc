// The reader: opens a trace, keeps up with its tables, and hands out records in one order.
//
// When a record of a trace that is being written may be handed out. Stamps are a Lamport clock:
// what happened before has the smaller stamp, across threads too, because the stamp travels with a
// base's lock. A pass over the file is no snapshot, though: it may see a record and miss an earlier
// one of another thread, in a block that it had looked at before. So the horizon is the newest
// stamp of a first pass, and passes are repeated until one finds nothing new up to the horizon.
// What was written before any record up to the horizon has then been seen. Later records wait for
// the next poll. No time is waited for, and a program that stands still (at the gate, too) is read
// to its last record.
#include "trace/reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "trace/layout_check.h"
#include "trace/merge.h"
#include "trace/process_alive.h"
#include "trace/schema_text.h"
#include "trace/tables.h"
#include "trace/text.h"

namespace evglass::trace {
namespace {

constexpr int kMostPasses = 16;
constexpr std::size_t kPiecesAhead = 32;  ///< a page of records rarely needs more

const char* clock_name(format::Clock clock) {
    return clock == format::Clock::tsc        ? "tsc"
           : clock == format::Clock::virtual_ ? "virtual"
                                              : "monotonic";
}

}  // namespace

struct Reader::Impl {
    RawFile file;
    CheckedHeader header;
    LiveHeader live;
    TraceInfo info;
    TraceSchema schema;
    Tables tables;
    TickMap ticks;
    BlockScan scan;
    std::vector<std::string> warnings;
    std::size_t scan_warnings = 0;

    bool first_poll = true;
    bool ended = false;    ///< the last pass was begun after the writer was gone
    bool drained = false;  ///< and all of it was handed out
    bool shortened = false;
    bool more = false;          ///< the last poll left some that may be handed out ...
    std::uint64_t horizon = 0;  ///< ... up to this stamp
    std::uint64_t number = 0;   ///< of the record handed out last
    std::int64_t time_ns = 0;
    std::uint64_t lost = 0;
    std::uint64_t skipped = 0;       ///< lost ones that the next record's number must step over
    std::uint64_t dropped_seen = 0;  ///< of what the writer counted
    std::vector<Stream> whole;       ///< of a trace that is still: before anything was read
    std::size_t blocks = 0;          ///< in it

    void describe();
    bool writer_gone() const;
    void refresh();
    void look();
    void warn_if_short();
    std::uint64_t newest_stamp() const;
    bool found_up_to(std::uint64_t horizon) const;
    std::uint64_t collect();
    void count_initial_losses();
    void count_losses_at_ends();
    void count_drops();
    void count_lost(std::uint64_t n) {
        lost += n;
        skipped += n;
    }
    bool hand_out(const MergedRecord& merged, Record& out);
    bool merge(std::uint64_t horizon, std::size_t limit, std::vector<Record>& out);
    bool go(const ReaderPlace& place, std::size_t ahead);
    bool used_up() const;
};

void Reader::Impl::describe() {
    info.program = header.program;
    info.command = header.command;
    info.pid = header.pid;
    info.parent_pid = header.parent_pid;
    info.start_wall_ns = header.start_wall_ns;
    info.full_mode = header.mode == format::Mode::full;
    info.clock = clock_name(header.clock);
    info.recording = live.status == format::Status::recording;
    info.stop_error = live.stop_error;
}

bool Reader::Impl::writer_gone() const {
    return live.status != format::Status::recording ||
           !process_alive(header.pid, header.process_start);
}

/// Reads the tables again. Called before a pass, so that what a thread says it wrote is older than
/// what the pass sees, and after it, so that every site and thread of a record is known.
void Reader::Impl::refresh() {
    if (!read_live_header(file, header, live)) return;
    info.recording = live.status == format::Status::recording;
    info.stop_error = live.stop_error;
    ticks.add(live.sync_ticks, live.sync_ns);
    tables.refresh(file, header, live);
}

/// One pass over the blocks.
void Reader::Impl::look() {
    refresh();
    const bool gone = writer_gone();
    if (gone) refresh();  // the last words of a writer that ended between the two
    warn_if_short();
    const std::vector<std::uint64_t> written = tables.records_before_block;
    scan.pass(file, live, first_poll && gone && scan.passes() == 0, ticks);
    // A thread may have no block left: what it wrote is lost, but counted.
    if (scan.streams().size() < written.size()) scan.streams().resize(written.size());
    for (std::size_t i = 0; i < written.size(); ++i) scan.streams()[i].written = written[i];
    ended = gone;
    tables.refresh(file, header, live);
    for (; scan_warnings < scan.warnings().size(); ++scan_warnings)
        warnings.push_back(scan.warnings()[scan_warnings]);
}

void Reader::Impl::warn_if_short() {
    if (shortened || file.size() >= wanted_bytes(header, live)) return;
    // A writer that stops now cuts off the blocks that it never used, and has said so before.
    const std::uint64_t size = file.size();
    LiveHeader now;
    const std::uint64_t wanted =
        wanted_bytes(header, read_live_header(file, header, now) ? now : live);
    if (size >= wanted) return;
    shortened = true;
    warnings.push_back(safe(info.path) + " is truncated: " + std::to_string(size) + " of " +
                       std::to_string(wanted) + " bytes are there; what is there is read");
}

std::uint64_t Reader::Impl::newest_stamp() const {
    std::uint64_t newest = 0;
    for (const Stream& stream : scan.streams()) newest = std::max(newest, stream.last_stamp);
    return newest;
}

/// Did the last pass find a record that belongs before the horizon?
bool Reader::Impl::found_up_to(std::uint64_t horizon) const {
    for (const Stream& stream : scan.streams())
        for (auto piece = stream.pieces.rbegin(); piece != stream.pieces.rend(); ++piece)
            if (piece->pass == scan.passes() && piece->loaded &&
                load_at<std::uint64_t>(piece->data, offsetof(format::RecordHead, stamp)) <= horizon)
                return true;
    return false;
}

/// Passes until all records up to the horizon are there. Returns the horizon.
std::uint64_t Reader::Impl::collect() {
    look();
    if (ended) return UINT64_MAX;
    const std::uint64_t horizon = newest_stamp();
    for (int i = 1; i < kMostPasses; ++i) {
        look();
        if (ended) return UINT64_MAX;
        if (!found_up_to(horizon)) break;
    }
    return horizon;
}

/// What a ring had dropped before this reader came. It lies before the first record, whatever its
/// thread, so that a keyframe which still stands is followed by all that is left of every thread.
void Reader::Impl::count_initial_losses() {
    for (Stream& stream : scan.streams()) {
        while (!stream.pieces.empty() && !scan.load_front(file, stream)) {
        }
        if (stream.pieces.empty() || stream.pieces.front().first <= stream.next) continue;
        count_lost(stream.pieces.front().first - stream.next);
        stream.next = stream.pieces.front().first;
    }
    first_poll = false;
}

/// Records at the end of a thread whose blocks others have taken.
void Reader::Impl::count_losses_at_ends() {
    for (Stream& stream : scan.streams()) {
        if (!stream.pieces.empty() || stream.written <= stream.next) continue;
        count_lost(stream.written - stream.next);
        stream.next = stream.written;
    }
}

/// What the writer itself could not tell.
void Reader::Impl::count_drops() {
    std::uint64_t dropped = live.lost_unthreaded;
    for (const ThreadInfo& thread : tables.threads) dropped += thread.lost;
    if (dropped <= dropped_seen) return;
    count_lost(dropped - dropped_seen);
    dropped_seen = dropped;
}

bool Reader::Impl::hand_out(const MergedRecord& merged, Record& out) {
    if (!schema.convert(merged.raw.type, merged.raw.fields, out)) {
        if (std::none_of(warnings.begin(), warnings.end(),
                         [](const std::string& w) { return w.starts_with("a record of"); }))
            warnings.push_back(
                "a record of type " + std::to_string(merged.raw.type) +
                " has another size than the trace's schema says: it and others like it count "
                "as lost");
        count_lost(1);
        return false;
    }
    number += skipped + 1;
    skipped = 0;
    time_ns = std::max(time_ns, ticks.since_start(merged.raw.stamp));
    out.number = number;
    out.stamp = merged.raw.stamp;
    out.time_ns = time_ns;
    out.site = merged.raw.site <= tables.sites.size() ? merged.raw.site : std::uint16_t{0};
    out.thread = merged.thread;
    out.timed = (merged.raw.flags & format::kTimed) != 0;
    return true;
}

/// True if the limit ended it: there may be more.
bool Reader::Impl::merge(std::uint64_t horizon, std::size_t limit, std::vector<Record>& out) {
    Merge merge(file, scan, horizon, ended);
    while (limit == 0 || out.size() < limit) {
        const std::optional<MergedRecord> next = merge.peek();
        if (!next) return false;
        if (next->lost_before != 0) count_lost(next->lost_before);
        Record record;
        if (hand_out(*next, record)) out.push_back(std::move(record));
        merge.take();
    }
    return true;
}

/// Each stream stands where it stood at the place, with so many pieces ahead at most. False, if
/// there is no such place.
bool Reader::Impl::go(const ReaderPlace& place, std::size_t ahead) {
    if (place.threads.size() != whole.size()) return false;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        Stream& stream = scan.streams()[i];
        const ReaderPlace::Thread& thread = place.threads[i];
        const auto& pieces = whole[i].pieces;
        const auto here = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) {
            return piece.block == thread.block;
        });
        const auto left = static_cast<std::size_t>(pieces.end() - here);
        stream.pieces.assign(here, here + static_cast<std::ptrdiff_t>(std::min(ahead, left)));
        stream.at = thread.at;
        stream.next = thread.next;
        const bool none = thread.block == UINT32_MAX;
        if (none ? thread.at != 0 : !scan.stands_at_record(file, stream)) return false;
    }
    number = place.number;
    skipped = place.skipped;
    time_ns = place.time_ns;
    return true;
}

/// Has a stream been read to its last piece? There may be more of it in the file.
bool Reader::Impl::used_up() const {
    for (std::size_t i = 0; i < whole.size(); ++i)
        if (scan.streams()[i].pieces.empty() && !whole[i].pieces.empty()) return true;
    return false;
}

Reader::Opened Reader::open(const std::string& path) {
    auto impl = std::make_unique<Impl>();
    impl->info.path = path;
    if (!impl->file.open(path)) {
        const std::string why = errno == EISDIR   ? "it is a directory"
                                : errno == EINVAL ? "it is not a regular file"
                                                  : strerrordesc_np(errno);
        return {std::nullopt, "can't open " + safe(path) + ": " + why};
    }
    if (std::string error = read_header(impl->file, path, impl->header); !error.empty())
        return {std::nullopt, error};
    read_live_header(impl->file, impl->header, impl->live);
    impl->describe();

    std::vector<std::byte> text(impl->header.schema_bytes);
    text.resize(impl->file.read(impl->header.schema_offset, text));
    impl->schema.parse({reinterpret_cast<const char*>(text.data()), text.size()}, impl->warnings);
    impl->ticks = TickMap(impl->header);
    impl->scan = BlockScan(impl->header);
    impl->refresh();
    impl->warn_if_short();
    return {Reader(std::move(impl)), {}};
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

std::vector<Record> Reader::poll(std::size_t limit) {
    std::vector<Record> out;
    if (impl_->drained) return out;
    // What a poll had to leave is handed out before anything new is looked for: a program that
    // tells more than we read is never far ahead of what we hold, and what it overwrote is counted.
    if (!impl_->more) impl_->horizon = impl_->ended ? UINT64_MAX : impl_->collect();
    if (impl_->first_poll) impl_->count_initial_losses();
    impl_->count_drops();
    impl_->more = impl_->merge(impl_->horizon, limit, out);
    if (impl_->more) return out;
    impl_->count_losses_at_ends();
    impl_->drained = impl_->ended;
    return out;
}

bool Reader::still() {
    Impl& r = *impl_;
    if (!r.first_poll) return !r.whole.empty();
    r.look();
    if (!r.ended || r.scan.passes() != 1) return false;
    r.whole = r.scan.streams();
    for (const Stream& stream : r.whole) r.blocks += stream.pieces.size();
    r.count_initial_losses();
    r.count_drops();
    return !r.whole.empty();
}

ReaderPlace Reader::place() const {
    const Impl& r = *impl_;
    ReaderPlace place{
        .number = r.number, .skipped = r.skipped, .time_ns = r.time_ns, .threads = {}};
    for (const Stream& stream : r.scan.streams()) {
        ReaderPlace::Thread thread{.next = stream.next};
        if (!stream.pieces.empty()) {
            thread.block = stream.pieces.front().block;
            thread.at = static_cast<std::uint32_t>(stream.at);
        }
        place.threads.push_back(thread);
    }
    return place;
}

double Reader::part_read() const {
    std::size_t left = 0;
    for (const Stream& stream : impl_->scan.streams()) left += stream.pieces.size();
    const auto all = static_cast<double>(std::max<std::size_t>(impl_->blocks, 1));
    return std::clamp(1.0 - static_cast<double>(left) / all, 0.0, 1.0);
}

std::vector<Record> Reader::read(const ReaderPlace& from, std::size_t count) {
    std::vector<Record> out;
    const std::uint64_t lost = impl_->lost;  // all of them are known
    for (const std::size_t ahead : {kPiecesAhead, SIZE_MAX}) {
        out.clear();
        if (count == 0 || !impl_->go(from, ahead)) break;
        impl_->merge(UINT64_MAX, count, out);
        if (!impl_->used_up()) break;
    }
    impl_->lost = lost;
    return out;
}

void Reader::take_as_read(std::uint64_t lost) {
    impl_->lost = lost;
    impl_->drained = true;
}

bool Reader::finished() const {
    return impl_->drained;
}
std::uint64_t Reader::lost() const {
    return impl_->lost;
}
const std::vector<std::string>& Reader::warnings() const {
    return impl_->warnings;
}
const TraceInfo& Reader::info() const {
    return impl_->info;
}
const std::vector<SiteInfo>& Reader::sites() const {
    return impl_->tables.sites;
}
const std::vector<ThreadInfo>& Reader::threads() const {
    return impl_->tables.threads;
}
const std::vector<Module>& Reader::modules() const {
    return impl_->tables.modules;
}
const TraceRecordType* Reader::type(std::uint16_t id) const {
    return impl_->schema.type(id);
}
std::string_view Reader::enum_name(std::string_view type, std::uint64_t number) const {
    return impl_->schema.enum_name(type, number);
}
bool Reader::is_flags(std::string_view type) const {
    return impl_->schema.is_flags(type);
}
double Reader::ticks_per_ns() const {
    return impl_->ticks.ticks_per_ns();
}

}  // namespace evglass::trace
