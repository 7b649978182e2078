// `evglass export`: a trace for other people's tools. Which format is told by the file's name or
// by --to. It knows no format itself (viz/export/ has them).
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "trace/reader.h"
#include "viz/cli/command.h"
#include "viz/cli/output.h"
#include "viz/cli/source.h"
#include "viz/export/chrome.h"
#include "viz/export/ctf.h"
#include "viz/export/perfetto.h"
#include "viz/export/sqlite.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Formats (--to NAME, or the ending of FILE):\n"
    "  perfetto   *.pftrace   Perfetto's protobuf, for https://ui.perfetto.dev or trace_processor\n"
    "  chrome     *.json      Chrome's trace JSON: chrome://tracing, Perfetto, speedscope\n"
    "  ctf        a directory Common Trace Format 1.8: babeltrace2, Trace Compass\n"
    "  sqlite     *.sqlite    tables (see `evglass query --schema`)\n"
    "\n"
    "Examples:\n"
    "  evglass export server.evg -o server.pftrace\n"
    "  evglass export 4711 -o server.json\n"
    "  evglass export server.evg --to ctf -o server.ctf && babeltrace2 server.ctf\n"
    "  evglass export server.evg -o server.sqlite && sqlite3 server.sqlite 'SELECT * FROM turn'\n"
    "\n"
    "In a viewer each thread has a track of turns, phases, callbacks and system calls, each event\n"
    "one of its states; arrows lead from what the backend reported to the callback.";

struct ExportOptions {
    std::string source, output, format;
};

std::string format_of(const ExportOptions& options) {
    if (!options.format.empty()) return options.format;
    const std::string ending = std::filesystem::path(options.output).extension();
    if (ending == ".json") return "chrome";
    if (ending == ".pftrace" || ending == ".perfetto-trace") return "perfetto";
    if (ending == ".sqlite" || ending == ".db") return "sqlite";
    return ending == ".ctf" ? "ctf" : "";
}

int to_ctf(const ExportOptions& options, trace::Reader& reader) {
    const exports::Ctf files = exports::write_ctf(reader);
    if (make_directory("export", options.output) != kWell) return kBad;
    const std::filesystem::path into(options.output);
    if (write_output("export", into / "metadata", files.metadata) != kWell) return kBad;
    return write_output("export", into / "stream", files.stream);
}

// SQLite writes its file itself: beside the one that is asked for, which it then replaces.
int to_sqlite(const ExportOptions& options, trace::Reader& reader) {
    const std::string beside = options.output + "." + std::to_string(getpid()) + ".new";
    std::remove(beside.c_str());
    const auto progress = [](std::uint64_t records) {
        if (isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r%lu records", records);
    };
    try {
        exports::Database database(beside);
        exports::fill_database(database, reader, progress);
    } catch (const exports::SqlError& error) {
        std::remove(beside.c_str());
        return fail("export", "can't write '" + options.output + "': " + error.what());
    }
    if (isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\x1b[K");
    if (std::rename(beside.c_str(), options.output.c_str()) == 0) return kWell;
    std::remove(beside.c_str());
    return fail("export", "can't write '" + options.output + "': is it a directory?");
}

int to_tracks(const ExportOptions& options, trace::Reader& reader, exports::TrackWriter& writer) {
    exports::write_tracks(reader, writer);
    return write_output("export", options.output, writer.finish());
}

int convert(const ExportOptions& options, const std::string& format, trace::Reader& reader) {
    if (format == "ctf") return to_ctf(options, reader);
    if (format == "sqlite") return to_sqlite(options, reader);
    if (format == "chrome") {
        exports::ChromeWriter writer;
        return to_tracks(options, reader, writer);
    }
    exports::PerfettoWriter writer;
    return to_tracks(options, reader, writer);
}

int run_export(const ExportOptions& options) {
    const std::string format = format_of(options);
    if (format.empty())
        return fail("export", "'" + options.output +
                                  "' has no ending that tells the format: .pftrace, .json, .sqlite "
                                  "or .ctf; or say --to");
    const Source source = find_source(options.source);
    if (!source.error.empty()) return fail("export", source.error);
    trace::Reader::Opened opened = trace::Reader::open(source.path);
    if (!opened.reader) return fail("export", opened.error);
    const int status = convert(options, format, *opened.reader);
    return status == kWell ? tell_warnings("export", *opened.reader) : status;
}

}  // namespace

void add_export(CLI::App& root, Call& call) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* app =
        root.add_subcommand("export", "Write a trace for Perfetto, Chrome, CTF, SQLite");
    app->footer(kExamples);
    app->add_option("FILE|PID", options->source, kSourceHelp)->required();
    app->add_option("-o,--output", options->output, "The file, or for CTF the directory")
        ->type_name("FILE")
        ->required();
    app->add_option("--to", options->format, "The format, whatever the file is called")
        ->type_name("NAME")
        ->check(CLI::IsMember({"perfetto", "chrome", "ctf", "sqlite"}));
    app->callback([options, &call] { call.status = run_export(*options); });
}

}  // namespace evglass::viz::cli
