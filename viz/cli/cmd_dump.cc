// `evglass dump`: the records of a trace as text, sentences or JSON Lines, streamed: a trace of any
// length needs no more memory than one batch and the model.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "trace/model.h"
#include "trace/query.h"
#include "trace/reader.h"
#include "trace/text_code.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  evglass dump server.evg                            all records, one a line\n"
    "  evglass dump 4711 --sentences                      what they mean, in words\n"
    "  evglass dump server.evg --where 'name=epoll_ctl op=ADD fd=7'\n"
    "  evglass dump server.evg --where event=E3 --sentences\n"
    "  evglass dump server.evg --at 480 --count 20        the records from number 480\n"
    "  evglass dump server.evg --json | jq .              one JSON object a line\n"
    "\n"
    "FILTER: terms FIELD OP VALUE, all of which must hold. OP is = != < > or, for flags, ~ (any "
    "of\n"
    "these). name, category, thread, function, file and turn work for every record. The columns "
    "are:\n"
    "record's number, time since the trace began, thread, record.";

struct DumpOptions {
    std::string source, where;
    bool json = false, sentences = false;
    std::uint64_t at = 0, count = UINT64_MAX;
};

constexpr std::size_t kBatch = 4096;

/// Goes through the records in order with a model beside, and prints those that match.
class Dumper {
 public:
    Dumper(const DumpOptions& options, trace::Reader& reader, const trace::Filter& filter)
        : options_(options), reader_(reader), filter_(filter), names_(model_), symbols_(reader) {
        model_.set_ticks_per_ns(reader.ticks_per_ns());
    }

    void run() {
        // A live trace may grow faster than we print: stop at the first batch that is not full.
        while (printed_ < options_.count) {
            const std::vector<trace::Record> batch = reader_.poll(kBatch);
            for (const trace::Record& record : batch) one(record);
            if (batch.size() < kBatch) break;
        }
    }

 private:
    void one(const trace::Record& record) {
        if (printed_ >= options_.count) return;
        losses(record);
        const trace::Change change = model_.apply(record, site_of(record));
        if (record.number < options_.at) return;
        if (!filter_.empty() && !filter_.matches(record, reader_, &names_, &model_)) return;
        ++printed_;
        print(record);
        if (!change.error.empty() && !options_.json)
            std::puts(("         ! not legal here: " + trace::safe(change.error)).c_str());
    }

    void losses(const trace::Record& record) {
        const std::uint64_t missing = record.number - std::min(record.number, next_);
        next_ = record.number + 1;
        if (missing == 0) return;
        model_.mark_loss();
        if (record.number >= options_.at && filter_.empty() && !options_.json)
            std::puts(fmt::format("         - {} lost here -", missing).c_str());
    }

    const trace::SiteInfo* site_of(const trace::Record& record) const {
        const auto& sites = reader_.sites();
        return record.site != 0 && record.site <= sites.size() ? &sites[record.site - 1] : nullptr;
    }

    void print(const trace::Record& record) const {
        if (options_.json) {
            std::puts(trace::record_json(record, reader_, &names_).c_str());
            return;
        }
        std::string text;
        if (options_.sentences) text = trace::record_sentence(record, reader_, model_);
        if (text.empty()) text = trace::record_text(record, reader_, &names_, symbols_);
        std::puts(fmt::format("{:>8} {:>12.6f} {:<3} {}", record.number,
                              static_cast<double>(record.time_ns) / 1e9,
                              fmt::format("T{}", record.thread + 1), text)
                      .c_str());
    }

    const DumpOptions& options_;
    trace::Reader& reader_;
    const trace::Filter& filter_;
    trace::Model model_;
    trace::Names names_;
    trace::Symbols symbols_;
    std::uint64_t next_ = 1, printed_ = 0;
};

int dump(const DumpOptions& options) {
    std::string error;
    const trace::Filter filter = trace::Filter::parse(options.where, error);
    if (!error.empty()) return fail("dump", "--where: " + error);
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("dump", source.error);
    trace::Reader::Opened opened = trace::Reader::open(source.path);
    if (!opened.reader) return fail("dump", opened.error);
    Dumper(options, *opened.reader, filter).run();
    return tell_warnings("dump", *opened.reader);
}

}  // namespace

void add_dump(CLI::App& root, Call& call) {
    auto options = std::make_shared<DumpOptions>();
    CLI::App* app = root.add_subcommand("dump", "Print the records of a trace");
    app->footer(kExamples);
    app->add_option("FILE|PID", options->source, kSourceHelp)->required();
    app->add_option("--where", options->where, "Only records that match this filter")
        ->type_name("FILTER");
    app->add_option("--at", options->at, "Begin at this record")->type_name("K");
    app->add_option("--count", options->count, "Print so many at most")->type_name("N");
    auto* json = app->add_flag("--json", options->json, "One JSON object for each record");
    app->add_flag("--sentences", options->sentences, "Say what each record means")->excludes(json);
    app->callback([options, &call] { call.status = dump(*options); });
}

}  // namespace evglass::viz::cli
