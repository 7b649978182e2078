// Any moment of a trace. Where it is read as it grows, one model (the head) goes along with the
// reading; now and then a copy of it is kept. Any other moment is the nearest copy before it, with
// the records since applied again. An index has the copies and the head.
#include "trace/timeline.h"

#include <algorithm>
#include <stdexcept>

#include "trace/moments.h"
#include "trace/raw_file.h"
#include "trace/record_store.h"
#include "trace/replay.h"
#include "trace/text.h"
#include "trace/trace_index.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kInterval = 4096;  // records between two copies
constexpr std::size_t kMostProblems = 1000;
constexpr std::uint64_t kNear = 512;

std::uint64_t size_of(const std::string& path) {
    RawFile file;
    return file.open(path) ? file.size() : 0;
}

}  // namespace

struct Timeline::Impl {
    std::optional<Reader> reader;
    std::shared_ptr<const TraceContext> memory;
    std::unique_ptr<TraceIndex> index;
    std::unique_ptr<RecordStore> records;
    std::unique_ptr<Moments> moments;
    Model head;
    Model cursor;
    Model landing;  ///< shortly before where the last long seek ended: steps back begin there
    // what grows; all null or empty where there is an index
    std::size_t keep = 0;
    RecordsInMemory* held = nullptr;
    MomentsInMemory* copies = nullptr;
    std::deque<TurnStart> turns;
    std::vector<Problem> problems;

    explicit Impl(std::size_t keep_at_most) : keep(keep_at_most) {
        // A bounded timeline drops its oldest part, up to a copy: so there must be several.
        constexpr std::size_t kParts = 8;
        const std::size_t interval =
            keep == 0 ? kInterval : std::clamp<std::size_t>(keep / kParts, 1, kInterval);
        auto in_memory = std::make_unique<RecordsInMemory>();
        auto copied = std::make_unique<MomentsInMemory>(interval);
        held = in_memory.get();
        copies = copied.get();
        records = std::move(in_memory);
        moments = std::move(copied);
    }
    void stand_on(std::unique_ptr<TraceIndex> found) {
        index = std::move(found);
        const IndexTables& tables = index->tables();
        held = nullptr;
        copies = nullptr;
        records = std::make_unique<RecordPages>(*reader, tables.pages, tables.last);
        moments = std::make_unique<MomentsInIndex>(*index);
        head = index->model(tables.moments.back());
        reader->take_as_read(tables.lost);
    }

    const TraceContext& context() const {
        return reader ? static_cast<const TraceContext&>(*reader) : *memory;
    }
    void add(Record&& record);
    void drop_oldest();
    const Model& seek(std::uint64_t number);
    bool matches(const Filter& filter, const Record& record, const Model* model) const;
    std::optional<std::uint64_t> walk(const Filter& filter, std::uint64_t first, std::uint64_t last,
                                      bool want_first);
    std::optional<std::uint64_t> find_back(const Filter& filter, std::uint64_t from);
};

void Timeline::Impl::add(Record&& record) {
    const Change change = apply_next(head, record, context());
    if (!change.error.empty() && problems.size() < kMostProblems)
        problems.push_back({record.number, change.error});
    if (const auto* begin = record.as<rec::turn_begin>())
        turns.push_back({begin->base, begin->turn, record.number});
    held->add(std::move(record));
    copies->see(head);
    while (keep != 0 && held->size() > keep && copies->size() > 1) drop_oldest();
}

void Timeline::Impl::drop_oldest() {
    const std::uint64_t oldest = copies->drop_oldest();
    held->drop_before(oldest + 1);
    while (!turns.empty() && turns.front().record <= oldest) turns.pop_front();
    if (cursor.record() < oldest) cursor = copies->at_or_before(oldest);
}

const Model& Timeline::Impl::seek(std::uint64_t number) {
    if (records->last() == 0 || number >= records->last()) return head;
    number = std::max(number, records->first());
    const std::uint64_t copied = moments->before(number);
    const auto leads = [&](const Model& m) { return m.record() <= number && m.record() >= copied; };
    if (!leads(cursor)) {
        const bool near = landing.record() != 0 && leads(landing);
        cursor = near ? landing : moments->at_or_before(number);
    }
    bool far = number - cursor.record() > kNear;
    for (const Record* next = records->at(cursor.record() + 1);
         next != nullptr && next->number <= number; next = records->at(next->number + 1)) {
        if (far && number - cursor.record() <= kNear) {
            far = false;
            landing = cursor;
        }
        static_cast<void>(apply_next(cursor, *next, context()));
    }
    return cursor;
}

bool Timeline::Impl::matches(const Filter& filter, const Record& record, const Model* model) const {
    if (model == nullptr) return filter.matches(record, context(), nullptr, nullptr);
    const Names names(*model);
    return filter.matches(record, context(), &names, model);
}

/// The first or the last record in [first, last] that matches.
std::optional<std::uint64_t> Timeline::Impl::walk(const Filter& filter, std::uint64_t first,
                                                  std::uint64_t last, bool want_first) {
    const bool with_model = filter.needs_model();
    std::optional<std::uint64_t> found;
    Model walked;
    if (with_model) walked = moments->at_or_before(first - 1);
    for (const Record* next = records->at(with_model ? walked.record() + 1 : first);
         next != nullptr && next->number <= last; next = records->at(next->number + 1)) {
        if (with_model) static_cast<void>(apply_next(walked, *next, context()));
        if (next->number < first || !matches(filter, *next, with_model ? &walked : nullptr))
            continue;
        found = next->number;
        if (want_first) return found;
    }
    return found;
}

