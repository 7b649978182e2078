// Records made in memory, for tests of everything that reads records: no file, no process.
// BuildContext describes them by this build's own schema, as a Reader describes a trace's.
// Read next: scene.h (whole stories told in records), sample_model.h (a ready-made one).
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reader.h"

namespace evglass::trace::testing {

/// A TraceContext of this build's schema, with sites that a test names as it goes.
class BuildContext : public TraceContext {
 public:
    BuildContext();
    /// 1 + the index of a site, made where there is none yet.
    std::uint16_t site(const std::string& function, const std::string& file, std::uint32_t line);
    void name_thread(std::uint32_t index, std::uint32_t tid, const std::string& name);
    void add_module(const Module& module) { modules_.push_back(module); }
    /// A record type that this build doesn't have, as a newer trace would bring it.
    void add_type(const TraceRecordType& type) { types_[type.id] = type; }

    const std::vector<SiteInfo>& sites() const override { return sites_; }
    const std::vector<ThreadInfo>& threads() const override { return threads_; }
    const std::vector<Module>& modules() const override { return modules_; }
    const TraceRecordType* type(std::uint16_t id) const override;
    std::string_view enum_name(std::string_view type, std::uint64_t number) const override;
    bool is_flags(std::string_view type) const override;
    double ticks_per_ns() const override { return 1; }

 private:
    std::vector<SiteInfo> sites_;
    std::vector<ThreadInfo> threads_;
    std::vector<Module> modules_;
    std::map<std::uint16_t, TraceRecordType> types_;
};

/// Makes records one after the other, numbered from 1. Time stands still but for advance().
class RecordBuilder {
 public:
    RecordBuilder() : context_(std::make_shared<BuildContext>()) {}

    template <class R>
    Record& add(const R& fields, const std::string& function = "test_function",
                const std::string& file = "src/event/test.cc", std::uint32_t line = 1) {
        Record record = make(static_cast<std::uint16_t>(R::kId), R::kTimed);
        record.site = context_->site(function, file, line);
        record.fields.resize(sizeof fields);
        std::memcpy(record.fields.data(), &fields, sizeof fields);
        records_.push_back(record);
        return records_.back();
    }
    /// Time goes on by so much before the next timed record.
    void advance_ns(std::int64_t ns) { time_ns_ += ns; }
    /// The next records come from this thread (an index, from 0).
    void thread(std::uint32_t index) { thread_ = index; }
    /// So many records are lost here.
    void lose(std::uint64_t count) { next_ += count; }

    const std::vector<Record>& records() const { return records_; }
    std::int64_t time_ns() const { return time_ns_; }
    std::uint64_t next_number() const { return next_; }
    BuildContext& context() { return *context_; }
    std::shared_ptr<const TraceContext> shared_context() const { return context_; }

 private:
    Record make(std::uint16_t type, bool timed);

    std::shared_ptr<BuildContext> context_;
    std::vector<Record> records_;
    std::uint64_t next_ = 1;
    std::int64_t time_ns_ = 0;
    std::uint32_t thread_ = 0;
};

}  // namespace evglass::trace::testing
