// Reads a trace: a finished file, one that a process is writing now, or a damaged one.
// It turns bytes into records in one order, counts what is lost, and never trusts a number that it
// read. It knows nothing of the reactor, and not what a record means (model.h does).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/schema.h"

namespace evglass::trace {

/// One record, owned. `fields` is laid out as this build's struct where this build knows the type
/// (an older trace is converted by field name); else as the trace's own schema says. What
/// Reader::type() tells is the layout of `fields`.
struct Record {
    std::uint64_t number = 0;  ///< its place in the trace's one order, from 1; lost ones count too
    std::uint64_t stamp = 0;   ///< ticks, or the last ticks plus a few
    std::int64_t time_ns = 0;  ///< since the trace began
    std::uint16_t type = 0;    ///< RecordId, also of types unknown to this build
    std::uint16_t site = 0;    ///< 1 + index into sites; 0: unknown
    std::uint32_t thread = 0;  ///< index into threads
    bool timed = false;
    bool known = false;  ///< this build has the type
    std::vector<std::byte> fields;

    RecordId id() const { return static_cast<RecordId>(type); }
    /// The fields as a struct of rec::, or null if it is another record.
    template <class R>
    const R* as() const {
        return known && id() == R::kId ? reinterpret_cast<const R*>(fields.data()) : nullptr;
    }
};

struct SiteInfo {
    std::string file;  ///< as given to the compiler: "src/event/loop.cc"
    std::string function;
    std::uint32_t line = 0;
};

struct ThreadInfo {
    std::uint32_t tid = 0;
    std::string name;
    std::uint64_t lost = 0;
    bool held = false;  ///< it waits at the gate now
};

/// A record type as the trace itself describes it.
struct TraceField {
    std::string name, type;
    std::uint16_t offset = 0, size = 0;
};
struct TraceRecordType {
    std::uint16_t id = 0;
    std::string name, category, doc;
    std::uint16_t size = 0;
    std::vector<TraceField> fields;
};

/// Where a file of the traced program lay in its memory.
struct Module {
    std::uint64_t begin = 0, end = 0, offset = 0;
    std::string path, build_id;
};

struct TraceInfo {
    std::string path;
    std::string program, command;
    std::uint64_t pid = 0, parent_pid = 0;
    std::uint64_t start_wall_ns = 0;
    bool full_mode = false;
    bool recording = false;  ///< the writer has not said that it stopped (it may have been killed)
    int stop_error = 0;
    std::string clock;  ///< "tsc", "monotonic", "virtual"
};

/// What texts, filters and symbols need to know of a trace. Reader is one; tests make others.
class TraceContext {
 public:
    virtual ~TraceContext() = default;
    virtual const std::vector<SiteInfo>& sites() const = 0;
    virtual const std::vector<ThreadInfo>& threads() const = 0;
    virtual const std::vector<Module>& modules() const = 0;
    virtual const TraceRecordType* type(std::uint16_t id) const = 0;
    /// The name of a value of an enum type as this trace has it; empty if there is none.
    virtual std::string_view enum_name(std::string_view type, std::uint64_t number) const = 0;
    /// Is this a type whose values are any number of bits? (False for unknown types.)
    virtual bool is_flags(std::string_view type) const = 0;
    /// How long a tick of the trace's clock is; `ticks` fields are durations in it.
    virtual double ticks_per_ns() const = 0;

 protected:
    TraceContext() = default;
    TraceContext(const TraceContext&) = default;
    TraceContext& operator=(const TraceContext&) = default;
};

/// Where a reader stands in a trace that won't change any more: enough to go on from there.
struct ReaderPlace {
    struct Thread {
        std::uint32_t block = UINT32_MAX;  ///< that it is in; UINT32_MAX: all were read
        std::uint32_t at = 0;              ///< bytes of it that were read
        std::uint64_t next = 0;            ///< the thread's own number of its next record
    };
    std::uint64_t number = 0;   ///< of the record handed out last ...
    std::uint64_t skipped = 0;  ///< ... and of lost ones after it
    std::int64_t time_ns = 0;
    std::vector<Thread> threads;
};

/// The reader of one trace. Not for several threads at once.
class Reader : public TraceContext {
 public:
    /// Opens a trace. On failure the error is one line that says what is wrong and what to do;
    /// what could be read of a damaged trace is still there in a reader with warnings().
    struct Opened;
    static Opened open(const std::string& path);
    ~Reader() override;
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    const TraceInfo& info() const;
    const std::vector<SiteInfo>& sites() const override;
    const std::vector<ThreadInfo>& threads() const override;
    const std::vector<Module>& modules() const override;
    const TraceRecordType* type(std::uint16_t id) const override;
    std::string_view enum_name(std::string_view type, std::uint64_t number) const override;
    bool is_flags(std::string_view type) const override;
    double ticks_per_ns() const override;

    /// Reads what came since the last call and hands it over in order. A finished file is read in
    /// whole by the first call. `limit`: at most so many records (0: all).
    std::vector<Record> poll(std::size_t limit = 0);

    /// Will the trace never change, as far as one can see? Then places in it can be taken and gone
    /// to. To be asked before the first poll().
    bool still();
    ReaderPlace place() const;
    /// How much of a trace that is still was handed out by poll(): 0 to 1.
    double part_read() const;
    /// The next `count` records after a place, or as many as the file has. A place that is none of
    /// this file's gives nothing. What poll() gives afterwards is not told.
    std::vector<Record> read(const ReaderPlace& from, std::size_t count);
    /// For a trace that is still: takes it that all was read before, with so many records lost.
    void take_as_read(std::uint64_t lost);

    /// Nothing will come any more: the writer stopped, or its process is gone.
    bool finished() const;
    /// Records known to be lost so far: overwritten before they were read, or dropped.
    std::uint64_t lost() const;
    /// What was found wrong with the file, one line each ("... is truncated: ...").
    const std::vector<std::string>& warnings() const;

 private:
    struct Impl;
    explicit Reader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct Reader::Opened {
    std::optional<Reader> reader;
    std::string error;  ///< empty where reader is set
};

}  // namespace evglass::trace