std::optional<std::uint64_t> Timeline::Impl::find_back(const Filter& filter, std::uint64_t from) {
    const Record* end = records->before(from);
    if (!filter.needs_model()) {
        for (; end != nullptr; end = records->before(end->number))
            if (matches(filter, *end, nullptr)) return end->number;
        return {};
    }
    // One stretch between two copies after the other, each of them walked forward.
    while (end != nullptr) {
        const std::uint64_t last = end->number;
        const std::uint64_t first = moments->before(last - 1) + 1;
        if (const auto found = walk(filter, first, last, false)) return found;
        end = records->before(first);
    }
    return {};
}

Timeline::Timeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Timeline::~Timeline() = default;
Timeline::Timeline(Timeline&&) noexcept = default;
Timeline& Timeline::operator=(Timeline&&) noexcept = default;

Timeline::Opened Timeline::open(const std::string& path, const Options& options) {
    Reader::Opened opened = Reader::open(path);
    Opened result;
    result.error = opened.error;
    if (!opened.reader) return result;
    auto impl = std::make_unique<Impl>(options.keep);
    impl->reader.emplace(std::move(*opened.reader));
    if (size_of(path) >= options.index_from && impl->reader->still()) {
        bool given_up = false;
        const auto progress = [&](double part) {
            given_up = options.progress && !options.progress(part);
            return !given_up;
        };
        auto index = TraceIndex::open(path);
        if (index == nullptr) index = TraceIndex::make(path, *impl->reader, progress);
        if (given_up) {
            result.error = "given up";
            return result;
        }
        if (index != nullptr) impl->stand_on(std::move(index));
        if (impl->index == nullptr) {  // no place for one: what is kept is in memory
            Reader::Opened again = Reader::open(path);
            result.error = again.error;
            if (!again.reader) return result;
            impl->reader.emplace(std::move(*again.reader));
        }
    }
    result.timeline = Timeline(std::move(impl));
    result.timeline->poll();
    return result;
}

Timeline::Opened Timeline::open(const std::string& path) {
    return open(path, Options{});
}

Timeline Timeline::of(std::vector<Record> records, std::shared_ptr<const TraceContext> context,
                      std::size_t keep) {
    auto impl = std::make_unique<Impl>(keep);
    impl->memory = std::move(context);
    impl->head.set_ticks_per_ns(impl->memory->ticks_per_ns());
    impl->copies->begin_with(impl->head);
    for (Record& record : records) impl->add(std::move(record));
    return Timeline(std::move(impl));
}

std::size_t Timeline::poll(std::size_t limit) {
    if (!impl_->reader || impl_->index != nullptr) return 0;
    std::vector<Record> records = impl_->reader->poll(limit);
    impl_->head.set_ticks_per_ns(impl_->reader->ticks_per_ns());
    if (empty()) impl_->copies->begin_with(impl_->head);
    for (Record& record : records) impl_->add(std::move(record));
    return records.size();
}

Reader& Timeline::reader() {
    if (!impl_->reader) throw std::logic_error("a timeline in memory has no reader");
    return *impl_->reader;
}

const Reader& Timeline::reader() const {
    return const_cast<Timeline*>(this)->reader();
}

const TraceContext& Timeline::context() const {
    return impl_->context();
}

bool Timeline::empty() const {
    return last() == 0;
}

bool Timeline::indexed() const {
    return impl_->index != nullptr;
}

std::uint64_t Timeline::first() const {
    return impl_->records->first();
}

std::uint64_t Timeline::last() const {
    return impl_->records->last();
}

const Record* Timeline::at(std::uint64_t number) const {
    return impl_->records->at(number);
}

const Record* Timeline::before(std::uint64_t number) const {
    return impl_->records->before(number);
}

const Record* Timeline::after(std::uint64_t number) const {
    return number == UINT64_MAX ? nullptr : at(number + 1);
}

const Model& Timeline::model(std::uint64_t number) {
    return impl_->seek(number);
}

const Model& Timeline::head() const {
    return impl_->head;
}

std::optional<std::uint64_t> Timeline::find(const Filter& filter, std::uint64_t from,
                                            bool forward) {
    if (empty()) return {};
    if (!forward) return impl_->find_back(filter, from);
    if (from >= last()) return {};
    return impl_->walk(filter, std::max(from + 1, first()), last(), true);
}

std::optional<std::uint64_t> Timeline::turn(std::uint64_t n, Address base) {
    const auto find = [&](const auto& turns) -> std::optional<std::uint64_t> {
        for (const TurnStart& turn : turns)
            if (turn.turn == n && (base == 0 || turn.base == base)) return turn.record;
        return {};
    };
    return impl_->index != nullptr ? find(impl_->index->tables().turns) : find(impl_->turns);
}

const std::vector<Problem>& Timeline::problems() const {
    return impl_->index != nullptr ? impl_->index->tables().problems : impl_->problems;
}

}  // namespace evglass::trace
