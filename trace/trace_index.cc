// What trace_index.h declares: making an index, keeping it, and believing it.
#include "trace/trace_index.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "trace/index_file.h"
#include "trace/index_home.h"
#include "trace/replay.h"

namespace evglass::trace {

// ---- the tables as bytes ------------------------------------------------------------------------

template <class A>
void archive(A& a, ReaderPlace::Thread& value) {
    auto& [block, at, next] = value;
    archive_all(a, block, at, next);
}
template <class A>
void archive(A& a, ReaderPlace& value) {
    auto& [number, skipped, time_ns, threads] = value;
    archive_all(a, number, skipped, time_ns, threads);
}
template <class A>
void archive(A& a, PageStart& value) {
    a.next_item();
    auto& [first, place] = value;
    archive_all(a, first, place);
}
template <class A>
void archive(A& a, IndexTables::Moment& value) {
    a.next_item();
    auto& [record, place] = value;
    archive_all(a, record, place);
}
template <class A>
void archive(A& a, TurnStart& value) {
    a.next_item();
    auto& [base, turn, record] = value;
    archive_all(a, base, turn, record);
}
template <class A>
void archive(A& a, Problem& value) {
    auto& [record, text] = value;
    archive_all(a, record, text);
}
template <class A>
void archive(A& a, IndexTables& value) {
    auto& [pages, moments, turns, problems, last, lost] = value;
    archive_all(a, pages, moments, turns, problems, last, lost);
}

namespace {

constexpr std::size_t kMostProblems = 1000;

/// Moments are as dense as their size allows: an index has about so many bytes for each record of
/// its trace, and a seek has no more than so many records to apply.
constexpr std::size_t kBytesForEach = 8;
constexpr std::size_t kDensest = 4096, kSparsest = 24'576;

/// Reads a trace from its beginning and writes what an index has.
class Maker {
 public:
    Maker(Reader& reader, std::shared_ptr<IndexFile> file)
        : reader_(reader), file_(std::move(file)), shelf_(file_) {
        head_.set_ticks_per_ns(reader.ticks_per_ns());
    }

    bool read_all(const std::function<bool(double)>& progress) {
        constexpr std::size_t kTellEach = 16;
        keep_moment();
        for (std::size_t i = 0;; ++i) {
            PageStart start{.first = 0, .place = reader_.place()};
            const std::vector<Record> records = reader_.poll(kRecordPage);
            if (records.empty()) break;
            start.first = records.front().number;
            tables_.pages.push_back(std::move(start));
            for (const Record& record : records) see(record);
            if (i % kTellEach == 0 && progress && !progress(reader_.part_read())) return false;
        }
        keep_moment();
        tables_.last = head_.record();
        tables_.lost = reader_.lost();
        return true;
    }
    bool finish(std::uint64_t subject) {
        ArchiveWriter writer;
        archive(writer, tables_);
        return file_->finish(subject, file_->put(writer.bytes()));
    }
    IndexTables take_tables() { return std::move(tables_); }
    ModelShelf take_shelf() { return std::move(shelf_); }

 private:
    void see(const Record& record) {
        const Change change = apply_next(head_, record, reader_);
        if (!change.error.empty() && tables_.problems.size() < kMostProblems)
            tables_.problems.push_back({record.number, change.error});
        if (const auto* begin = record.as<rec::turn_begin>())
            tables_.turns.push_back({begin->base, begin->turn, record.number});
        if (++since_ >= interval_) keep_moment();
    }
    void keep_moment() {
        const std::uint64_t before = file_->bytes();
        tables_.moments.push_back({head_.record(), shelf_.put(head_)});
        interval_ = std::clamp(static_cast<std::size_t>(file_->bytes() - before) / kBytesForEach,
                               kDensest, kSparsest);
        since_ = 0;
    }

    Reader& reader_;
    std::shared_ptr<IndexFile> file_;
    ModelShelf shelf_;
    Model head_;
    IndexTables tables_;
    std::size_t since_ = 0, interval_ = kDensest;
};

/// Is there a moment before the first record, and does everything ascend?
bool make_sense(const IndexTables& tables) {
    const auto ascend = [](const auto& list, auto member) {
        return std::is_sorted(list.begin(), list.end(),
                              [&](const auto& a, const auto& b) { return a.*member < b.*member; });
    };
    return !tables.moments.empty() && tables.moments.front().record == 0 &&
           ascend(tables.moments, &IndexTables::Moment::record) &&
           ascend(tables.pages, &PageStart::first) && ascend(tables.turns, &TurnStart::record);
}

}  // namespace

TraceIndex::~TraceIndex() = default;

std::unique_ptr<TraceIndex> TraceIndex::open(const std::string& trace_path) {
    const std::string directory = index_directory();
    const std::uint64_t subject = index_subject(trace_path);
    if (directory.empty() || subject == 0) return nullptr;
    const std::string path = index_path(directory, trace_path);
    const auto file = IndexFile::open(path, subject);
    if (file == nullptr) return nullptr;
    const std::vector<std::byte> bytes = file->get(file->root());
    ArchiveReader reader(bytes);
    IndexTables tables;
    archive(reader, tables);
    if (reader.failed() || !reader.at_end() || !make_sense(tables)) return nullptr;
    std::error_code ignored;
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), ignored);
    return std::unique_ptr<TraceIndex>(new TraceIndex(ModelShelf(file), std::move(tables)));
}

std::unique_ptr<TraceIndex> TraceIndex::make(const std::string& trace_path, Reader& reader,
                                             const std::function<bool(double)>& progress) {
    const std::string directory = index_directory();
    const std::uint64_t subject = index_subject(trace_path);
    std::error_code failed;
    const std::string elsewhere = std::filesystem::temp_directory_path(failed).string();
    const auto file = IndexFile::create(directory.empty() ? elsewhere : directory);
    if (file == nullptr) return nullptr;
    Maker maker(reader, file);
    if (!maker.read_all(progress) || !maker.finish(subject)) return nullptr;
    // A trace that is damaged, or has changed meanwhile, says so anew each time.
    const bool keep = !directory.empty() && subject != 0 && reader.warnings().empty() &&
                      subject == index_subject(trace_path);
    if (keep && file->keep_as(index_path(directory, trace_path))) tidy_indexes(directory);
    return std::unique_ptr<TraceIndex>(new TraceIndex(maker.take_shelf(), maker.take_tables()));
}

// ---- its moments --------------------------------------------------------------------------------

const IndexTables::Moment& MomentsInIndex::find(std::uint64_t number) const {
    const auto& moments = index_.tables().moments;
    const auto later = [](std::uint64_t n, const IndexTables::Moment& m) { return n < m.record; };
    const auto it = std::upper_bound(moments.begin(), moments.end(), number, later);
    return it == moments.begin() ? *it : *std::prev(it);
}

const Model& MomentsInIndex::at_or_before(std::uint64_t number) {
    constexpr std::size_t kKept = 6;
    const IndexTables::Moment& moment = find(number);
    const auto known = std::find_if(kept_.begin(), kept_.end(), [&](const Model& model) {
        return model.record() == moment.record;
    });
    if (known != kept_.end()) {
        std::rotate(kept_.begin(), known, std::next(known));
        return kept_.front();
    }
    kept_.push_front(index_.model(moment));
    if (kept_.size() > kKept) kept_.pop_back();
    return kept_.front();
}

}  // namespace evglass::trace
