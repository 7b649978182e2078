// `evglass diff`: two recordings of one scenario, each read once. It compares nothing itself.
// Read next: viz/diff/script.h (how they are aligned), viz/diff/align.h.
#include <cstdio>
#include <memory>
#include <optional>

#include "trace/reader.h"
#include "viz/cli/command.h"
#include "viz/cli/source.h"
#include "viz/diff/diff_text.h"

namespace evglass::viz::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  EVENT_NOEPOLL=1 evglass run --full -o poll.evg -- ./server\n"
    "  evglass run --full -o epoll.evg -- ./server\n"
    "  evglass diff poll.evg epoll.evg            where they part, and their numbers side by side\n"
    "  evglass diff old.evg new.evg --more 10     ten more places where they part\n"
    "  evglass diff old.evg new.evg --json | jq .partings\n"
    "\n"
    "The recordings are aligned by cause: each run of an event's callback with the same run in "
    "the\n"
    "other one, and what the program does outside of callbacks. In which order the kernel reports\n"
    "fds makes no difference. Exit status: 0 they do the same, 1 they part, 2 bad input.";

struct DiffOptions {
    std::string a, b;
    std::size_t more = 3;
    bool json = false;
};

/// Summary and script in one pass.
class Both final : public exports::Listener {
 public:
    explicit Both(const trace::Symbols& symbols) : script_(symbols) {}
    void step(const trace::Step& s) override {
        summary_.step(s);
        script_.step(s);
    }
    void turn(const exports::TurnSpan& t) override { summary_.turn(t); }
    void phase(const exports::PhaseSpan& p) override { summary_.phase(p); }
    void callback(const exports::CallbackSpan& c) override { summary_.callback(c); }
    void syscall(const exports::SyscallSpan& s) override { summary_.syscall(s); }
    void activation(const exports::Activation& a) override { summary_.activation(a); }
    void life(const exports::EventLife& life) override {
        summary_.life(life);
        script_.life(life);
    }
    stat::Summarizer summary_;
    diff::ScriptWriter script_;
};

/// Nothing where the recording can't be read; that was told then.
std::optional<diff::Side> read_side(const std::string& word, int& damage) {
    const Source source = find_source(word);
    trace::Reader::Opened opened;
    if (source.error.empty()) opened = trace::Reader::open(source.path);
    if (!opened.reader) {
        fail("diff", source.error.empty() ? opened.error : source.error);
        return {};
    }
    const trace::Symbols symbols(*opened.reader);
    Both both(symbols);
    exports::tell(*opened.reader, both);
    if (tell_warnings("diff", *opened.reader) != kWell) damage = kBad;
    return diff::Side{word, opened.reader->info().program, both.summary_.take(),
                      both.script_.take()};
}

int run_diff(const DiffOptions& options) {
    int damage = kWell;
    const std::optional<diff::Side> a = read_side(options.a, damage);
    if (!a) return kBad;
    const std::optional<diff::Side> b = read_side(options.b, damage);
    if (!b) return kBad;
    const std::vector<diff::Parting> partings = diff::partings(a->script, b->script);
    const std::string text = options.json ? diff::diff_json(*a, *b, partings)
                                          : diff::diff_text(*a, *b, partings, options.more);
    std::fputs(text.c_str(), stdout);
    return damage != kWell ? damage : partings.empty() ? kWell : kNo;
}

}  // namespace

void add_diff(CLI::App& root, Call& call) {
    auto options = std::make_shared<DiffOptions>();
    CLI::App* app = root.add_subcommand("diff", "Compare two recordings of one scenario");
    app->footer(kExamples);
    app->add_option("A", options->a, kSourceHelp)->required();
    app->add_option("B", options->b, kSourceHelp)->required();
    app->add_option("--more", options->more, "Tell so many places behind the first")
        ->type_name("N")
        ->capture_default_str();
    app->add_flag("--json", options->json, "One JSON object");
    app->callback([options, &call] { call.status = run_diff(*options); });
}

}  // namespace evglass::viz::cli
