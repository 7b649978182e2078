// One line of JSON from the lab becomes an outcome.
#include "viz/compare/lab.h"

#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "trace/text.h"
#include "viz/compare/child.h"
#include "viz/compare/counting.h"

namespace evglass::viz::compare {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kLongestRun = 60;  // seconds
constexpr const char* kStrange =
    "the lab's program says something else than this command knows: "
    "build both again with `make`";

std::vector<std::string> words_of(const Case& what) {
    return {what.scenario,          what.mechanism, "--n",
            std::to_string(what.n), "--active",     std::to_string(what.active)};
}

/// A sentence in lines of at most `width`; those after the first begin below its text.
std::string broken(const std::string& front, const std::string& sentence, std::size_t width) {
    std::string out = front;
    std::size_t column = front.size();
    std::istringstream words(trace::safe(sentence));
    for (std::string word; words >> word;) {
        const bool first = column == front.size();
        if (!first && column + 1 + word.size() > width) {
            out += "\n" + std::string(front.size(), ' ');
            column = front.size();
        } else if (!first) {
            out += " ";
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out + "\n";
}

/// Where a case was left out, its reason goes to `out`.
bool was_left_out(const json& reply, Outcome& out) {
    if (!reply.contains("left_out")) return false;
    out.left_out = trace::safe(reply.at("left_out").get<std::string>());
    return true;
}

}  // namespace

Lab::Opened Lab::open(const std::string& program, const std::string& libraries) {
    Opened opened;
    Lab lab(program, libraries);
    const std::string text = lab.say({"--list"}, opened.error);
    if (!opened.error.empty()) return opened;
    try {
        const json list = json::parse(text);
        for (const json& row : list.at("mechanisms"))
            lab.mechanisms_.push_back({row.at("name"), row.at("doc")});
        for (const json& row : list.at("scenarios"))
            lab.scenarios_.push_back({row.at("name"), row.at("doc"), row.at("n_means"),
                                      row.at("sizes"), row.at("active")});
        opened.lab = std::move(lab);
    } catch (const json::exception&) {
        opened.error = kStrange;
    }
    return opened;
}

std::string Lab::say(const std::vector<std::string>& words, std::string& error) const {
    std::vector<std::string> arguments = {program_};
    arguments.insert(arguments.end(), words.begin(), words.end());
    ChildRun run = run_child(arguments, {"LD_LIBRARY_PATH=" + libraries_}, "", kLongestRun);
    if (run.missing)
        run.error = "the lab's program is not at " + program_ + ": build it with `make`";
    error = run.error;
    return run.output;
}

Outcome Lab::run(const Case& what, const Effort& effort) const {
    Outcome out;
    out.what = what;
    try {
        if (time(what, effort, out)) count(what, out);
    } catch (const json::exception&) {
        out.left_out = kStrange;
    }
    return out;
}

bool Lab::time(const Case& what, const Effort& effort, Outcome& out) const {
    std::vector<std::string> words = words_of(what);
    words.insert(words.end(), {"--repeats", std::to_string(effort.repeats), "--ms",
                               std::to_string(effort.milliseconds)});
    const std::string text = say(words, out.left_out);
    if (!out.left_out.empty()) return false;
    const json reply = json::parse(text);
    if (was_left_out(reply, out)) return false;
    out.timing.ns = reply.at("ns").get<std::vector<double>>();
    const double user = reply.at("user_ns"), system = reply.at("system_ns");
    out.timing.user_share = user + system > 0 ? user / (user + system) : 0;
    out.timing.slept = reply.at("slept");
    out.timing.pushed_aside = reply.at("pushed_aside");
    return true;
}

void Lab::count(const Case& what, Outcome& out) const {
    constexpr int kLeast = 200, kTurns = 3;
    const ScratchDirectory scratch;
    const std::string trace = scratch.path + "/case.evg";
    std::vector<std::string> words = words_of(what);
    words.insert(words.end(), {"--count", std::to_string(std::max(kLeast, kTurns * what.active)),
                               "--trace", trace});
    const std::string text = say(words, out.left_out);
    if (!out.left_out.empty()) return;
    const json reply = json::parse(text);
    if (was_left_out(reply, out)) return;
    out.counts.completions = reply.at("completions");
    out.counts.events = reply.at("events");
    out.counts.turns = reply.at("turns");
    out.counts.wakeups = reply.at("wakeups");
    out.left_out = count_calls(trace, out.counts);
}

Story Lab::story(const std::string& mechanism, const std::string& trace) const {
    Story story;
    story.mechanism = mechanism;
    const std::string text = say({"steps", mechanism, "--trace", trace}, story.left_out);
    if (!story.left_out.empty()) return story;
    try {
        Outcome out;
        if (text.empty() || !was_left_out(json::parse(text), out))
            return read_story(trace, mechanism);
        story.left_out = out.left_out;
    } catch (const json::exception&) {
        story.left_out = kStrange;
    }
    return story;
}

std::string Lab::limits(std::size_t width, std::string& error) const {
    const std::string text = say({"--limits"}, error);
    std::string out;
    if (!error.empty()) return out;
    try {
        const json reply = json::parse(text);
        for (const json& limit : reply.at("limits")) {
            out += (out.empty() ? "" : "\n") + broken("", limit.at("question"), width);
            for (const json& sentence : limit.at("seen")) out += broken("  - ", sentence, width);
            out += broken("  So: ", limit.at("advice"), width);
        }
    } catch (const json::exception&) {
        error = kStrange;
    }
    return out;
}

ScratchDirectory::ScratchDirectory() {
    std::error_code ignored;
    std::string name = (fs::temp_directory_path(ignored) / "evglass-compare-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
}
ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
}

}  // namespace evglass::viz::compare
