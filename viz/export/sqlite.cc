// The listener that writes rows.
#include "viz/export/sqlite.h"

#include <fmt/format.h>

#include "trace/query.h"
#include "trace/symbols.h"
#include "trace/text.h"
#include "trace/text_json.h"
#include "viz/export/chronicle.h"
#include "viz/export/schema.h"

namespace evglass::viz::exports {
namespace {

using trace::safe;
using trace::Step;

constexpr std::uint64_t kProgressEvery = 100'000;

/// One row of one table, column after column.
class Row {
 public:
    explicit Row(Statement& insert) : insert_(insert) {}
    Row& operator<<(std::int64_t number) {
        insert_.bind(++at_, number);
        return *this;
    }
    Row& operator<<(std::uint64_t number) { return *this << static_cast<std::int64_t>(number); }
    Row& operator<<(int number) { return *this << static_cast<std::int64_t>(number); }
    Row& operator<<(std::uint32_t number) { return *this << static_cast<std::int64_t>(number); }
    Row& operator<<(bool yes) { return *this << static_cast<std::int64_t>(yes ? 1 : 0); }
    Row& operator<<(const char* text) { return *this << std::string_view(text); }  // else a bool
    Row& operator<<(std::string_view text) {
        insert_.bind(++at_, safe(text));
        return *this;
    }
    Row& null() {
        insert_.bind_null(++at_);
        return *this;
    }
    /// NULL where there is nothing to say.
    Row& text_or_null(std::string_view text) { return text.empty() ? null() : *this << text; }
    Row& or_null(std::int64_t number, std::int64_t none) {
        return number == none ? null() : *this << number;
    }
    Row& record_or_null(std::uint64_t number) {
        return or_null(static_cast<std::int64_t>(number), 0);
    }
    void end() { insert_.run(); }

 private:
    Statement& insert_;
    int at_ = 0;
};

class Writer final : public Listener {
 public:
    Writer(Database& database, const trace::TraceContext& trace, const Progress& progress)
        : database_(database), trace_(trace), symbols_(trace), progress_(progress) {}

    void step(const Step& step) override {
        const trace::Record& r = step.record;
        const trace::TraceRecordType* type = trace_.type(r.type);
        const trace::Names names(step.model);
        Row row(record_);
        row << r.number << r.time_ns << r.thread + 1
            << (type == nullptr ? std::to_string(r.type) : type->name);
        row.text_or_null(type == nullptr ? "" : type->category);
        if (step.site != nullptr)
            row << step.site->function << step.site->file << step.site->line;
        else
            row.null().null().null();
        row.text_or_null(address_of(r, type, "base", names));
        row.text_or_null(address_of(r, type, "event", names));
        row << trace::fields_json(r, trace_, &names) << step.lost_before;
        row.end();
        if (!step.change.error.empty()) (Row(problem_) << r.number << step.change.error).end();
        if (progress_ && ++count_ % kProgressEvery == 0) progress_(count_);
    }

    void turn(const TurnSpan& t) override {
        Row row(turn_);
        row << t.base << t.turn << t.thread + 1 << t.span.first << t.span.last << t.span.began_ns
            << t.span.duration_ns() << t.waited_ns << t.ready << t.callbacks;
        row.end();
    }

    void phase(const PhaseSpan& p) override {
        Row row(phase_);
        row << p.base << p.turn << p.phase << p.span.first << p.span.last << p.span.began_ns
            << p.span.duration_ns();
        row.end();
    }

    void callback(const CallbackSpan& c) override {
        Row row(callback_);
        row << c.span.first << c.span.last << c.event << c.base << c.thread + 1 << c.turn
            << trace::what_text(c.what) << symbols_.find(c.callback).text() << c.span.began_ns
            << c.span.duration_ns();
        row.record_or_null(c.activate_record).or_null(c.delay_ns, trace::kNone).end();
    }

    void state(const StateSpan& s) override {
        Row row(state_);
        row << s.event << trace::state_name(s.state) << trace::state_name(s.before) << s.span.first
            << s.span.last << s.span.began_ns << s.span.duration_ns();
        row.text_or_null(s.cause).text_or_null(s.function) << s.span.open;
        row.end();
    }

