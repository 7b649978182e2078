// The stream: packets of records, each with its head. Everything is a multiple of bytes.
#include "viz/export/ctf.h"

#include <algorithm>
#include <map>

#include "trace/query.h"
#include "trace/text.h"

namespace evglass::viz::exports {
namespace {

constexpr std::uint32_t kMagic = 0xC1FC1FC1;
constexpr std::size_t kPacketRecords = 4096;
constexpr std::size_t kBatch = 4096;

/// Bytes with the numbers in them, least significant byte first.
class Bytes {
 public:
    void number(std::uint64_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i)
            out_ += static_cast<char>(i < 8 ? (value >> (8 * i)) & 0xff : 0);
    }
    /// Printable text has no NUL within.
    void text(std::string_view raw) { (out_ += trace::safe(raw)) += '\0'; }
    const std::string& str() const { return out_; }
    void clear() { out_.clear(); }

 private:
    std::string out_;
};

class Stream {
 public:
    explicit Stream(const trace::TraceContext& context) : context_(context) {
        for (const trace::TraceRecordType* type : ctf_types(context)) types_[type->id] = type;
    }

    void add(const trace::Record& record) {
        discarded_ += record.number - std::min(record.number, next_);
        next_ = record.number + 1;
        const auto type = types_.find(record.type);
        if (type == types_.end()) {
            ++discarded_;
            return;
        }
        const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(0, record.time_ns));
        if (count_ == 0) begin_ = time;
        end_ = time;
        head(record, time);
        for (const trace::TraceField& field : type->second->fields) value(record, field);
        if (++count_ == kPacketRecords) flush();
    }

    std::string finish() {
        if (count_ > 0 || out_.empty()) flush();
        return std::move(out_);
    }

 private:
    void head(const trace::Record& record, std::uint64_t time) {
        body_.number(record.type, 2);
        body_.number(time, 8);
        body_.number(record.number, 8);
        const auto& threads = context_.threads();
        body_.number(record.thread < threads.size() ? threads[record.thread].tid : 0, 4);
        const auto& sites = context_.sites();
        const bool known = record.site != 0 && record.site <= sites.size();
        body_.text(known ? sites[record.site - 1U].function : "");
    }

    void value(const trace::Record& record, const trace::TraceField& field) {
        if (!ctf_is_text(field))
            return body_.number(trace::field_number(record, field), field.size);
        std::string_view raw;
        if (field.offset < record.fields.size()) {
            const std::size_t room =
                std::min<std::size_t>(field.size, record.fields.size() - field.offset);
            const auto* bytes = reinterpret_cast<const char*>(record.fields.data()) + field.offset;
            raw = {bytes, strnlen(bytes, room)};
        }
        body_.text(raw);
    }

    void flush() {
        constexpr std::uint64_t kHead = 4 + 4 + 5 * 8;
        const std::uint64_t bits = 8 * (kHead + body_.str().size());
        Bytes head;
        head.number(kMagic, 4);
        head.number(0, 4);
        head.number(bits, 8);
        head.number(bits, 8);
        head.number(begin_, 8);
        head.number(end_, 8);
        head.number(discarded_, 8);
        out_ += head.str() + body_.str();
        body_.clear();
        count_ = 0;
    }

    const trace::TraceContext& context_;
    std::map<std::uint16_t, const trace::TraceRecordType*> types_;
    Bytes body_;
    std::string out_;
    std::size_t count_ = 0;
    std::uint64_t begin_ = 0, end_ = 0, discarded_ = 0, next_ = 1;
};

}  // namespace

Ctf write_ctf(trace::Reader& reader) {
    Stream stream(reader);
    for (std::size_t got = kBatch; got == kBatch;) {
        const std::vector<trace::Record> batch = reader.poll(kBatch);
        for (const trace::Record& record : batch) stream.add(record);
        got = batch.size();
    }
    const trace::TraceInfo& info = reader.info();
    return {ctf_metadata(reader, {info.program, info.pid, info.start_wall_ns}), stream.finish()};
}

Ctf write_ctf(std::span<const trace::Record> records, const trace::TraceContext& context,
              const CtfFacts& facts) {
    Stream stream(context);
    for (const trace::Record& record : records) stream.add(record);
    return {ctf_metadata(context, facts), stream.finish()};
}

}  // namespace evglass::viz::exports
