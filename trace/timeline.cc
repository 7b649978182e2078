// Any moment of a trace. One model (the head) goes along with the reading; now and then a copy of
// it is kept. Any other moment is the nearest copy before it, with the records since applied again.
#include "trace/timeline.h"

#include <algorithm>
#include <stdexcept>

#include "trace/text.h"

namespace evglass::trace {

namespace {

constexpr std::size_t kInterval = 4096;   // records between two copies
constexpr std::size_t kMostCopies = 256;  // then every other one goes, and the interval doubles
constexpr std::size_t kMostProblems = 1000;
// All copies together hold so many objects at most: some hundred bytes each. A loop with 100,000
// events has few copies, then, and seeks further; one with a hundred has all it may.
constexpr std::size_t kMostObjects = 2'000'000;
constexpr std::size_t kFewestCopies = 8;

std::size_t objects_in(const Model& model) {
    std::size_t objects =
        64 + model.events().size() + model.buffers().size() + model.bufferevents().size();
    for (const auto& [address, base] : model.bases())
        objects += 2 * base.io.size() + base.interest.size() + base.heap.size() / 8;
    return objects;
}

}  // namespace

struct Timeline::Impl {
    std::optional<Reader> reader;
    std::shared_ptr<const TraceContext> memory;
    std::size_t keep = 0;
    std::size_t interval = kInterval;
    std::deque<Record> records;
    std::deque<Model> copies;  ///< moments in order; the first one is right before the first record
    std::size_t since_copy = 0;
    std::size_t objects = 0;  ///< in all copies
    struct Turn {
        Address base;
        std::uint64_t turn, record;
    };
    std::deque<Turn> turns;  ///< where each begins, in order
    Model head;
    Model cursor;
    std::vector<Problem> problems;

    explicit Impl(std::size_t keep_at_most) : keep(keep_at_most), copies(1) {
        // A bounded timeline drops its oldest part, up to a copy: so there must be several.
        constexpr std::size_t kParts = 8;
        if (keep != 0) interval = std::clamp<std::size_t>(keep / kParts, 1, kInterval);
    }

    const TraceContext& context() const {
        return reader ? static_cast<const TraceContext&>(*reader) : *memory;
    }
    Change apply(Model& model, const Record& record) const {
        if (model.record() != 0 && record.number != model.record() + 1) model.mark_loss();
        const auto& sites = context().sites();
        const bool known = record.site != 0 && record.site <= sites.size();
        return model.apply(record, known ? &sites[record.site - 1U] : nullptr);
    }
    /// The first record with this number or a greater one.
    std::size_t index_of(std::uint64_t number) const {
        const auto less = [](const Record& r, std::uint64_t n) { return r.number < n; };
        return static_cast<std::size_t>(
            std::lower_bound(records.begin(), records.end(), number, less) - records.begin());
    }
    void add(Record&& record);
    void thin_copies();
    void drop_oldest();
    const Model& nearest_copy(std::uint64_t number) const;
    const Model& seek(std::uint64_t number);
    std::optional<std::uint64_t> scan(const Filter& filter, std::size_t begin, std::size_t end,
                                      bool first);
};

void Timeline::Impl::add(Record&& record) {
    const Change change = apply(head, record);
    if (!change.error.empty() && problems.size() < kMostProblems)
        problems.push_back({record.number, change.error});
    if (const auto* begin = record.as<rec::turn_begin>())
        turns.push_back({begin->base, begin->turn, record.number});
    records.push_back(std::move(record));
    if (++since_copy >= interval) {
        since_copy = 0;
        copies.push_back(head);
        objects += objects_in(head);
        const bool heavy = objects > kMostObjects && copies.size() > kFewestCopies;
        if (copies.size() > kMostCopies || heavy) thin_copies();
    }
    while (keep != 0 && records.size() > keep && copies.size() > 1) drop_oldest();
}

void Timeline::Impl::thin_copies() {
    std::deque<Model> kept;
    for (std::size_t i = 0; i < copies.size(); i += 2) kept.push_back(std::move(copies[i]));
    copies = std::move(kept);
    objects = 0;
    for (const Model& copy : copies) objects += objects_in(copy);
    interval *= 2;
    since_copy = 0;
}

void Timeline::Impl::drop_oldest() {
    objects -= std::min(objects, objects_in(copies.front()));
    copies.pop_front();
    const std::size_t gone = index_of(copies.front().record() + 1);
    records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(gone));
    while (!turns.empty() && turns.front().record <= copies.front().record()) turns.pop_front();
    if (cursor.record() < copies.front().record()) cursor = copies.front();
}