    void syscall(const SyscallSpan& s) override {
        Row row(syscall_);
        row << s.span.first << s.name << s.thread + 1;
        row.or_null(s.fd, -1) << s.result;
        row.text_or_null(s.error == 0 ? "" : trace::errno_text(s.error));
        row << s.span.began_ns << s.span.duration_ns();
        row.text_or_null(s.base) << s.turn;
        row.text_or_null(s.phase).text_or_null(s.event) << s.text;
        row.end();
    }

    void activation(const Activation& a) override {
        Row row(activation_);
        row << a.record << a.time_ns << a.event << trace::what_text(a.what) << a.cause;
        row.record_or_null(a.ready_record).end();
    }

    void life(const EventLife& life) override {
        const trace::Event& e = life.event;
        const bool is_signal = (e.events & 0x08) != 0;
        Row row(event_);
        row << life.name;
        row.text_or_null(e.name).text_or_null(e.base == 0 ? "" : life.base)
            << (is_signal   ? "signal"
                : e.fd >= 0 ? "io"
                            : "timer");
        row.or_null(e.fd, -1) << trace::what_text(e.events) << e.priority << e.internal();
        row.text_or_null(e.callback == 0 ? "" : symbols_.find(e.callback).text());
        // A return address: the call stands just before it.
        row.text_or_null(e.creator == 0 ? "" : symbols_.find(e.creator - 1).text());
        row.record_or_null(e.assign_record).record_or_null(life.gone_record);
        row << e.fires << e.callback_ns << life.longest_ns << life.delayed_ns;
        row.end();
    }

    void facts(std::string_view key, std::string_view value) {
        (Row(trace_row_) << key << value).end();
    }
    void threads() {
        std::int64_t number = 0;
        for (const trace::ThreadInfo& thread : trace_.threads())
            (Row(thread_) << ++number << thread.tid << thread.name << thread.lost).end();
    }

 private:
    std::string address_of(const trace::Record& r, const trace::TraceRecordType* type,
                           std::string_view wanted, const trace::Names& names) const {
        if (type == nullptr) return {};
        for (const trace::TraceField& field : type->fields) {
            if (field.type != wanted) continue;
            const std::uint64_t address = trace::field_number(r, field);
            if (address == 0) return {};
            return wanted == "base" ? names.base(address) : names.event(address);
        }
        return {};
    }

    Statement insert(std::string_view name) {
        return Statement(database_, insert_into(table(name)));
    }

    Database& database_;
    const trace::TraceContext& trace_;
    trace::Symbols symbols_;
    const Progress& progress_;
    std::uint64_t count_ = 0;
    Statement trace_row_ = insert("trace"), thread_ = insert("thread"), record_ = insert("record"),
              event_ = insert("event"), state_ = insert("state"),
              activation_ = insert("activation"), callback_ = insert("callback"),
              turn_ = insert("turn"), phase_ = insert("phase"), syscall_ = insert("syscall"),
              problem_ = insert("problem");
};

}  // namespace

void fill_database(Database& database, trace::Reader& reader, const Progress& progress) {
    database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
    database.execute(create_tables());
    database.execute("BEGIN");
    {
        Writer writer(database, reader, progress);
        tell(reader, writer);
        const trace::TraceInfo& info = reader.info();
        writer.facts("program", info.program);
        writer.facts("command", info.command);
        writer.facts("pid", std::to_string(info.pid));
        writer.facts("clock", info.clock);
        writer.facts("started", std::to_string(info.start_wall_ns));
        writer.facts("mode", info.full_mode ? "full" : "ring");
        writer.facts("lost", std::to_string(reader.lost()));
        for (const std::string& warning : reader.warnings()) writer.facts("warning", warning);
        writer.threads();
    }
    database.execute("COMMIT");
    database.execute(create_indices());
}

void fill_database(Database& database, std::span<const trace::Record> records,
                   const trace::TraceContext& context) {
    database.execute(create_tables());
    const Progress silent;
    Writer writer(database, context, silent);
    tell(records, context, writer);
    writer.threads();
}

}  // namespace evglass::viz::exports
