// Who may include whom: data flows one way, from the reactor through the trace to what people see.
// One table says it all: the first row whose folder fits a file judges each of its includes. A
// lower part never knows an upper one.
#include <array>
#include <initializer_list>
#include <optional>

#include "tests/tidy/checks.h"

namespace evglass::tidy {
namespace {

/// What a folder's files may include of the project. An entry that ends in '/' is a whole folder.
struct Rule {
    std::string_view folder;
    std::initializer_list<std::string_view> may;
    std::string_view why;
};

constexpr std::string_view kPublic = "<event2/";

// The first row that fits decides, so inner folders stand before outer ones.
const Rule kRules[] = {
    {"src/include/", {kPublic}, "a public header includes public headers only"},
    {"src/",
     {"src/", kPublic, "trace/probe.h", "trace/schema.h"},
     "the reactor knows the probe and the schema, nothing else of trace/, and nothing above"},
    {"trace/writer/",
     {"trace/writer/", "trace/schema.h", "trace/format.h", "trace/probe.h", "trace/places.h",
      "<event2/evglass.h"},
     "the writer lives in the traced process: it knows the format, never the reader or src/"},
    {"trace/schema.",
     {"trace/schema.h", "trace/records.def", "trace/enums.def", "trace/moves.def"},
     "the schema stands alone: both sides of a trace are made from it"},
    {"trace/probe.h", {"trace/schema.h"}, "the probe knows the schema alone"},
    {"trace/", {"trace/"}, "a trace is readable without the program that wrote it"},
    {"viz/cli/",
     {"viz/", "trace/", "lessons/runner/"},
     "the command is a table over the parts; it never knows src/"},
    {"viz/", {"viz/", "trace/"}, "what people see knows the model, never src/ or lessons/"},
    {"lessons/runner/",
     {"lessons/runner/", "viz/", "trace/"},
     "the runner knows the trace and the views, never src/"},
    {"lessons/lab/",
     {"lessons/lab/", kPublic},
     "what is measured uses the public API alone, and never knows who measures it"},
    {"lessons/wire/",
     {"lessons/wire/", kPublic},
     "what is linked into a lesson's program uses the public API alone"},
    {"lessons/14-timers/exercise/",
     {"src/", kPublic},
     "this exercise puts a learner's heap into the reactor"},
    {"lessons/32-own-backend/exercise/",
     {"src/", kPublic},
     "this exercise puts a learner's backend into the reactor"},
    {"lessons/",
     {kPublic, "lessons/wire/driver.h"},
     "a lesson's program uses the public API alone, as a learner's does"},
    {"tests/conformance/scenarios/",
     {"tests/conformance/scenarios/", kPublic},
     "a scenario must compile against stock libevent too"},
    {"tests/bench/peers/",
     {"tests/bench/peers/", "tests/bench/rounds.h", "<event2/event.h"},
     "a peer is compiled against stock's headers"},
    {"tests/api/",
     {"tests/api/", "tests/support/", kPublic},
     "the API's tests use it as a user does"},
};

/// The in-process side of trace/, which readers and viewers never include.
bool in_process(std::string_view target) {
    return target.starts_with("trace/writer/") || target == "trace/probe.h";
}
bool reads_traces(const Source& file) {
    return file.below("viz/") || file.below("lessons/runner/") ||
           (file.below("trace/") && !file.below("trace/writer/") && file.path != "trace/probe.h");
}

struct Include {
    int line;
    bool quoted;
    std::string_view target;
    /// As the table writes it: a quoted path as it is, an angled one with its '<'.
    std::string spelled() const { return (quoted ? "" : "<") + std::string(target); }
};

std::optional<Include> include_of(std::string_view line, int number) {
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') return {};
    const std::size_t word = line.find("include", hash);
    if (word == std::string_view::npos) return {};
    const std::size_t open = line.find_first_of("<\"", word);
    if (open == std::string_view::npos) return {};
    const bool quoted = line[open] == '"';
    const std::size_t close = line.find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) return {};
    return Include{number, quoted, line.substr(open + 1, close - open - 1)};
}

bool allowed(const Rule& rule, const Include& include) {
    const std::string spelled = include.spelled();
    for (const std::string_view entry : rule.may)
        if (entry.ends_with('/') ? spelled.starts_with(entry) : spelled == entry) return true;
    return false;
}

/// A list (.def) is included by the header beside it, by its bare name: make it a path.
Include resolved(const Source& file, Include include, std::string& storage) {
    const std::size_t slash = file.path.rfind('/');
    if (!include.quoted || !include.target.ends_with(".def") || slash == std::string::npos ||
        include.target.find('/') != std::string_view::npos)
        return include;
    storage = file.path.substr(0, slash + 1) + std::string(include.target);
    include.target = storage;
    return include;
}

/// Quoted: a path from the root. Angled: the public API, or the system's.
std::string spelling(const Include& include, Exists exists) {
    const std::string target(include.target);
    if (include.quoted && target.starts_with("event2/"))
        return "write <" + target + ">: the public headers are included as users include them";
    if (include.quoted && !exists(include.target))
        return "\"" + target + "\" is no path from the root of the tree: write it as one";
    if (!include.quoted && !target.starts_with("event2/") && exists(include.target))
        return "write \"" + target + "\": a header of the project goes in quotes";
    return {};
}

const Rule* rule_for(const Source& file) {
    for (const Rule& rule : kRules)
        if (file.below(rule.folder)) return &rule;
    return nullptr;
}

/// What is wrong with one include, or nothing.
std::string judge(const Source& file, const Include& include, Exists exists) {
    if (std::string wrong = spelling(include, exists); !wrong.empty()) return wrong;
    const bool ours = include.quoted || include.target.starts_with("event2/");
    if (!ours) return {};
    if (reads_traces(file) && in_process(include.target))
        return "must not include " + include.spelled() + ": it belongs to the traced process";
    const Rule* rule = rule_for(file);
    if (rule == nullptr || allowed(*rule, include)) return {};
    return "must not include " + include.spelled() + ": " + std::string(rule->why);
}

}  // namespace

std::vector<Violation> check_includes(const Source& file, Exists exists) {
    std::vector<Violation> found;
    if (!file.is_code()) return found;
    int number = 0;
    for (const std::string_view line : file.lines()) {
        const std::optional<Include> include = include_of(line, ++number);
        if (!include) continue;
        std::string storage;
        const Include full = resolved(file, *include, storage);
        if (std::string wrong = judge(file, full, exists); !wrong.empty())
            found.push_back({file.path, number, std::move(wrong)});
    }
    return found;
}

}  // namespace evglass::tidy