const Model& Timeline::Impl::nearest_copy(std::uint64_t number) const {
    const auto later = [](std::uint64_t n, const Model& m) { return n < m.record(); };
    const auto it = std::upper_bound(copies.begin(), copies.end(), number, later);
    return it == copies.begin() ? *it : *std::prev(it);
}

const Model& Timeline::Impl::seek(std::uint64_t number) {
    if (records.empty() || number >= records.back().number) return head;
    number = std::max(number, records.front().number);
    const Model& copy = nearest_copy(number);
    if (cursor.record() > number || cursor.record() < copy.record()) cursor = copy;
    for (std::size_t i = index_of(cursor.record() + 1);
         i < records.size() && records[i].number <= number; ++i)
        static_cast<void>(apply(cursor, records[i]));
    return cursor;
}

/// The first or the last record in [begin, end) that matches.
std::optional<std::uint64_t> Timeline::Impl::scan(const Filter& filter, std::size_t begin,
                                                  std::size_t end, bool first) {
    const bool with_model = filter.needs_model();
    std::optional<std::uint64_t> found;
    Model walked;
    if (with_model && begin < end) walked = nearest_copy(records[begin].number - 1);
    std::size_t i = with_model ? index_of(walked.record() + 1) : begin;
    for (; i < end; ++i) {
        const Record& record = records[i];
        if (with_model) static_cast<void>(apply(walked, record));
        if (i < begin) continue;
        const Names names(walked);
        if (!filter.matches(record, context(), with_model ? &names : nullptr,
                            with_model ? &walked : nullptr))
            continue;
        found = record.number;
        if (first) return found;
    }
    return found;
}

Timeline::Timeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Timeline::~Timeline() = default;
Timeline::Timeline(Timeline&&) noexcept = default;
Timeline& Timeline::operator=(Timeline&&) noexcept = default;

Timeline::Opened Timeline::open(const std::string& path, std::size_t keep) {
    Reader::Opened opened = Reader::open(path);
    Opened result;
    result.error = opened.error;
    if (!opened.reader) return result;
    auto impl = std::make_unique<Impl>(keep);
    impl->reader.emplace(std::move(*opened.reader));
    result.timeline = Timeline(std::move(impl));
    result.timeline->poll();
    return result;
}

Timeline Timeline::of(std::vector<Record> records, std::shared_ptr<const TraceContext> context,
                      std::size_t keep) {
    auto impl = std::make_unique<Impl>(keep);
    impl->memory = std::move(context);
    impl->head.set_ticks_per_ns(impl->memory->ticks_per_ns());
    for (Model& copy : impl->copies) copy = impl->head;
    for (Record& record : records) impl->add(std::move(record));
    return Timeline(std::move(impl));
}

std::size_t Timeline::poll() {
    if (!impl_->reader) return 0;
    std::vector<Record> records = impl_->reader->poll();
    impl_->head.set_ticks_per_ns(impl_->reader->ticks_per_ns());
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
    return impl_->records.empty();
}

std::uint64_t Timeline::first() const {
    return empty() ? 0 : impl_->records.front().number;
}

std::uint64_t Timeline::last() const {
    return empty() ? 0 : impl_->records.back().number;
}

const Record* Timeline::at(std::uint64_t number) const {
    const std::size_t i = impl_->index_of(number);
    return i < impl_->records.size() ? &impl_->records[i] : nullptr;
}

const Record* Timeline::before(std::uint64_t number) const {
    const std::size_t i = impl_->index_of(number);
    return i > 0 ? &impl_->records[i - 1] : nullptr;
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
    Impl& t = *impl_;
    if (forward) {
        const std::size_t begin = from == UINT64_MAX ? t.records.size() : t.index_of(from + 1);
        return t.scan(filter, begin, t.records.size(), true);
    }
    // Back, one stretch between two copies after the other, each of them walked forward.
    for (std::size_t end = t.index_of(from); end > 0;) {
        const std::uint64_t copy = t.nearest_copy(t.records[end - 1].number - 1).record();
        const std::size_t begin = std::min(t.index_of(copy + 1), end - 1);
        if (const auto found = t.scan(filter, begin, end, false)) return found;
        end = begin;
    }
    return {};
}

std::optional<std::uint64_t> Timeline::turn(std::uint64_t n, Address base) {
    for (const Impl::Turn& turn : impl_->turns)
        if (turn.turn == n && (base == 0 || turn.base == base)) return turn.record;
    return {};
}

const std::vector<Problem>& Timeline::problems() const {
    return impl_->problems;
}

}  // namespace evglass::trace
